"""The people file (人员文件) as the table PEOPLE, with days of cover where they were decided elsewhere.

Identity numbers are checked and left behind: neither the tables nor the findings carry one whole.
"""

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.engine.terms import CHRONIC_SLOTS
from yibao.files.cells import Part, Unreadable, bits, day, each, parts_of, places, word, yes_no
from yibao.files.columns import PEOPLE_LAYOUT
from yibao.files.identity import born_on, identity_problems
from yibao.files.log import FindingLog, masked
from yibao.files.source import Progress, file_name, open_source, quiet
from yibao.files.tables import as_table, joined, repeated
from yibao.files.words import (
    CATEGORIES,
    GROUPS,
    SCHEMES,
    SEXES,
    TWO_DISEASES,
    UNIVERSITIES,
    Vocabulary,
    chronic_diseases,
    counties,
    tiers,
)
from yibao.kernel.findings import Finding
from yibao.packs.policies import Area
from yibao.simulate.tables import PEOPLE

COVER = [("covered_from", pa.date32()), ("covered_to", pa.date32()), ("waiting_to", pa.date32())]
"""What follows the columns of PEOPLE where the file says on which days each person is covered."""

CHECK_DAYS = "请核对两个日期 (check both days)"


class Lists(NamedTuple):
    """The area's lists that the words of a people file are looked up in."""

    counties: Vocabulary
    tiers: Vocabulary
    chronic: Vocabulary
    institutions: dict[str, int] | None


def read_people(
    path: Path,
    area: Area,
    institutions: pa.Table | None = None,
    log: FindingLog | None = None,
    progress: Progress = quiet,
) -> tuple[pa.Table, list[Finding]]:
    """The good rows of a people file as PEOPLE, in the order of the file, and what is wrong with the rest.

    Where the file has the days of cover, the table has three more columns (`COVER`). `institutions` is what first
    choices are looked up in.
    """
    log = log or FindingLog()
    source = open_source(path, PEOPLE_LAYOUT, log, progress)
    codes = institutions.column("institution_code").to_pylist() if institutions is not None else None
    known = {code: at for at, code in enumerate(codes)} if codes is not None else None
    lists = Lists(counties(area), tiers(area), chronic_diseases(area), known)
    decided = source is not None and "covered_from" in source.headings
    parts = [_row_part(part, lists, decided=decided) for part in parts_of(source, log)]
    schema = pa.schema([*PEOPLE, *(pa.field(*column) for column in COVER)]) if decided else PEOPLE
    frame = joined(parts)
    if source is None or frame is None:
        return as_table(None, schema), log.findings(file_name(path))
    twice = repeated(frame, "person_id", file_name(path), log, source.headings["person_id"])
    good = frame.filter(~twice & ~frame["bad"])
    return as_table(good, schema), log.findings(file_name(path))


def _row_part(part: Part, lists: Lists, *, decided: bool) -> pl.DataFrame:
    person_id = part.text("person_id")
    part.refuse(person_id.is_null(), "person_id", "没有填写 (empty)", "请填上 (fill it in)")
    part.refuse(
        person_id.str.contains(r"^[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]$"),
        "person_id",
        "人员编号不能是身份证号 (an identity number is no key)",
        "请用本系统的人员编号；身份证号写在 identity_no 列 (use another id)",
        values=masked(person_id),
    )
    born = _born_on(part, needed=not decided)
    chronic = places(part, "chronic_diseases", lists.chronic, CHRONIC_SLOTS)
    _employees(part)
    cells = {
        "row": part.numbers,
        "person_id": person_id,
        "born_on": born,
        "sex": word(part, "sex", SEXES, empty=0),
        "county_code": _county(part, lists.counties),
        "group": word(part, "group", GROUPS, empty=0),
        "university": word(part, "university", UNIVERSITIES, empty=0),
        "tier": word(part, "tier", lists.tiers, empty=0),
        "hukou_local": yes_no(part, "hukou_local", empty=1),
        "residence_permit": yes_no(part, "residence_permit", empty=0),
        "category_tags": bits(part, "category_tags", CATEGORIES)
        & ~1,  # bit 0, an ordinary resident, is no tag
        "rural": yes_no(part, "rural", empty=0),
        "contracted": yes_no(part, "contracted", empty=0),
        **{f"chronic_{at + 1}": column for at, column in enumerate(chronic)},
        "two_diseases": bits(part, "two_diseases", TWO_DISEASES),
        "first_choice": _first_choice(part, lists.institutions),
        "employee_cover_ended_on": day(part, "employee_cover_ended_on", needed=False),
    }
    cells |= {name: _not_before_birth(part, name, born) for name in ("enrolled_on", "paid_on")}
    if decided:
        cells |= _cover(part, born)
    return pl.DataFrame({**cells, "bad": part.bad})


