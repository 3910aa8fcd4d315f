"""Why a payment to people cannot be carried out. Nothing was changed; no message holds a name or the number of an account."""

from yibao.kernel.money import yuan


class PayingFailure(ValueError):
    """Something of payment to people that was not carried out."""


class AccountWrong(PayingFailure):
    """An account that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未登记，请核对后重新提交 (the account is wrong)")


class NoSuchPayee(PayingFailure):
    """A person who is not there, or not where the actor may act."""

    def __init__(self, person_id: int) -> None:
        super().__init__(f"没有人员 {person_id}，或不在您的管辖地区；请核对编号 (no such person)")


class NoSuchItem(PayingFailure):
    """An item that is not owed by a person, or not where the actor may act."""

    def __init__(self, item_id: int) -> None:
        super().__init__(f"没有应收款项 {item_id}，或不在您的管辖地区；请核对编号 (no such receivable)")


class NothingToSetOff(PayingFailure):
    """A person who does not both owe a fund and stand to be paid by it."""

    def __init__(self, person_id: int, fund: str) -> None:
        super().__init__(
            f"人员 {person_id} 在 {fund} 没有可以互相抵扣的款项；在途批次中的款项须等银行回盘 (nothing to set off)"
        )


class CollectedWrong(PayingFailure):
    """Money given back that is more than is owed, or came under a number used before."""


class CollectedTooMuch(CollectedWrong):
    """More than is owed."""

    def __init__(self, item_id: int, left_fen: int, amount_fen: int) -> None:
        super().__init__(
            f"款项 {item_id} 尚欠 {yuan(left_fen)} 元，收回 {yuan(amount_fen)} 元；"
            f"请按不超过尚欠的金额登记 (more than is owed)"
        )


class CollectedAlready(CollectedWrong):
    """A bank number used before."""

    def __init__(self, external_no: str) -> None:
        super().__init__(f"银行流水号 {external_no} 已入账；请核对是否重复登记 (number used already)")


class NothingToPay(PayingFailure):
    """A batch with nothing in it."""

    def __init__(self, area_code: str, fund: str, period: str, without_account: int) -> None:
        super().__init__(
            f"{area_code} {fund} 截至 {period} 没有可以支付的款项（另有 {without_account} 人未登记收款账户）；"
            f"款项可能已在其他批次中，请先查看批次 (nothing to pay)"
        )


class GatheredElsewhere(PayingFailure):
    """Items that somebody else gathered at the same moment."""

    def __init__(self, area_code: str, fund: str, period: str) -> None:
        super().__init__(
            f"{area_code} {fund} {period} 的款项刚被他人归入批次；未作任何更改，请刷新后查看 (gathered by somebody else)"
        )


class NoSuchBatch(PayingFailure):
    """A batch that is not there, or not where the actor may act."""

    def __init__(self, batch_id: int) -> None:
        super().__init__(f"没有支付批次 {batch_id}，或不在您的管辖地区；请核对编号 (no such batch)")


class BatchNotApproved(PayingFailure):
    """A batch that nobody approved yet, or that was rejected."""

    def __init__(self, batch_id: int) -> None:
        super().__init__(
            f"支付批次 {batch_id} 尚未复核同意，不能出代发文件；请先由另一位复核人员办理 (not approved)"
        )


class BatchAltered(PayingFailure):
    """A batch whose file would not be the one that was handed out before."""

    def __init__(self, batch_id: int) -> None:
        super().__init__(
            f"支付批次 {batch_id} 的代发文件与首次发出的摘要不同；请停止发送并运行 yibao verify (file differs)"
        )


class ReturnWrong(PayingFailure):
    """A file of the bank that does not fit its batch; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。整份回盘未入账，请核对后重新读入 (the return is wrong)")
