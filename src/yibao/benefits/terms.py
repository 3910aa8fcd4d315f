"""Nouns of benefits that other areas may use: kinds of visit, care paths, drug classes, refusals."""

from enum import IntEnum


class VisitKind(IntEnum):
    """What a claim is for (医疗类别)."""

    HOSPITAL = 0
    OUTPATIENT = 1
    CHRONIC = 2
    TWO_DISEASES = 3
    MATERNITY = 4


class CarePath(IntEnum):
    """How the person came to the institution (就医方式). EMERGENCY is emergency care away from home, unreferred."""

    LOCAL = 0
    REFERRED = 1
    EMERGENCY = 2
    FILED = 3
    UNFILED = 4


class TwoDisease(IntEnum):
    """The two diseases (“两病”); a pack gives each kind its own yearly quota.

    Packs that grade patients by risk instead (一类、二类患者) use the two grades. Numbers are stored; never renumber.
    """

    HYPERTENSION = 0
    DIABETES_TYPE_1 = 1
    DIABETES_OTHER = 2
    GRADE_ONE = 3
    GRADE_TWO = 4


class Delivery(IntEnum):
    """Kinds of delivery (生育类别)."""

    NATURAL = 0
    CAESAREAN = 1
    ANTENATAL = 2


class ItemClass(IntEnum):
    """Classes of the catalogues (目录类别): A in scope whole, B after initial self-pay, C at own expense."""

    A = 0
    B = 1
    C = 2


class Exclusion(IntEnum):
    """What the fund never pays for (不予支付范围), as a claim states it."""

    NONE = 0
    WORK_INJURY = 1
    THIRD_PARTY = 2
    PUBLIC_HEALTH = 3
    ABROAD = 4
    WELLNESS = 5
    OTHER = 6


class SpecialFund(IntEnum):
    """The special fund (专项资金) that a bill belongs to, beside the insurance funds; NONE for all others."""

    NONE = 0
    COVID_TREATMENT = 1
    COVID_VACCINATION = 2


class Refusal(IntEnum):
    """Why a claim is refused (不予支付); 0 is settled. Words and clauses stand in `benefits/refusals.py`."""

    NONE = 0
    NOT_COVERED = 1
    WAITING_PERIOD = 2
    WORK_INJURY = 3
    THIRD_PARTY = 4
    PUBLIC_HEALTH = 5
    ABROAD = 6
    WELLNESS = 7
    OTHER_EXCLUSION = 8
    NOT_DESIGNATED = 9
    NOT_ALLOWED_HERE = 10
    OUTSIDE_COUNTY = 11
    NOT_CERTIFIED = 12
    NOT_ON_FILE = 13
    TERMS_REFUSED = 14


class BalanceVerdict(IntEnum):
    """Whether a change of benefits is allowed by what comes in (以收定支)."""

    ALLOWED = 0
    DEFICIT = 1
    SURPLUS_TOO_THIN = 2
    STILL_SHORT_BUT_BETTER = 3


class UseVerdict(IntEnum):
    """How an institution's use stands against a line (使用情况与控制线)."""

    WITHIN = 0
    PAST_LINE = 1
    NO_LINE = 2
    NOTHING_TO_MEASURE = 3


class DrugKind(IntEnum):
    """Kinds of drugs that a catalogue tells apart (药品类别)."""

    WESTERN = 0
    CHINESE_PATENT = 1
    ETHNIC = 2
    PREPARATION = 3
    SLICES = 4
    GRANULES = 5


class DrugScope(IntEnum):
    """How a drug stands in an area's list against the national one (用药范围)."""

    NOWHERE = 0
    SAME = 1
    DIFFERENT_TERMS = 2
    ONLY_NATIONAL = 3
    ALLOWED_HERE = 4
    BEING_DIGESTED = 5
    OFF_LIST = 6


class AttachmentKind(IntEnum):
    """What binds a person to an institution (首诊与签约)."""

    FIRST_CHOICE = 0
    FAMILY_DOCTOR = 1


class FilingKind(IntEnum):
    """What care outside the area is filed as (异地就医备案类型)."""

    LIVES_OUTSIDE = 0
    REFERRED_OUTSIDE = 1
    EMERGENCY_OUTSIDE = 2
    OTHER_OUTSIDE = 3
    AUTOMATIC_OUTSIDE = 4


VISIT_WORDS: dict[VisitKind, tuple[str, str]] = {
    VisitKind.HOSPITAL: ("住院", "hospital stay"),
    VisitKind.OUTPATIENT: ("普通门诊", "outpatient visit"),
    VisitKind.CHRONIC: ("门诊慢特病", "chronic and special disease"),
    VisitKind.TWO_DISEASES: ("“两病”门诊用药", "two-disease drugs"),
    VisitKind.MATERNITY: ("生育", "maternity"),
}

SPECIAL_FUND_WORDS: dict[SpecialFund, tuple[str, str]] = {
    SpecialFund.NONE: ("不属于专项资金", "no special fund"),
    SpecialFund.COVID_TREATMENT: ("新冠肺炎患者救治费用专项资金", "COVID-19 treatment"),
    SpecialFund.COVID_VACCINATION: ("新冠疫苗及接种费用专项资金", "COVID-19 vaccine and vaccination"),
}

PATH_WORDS: dict[CarePath, tuple[str, str]] = {
    CarePath.LOCAL: ("本地就医", "local"),
    CarePath.REFERRED: ("规范转诊", "referred"),
    CarePath.EMERGENCY: ("异地急诊", "emergency away from home"),
    CarePath.FILED: ("异地备案", "filed"),
    CarePath.UNFILED: ("未备案非急诊", "neither filed nor emergency"),
}