def _county(part: Part, known: Vocabulary) -> pl.Series:
    number = word(part, "county_code", known, empty=None)
    return number.cast(pl.String)


def _born_on(part: Part, *, needed: bool) -> pl.Series:
    """The day of birth, from its column or from the identity number; they have to agree."""
    given = day(part, "born_on", needed=False)
    if not part.has("identity_no"):
        if needed:
            message = "没有出生日期，定不了参保期 (no day of birth)"
            part.refuse(part.text("born_on").is_null(), "born_on", message, "请填上 born_on 或 identity_no")
        return given
    numbers = part.text("identity_no")
    problems = identity_problems(numbers)
    wrong = problems.is_not_null()
    part.refuse(
        wrong,
        "identity_no",
        pl.select(pl.format("身份证号有误：{} (identity number)", problems.fill_null(""))).to_series(),
        "请核对身份证号；在 Excel 中这一列要设为文本格式 (check it; format the column as text)",
        kind="身份证号有误 (identity number)",
        values=masked(numbers),
    )
    in_number = pl.select(pl.when(~wrong).then(born_on(numbers))).to_series()
    part.refuse(
        given != in_number, "born_on", "与身份证号中的出生日期不同 (differs from identity number)", CHECK_DAYS
    )
    if needed:
        missing = part.text("born_on").is_null() & numbers.is_null()
        part.refuse(
            missing,
            "born_on",
            "没有出生日期，定不了参保期 (no day of birth)",
            "请填上 born_on 或 identity_no",
        )
    return pl.select(pl.coalesce(given, in_number)).to_series()


def _employees(part: Part) -> None:
    if part.has("scheme"):
        scheme = word(part, "scheme", SCHEMES, empty=0)
        remedy = "请从人员文件和结算文件中去掉此人；职工医保不在这里结算 (take the person out)"
        part.refuse(scheme == 1, "scheme", "不是城乡居民医保的参保人 (not residents' insurance)", remedy)


def _first_choice(part: Part, known: dict[str, int] | None) -> pl.Series:
    def read(text: str) -> int:
        if known is None:
            raise Unreadable(
                "没有给出机构文件 (no institutions file)", "请用 --institutions 给出机构文件，或去掉这一列"
            )
        if text not in known:
            raise Unreadable("机构文件中没有这个代码，或那一行有问题 (unknown institution)", "请核对机构代码")
        return known[text]

    return each(part, "first_choice", read, kind="首诊机构不认识 (unknown institution)", empty=-1)


def _not_before_birth(part: Part, name: str, born: pl.Series) -> pl.Series:
    found = day(part, name, needed=False)
    part.refuse(found < born, name, "早于出生日期 (before birth)", CHECK_DAYS)
    return found


def _cover(part: Part, born: pl.Series) -> dict[str, pl.Series]:
    """The days of cover; both or neither. Nobody is covered where both are empty."""
    days = {name: day(part, name, needed=False) for name, _ in COVER}
    first, last = days["covered_from"], days["covered_to"]
    half = "只写了起止日中的一个 (one end only)"
    part.refuse(
        part.text("covered_from").is_not_null() & part.text("covered_to").is_null(),
        "covered_to",
        half,
        CHECK_DAYS,
    )
    part.refuse(
        part.text("covered_to").is_not_null() & part.text("covered_from").is_null(),
        "covered_from",
        half,
        CHECK_DAYS,
    )
    part.refuse(last < first, "covered_to", "终止日早于起始日 (ends before it begins)", CHECK_DAYS)
    part.refuse(last < born, "covered_to", "早于出生日期 (before birth)", CHECK_DAYS)
    return days
