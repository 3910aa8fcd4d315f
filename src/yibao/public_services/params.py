"""Parameters of public services: one NamedTuple an entry of policy."""

from typing import Annotated, NamedTuple

from yibao.kernel.shapes import NOT_ON_FILE, Members
from yibao.public_services.terms import Paper

PAPERS = 7


class ItemParams(NamedTuple):
    """An item that is applied for (办理事项): papers asked for, and working days from acceptance to the end.

    `within_days` of birth a newborn's registration has to come; NOT_ON_FILE where the area sets no such limit.
    """

    limit_working_days: int
    papers: Annotated[tuple[int, ...], Members(Paper, PAPERS)]
    within_days: int = NOT_ON_FILE
