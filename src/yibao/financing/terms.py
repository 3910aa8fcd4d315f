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


class CollectionChannel(IntEnum):
    """How a contribution is taken (缴费渠道); set off, no money moves."""

    ONLINE = 0
    COUNTER = 1
    AGENTS_CASH = 2
    SET_OFF = 3


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


class CollectionStep(IntEnum):
    """What collecting a contribution takes (征缴环节): register, assess, collect, remit to the treasury, refund."""

    REGISTER = 0
    ASSESS = 1
    COLLECT = 2
    REMIT = 3
    REFUND = 4
