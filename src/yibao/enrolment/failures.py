"""Why an action of enrolment cannot be carried out; each says what, and what to do. Nothing was changed.

No message holds a name or an identity number: messages reach logs.
"""

from datetime import date

from yibao.enrolment.terms import EnrolmentState, LifeEvent, StopCause

STATE_WORDS = {
    EnrolmentState.NOT_REGISTERED: "未登记",
    EnrolmentState.ACTIVE: "正常参保",
    EnrolmentState.SUSPENDED: "暂停参保",
    EnrolmentState.STOPPED: "终止参保",
}

EVENT_WORDS = {
    LifeEvent.REGISTER: "参保登记",
    LifeEvent.CHANGE: "参保变更",
    LifeEvent.SUSPEND: "停保",
    LifeEvent.RESUME: "续保",
    LifeEvent.STOP: "终止参保",
}

CAUSE_WORDS = {
    StopCause.ASKED: "本人申请",
    StopCause.DIED: "死亡",
    StopCause.JOINED_EMPLOYEES: "参加职工医保",
    StopCause.MOVED_AWAY: "转出",
    StopCause.DUPLICATE_CLOSED: "重复参保清理",
}


class EnrolmentFailure(ValueError):
    """An action of enrolment that was not carried out."""


class NoSuchPerson(EnrolmentFailure):
    """A person that is not there, or not where the actor may look."""

    def __init__(self, person_id: int) -> None:
        super().__init__(f"没有人员 {person_id}，或不在您的管辖地区；请核对编号 (no such person)")


class NoSuchDocument(EnrolmentFailure):
    """A document that identifies nobody, or nobody where the actor may look."""

    def __init__(self) -> None:
        super().__init__("没有这个证件的参保登记，或不在您的管辖地区；请核对证件种类和号码 (nobody found)")


class NoSuchHousehold(EnrolmentFailure):
    """A household that is not there."""

    def __init__(self, household_id: int) -> None:
        super().__init__(f"没有户 {household_id}；请核对户编号，或不写以新建一户 (no such household)")


class FactsWrong(EnrolmentFailure):
    """Facts that cannot be; all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未作任何更改，请改正后重新提交 (facts are wrong)")


class IdentityTaken(EnrolmentFailure):
    """A document that identifies somebody else already."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"该{kind}已有参保登记；请先查询原登记，核对后办理变更或转移，未作任何更改 (document is registered already)"
        )


class EventNotAllowed(EnrolmentFailure):
    """An event that the state of the enrolment does not allow."""

    def __init__(self, person_id: int, state: int, event: LifeEvent) -> None:
        super().__init__(
            f"人员 {person_id} 当前为“{STATE_WORDS[EnrolmentState(state)]}”，不能办理{EVENT_WORDS[event]}；"
            f"请核对参保状态 (not allowed in this state)"
        )


class CoverageOverlaps(EnrolmentFailure):
    """A coverage on days on which the person is covered already."""

    def __init__(self, person_id: int, first_day: date, last_day: date) -> None:
        super().__init__(
            f"人员 {person_id} 在 {first_day}—{last_day} 内已有参保期，同一天不能重复参保；"
            f"请先核对、终止或转移原参保，未作任何更改 (covered twice)"
        )


class StaleEdit(EnrolmentFailure):
    """A change of facts that somebody else has changed in the meantime."""

    def __init__(self, person_id: int, version: int, now: int) -> None:
        super().__init__(
            f"人员 {person_id} 的资料已被他人更新（您看到的是第 {version} 版，现为第 {now} 版）；"
            f"请刷新后重新填写，未作任何更改 (changed by somebody else)"
        )


class NothingToResume(EnrolmentFailure):
    """A suspended enrolment of which no day is left."""

    def __init__(self, person_id: int, day: date) -> None:
        super().__init__(
            f"人员 {person_id} 在 {day} 之后没有可恢复的参保期；请办理下一年度参保 (no day left to resume)"
        )
