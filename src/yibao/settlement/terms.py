"""Nouns of settlement that others may use: why a year is recomputed, what a case or an objection goes through."""

from enum import IntEnum, StrEnum


class LateCause(StrEnum):
    """Why a person's year is replayed (迟到事项)."""

    EARLIER_REVERSED = "earlier_reversed"
    CATEGORY_BACK_DATED = "category_back_dated"
    CERTIFICATION_BACK_DATED = "certification_back_dated"
    COVERAGE_BACK_DATED = "coverage_back_dated"
    FILING_LATE = "filing_late"
    THIRD_PARTY_FOUND = "third_party_found"
    ADVANCE_PAID = "advance_paid"
    ADVANCE_WITHDRAWN = "advance_withdrawn"
    OBJECTION_GRANTED = "objection_granted"


LATE_WORDS: dict[LateCause, tuple[str, str]] = {
    LateCause.EARLIER_REVERSED: ("撤销较早的结算", "an earlier settlement was reversed"),
    LateCause.CATEGORY_BACK_DATED: ("补认定人员身份", "a category was back-dated"),
    LateCause.CERTIFICATION_BACK_DATED: ("补认定病种", "a certification was back-dated"),
    LateCause.COVERAGE_BACK_DATED: ("补登记参保期", "coverage was back-dated"),
    LateCause.FILING_LATE: ("补办异地就医备案", "a filing came late"),
    LateCause.THIRD_PARTY_FOUND: ("认定第三人责任", "a third party was found liable"),
    LateCause.ADVANCE_PAID: ("先行支付", "the fund paid in advance of a third party"),
    LateCause.ADVANCE_WITHDRAWN: ("撤销先行支付", "an advance was withdrawn"),
    LateCause.OBJECTION_GRANTED: ("复核改变原决定", "an objection changed a decision"),
}


class ThirdParty(IntEnum):
    """By what somebody else is liable for an injury (第三人责任种类). Numbers are stored; never renumber."""

    TRAFFIC = 1
    VIOLENCE = 2
    ANIMAL = 3
    PRODUCT = 4
    MEDICAL_HARM = 5
    OTHER_LIABILITY = 6


class AdvanceCause(IntEnum):
    """Why a fund pays in advance of the third party (先行支付情形): the two that the law names."""

    NOT_PAYING = 1
    NOT_FOUND = 2


class CaseStep(StrEnum):
    """What happens to the money of a case (案件收支): paid in advance, taken back, recovered, given up."""

    ADVANCED = "advanced"
    WITHDRAWN = "withdrawn"
    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"


class RecoverySource(IntEnum):
    """Who pays an advance back (追偿来源): the third party, or the person whom the third party has paid."""

    FROM_THIRD_PARTY = 1
    FROM_PERSON = 2


THIRD_PARTY_WORDS: dict[ThirdParty, tuple[str, str]] = {
    ThirdParty.TRAFFIC: ("道路交通事故", "road accident"),
    ThirdParty.VIOLENCE: ("他人伤害", "violence"),
    ThirdParty.ANIMAL: ("饲养动物损害", "harm by an animal"),
    ThirdParty.PRODUCT: ("产品责任", "a product's fault"),
    ThirdParty.MEDICAL_HARM: ("医疗损害", "harm by care"),
    ThirdParty.OTHER_LIABILITY: ("其他侵权责任", "another liability"),
}

ADVANCE_WORDS: dict[AdvanceCause, tuple[str, str]] = {
    AdvanceCause.NOT_PAYING: ("第三人不支付", "the third party does not pay"),
    AdvanceCause.NOT_FOUND: ("无法确定第三人", "the third party cannot be found"),
}

CASE_STEP_WORDS: dict[CaseStep, tuple[str, str]] = {
    CaseStep.ADVANCED: ("先行支付", "paid in advance"),
    CaseStep.WITHDRAWN: ("撤销先行支付", "advance withdrawn"),
    CaseStep.RECOVERED: ("追偿收回", "recovered"),
    CaseStep.WRITTEN_OFF: ("核销", "written off"),
}

SOURCE_WORDS: dict[RecoverySource, tuple[str, str]] = {
    RecoverySource.FROM_THIRD_PARTY: ("第三人偿还", "paid back by the third party"),
    RecoverySource.FROM_PERSON: ("参保人退还", "given back by the person"),
}


class ObjectionSubject(StrEnum):
    """What a person objects to (异议事项): a settlement, a decision of enrolment, or one of a category."""

    SETTLED = "settled"
    ENROLMENT_DECIDED = "enrolment_decided"
    CATEGORY_DECIDED = "category_decided"


class ObjectionStage(IntEnum):
    """The stages of an objection after it was received (复核阶段), in order. Numbers are stored; never renumber."""

    ADMISSION = 1
    RULING = 2
    CARRYING_OUT = 3


class ObjectionResult(StrEnum):
    """What came of a stage (复核结果): admitted or not, the decision kept or changed, the change carried out."""

    ADMITTED = "admitted"
    NOT_ADMITTED = "not_admitted"
    DECISION_KEPT = "decision_kept"
    DECISION_CHANGED = "decision_changed"
    CARRIED_OUT = "carried_out"


class BroughtBy(IntEnum):
    """Who brings an objection (申请人): the person, somebody the person has asked, or an officer who writes it down."""

    THE_PERSON = 1
    REPRESENTATIVE = 2
    OFFICER_FOR_PERSON = 3


BROUGHT_WORDS: dict[BroughtBy, tuple[str, str]] = {
    BroughtBy.THE_PERSON: ("本人申请", "brought by the person"),
    BroughtBy.REPRESENTATIVE: ("代理人申请", "brought by a representative"),
    BroughtBy.OFFICER_FOR_PERSON: ("经办人员代为填写", "written down by an officer"),
}

SUBJECT_WORDS: dict[ObjectionSubject, tuple[str, str]] = {
    ObjectionSubject.SETTLED: ("待遇结算", "a settlement"),
    ObjectionSubject.ENROLMENT_DECIDED: ("参保登记", "a decision of enrolment"),
    ObjectionSubject.CATEGORY_DECIDED: ("人员身份类别", "a decision of a category"),
}

STAGE_WORDS: dict[ObjectionStage, tuple[str, str]] = {
    ObjectionStage.ADMISSION: ("受理", "admission"),
    ObjectionStage.RULING: ("复核决定", "ruling"),
    ObjectionStage.CARRYING_OUT: ("执行", "carrying out"),
}

RESULT_WORDS: dict[ObjectionResult, tuple[str, str]] = {
    ObjectionResult.ADMITTED: ("已受理", "admitted"),
    ObjectionResult.NOT_ADMITTED: ("不予受理", "not admitted"),
    ObjectionResult.DECISION_KEPT: ("维持原决定", "the decision is kept"),
    ObjectionResult.DECISION_CHANGED: ("改变原决定", "the decision is changed"),
    ObjectionResult.CARRIED_OUT: ("已执行", "carried out"),
}


class OutsideWay(IntEnum):
    """How a stay outside the area is settled (异地就医结算方式)."""

    SETTLED_DIRECTLY = 0
    FILE_FIRST = 1
    BY_HAND = 2


OUTSIDE_WORDS: dict[OutsideWay, tuple[str, str]] = {
    OutsideWay.SETTLED_DIRECTLY: ("可直接结算", "settled directly"),
    OutsideWay.FILE_FIRST: ("请在出院结算前补办备案，补办后可直接结算", "file before the bill is settled"),
    OutsideWay.BY_HAND: ("请保留票据，回参保地手工报销", "claim by hand in the area of enrolment"),
}
