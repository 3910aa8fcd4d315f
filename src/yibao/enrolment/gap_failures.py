"""Why a gap, a duplicate or a merge of records cannot be handled as asked; nothing was changed, nobody is named."""

from yibao.enrolment.failures import EnrolmentFailure


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
