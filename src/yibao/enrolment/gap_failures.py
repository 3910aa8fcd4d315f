"""Why a gap, a duplicate or a merge of records cannot be handled as asked; nothing was changed, nobody is named."""

from collections.abc import Sequence

from yibao.enrolment.failures import EnrolmentFailure
from yibao.enrolment.terms import DUPLICATE_STATE_WORDS, KEEP_WORDS, DuplicateState, Keep


class NoSuchGap(EnrolmentFailure):
    """A follow-up that cannot be written down; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems) + "。未作任何更改 (follow-up not recorded)")


class StillMissing(EnrolmentFailure):
    """A gap that is closed although the register does not say so."""

    def __init__(self, who: str, closed_as: str) -> None:
        super().__init__(
            f"{who} 不能按“{closed_as}”办结：登记中还看不到；请先办理登记，或写明凭证，未作任何更改 (still missing)"
        )


class NoSuchDuplicate(EnrolmentFailure):
    """A duplicate that is not there, or not where the actor may act."""

    def __init__(self, duplicate_id: int) -> None:
        super().__init__(f"没有重复参保 {duplicate_id}，或不在您的管辖地区；请核对编号 (no such duplicate)")


class StepNotOpen(EnrolmentFailure):
    """A step of a duplicate that does not follow from where it stands, or that lacks what it needs."""

    def __init__(self, duplicate_id: int, state: DuplicateState, needed: str) -> None:
        words = DUPLICATE_STATE_WORDS[state][0]
        super().__init__(
            f"重复参保 {duplicate_id} 当前为“{words}”，{needed}；未作任何更改 (step is not open)"
        )


class ChoiceNotOpen(EnrolmentFailure):
    """A choice that the table does not leave to the person."""

    def __init__(self, duplicate_id: int, keep: Keep) -> None:
        super().__init__(
            f"重复参保 {duplicate_id} 按规定应{KEEP_WORDS[keep][0]}，不由本人另选；请核对判断依据，未作任何更改 (not left to choose)"
        )


class RecordsTooFull(EnrolmentFailure):
    """Two records of one person that cannot be merged as they are; everything that stands in the way at once."""

    def __init__(self, gone_id: int, reasons: Sequence[str]) -> None:
        super().__init__(
            f"人员 {gone_id} 不能直接并入：{'；'.join(reasons)}。请逐项办理后再合并，未作任何更改 (records cannot be merged yet)"
        )
