"""Nouns of financing that other areas may use: groups that pay, universities, who bears a part."""

from enum import IntEnum


class ContributionGroup(IntEnum):
    """Who pays the contribution (个人缴费): students may have their own standard and year."""

    RESIDENT = 0
    STUDENT = 1


class University(IntEnum):
    """Who runs a student's university (学校隶属); NONE for anyone else."""

    NONE = 0
    MINISTRY = 1
    PROVINCE = 2
    CITY = 3


class Payer(IntEnum):
    """Who gives aid with the contribution (资助参保支付方)."""

    ASSISTANCE_FUND = 0
    MUNICIPAL = 1
    COUNTY = 2


class SubsidyLevel(IntEnum):
    """Who bears a part of the fiscal subsidy (补助级次). LOCAL is the rest that no document on file shares out."""

    CENTRAL = 0
    PROVINCIAL = 1
    MUNICIPAL = 2
    COUNTY = 3
    MUNICIPAL_AND_COUNTY = 4
    LOCAL = 5


class AppropriationStep(IntEnum):
    """How far a level's subsidy has come (补助资金环节)."""

    BUDGETED = 0
    APPROPRIATED = 1
    ARRIVED = 2


class CollectionChannel(IntEnum):
    """How a contribution is taken (缴费渠道); set off, no money moves."""

    ONLINE = 0
    COUNTER = 1
    AGENTS_CASH = 2
    SET_OFF = 3


class TaxVerdict(IntEnum):
    """What became of a row of the tax bureau's file (对账结果). MISSING_IN_FILE is found, never written."""

    BOOKED = 0
    ALREADY_BOOKED = 1
    NO_BILL = 2
    AMOUNT_DIFFERS = 3
    WRONG_AREA = 4
    MISSING_IN_FILE = 5
    SAME_NUMBER_TWICE = 6
    TAKEN_BACK = 7
    PAID_TWICE = 8
    NOT_BOOKED = 9


class RefundCause(IntEnum):
    """Why money is given back (退费原因)."""

    BEFORE_COVER = 0
    OVERPAID = 1
    ENROLLED_ELSEWHERE = 2
    DIED_BEFORE_YEAR = 3


UNIVERSITY_WORDS: dict[University, tuple[str, str]] = {
    University.MINISTRY: ("部属", "of a ministry"),
    University.PROVINCE: ("省属", "of the province"),
    University.CITY: ("市属", "of the city"),
}

CHANNEL_WORDS: dict[CollectionChannel, tuple[str, str]] = {
    CollectionChannel.ONLINE: ("线上", "online"),
    CollectionChannel.COUNTER: ("窗口", "counter"),
    CollectionChannel.AGENTS_CASH: ("代办现金", "agents' cash"),
    CollectionChannel.SET_OFF: ("抵缴", "set off"),
}

TAX_VERDICT_WORDS: dict[TaxVerdict, tuple[str, str]] = {
    TaxVerdict.BOOKED: ("本次入账", "booked"),
    TaxVerdict.ALREADY_BOOKED: ("此前已入账", "booked before"),
    TaxVerdict.NO_BILL: ("没有应缴", "no bill"),
    TaxVerdict.AMOUNT_DIFFERS: ("金额不符", "amount differs"),
    TaxVerdict.WRONG_AREA: ("不属于本地区", "wrong area"),
    TaxVerdict.MISSING_IN_FILE: ("本系统已入账而文件中没有", "booked here, missing in the file"),
    TaxVerdict.SAME_NUMBER_TWICE: ("流水号重复", "same number twice"),
    TaxVerdict.TAKEN_BACK: ("已冲正", "reversed"),
    TaxVerdict.PAID_TWICE: ("重复缴费，已挂待退抵", "paid twice, held"),
    TaxVerdict.NOT_BOOKED: ("不能入账", "not booked"),
}

REFUND_CAUSE_WORDS: dict[RefundCause, tuple[str, str]] = {
    RefundCause.BEFORE_COVER: ("参保期开始前退费", "before cover begins"),
    RefundCause.OVERPAID: ("多缴", "overpaid"),
    RefundCause.ENROLLED_ELSEWHERE: ("已在外地参保", "enrolled elsewhere"),
    RefundCause.DIED_BEFORE_YEAR: ("参保期开始前死亡", "died before the year"),
}

PAYER_WORDS: dict[Payer, tuple[str, str]] = {
    Payer.ASSISTANCE_FUND: ("医疗救助基金", "assistance fund"),
    Payer.MUNICIPAL: ("市级财政", "city"),
    Payer.COUNTY: ("县（市、区）财政", "county"),
}

LEVEL_WORDS: dict[SubsidyLevel, tuple[str, str]] = {
    SubsidyLevel.CENTRAL: ("中央财政", "central"),
    SubsidyLevel.PROVINCIAL: ("省级财政", "provincial"),
    SubsidyLevel.MUNICIPAL: ("市级财政", "municipal"),
    SubsidyLevel.COUNTY: ("县级财政", "county"),
    SubsidyLevel.MUNICIPAL_AND_COUNTY: ("市县财政合计", "municipal and county together"),
    SubsidyLevel.LOCAL: ("其余地方财政（分担办法不在册）", "rest borne locally, split not on file"),
}


STEP_WORDS: dict[AppropriationStep, tuple[str, str]] = {
    AppropriationStep.BUDGETED: ("列入预算", "budgeted"),
    AppropriationStep.APPROPRIATED: ("已拨付", "appropriated"),
    AppropriationStep.ARRIVED: ("已到位", "arrived"),
}


class CollectionStep(IntEnum):
    """What collecting a contribution takes (征缴环节): register, assess, collect, remit to the treasury, refund."""

    REGISTER = 0
    ASSESS = 1
    COLLECT = 2
    REMIT = 3
    REFUND = 4
