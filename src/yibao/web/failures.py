"""What went wrong, said to whoever asked (办理失败): a failure of ours becomes a page, an answer of the API, and a number.

A class of exception that stands in this package is a failure that somebody may read: its words say what, where and what to
do, and hold no name and no identity number. Anything else is a fault of the program, and tells nothing but that.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yibao.rights.requests import KeyUnfit, TryAgain

TOO_BIG = "上传的内容过大，未作任何更改；请分成几个文件，每个不超过 10 MB (upload is too large)"
EXPIRED = "登录已过期，或页面停留过久；刚才提交的内容没有办理，请重新登录后再提交 (sign-in expired, nothing was done)"
OUR_OWN = __name__.partition(".")[0] + "."


def is_ours(failure: BaseException) -> bool:
    """Whether a failure is one whose words are meant to be read."""
    return isinstance(failure, Exception) and type(failure).__module__.startswith(OUR_OWN)


def status_of(failure: BaseException) -> HTTPStatus:
    """The number that a failure of ours answers with."""
    if isinstance(failure, PermissionError):
        return HTTPStatus.FORBIDDEN
    if isinstance(failure, TryAgain):
        return HTTPStatus.CONFLICT
    if isinstance(failure, KeyUnfit):
        return HTTPStatus.BAD_REQUEST
    if type(failure).__name__.startswith("NoSuch"):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.UNPROCESSABLE_ENTITY


class SayWhatFailed:
    """Turns a failure of ours, raised by a page, into a page that says it; the database is as it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        """A page for a failure of ours; None leaves others to Django."""
        if isinstance(failure, RequestDataTooBig):
            return _said(request, TOO_BIG, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return _said(request, str(failure), status_of(failure)) if is_ours(failure) else None


def sign_in_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that comes without its token: most often somebody signed out, or the session ended."""
    return _said(request, EXPIRED, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that is not there, or not for who asks."""
    return _said(
        request, "没有这个页面，或不在您的管辖地区；请从首页进入 (no such page)", HTTPStatus.NOT_FOUND
    )


def at_fault(request: HttpRequest) -> HttpResponse:
    """A fault of the program: nothing of it is shown, and the transaction was undone."""
    return _said(
        request,
        "系统出错，未作任何更改；请稍后重试，仍不成功时把时间告诉管理员 (a fault of the system, nothing was changed)",
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )


def _said(request: HttpRequest, message: str, status: HTTPStatus) -> HttpResponse:
    return render(request, "failed.html", {"message": message, "status": int(status)}, status=status)
