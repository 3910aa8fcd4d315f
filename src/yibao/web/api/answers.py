"""What the interface answers (接口答复): shapes that its OpenAPI page shows, and how failures are said.

An action's answer is sent as it is kept: the same key and body give the same bytes. A list comes in pages: `next_after` is
what to ask the next page with, null at the end.
"""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yibao.rights.requests import canonical
from yibao.web.failures import is_ours, status_of

LONGEST_PAGE = 200

WORDS = {
    "missing": "缺少此项",
    "enum": "不是允许的代码",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "过长",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期，如 2023-01-31",
    "date_parsing": "应为日期，如 2023-01-31",
    "date_type": "应为日期，如 2023-01-31",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
}
"""What pydantic finds wrong, in the words of whoever reads it; anything else is 格式不符."""


class Failed(Schema):
    """Why nothing was done: a code that does not change, and words that say what to do."""

    code: str
    message: str
    problems: list[str]


def failures(*statuses: int) -> dict[int, type[Failed]]:
    """How an operation may fail, for its page."""
    always = (400, 401, 403, 409, 413, 422)
    return dict.fromkeys((*always, *statuses), Failed)


def kept(said: str) -> HttpResponse:
    """An action's answer, byte for byte."""
    return HttpResponse(said, content_type="application/json")


def page(rows: Any, after: int, limit: int, shown: Callable[[Any], object]) -> HttpResponse:
    """One page of a query in order of id."""
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    more = found[limit - 1].pk if len(found) > limit else None
    return kept(canonical({"items": [shown(row) for row in found[:limit]], "next_after": more}))


def listens(api: NinjaAPI) -> None:
    """Says failures in one shape, whatever raised them."""

    @api.exception_handler(ValidationError)
    def unfit(request: HttpRequest, failure: ValidationError) -> HttpResponse:
        problems = [f"{_where(error)}：{WORDS.get(error['type'], '格式不符')}" for error in failure.errors]
        return _failed(HTTPStatus.UNPROCESSABLE_ENTITY, "RequestUnfit", "请求内容有误，未办理", problems)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, failure: AuthenticationError) -> HttpResponse:
        message = "令牌缺失、过期或已吊销；请在 Authorization: Bearer 后写有效的令牌，或向管理员申请 (no valid token)"
        return _failed(HTTPStatus.UNAUTHORIZED, "NoValidToken", message)

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, failure: HttpError) -> HttpResponse:
        said = failure.__cause__ if isinstance(failure.__cause__, HttpError) else failure
        return _failed(HTTPStatus(failure.status_code), "RequestUnfit", str(said))

    @api.exception_handler(DataError)
    @api.exception_handler(IntegrityError)
    def not_held(request: HttpRequest, failure: Exception) -> HttpResponse:
        message = "有一项内容过长，或与已有的记录矛盾，未作任何更改；请核对后重新提交 (too long, or against what is on record)"
        return _failed(HTTPStatus.UNPROCESSABLE_ENTITY, type(failure).__name__, message)

    @api.exception_handler(Exception)
    def other(request: HttpRequest, failure: Exception) -> HttpResponse:
        if not is_ours(failure):
            raise failure
        answer = _failed(
            status_of(failure), type(failure).__name__, str(failure), getattr(failure, "problems", [])
        )
        if answer.status_code == HTTPStatus.CONFLICT:
            answer["Retry-After"] = "1"
        return answer


def _failed(status: HTTPStatus, code: str, message: str, problems: list[str] | None = None) -> HttpResponse:
    body = canonical({"code": code, "message": message, "problems": problems or []})
    return HttpResponse(body, status=status, content_type="application/json")


def _where(error: dict[str, Any]) -> str:
    return ".".join(str(step) for step in error["loc"] if step not in ("body", "order")) or "请求"


def day(value: date | None) -> str | None:
    """A day as the interface writes it."""
    return None if value is None else value.isoformat()
