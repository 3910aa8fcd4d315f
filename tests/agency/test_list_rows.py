"""Rows of lists as text: whatever a department writes is read or told, never a failure, and no value is repeated.

carries_out: ENR-11
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agency.people import identity_no

from yibao.assistance.terms import Category
from yibao.enrolment.terms import Department, ListKind, RowVerdict
from yibao.journeys.lists.listing_rows import (
    COLUMN_WORDS,
    GivenRow,
    ListOrder,
    given_row,
    given_text,
    plain_name,
    row_facts,
)
from yibao.journeys.lists.listing_words import category_of, disease_of

TODAY = date(2023, 12, 20)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=220)
CELL = st.one_of(
    TEXT,
    st.sampled_from(
        ["", "男", "2023-02-30", "２０２３年6月1日", "=1", "是", "1", "９９９", "140105", "低保", "职工"]
    ),
)
ROWS = st.builds(GivenRow, st.just(2), **dict.fromkeys(COLUMN_WORDS, CELL))


def order(kind: ListKind = ListKind.CATEGORY_LIST, **more: object) -> ListOrder:
    facts = {"category": None, "file_name": "a", "file_hash": "b", "rows": (), **more}
    return ListOrder("140100", Department.HEALTH, kind, date(2023, 6, 1), **facts)  # type: ignore[arg-type]


@pytest.mark.property
@given(ROWS, st.sampled_from(ListKind))
def test_any_text_is_read_or_told(row, kind):
    facts = row_facts(row, order(kind), TODAY)
    assert (facts.wrong is None) or facts.problems
    for _, message, remedy in facts.problems:
        assert message and remedy
    assert given_row(given_text(row)) == row
    if facts.elsewhere is not None and facts.wrong is None:
        assert facts.last_day is not None and len(facts.elsewhere.area_code) in (6, 9, 12)
    assert facts.wrong is not None or len(facts.document_no) <= 64


def test_days_are_read_as_departments_write_them():
    for text in (
        "2023-4-1",
        "2023/04/01",
        "20230401",
        "2023.4.1",
        "2023年4月1日",
        "２０２３-04-01",
        "2023-04-01 00:00:00",
    ):
        facts = row_facts(GivenRow(2, name="甲", first_day=text), order(category=Category.STABLE_EXIT), TODAY)
        assert (facts.first_day, facts.wrong) == (date(2023, 4, 1), None), text
    later = GivenRow(2, name="甲", first_day="2023-12-21")
    assert row_facts(later, order(category=Category.STABLE_EXIT), TODAY).wrong is RowVerdict.FUTURE_DAY


def test_a_number_says_birthday_and_sex_and_a_wrong_one_is_told_without_its_digit():
    number = identity_no(date(1980, 5, 1), 2)
    facts = row_facts(
        GivenRow(2, name="甲", identity_no=f" {number.lower()} ", sex="男", born_on="1999-01-01"),
        order(category=Category.STABLE_EXIT),
        TODAY,
    )
    assert (facts.number, facts.sex, facts.born_on) == (number, 2, date(1980, 5, 1))
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    told = row_facts(GivenRow(2, name="甲", identity_no=wrong), order(category=Category.STABLE_EXIT), TODAY)
    assert (told.number, told.number_given, told.wrong) == ("", wrong, None)
    ((_, message, _),) = told.problems
    assert message == "校验位不符 (wrong number)"


def test_words_of_departments_are_known():
    assert category_of("低保") is category_of(" 低保对象 ") is Category.SUBSISTENCE_ALLOWANCE
    assert category_of("SEVERE_MENTAL_DISORDER") is Category.SEVERE_MENTAL_DISORDER
    assert (disease_of("高血压"), disease_of("不知道")) == ("HYPERTENSION", "")
    assert plain_name("阿依古丽 · 买买提") == plain_name("阿依古丽•买买提")
