"""Why a settlement, a reversal or a late event cannot be carried out. Nothing was changed; no message holds a name."""


class SettlementFailure(ValueError):
    """Something of settlement that was not carried out."""


class BillWrong(SettlementFailure):
    """A bill that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未结算，请改正后重新提交 (the bill is wrong)")


class ReasonUnfit(SettlementFailure):
    """A reason that no table holds."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems) + "。未作任何更改，请缩短后重新提交 (the reason is too long)")


class NoSuchSettlement(SettlementFailure):
    """A settlement that is not there, or not where the actor may act."""

    def __init__(self, settlement_id: int) -> None:
        super().__init__(f"没有结算 {settlement_id}，或不在您的管辖地区；请核对编号 (no such settlement)")


class ReversedAlready(SettlementFailure):
    """A settlement that stands no longer, or is itself a reversal."""

    def __init__(self, settlement_id: int) -> None:
        super().__init__(
            f"结算 {settlement_id} 已被撤销，或本身是撤销记录；请刷新后核对 (reversed already, or a reversal)"
        )


class NoSuchYear(SettlementFailure):
    """A year of a person without settlements."""

    def __init__(self, person_id: int, benefit_year: int) -> None:
        super().__init__(
            f"人员 {person_id} 在 {benefit_year} 年度没有结算，无需重算 (no settlement in that year)"
        )


class VersionChanged(SettlementFailure):
    """A settlement whose rules or entries are no longer those it was made by."""

    def __init__(self, settlement_id: int, changed: list[str]) -> None:
        self.changed = changed
        super().__init__(
            f"结算 {settlement_id} 依据的版本与现在的不同：{'、'.join(changed)}；"
            f"请用当时的程序和政策重算 (made by another version)"
        )


class CaseFailure(SettlementFailure):
    """A third party's case, or a step of it, that was not carried out."""


class LiabilityWrong(CaseFailure):
    """A liability that cannot be; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未登记，请改正后重新提交 (the liability is wrong)")


class NoSuchCase(CaseFailure):
    """A case that is not there, or not where the actor may act."""

    def __init__(self, case_id: int) -> None:
        super().__init__(f"没有第三人责任案件 {case_id}，或不在您的管辖地区；请核对编号 (no such case)")


class AdvanceStands(CaseFailure):
    """Something that an advance which stands forbids."""

    def __init__(self, settlement_id: int) -> None:
        super().__init__(
            f"结算 {settlement_id} 已先行支付；请先由两人决定撤销先行支付，再更改或撤销结算 (an advance stands)"
        )


class StepNotAllowed(CaseFailure):
    """A step that the case as it stands does not allow."""

    def __init__(self, case_id: int, why: str, english: str) -> None:
        super().__init__(f"案件 {case_id}：{why}；未作任何更改 ({english})")


class ObjectionFailure(SettlementFailure):
    """An objection, or a stage of it, that was not carried out."""


class ObjectionWrong(ObjectionFailure):
    """An objection that cannot be received; all problems at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。未接收，请改正后重新提交 (the objection is wrong)")


class ObjectedAlready(ObjectionFailure):
    """A decision that was objected to before."""

    def __init__(self, subject_id: int) -> None:
        super().__init__(
            f"对事项 {subject_id} 已申请过复核，不重复接收；不服复核决定的可申请行政复议或提起诉讼 (objected to already)"
        )


class NoSuchObjection(ObjectionFailure):
    """An objection that is not there, or not where the actor may act."""

    def __init__(self, objection_id: int) -> None:
        super().__init__(f"没有复核申请 {objection_id}，或不在您的管辖地区；请核对编号 (no such objection)")


class StageNotAllowed(ObjectionFailure):
    """A stage that the objection as it stands does not allow."""

    def __init__(self, objection_id: int, why: str, english: str) -> None:
        super().__init__(f"复核申请 {objection_id}：{why}；未作任何更改 ({english})")
