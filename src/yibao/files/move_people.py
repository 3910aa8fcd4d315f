"""The people file of a move (接管人员文件), a part at a time: every row as the journey takes it; bad rows are findings."""

from datetime import date

import polars as pl

from yibao.enrolment.checks import OLDEST_BIRTH
from yibao.files.cells import Part, day, word
from yibao.files.formulas import refuse_formula_texts
from yibao.files.identity import born_on as born_in
from yibao.files.move_cells import keys_of, text
from yibao.files.move_layouts import PEOPLE_IN
from yibao.files.words import SEXES, counties
from yibao.packs.policies import Area

CHECK_BOTH = "请核对身份证和登记资料 (check both)"
LONGEST_NAME = 64
LONGEST_ADDRESS = 200


def people_part(part: Part, area: Area, day_of_move: date) -> dict[str, pl.Series]:
    """The cells of some people, by the fields of ImportedPerson but the row's number."""
    refuse_formula_texts(part, [column.name for column in PEOPLE_IN.columns])
    keys = keys_of(part, of_people=True)
    of_nation = pl.select(pl.when(keys.kind == 0).then(keys.number)).to_series()
    county = _county(part, area)
    return {
        **keys._asdict(),
        "name": text(part, "name", longest=LONGEST_NAME, needed=True),
        "sex": _sex(part, of_nation),
        "born_on": _born(part, of_nation, day_of_move),
        "county_code": county,
        "household_no": text(part, "household_no", longest=LONGEST_NAME),
        **_place(part, "address_code", "address", county),
        **_place(part, "registered_code", "registered_address", county),
    }


def _county(part: Part, area: Area) -> pl.Series:
    found = word(part, "county_code", counties(area), empty=None)
    return found.cast(pl.String).fill_null("")


def _sex(part: Part, numbers: pl.Series) -> pl.Series:
    given = word(part, "sex", SEXES, empty=0)
    told = 2 - numbers.str.slice(16, 1).cast(pl.Int64, strict=False) % 2
    part.refuse(
        (given != told) & (given != 0), "sex", "与身份证号中的性别不同 (differs from number)", CHECK_BOTH
    )
    part.refuse((given == 0) & told.is_null(), "sex", "没有填写 (empty)", "请填上 1 男 或 2 女")
    return pl.select(pl.when(given == 0).then(told).otherwise(given)).to_series().fill_null(0)


def _born(part: Part, numbers: pl.Series, day_of_move: date) -> pl.Series:
    given = day(part, "born_on", needed=False)
    told = born_in(numbers)
    part.refuse(given != told, "born_on", "与身份证号中的出生日期不同 (differs from number)", CHECK_BOTH)
    missing = part.text("born_on").is_null() & told.is_null()
    part.refuse(missing, "born_on", "没有填写 (empty)", "请填上 (fill it in)")
    found = pl.select(pl.coalesce(given, told)).to_series()
    part.refuse(
        found > day_of_move,
        "born_on",
        "在接管日之后 (after the move)",
        "请核对；接管之后出生的，接管后办理登记",
    )
    part.refuse(found < OLDEST_BIRTH, "born_on", "出生日期过早 (too early)", CHECK_BOTH)
    return found


def _place(part: Part, code: str, address: str, county: pl.Series) -> dict[str, pl.Series]:
    """A division code and the text; both empty where neither is given, the county's code where only the text is."""
    given = text(part, code, longest=12)
    unfit = (given != "") & ~given.str.contains(r"^[1-9][0-9]{5}(?:[0-9]{3}|[0-9]{6})?$")
    part.refuse(
        unfit, code, "区划代码应为 6、9 或 12 位数字 (not a division code)", "请核对代码 (check the code)"
    )
    written = text(part, address, longest=LONGEST_ADDRESS)
    own = pl.select(pl.when((given == "") & (written != "")).then(county).otherwise(given)).to_series()
    return {code: own, address: written}
