"""The files of coverage and of categories of a move (接管参保期、身份类别文件), a part at a time."""

from datetime import date

import polars as pl

from yibao.enrolment.terms import Department
from yibao.files.cells import FIRST_YEAR, LAST_YEAR, Part, Unreadable, day, each, word
from yibao.files.formulas import refuse_formula_texts
from yibao.files.move_cells import LONGEST_REFERENCE, keys_of, text
from yibao.files.move_layouts import CATEGORIES_IN, COVERAGE_IN
from yibao.files.words import CATEGORIES, GROUPS, Vocabulary, tiers
from yibao.packs.policies import Area

CHECK_DAYS = "请核对起止日期 (check the days)"

DEPARTMENTS = Vocabulary(
    "认定部门",
    {
        **{department.name: int(department) for department in Department},
        "医保": Department.MEDICAL_INSURANCE,
        "税务": Department.TAX,
        "财政": Department.FINANCE,
        "民政": Department.CIVIL_AFFAIRS,
        "公安": Department.PUBLIC_SECURITY,
        "卫健": Department.HEALTH,
        "卫生健康": Department.HEALTH,
        "教育": Department.EDUCATION,
        "残联": Department.DISABLED_FEDERATION,
        "乡村振兴": Department.RURAL_REVITALISATION,
    },
    "民政、乡村振兴、残联、卫健、医保、税务、财政、公安、教育",
)


def coverage_part(part: Part, area: Area, day_of_move: date) -> dict[str, pl.Series]:
    """The cells of some coverages, by the fields of ImportedCover but the row's number."""
    refuse_formula_texts(part, [column.name for column in COVERAGE_IN.columns])
    keys = keys_of(part, of_people=False)
    first, last = day(part, "covered_from", needed=True), day(part, "covered_to", needed=True)
    part.refuse(last < first, "covered_to", "终止日早于起始日 (ends before it begins)", CHECK_DAYS)
    year = each(part, "benefit_year", _year_read, kind="年度读不懂 (not a year)", empty=0)
    return {
        **keys._asdict(),
        "first_day": first,
        "last_day": last,
        "benefit_year": pl.select(pl.when(year == 0).then(last.dt.year()).otherwise(year)).to_series(),
        "group": word(part, "group", GROUPS, empty=0),
        "tier": word(part, "tier", tiers(area), empty=0),
        "waiting_last_day": day(part, "waiting_to", needed=False),
    }


def categories_part(part: Part, area: Area, day_of_move: date) -> dict[str, pl.Series]:
    """The cells of some categories, by the fields of ImportedCategory but the row's number."""
    refuse_formula_texts(part, [column.name for column in CATEGORIES_IN.columns])
    keys = keys_of(part, of_people=False)
    first, last = day(part, "first_day", needed=True), day(part, "last_day", needed=False)
    part.refuse(last < first, "last_day", "终止日早于起始日 (ends before it begins)", CHECK_DAYS)
    part.refuse(first > day_of_move, "first_day", "在接管日之后 (after the move)", CHECK_DAYS)
    category = word(part, "category", CATEGORIES, empty=None)
    part.refuse(
        category == 0, "category", "普通居民不是认定的类别 (no category)", "请删去这一行 (take the row out)"
    )
    return {
        **keys._asdict(),
        "category": category,
        "certified_by": word(part, "certified_by", DEPARTMENTS, empty=None),
        "certificate_no": text(part, "certificate_no", longest=LONGEST_REFERENCE),
        "first_day": first,
        "last_day": last,
    }


def _year_read(written: str) -> int:
    if not (written.isdecimal() and FIRST_YEAR <= int(written) <= LAST_YEAR):
        raise Unreadable("不是年度 (not a year)", "请写成 2023 (write it like 2023)")
    return int(written)
