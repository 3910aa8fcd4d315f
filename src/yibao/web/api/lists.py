"""Departments' lists over the interface (部门名单): looked at, committed as looked at, taken back."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, Router, Schema

from yibao.assistance.terms import Category
from yibao.enrolment.terms import Department, ListKind
from yibao.journeys.lists.listing import import_list
from yibao.journeys.lists.listing_commit import CommitOrder, commit_list
from yibao.journeys.lists.listing_rows import GivenRow, ListOrder
from yibao.journeys.lists.listing_undo import UndoOrder, undo_list
from yibao.rights.requests import canonical
from yibao.web.api.answers import failures, kept
from yibao.web.api.asking import Key, Number, actor_of_request

router = Router(tags=["名单 lists"])


@dataclass(frozen=True)
class ListBody:
    """A list to be looked at: who gave it, what it says, the day it is of, and its rows, all text as written."""

    area_code: str
    department: Department
    kind: ListKind
    as_of: date
    rows: tuple[GivenRow, ...]
    name: str
    full: bool = False
    category: Category | None = None
    disease: str = ""
    document_no: str = ""


@dataclass(frozen=True)
class CommitBody:
    """The plan that was looked at: a list whose plan has changed since is refused."""

    plan_hash: str


@dataclass(frozen=True)
class UndoBody:
    """Why a list is taken back."""

    reason: str


class LookedAt(Schema):
    """What committing would do: rows by verdict, and how many an officer has to decide first."""

    list_id: int
    plan_hash: str
    verdicts: dict[str, int]
    to_decide: int


class Committed(Schema):
    """What was done, people by kind, and what recomputed years came to in fen."""

    list_id: int
    effects: dict[str, int]
    years_replayed: int
    difference_fen: int


class TakenBack(Schema):
    """How much was taken back."""

    list_id: int
    taken_back: int
    years_replayed: int
    difference_fen: int


@router.post("/lists", response={200: LookedAt, **failures(404)}, summary="试导入 (look at a list)")
def looked_at(request: HttpRequest, key: Key, order: Annotated[ListBody, Body()]) -> HttpResponse:
    """Keeps a list and says what committing it would write."""
    told = dict(vars(order))
    name = told.pop("name")
    file_hash = hashlib.sha256(canonical(order).encode()).hexdigest()
    asked = ListOrder(**told, file_name=name, file_hash=file_hash)
    return kept(import_list(actor_of_request(request), key, asked, today=timezone.localdate()))


@router.post("/lists/{list_id}/commit", response={200: Committed, **failures(404)}, summary="提交 (commit)")
def committed(
    request: HttpRequest, list_id: Number, key: Key, order: Annotated[CommitBody, Body()]
) -> HttpResponse:
    """Carries a list out exactly as it was looked at."""
    asked = CommitOrder(list_id, order.plan_hash)
    return kept(commit_list(actor_of_request(request), key, asked, at=timezone.now()))


@router.post("/lists/{list_id}/undo", response={200: TakenBack, **failures(404)}, summary="撤回 (undo)")
def taken_back(
    request: HttpRequest, list_id: Number, key: Key, order: Annotated[UndoBody, Body()]
) -> HttpResponse:
    """Takes back what a list did, where nothing rests on it."""
    asked = UndoOrder(list_id, order.reason)
    return kept(undo_list(actor_of_request(request), key, asked, at=timezone.now()))
