"""Why a bill, a payment or a refund is not carried out (缴费失败): each says what, and what to do; nothing was changed."""

from yibao.enrolment.refusals import REFUSAL_WORDS
from yibao.enrolment.terms import EnrolmentRefusal
from yibao.kernel.money import yuan


class ContributionFailure(ValueError):
    """A bill, a payment or a refund that was not carried out; nothing was changed."""


class NotEnrolled(ContributionFailure):
    """What enrolment refuses, in its own words."""

    def __init__(self, refusal: EnrolmentRefusal) -> None:
        self.refusal = refusal
        words = REFUSAL_WORDS[refusal]
        super().__init__(f"{words.chinese}；{words.remedy}，未作任何更改 ({words.english})")


class BilledAlready(ContributionFailure):
    """A year for which a bill stands."""

    def __init__(self, person_id: int, benefit_year: int) -> None:
        super().__init__(f"人员 {person_id} 的 {benefit_year} 年度已有应缴；请查询原应缴 (billed already)")


class PaidAlready(ContributionFailure):
    """A bill that is paid."""

    def __init__(self, bill_id: int) -> None:
        super().__init__(f"应缴 {bill_id} 已经缴清，不能重复缴费；多收的款项请原路退回 (paid already)")


class AmountDiffers(ContributionFailure):
    """A payment of another amount than the bill's."""

    def __init__(self, bill_id: int, due_fen: int, paid_fen: int) -> None:
        super().__init__(
            f"应缴 {bill_id} 应缴 {yuan(due_fen)} 元，收到 {yuan(paid_fen)} 元；请按应缴金额缴费 (amount differs)"
        )


class NumberUsed(ContributionFailure):
    """A channel's number that another payment has."""

    def __init__(self, external_no: str) -> None:
        super().__init__(f"渠道流水号 {external_no} 已入账；请核对是否重复报送 (number used already)")


class NoSuchBill(ContributionFailure):
    """A bill or payment that is not there, or not where the actor may act."""

    def __init__(self, what: str, number: int) -> None:
        super().__init__(f"没有{what} {number}，或不在您的管辖地区；请核对编号 (not found)")


class CoverHasBegun(ContributionFailure):
    """A refund that comes after its cover has begun, or twice."""

    def __init__(self, payment_id: int) -> None:
        super().__init__(
            f"缴费 {payment_id} 的参保期已经开始或已退费，不能退费；请走复核程序 (cover has begun)"
        )


class ChannelNeedsMore(ContributionFailure):
    """An agent's cash that is to be paid without an agent and a receipt, or a set-off without a decision."""

    def __init__(self, channel: str) -> None:
        super().__init__(
            f"渠道“{channel}”不能这样入账；代办现金请按代办人和收据登记，多收的由代办人当面退还；抵缴请走复核 "
            f"(not booked this way)"
        )


class GivenBackAlready(ContributionFailure):
    """A payment that was given back before."""

    def __init__(self, payment_id: int) -> None:
        super().__init__(f"缴费 {payment_id} 已经退费，不能重复退费；请查询原退费 (given back already)")


class NotGivenBack(ContributionFailure):
    """A refund or a set-off that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未退费、未抵缴，请改正后重新提出 (not given back)")
