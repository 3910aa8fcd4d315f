"""Nouns of assistance that other areas may use: the categories of people (人员身份类别)."""

from enum import IntEnum


class Category(IntEnum):
    """Who a person is to the scheme, as certified by a department. The numbers are stored; never renumber."""

    ORDINARY = 0
    EXTREME_POVERTY = 1
    SUBSISTENCE_ALLOWANCE = 2
    FELL_INTO_POVERTY = 3
    UNSTABLE_EXIT = 4
    EDGE_OF_POVERTY = 5
    SUDDEN_HARDSHIP = 6
    SUBSISTENCE_MARGIN = 7
    ILLNESS_POVERTY = 8
    SEVERELY_DISABLED = 9
    ENTITLED_GROUP = 10
    BRAVE_ACT = 11
    RELIEF_40 = 12
    LOW_INCOME_ELDERLY = 13
    LOW_INCOME_MINOR = 14
    FAMILY_PLANNING = 15
    STABLE_EXIT = 16
    SEVERE_MENTAL_DISORDER = 17
    COUNTY_LISTED = 18


CATEGORY_WORDS: dict[Category, tuple[str, str]] = {
    Category.ORDINARY: ("普通居民", "ordinary resident"),
    Category.EXTREME_POVERTY: ("特困人员", "person in extreme poverty"),
    Category.SUBSISTENCE_ALLOWANCE: ("低保对象", "subsistence-allowance recipient"),
    Category.FELL_INTO_POVERTY: ("返贫致贫人口", "person who fell back into poverty"),
    Category.UNSTABLE_EXIT: ("脱贫不稳定户", "household unstably out of poverty"),
    Category.EDGE_OF_POVERTY: ("边缘易致贫户", "household on the edge of poverty"),
    Category.SUDDEN_HARDSHIP: ("突发严重困难户", "household in sudden severe hardship"),
    Category.SUBSISTENCE_MARGIN: ("低保边缘家庭成员", "household on the margin of the subsistence allowance"),
    Category.ILLNESS_POVERTY: ("因病致贫重病患者", "seriously ill person impoverished by illness"),
    Category.SEVERELY_DISABLED: ("重度残疾人", "severely disabled person"),
    Category.ENTITLED_GROUP: ("重点优抚对象", "entitled group"),
    Category.BRAVE_ACT: ("见义勇为者", "person honoured for a brave act"),
    Category.RELIEF_40: ("享受40%救济对象", "recipient of the 40% relief"),
    Category.LOW_INCOME_ELDERLY: ("低收入家庭60岁以上老年人", "person over 60 in a low-income family"),
    Category.LOW_INCOME_MINOR: ("低收入家庭未成年人", "minor in a low-income family"),
    Category.FAMILY_PLANNING: ("计划生育特殊困难家庭成员", "member of a special family-planning family"),
    Category.STABLE_EXIT: ("稳定脱贫人口", "person stably out of poverty"),
    Category.SEVERE_MENTAL_DISORDER: ("严重精神障碍患者", "person with a severe mental disorder"),
    Category.COUNTY_LISTED: ("县级财政资助对象", "group listed by the county"),
}

CATEGORY_ALSO: dict[str, Category] = {
    "无": Category.ORDINARY,
    "特困": Category.EXTREME_POVERTY,
    "特困供养人员": Category.EXTREME_POVERTY,
    "低保": Category.SUBSISTENCE_ALLOWANCE,
    "最低生活保障对象": Category.SUBSISTENCE_ALLOWANCE,
    "返贫致贫": Category.FELL_INTO_POVERTY,
    "返贫致贫人员": Category.FELL_INTO_POVERTY,
    "脱贫不稳定人口": Category.UNSTABLE_EXIT,
    "边缘易致贫人口": Category.EDGE_OF_POVERTY,
    "突发严重困难人口": Category.SUDDEN_HARDSHIP,
    "低保边缘": Category.SUBSISTENCE_MARGIN,
    "低保边缘家庭": Category.SUBSISTENCE_MARGIN,
    "因病致贫": Category.ILLNESS_POVERTY,
    "重残": Category.SEVERELY_DISABLED,
    "重度残疾": Category.SEVERELY_DISABLED,
    "优抚对象": Category.ENTITLED_GROUP,
    "稳定脱贫人员": Category.STABLE_EXIT,
}
"""Other words that departments write for a category."""


class ApplicationStep(IntEnum):
    """The steps of assistance on application (依申请救助), in their order; CLOSED has no limit of its own."""

    ACCEPT = 0
    CHECK = 1
    PUBLICISE = 2
    DECIDE = 3
    PAY = 4
    CLOSED = 5


class ApplicationOutcome(IntEnum):
    """What is decided on an application (审批结果)."""

    GRANTED = 0
    NOT_CERTIFIED = 1
    OTHER_CATEGORY = 2
    NOT_PUBLICISED = 3
    OBJECTED = 4
    NOTHING_LEFT_TO_PAY = 5
    NOT_ACCEPTED = 6
    WITHDRAWN = 7


