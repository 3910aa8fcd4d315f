"""The clause of a refusal is that of the place it is refused in.

carries_out: BEN-06, ENR-06
"""

from datetime import date

import pytest

from yibao.benefits.refusals import REFUSAL_WORDS as OF_CLAIMS
from yibao.benefits.terms import Refusal
from yibao.enrolment.refusals import REFUSAL_WORDS as OF_PEOPLE
from yibao.enrolment.terms import EnrolmentRefusal
from yibao.packs.clauses import clause_of
from yibao.packs.policies import SECTIONS, policies

DAY = date(2023, 1, 1)


@pytest.mark.parametrize(
    ("code", "words", "clause"),
    [
        ("140100", OF_CLAIMS[Refusal.OUTSIDE_COUNTY], "并医保发〔2022〕27号 二(二)"),
        ("140100", OF_PEOPLE[EnrolmentRefusal.WINDOW_NOT_OPEN], "并医保发〔2022〕27号 八(五)"),
        ("500112", OF_PEOPLE[EnrolmentRefusal.WINDOW_NOT_OPEN], "渝医保发〔2022〕25号 一"),
        ("500112", OF_PEOPLE[EnrolmentRefusal.WINDOW_CLOSED], "参保期 (coverage)"),
        ("500112", OF_CLAIMS[Refusal.WORK_INJURY], "国家医疗保障待遇清单：基金不予支付的范围"),
    ],
)
def test_the_entry_in_force_gives_the_clause(code, words, clause):
    assert clause_of(words, policies().area(code), DAY) == clause


def test_where_no_entry_holds_the_words_in_general_do():
    words = OF_PEOPLE[EnrolmentRefusal.WINDOW_NOT_OPEN]
    assert clause_of(words, policies().area("140100"), date(2019, 1, 1)) == words.clause


def test_every_entry_that_words_name_exists_somewhere():
    known = {(section, key) for pack in policies().packs.values() for section, key in pack.entries}
    for words in (*OF_CLAIMS.values(), *OF_PEOPLE.values()):
        assert words.entry is None or (words.entry in known and words.entry[0] in SECTIONS)


def test_no_clause_in_general_shows_a_reader_the_name_of_an_entry():
    for words in (*OF_CLAIMS.values(), *OF_PEOPLE.values()):
        assert not any(f"{section}." in words.clause for section in SECTIONS)
