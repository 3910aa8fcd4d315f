"""By which version a settlement was made (依据版本): the terms in force on a day, the entries behind them, the rules' hash."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db import connection, transaction

from yibao.engine.compiled import kernel_text
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.packs.entries import Entry
from yibao.packs.list_progress import pooling_areas
from yibao.packs.policies import policies
from yibao.packs.settlement import SettlementTerms, settlement_terms
from yibao.rights.requests import canonical
from yibao.settlement.models import TermsUsed


@dataclass(frozen=True)
class InForce:
    """The terms of an area on a day, with the name of their content."""

    terms: SettlementTerms
    content: str
    content_hash: str


_KNOWN: dict[tuple[str, str], list[InForce]] = {}
"""Terms read so far, by folder of policies and area: each holds for every day between its first and last."""


def in_force(area_code: str, day: date) -> InForce:
    """The terms of an area on a day. Raises NoSuchArea, NotOnFile and other failures of `packs`."""
    known = _KNOWN.setdefault((str(policies().folder), area_code), [])
    for found in known:
        if found.terms.first_day <= day <= found.terms.last_day:
            return found
    terms = settlement_terms(policies().area(area_code), day)
    content = canonical({entry.id: _version(entry) for entry in terms.entries()})
    found = InForce(terms, content, hashlib.sha256(content.encode()).hexdigest())
    known.append(found)
    return found


@cache
def pooling_area(county_code: str) -> str:
    """The pooling area whose books a county's settlements go to. Raises NoSuchArea."""
    pools = {area.code for area in pooling_areas(policies())}
    chain = [pack.code for pack in policies().area(county_code).chain]
    return next((code for code in chain if code in pools), chain[0])


@cache
def rules_hash() -> str:
    """The hash of the text of every rule that a settlement reaches."""
    return hashlib.sha256(kernel_text(SETTLE_PAYERS).encode()).hexdigest()


def terms_row(found: InForce) -> int:
    """The id of the row that keeps these versions; it is written once, and remembered once it is committed."""
    key = (str(connection.settings_dict["NAME"]), str(connection.settings_dict["PORT"]), found.content_hash)
    if key not in _ROWS:
        row, _ = TermsUsed.objects.get_or_create(
            content_hash=found.content_hash, defaults={"content": found.content}
        )
        row_id = int(row.pk)
        transaction.on_commit(lambda: _ROWS.setdefault(key, row_id))
        return row_id
    return _ROWS[key]


_ROWS: dict[tuple[str, str, str], int] = {}
"""Rows of versions by database: a wrong id would be refused by the foreign key."""


def _version(entry: Entry) -> str:
    told = canonical([{str(k): repr(v) for k, v in entry.values.items()}, entry.categories, entry.last_day])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