class PoolingLevel(IntEnum):
    """At which level a fund is pooled (统筹层次); UNKNOWN where no document on file says."""

    UNKNOWN = 0
    COUNTY = 1
    CITY = 2
    PROVINCE = 3


class AssistanceService(IntEnum):
    """Items of the assistance service list (救助服务事项): enrolment aid, on application, claimed by hand."""

    ENROLMENT_AID = 0
    ON_APPLICATION = 1
    BY_HAND = 2


class WarningReason(IntEnum):
    """Why somebody is on the list of early warning (预警原因)."""

    YEAR_OVER_LINE = 0
    SINGLE_OVER_LINE = 1


class WarningAnswer(IntEnum):
    """What a department answers to a warning pushed to it (反馈结果); after CLOSE nothing follows."""

    IDENTIFIED = 0
    ASSISTED = 1
    NOT_NEEDED = 2
    CLOSE = 3


class Applicant(IntEnum):
    """Who applies (申请方式): the person or family, or an officer who found the need."""

    PERSON = 0
    OFFICER = 1


class ApplicationAct(IntEnum):
    """What happened to an application (申请办理记录)."""

    APPLICATION = 0
    ACCEPTANCE = 1
    INCOME_CHECK = 2
    PUBLICITY = 3
    PUBLIC_OBJECTION = 4
    OBJECTION_ANSWER = 5
    PROPOSAL = 6
    RETURN = 7
    DECISION = 8
    WITHDRAWAL = 9


class IncomeResult(IntEnum):
    """What an income check gave (核对结果)."""

    NOT_ASKED = 0
    WITHIN = 1
    OVER_LINE = 2
    BURDEN_TOO_SMALL = 3


class AssistanceKind(IntEnum):
    """How an application is paid (救助方式): the year settled again, or an amount once."""

    SETTLED_AGAIN = 0
    ONE_OFF = 1


STEP_WORDS: dict[ApplicationStep, tuple[str, str]] = {
    ApplicationStep.ACCEPT: ("受理", "accept"),
    ApplicationStep.CHECK: ("核对", "check"),
    ApplicationStep.PUBLICISE: ("公示", "publicise"),
    ApplicationStep.DECIDE: ("审批", "decide"),
    ApplicationStep.PAY: ("拨付", "pay"),
    ApplicationStep.CLOSED: ("办结", "closed"),
}

OUTCOME_WORDS: dict[ApplicationOutcome, tuple[str, str]] = {
    ApplicationOutcome.GRANTED: ("同意救助", "granted"),
    ApplicationOutcome.NOT_CERTIFIED: ("身份未经认定核准", "not certified"),
    ApplicationOutcome.OTHER_CATEGORY: ("身份不属于依申请救助对象", "not a category assisted on application"),
    ApplicationOutcome.NOT_PUBLICISED: ("公示未满规定天数", "not long enough in public"),
    ApplicationOutcome.OBJECTED: ("公示异议成立", "an objection was upheld"),
    ApplicationOutcome.NOTHING_LEFT_TO_PAY: ("没有政策范围内负担", "no burden in scope"),
    ApplicationOutcome.NOT_ACCEPTED: ("不予受理", "not accepted"),
    ApplicationOutcome.WITHDRAWN: ("申请人撤回", "withdrawn"),
}

INCOME_WORDS: dict[IncomeResult, tuple[str, str]] = {
    IncomeResult.NOT_ASKED: ("由其他部门认定，不核对收入", "certified elsewhere, no income asked"),
    IncomeResult.WITHIN: ("符合", "within the line"),
    IncomeResult.OVER_LINE: ("人均收入超过规定", "income over the line"),
    IncomeResult.BURDEN_TOO_SMALL: ("医疗负担未达到家庭收入的规定比例", "burden too small a share of income"),
}

KIND_WORDS: dict[AssistanceKind, tuple[str, str]] = {
    AssistanceKind.SETTLED_AGAIN: ("按认定身份重算年度待遇", "the year settled again"),
    AssistanceKind.ONE_OFF: ("一次性救助", "a one-off amount"),
}

REASON_WORDS: dict[WarningReason, tuple[str, str]] = {
    WarningReason.YEAR_OVER_LINE: ("年度个人负担超过预警线", "the year's burden is over the line"),
    WarningReason.SINGLE_OVER_LINE: (
        "单次结算个人负担超过单次线",
        "one settlement's burden is over its line",
    ),
}

ANSWER_WORDS: dict[WarningAnswer, tuple[str, str]] = {
    WarningAnswer.IDENTIFIED: ("已认定身份", "identified as a category"),
    WarningAnswer.ASSISTED: ("已给予救助帮扶", "assisted"),
    WarningAnswer.NOT_NEEDED: ("核实后不需帮扶", "looked into, no help needed"),
    WarningAnswer.CLOSE: ("办结", "closed"),
}
