"""Columns read at once say what the readers of one value say, and the guide to the files says what the columns are."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.files.cells import Part, day, moment, money
from yibao.files.columns import CLAIM_LAYOUT, INSTITUTION_LAYOUT, PEOPLE_LAYOUT
from yibao.files.days import days_on_file
from yibao.files.identity import identity_problems
from yibao.files.log import FindingLog, masked
from yibao.files.source import Rows, Source
from yibao.kernel.codes import identity_problem
from yibao.kernel.days import day_number
from yibao.kernel.money import LARGEST_FEN, AmountUnreadable, fen_of
from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_terms

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "files.md"


def part_of(name: str, cells: list[str] | pl.Series) -> Part:
    frame = pl.DataFrame({name: cells})
    return Part(Source("f", {}, iter(())), Rows(pl.Series(range(len(frame))), frame), FindingLog())


AMOUNTS = st.one_of(
    st.from_regex(r"\A-?[0-9]{1,13}(\.[0-9]{1,3})?\Z"),
    st.integers(-100, 2 * LARGEST_FEN).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
    st.from_regex(r"\A[0-9,，. 元万-]{1,9}\Z"),
)


@pytest.mark.property
@given(st.lists(AMOUNTS, min_size=1, max_size=8))
def test_a_column_of_amounts_is_read_as_fen_of_reads_each(texts):
    part = part_of("class_a", texts)
    for text, found, bad in zip(texts, money(part, "class_a"), part.bad, strict=True):
        try:
            expected = fen_of(text.strip())
        except AmountUnreadable:
            expected = -1
        if 0 <= expected <= LARGEST_FEN:
            assert (found, bad) == (expected, False), text
        else:
            assert bad, text


DIGITS = st.text("0123456789", min_size=17, max_size=17)


@st.composite
def identities(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(2023, 1, 1)))
    body = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    sums = sum(int(d) * pow(2, 17 - at, 11) for at, d in enumerate(body))
    return body + draw(
        st.sampled_from(["0123456789X"[(12 - sums) % 11], draw(st.sampled_from("0123456789Xx"))])
    )


@pytest.mark.property
@given(st.lists(st.one_of(identities(), st.text(max_size=20), DIGITS, st.none()), max_size=8))
def test_a_column_of_identity_numbers_is_judged_as_the_kernel_judges_each(texts):
    found = identity_problems(pl.Series(texts, dtype=pl.String))
    for text, problem in zip(texts, found, strict=True):
        assert (problem is not None) == (text is not None and identity_problem(text) != ""), text
        if problem is not None:
            assert "末位应为" not in problem


def test_masks_keep_three_and_two_and_hide_short_numbers_whole():
    shown = masked(pl.Series(["11010519491231002X", "1234567890", "123456789", "", "1" * 40]))
    assert shown.to_list() == ["110*************2X", "123*****90", "*********", "", "111" + "*" * 13 + "11"]


FORMS = [
    "2023-01-31",
    "20230131",
    "2023/1/31",
    "2023.01.31",
    "2023年1月31日",
    "2023-01-31 00:00:00",
    "2023-01-31T08:00",
]


@pytest.mark.parametrize("text", FORMS)
def test_days_are_read_in_every_form_people_write(text):
    assert day(part_of("served_on", [text]), "served_on", needed=True).to_list() == [date(2023, 1, 31)]


@pytest.mark.parametrize(
    "text", ["2023-1-32", "31/01/2023", "2023131", "1月31日", "44957", "2023-01-31x", "99999999"]
)
def test_other_texts_are_no_days(text):
    part = part_of("served_on", [text])
    day(part, "served_on", needed=True)
    assert part.bad.all()


@pytest.mark.parametrize(
    "column",
    [
        pl.Series(["2023-01-31 09:30:00", "2023/1/31 9:30", "20230131093000", "2023-01-31T09:30:00.5"]),
        pl.Series(["2023-01-31 01:30:00"]).str.to_datetime(time_zone="UTC"),
        pl.Series(["2023-01-31 09:30:00.25"]).str.to_datetime(time_unit="ns"),
    ],
)
def test_moments_are_read_in_every_form(column):
    part = part_of("settled_at", column)
    assert {f"{at}" for at in moment(part, "settled_at")} == {"2023-01-31 09:30:00"}
    assert not part.bad.any()


def test_days_on_file_are_those_that_settlement_terms_accept():
    area = policies().area("140100")
    found = days_on_file(area)
    for day_on in pl.date_range(date(2021, 12, 20), date(2024, 1, 20), "7d", eager=True):
        try:
            terms = settlement_terms(area, day_on)
        except PolicyFailure:
            assert found.reason(day_number(day_on))
            continue
        assert found.reason(day_number(day_on)) == ""
        held = [of for of in found.on_file() if of.first_day <= day_on <= of.last_day]
        assert [of.params for of in held] == [terms.params]


@pytest.mark.parametrize(
    "layout", [PEOPLE_LAYOUT, INSTITUTION_LAYOUT, CLAIM_LAYOUT], ids=lambda layout: layout.title
)
def test_the_guide_lists_every_column(layout):
    listed = re.findall(r"^\| ([^|]+) \| `(\w+)` \|", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    for column in layout.columns:
        if not column.name.endswith("_fen"):
            assert (column.chinese, column.name) in listed, column


def test_no_heading_means_two_columns():
    for layout in (PEOPLE_LAYOUT, INSTITUTION_LAYOUT, CLAIM_LAYOUT):
        texts = [text for column in layout.columns for text in (column.name, column.chinese, *column.others)]
        assert len(texts) == len(set(texts))
