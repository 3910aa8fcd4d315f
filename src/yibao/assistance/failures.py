"""Why an action of assistance cannot be carried out; each says what, and what to do. Nothing was changed.

No message holds a name or an identity number: messages reach logs.
"""

from datetime import date


class AssistanceFailure(ValueError):
    """Something of assistance that was not carried out."""


class DayNotOver(AssistanceFailure):
    """A list of a day that is yet to come."""

    def __init__(self, day: date, today: date) -> None:
        super().__init__(f"预警日 {day} 在今天（{today}）之后；请写今天或以前的日期 (a day to come)")


class NotRunYet(AssistanceFailure):
    """A list that nobody has run."""

    def __init__(self, county_code: str, day: date) -> None:
        super().__init__(
            f"{county_code} 在 {day} 还没有预警筛查；请先运行 yibao warning run --day {day} (not run yet)"
        )


class NotARecipient(AssistanceFailure):
    """A department to which lists of an area are not pushed."""

    def __init__(self, department: str, known: list[str]) -> None:
        super().__init__(
            f"{department}不在本地区的推送部门之列（{'、'.join(known)}）；请改选部门，或修改 early_warning_handling 条目 "
            f"(not a recipient)"
        )


class NothingNew(AssistanceFailure):
    """A push with nobody new in it."""

    def __init__(self, county_code: str, day: date) -> None:
        super().__init__(
            f"{county_code} 在 {day} 的名单没有新增或升档人员，不必推送；请在下次筛查后再推送 (nobody new)"
        )


class NoSuchCase(AssistanceFailure):
    """A person of a batch, or a batch, that is not there, or not where the actor may look."""

    def __init__(self, what: str, number: int) -> None:
        super().__init__(f"没有{what} {number}，或不在您的管辖地区；请核对编号 (not found)")


class AnswerWrong(AssistanceFailure):
    """An answer that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未登记，请改正后重新提交 (the answer is wrong)")


class CaseClosed(AssistanceFailure):
    """An answer after the case was closed."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"推送对象 {case_id} 已办结，不能再反馈；有新情况的等下一批推送 (closed already)")
