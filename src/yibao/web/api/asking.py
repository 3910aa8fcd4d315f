"""What the interface is asked with (接口请求): the token, the caller's key, ids, pages, and a body that a database can hold."""

import json
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.security import HttpBearer

from yibao.rights.actors import Actor
from yibao.rights.queries import actor_with
from yibao.rights.requests import LONGEST_KEY
from yibao.web.api.answers import LONGEST_PAGE

LARGEST = 2**63 - 1
UNREADABLE = "请求内容不是可用的 JSON：{why}；未办理，请改正后重新提交 (body is not usable JSON)"

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        pattern=r"^[\x21-\x7e]+$",
        description="调用方自己的编号：同一编号和内容只办理一次，答复逐字节相同 (done once, same bytes for ever)",
    ),
]
Number = Annotated[int, Path(ge=1, le=LARGEST)]
After = Annotated[int, Query(ge=0, le=LARGEST, description="上一页的 next_after")]
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
Reason = Annotated[
    str,
    Header(
        alias="X-Reason", min_length=1, max_length=200, description="查阅个人资料的事由，ASCII 或百分号编码"
    ),
]


class Token(HttpBearer):
    """A token of an officer's: whoever holds it acts as that officer."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Who acts; None where the token is good for nothing."""
        return actor_with(token, timezone.localdate())


class BodyParser(Parser):
    """JSON with nothing in it that a database refuses: no NUL, no half character, no number beyond 64 bits."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Raises HttpError."""
        try:
            body = json.loads(request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as broken:
            raise HttpError(400, UNREADABLE.format(why=type(broken).__name__)) from None
        found = _unfit(body)
        if found:
            raise HttpError(400, UNREADABLE.format(why=found))
        return body


def actor_of_request(request: HttpRequest) -> Actor:
    """Who acts in a request that its token let in."""
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _unfit(value: Any) -> str:
    if isinstance(value, str):
        bad = "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
        return "文字中有不能保存的字符" if bad else ""
    if isinstance(value, int):
        return "" if -LARGEST <= value <= LARGEST else "整数超出 64 位"
    if isinstance(value, dict):
        return next((found for item in value.items() for part in item if (found := _unfit(part))), "")
    if isinstance(value, list):
        return next((found for part in value if (found := _unfit(part))), "")
    return ""
