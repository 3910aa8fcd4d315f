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


class ApplicationWrong(AssistanceFailure):
    """What an application, or a step of one, cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未办理，请改正后重新提交 (not as it should be)")


class NoSuchApplication(AssistanceFailure):
    """An application, or something of one, that is not there, or not where the actor may act."""

    def __init__(self, what: str, number: int) -> None:
        super().__init__(f"没有{what} {number}，或不在您的管辖地区；请核对编号 (not found)")


class AppliedAlready(AssistanceFailure):
    """A second open application of a year, or a second objection to one refusal."""

    def __init__(self, person_id: int, benefit_year: int) -> None:
        super().__init__(
            f"人员 {person_id} 的 {benefit_year} 年度已有在办申请，或该不予救助决定已提出过异议；"
            f"请先办结或撤回在办申请 (applied already)"
        )


class OtherStep(AssistanceFailure):
    """Something that is not done at the step where an application stands."""

    def __init__(self, application_id: int, now: str, asked: str) -> None:
        super().__init__(
            f"申请 {application_id} 现在的环节是“{now}”，不能办理“{asked}”；请按环节办理，或刷新后核对 (another step)"
        )


class AssistedTwice(AssistanceFailure):
    """Cost that was assisted on application before."""

    def __init__(self, settlement_ids: list[int]) -> None:
        shown = "、".join(map(str, settlement_ids))
        super().__init__(
            f"结算 {shown} 的费用已经救助过，同一费用不能重复救助；未作任何更改，请核对原审批 (assisted already)"
        )


class SameChecker(AssistanceFailure):
    """An objection that would be decided by whoever refused."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 作出了原决定，不能再审批对它的异议；请由另一位复核人员办理 (decided the refusal)"
        )
