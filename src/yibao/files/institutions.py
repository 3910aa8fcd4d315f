"""The institutions file (机构文件) as the table INSTITUTIONS, and the stand-ins for claims that name only a class."""

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

from yibao.files.cells import Part, Unreadable, day, each, parts_of, word, yes_no
from yibao.files.columns import INSTITUTION_LAYOUT
from yibao.files.log import FindingLog
from yibao.files.source import Progress, file_name, open_source, quiet
from yibao.files.tables import as_table, joined, repeated
from yibao.files.words import Vocabulary, counties, institution_classes
from yibao.kernel.codes import is_division_code
from yibao.kernel.findings import Finding
from yibao.packs.policies import Area
from yibao.simulate.tables import INSTITUTIONS

ALWAYS = date(1900, 1, 1)
"""The first designated day of an institution whose file names none."""

NO_COUNTY = "000000"
"""The county of a stand-in whose county nobody named: outside every county."""


def read_institutions(
    path: Path, area: Area, log: FindingLog | None = None, progress: Progress = quiet
) -> tuple[pa.Table, list[Finding]]:
    """The good rows of an institutions file as INSTITUTIONS, in the order of the file, and what is wrong with the rest."""
    log = log or FindingLog()
    source = open_source(path, INSTITUTION_LAYOUT, log, progress)
    classes, own_counties = institution_classes(area), counties(area)
    parts = [_row_part(part, classes, own_counties) for part in parts_of(source, log)]
    frame = joined(parts)
    if source is None or frame is None:
        return as_table(None, INSTITUTIONS), log.findings(file_name(path))
    twice = repeated(frame, "institution_code", file_name(path), log, source.headings["institution_code"])
    good = frame.filter(~twice & ~frame["bad"])
    return as_table(_with_class_facts(good, area), INSTITUTIONS), log.findings(file_name(path))


def _row_part(part: Part, classes: Vocabulary, own_counties: Vocabulary) -> pl.DataFrame:
    code = part.text("institution_code")
    part.refuse(code.is_null(), "institution_code", "没有填写 (empty)", "请填上 (fill it in)")
    first, last = day(part, "designated_from", needed=False), day(part, "designated_to", needed=False)
    part.refuse(
        last < first,
        "designated_to",
        "终止日早于起始日 (ends before it begins)",
        "请核对两个日期 (check both days)",
    )
    county = each(
        part,
        "county_code",
        lambda text: county_number(text, own_counties),
        kind="县区不认识 (unknown county)",
        empty=None,
    )
    cells = {
        "row": part.numbers,
        "institution_code": code,
        "name": part.text("name").fill_null(""),
        "institution_class": word(part, "institution_class", classes, empty=None),
        "county_code": county.cast(pl.String),
        "designated_from": first.fill_null(ALWAYS),
        "designated_to": last,
        "gives_pooling": yes_no(part, "gives_pooling", empty=1),
    }
    return pl.DataFrame({**cells, "bad": part.bad})


def county_number(text: str, own_counties: Vocabulary) -> int:
    """A county by name, or any division code, here or elsewhere, as a number. Raises Unreadable."""
    known = own_counties.number(text)
    if known is not None:
        return known
    if is_division_code(text):
        return int(text)
    raise Unreadable("县区不认识 (unknown county)", f"请写六位行政区划代码；本地区：{own_counties.shown}")


def institutions_by_class(area: Area) -> pa.Table:
    """One stand-in for each class and county of the area, and one of each class outside them: INSTITUTIONS.

    For claims that name an institution's class and not the institution; the code is `class_code(...)`.
    """
    rows = [
        {
            "institution_code": class_code(str(listed["code"]), county),
            "name": str(listed["label"]),
            "institution_class": at,
            "county_code": county,
            "designated_from": ALWAYS,
            "designated_to": None,
            "gives_pooling": 1,
        }
        for at, listed in enumerate(area.listed("institution_classes"))
        for county in [*area.codes("counties"), NO_COUNTY]
    ]
    frame = pl.DataFrame(rows, schema_overrides={"designated_to": pl.Date})
    return as_table(_with_class_facts(frame, area), INSTITUTIONS)


def class_code(code: str, county: str) -> str:
    """The code of a stand-in, from the code of its class and its county."""
    return f"class:{code}" if county == NO_COUNTY else f"class:{code}@{county}"


def _with_class_facts(frame: pl.DataFrame, area: Area) -> pl.DataFrame:
    listed = area.listed("institution_classes")
    facts = pl.DataFrame(
        {
            "institution_class": range(len(listed)),
            **{
                name: [str(row.get(name, "")) for row in listed]
                for name in ("level", "price_class", "administrative_level")
            },
        },
        schema_overrides={"institution_class": pl.Int64},
    )
    return frame.with_columns(pl.col("institution_class").cast(pl.Int64)).join(
        facts, on="institution_class", how="left", maintain_order="left"
    )
