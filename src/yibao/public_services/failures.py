"""Why an application, a transfer or a list is not carried out; each says what, and what to do. Nothing was changed.

No message holds a name or an identity number: messages reach logs.
"""

from yibao.public_services.terms import STATE_WORDS, TRANSFER_WORDS, ApplicationState, TransferState


class ServiceFailure(ValueError):
    """An action of public services that was not carried out."""


class NoSuchApplication(ServiceFailure):
    """An application that is not there, or not where the actor may act."""

    def __init__(self, application_id: int) -> None:
        super().__init__(f"没有办件 {application_id}，或不在您的管辖地区；请核对编号 (no such application)")


class ApplicationEnded(ServiceFailure):
    """Something asked of an application that has ended."""

    def __init__(self, application_id: int, state: int) -> None:
        words = STATE_WORDS[ApplicationState(state)]
        super().__init__(
            f"办件 {application_id} {words[0]}，不能再办理；需要的话请另行申请 (the application is {words[1]})"
        )


class StepTaken(ServiceFailure):
    """An application that has gone too far to be turned down or withdrawn."""

    def __init__(self, application_id: int) -> None:
        super().__init__(
            f"办件 {application_id} 已核定应缴或已参保，不能直接撤回；请先办理退费或停保 (too late to withdraw)"
        )


class ApplicationWrong(ServiceFailure):
    """What an application says that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未办理，请改正后重新提交 (the application is wrong)")


class VerdictNotAsked(ServiceFailure):
    """A verdict of a department that is not asked, or that has said its own already."""

    def __init__(self, application_id: int) -> None:
        super().__init__(
            f"办件 {application_id} 不需要该部门的意见，或该部门已出具意见；请核对联办部门 (verdict not asked for)"
        )


class NoSuchTransfer(ServiceFailure):
    """A transfer that is not there, or not where the actor may act."""

    def __init__(self, transfer_id: int) -> None:
        super().__init__(f"没有转移 {transfer_id}，或不在您的管辖地区；请核对编号 (no such transfer)")


class TransferNotAllowed(ServiceFailure):
    """A step that the state of a transfer does not allow."""

    def __init__(self, transfer_id: int, state: int, to: TransferState) -> None:
        here, there = TRANSFER_WORDS[TransferState(state)], TRANSFER_WORDS[to]
        super().__init__(
            f"转移 {transfer_id} 现为“{here[0]}”，不能变为“{there[0]}”；请核对办理环节 (not allowed in this state)"
        )


class TransferUnderWay(ServiceFailure):
    """A second transfer of a person whose first has not ended."""

    def __init__(self, person_id: int) -> None:
        super().__init__(f"人员 {person_id} 有尚未办结的转移；请先办结或不予办理 (a transfer is under way)")


class NoSuchCertificate(ServiceFailure):
    """A certificate that was never issued, or not where the actor may look."""

    def __init__(self, check_number: str) -> None:
        super().__init__(
            f"没有校验码为 {check_number} 的凭证，或不在您的管辖地区；请核对，查不到的凭证无效 (no such certificate)"
        )


class NothingToCertify(ServiceFailure):
    """A certificate asked for what is not there."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}；未出具凭证 (nothing to certify)")
