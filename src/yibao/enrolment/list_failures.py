"""Why something of a list cannot be carried out; each says what, and what to do. Nothing was changed.

No message holds a name or an identity number: rows are named by their number, people by their id.
"""

from collections.abc import Sequence

from yibao.enrolment.failures import EnrolmentFailure
from yibao.enrolment.terms import LIST_STATE_WORDS, ListState

SHOWN = 20
LONGEST_REASON = 200
LONGEST_DOCUMENT_NO = 64


def unfit(reason: str, document_no: str = "") -> bool:
    """Whether a reason is empty or too long to be kept, or the number of a document is too long."""
    return not 0 < len(reason.strip()) <= LONGEST_REASON or len(document_no) > LONGEST_DOCUMENT_NO


def shown(words: Sequence[object]) -> str:
    """Some words of a long row of them, and how many more there are."""
    more = f" 等 {len(words)} 处" if len(words) > SHOWN else ""
    return "、".join(str(word) for word in words[:SHOWN]) + more


class ListWrong(EnrolmentFailure):
    """A list that cannot be looked at at all; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未导入，请改正后重新提交 (the list is wrong)")


class NoSuchList(EnrolmentFailure):
    """A list that is not there, or not where the actor may act."""

    def __init__(self, list_id: int) -> None:
        super().__init__(f"没有名单 {list_id}，或不在您的管辖地区；请核对编号 (no such list)")


class NoSuchRow(EnrolmentFailure):
    """A row that is not there, or whose match is not to be decided."""

    def __init__(self, row_id: int) -> None:
        super().__init__(
            f"没有待核对的名单行 {row_id}；请刷新后查看，只有试导入中“待人工核对”的行可以核对 (no such row to decide)"
        )


class NotInState(EnrolmentFailure):
    """A list that is not in the state for what is asked."""

    def __init__(self, list_id: int, state: ListState, needed: ListState) -> None:
        super().__init__(
            f"名单 {list_id} 当前为“{LIST_STATE_WORDS[state][0]}”，只有“{LIST_STATE_WORDS[needed][0]}”的名单可以办理；"
            f"请刷新后查看 (list is in another state)"
        )


class DryRunStale(EnrolmentFailure):
    """A dry run that is no longer what committing would write."""

    def __init__(self, list_id: int, rows: Sequence[int]) -> None:
        where = f"第 {shown(rows)} 行" if rows else "所看到的结果"
        super().__init__(
            f"名单 {list_id} 试导入之后情况有变：{where}与现在不同；未作任何更改，请重新试导入、核对后再入库 (dry run is stale)"
        )


class RowsUndecided(EnrolmentFailure):
    """A full list with rows that may be of somebody whose certification it would end."""

    def __init__(self, list_id: int, rows: Sequence[int]) -> None:
        super().__init__(
            f"名单 {list_id} 是全量名单，第 {shown(rows)} 行还待人工核对，不核对就入库会误停其身份；"
            f"请先逐行核对，未作任何更改 (rows are still to be decided)"
        )


class ListTaken(EnrolmentFailure):
    """A list that has been committed before, from the same file for the same day."""

    def __init__(self, list_id: int) -> None:
        super().__init__(
            f"名单 {list_id} 与已入库的一份相同（同一部门、同一截止日、同一文件）；请核对是否重复报送 (committed already)"
        )


class NobodyFits(EnrolmentFailure):
    """A decision for somebody who is not there, or not where the list is of."""

    def __init__(self, person_id: int) -> None:
        super().__init__(f"名单的地区内没有人员 {person_id}；请从疑似人员中选择，或选“都不是” (nobody fits)")


class StandsOnIt(EnrolmentFailure):
    """A list that cannot be taken back, because something later rests on it; all of it at once."""

    def __init__(self, list_id: int, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(
            f"名单 {list_id} 不能撤回，之后的办理以它为依据：{shown(reasons)}；"
            f"请先撤销这些办理，或逐人更正，未作任何更改 (later actions stand on it)"
        )
