"""Rows without a usable number find their person, or are shown to an officer, or find nobody; nobody is taken for another.

carries_out: ENR-11
"""

import json
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.agency.at_once import at_once
from tests.agency.listed import TODAY, a_list, commit, enrolled, looked_at, number_of, row
from tests.agency.people import identity_no
from tests.agency.settling import COUNTY, OFFICER

from yibao.enrolment.list_failures import DryRunStale, NobodyFits, NoSuchRow, RowsUndecided
from yibao.enrolment.models import CategoryTag, ListCandidate, ListRow, Person
from yibao.enrolment.terms import MatchedBy, RowVerdict
from yibao.journeys.lists.listing import MatchDecision, decide_match
from yibao.journeys.lists.matching import Described, Pair, pairs_between, pairs_within, parameters

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红玲建国文辉力宁晨东梅"
PEOPLE, ALTERED, STRANGERS = 4_000, 250, 250
SURE = 9_950
STRANGERS_SHOWN = 1


def crowd(count: int, start: int, seed: int) -> list[Described]:
    """Generated people of two counties, each with a number of the right form."""
    chance = random.Random(seed)
    found = []
    for key in range(start, start + count):
        name = chance.choice(SURNAMES) + "".join(
            chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2)))
        )
        born_on = date(1940, 1, 1) + timedelta(days=chance.randrange(29_000))
        sex = chance.choice((1, 2))
        number = identity_no(born_on, sex, chance.randrange(500))
        found.append(Described(key, name, born_on, sex, chance.choice(("990105", "990106")), "", number))
    return found


def altered(person: Described, how: int) -> Described:
    """A person as a department may have written them down."""
    number, digit = person.number, str((int(person.number[16]) + 3) % 10)
    if how == 0:
        return replace(person, number="")
    if how == 1:
        return replace(person, number=number[:16] + digit + number[17])
    if how == 2:
        return replace(person, number="", name=person.name[:-1] + ("某" if person.name[-1] != "某" else "甲"))
    if how == 3:
        return replace(person, number="", born_on=date(person.born_on.year, person.born_on.month, 28))
    return replace(person, number=number[:9] + str((int(number[9]) + 1) % 10) + number[10:], county="")


def test_altered_doubles_are_found_and_strangers_are_not():
    people = crowd(PEOPLE, 0, 5)
    rows = [replace(altered(people[n * 7], n % 5), key=10_000 + n) for n in range(ALTERED)]
    rows += [replace(one, number="") for one in crowd(STRANGERS, 20_000, 6)]
    of_row: dict[int, list[Pair]] = {}
    for pair in pairs_between(rows, people):
        of_row.setdefault(pair.left, []).append(pair)
    found, sure, wrong = Counter(), Counter(), 0
    for n in range(ALTERED):
        pairs = of_row.get(10_000 + n, [])
        found[n % 5] += any(pair.right == n * 7 for pair in pairs)
        if len(pairs) == 1 and pairs[0].score_bp >= SURE:
            sure[n % 5] += 1
            wrong += pairs[0].right != n * 7
    assert found == {0: 50, 1: 50, 2: 50, 3: 50, 4: 50}, "every altered double is found"
    assert sure == {1: 49, 4: 50}, (
        "a slip in the number is sure unless a second person comes near; no number is an officer's"
    )
    strangers = [pairs for key, pairs in of_row.items() if key >= 20_000]
    assert wrong == 0 and max(pairs[0].score_bp for pairs in strangers) < SURE, "nobody is taken for another"
    assert len(strangers) == STRANGERS_SHOWN, "few strangers are shown to an officer in vain"
    assert pairs_between(rows, people) == [pair for pair in pairs_between(rows, people)], (
        "the same every time"
    )


def test_two_records_of_one_person_are_found_within_a_register():
    people = crowd(PEOPLE, 0, 5)
    doubles = [replace(altered(people[n * 11], 1), key=50_000 + n) for n in range(100)]
    pairs = pairs_within([*people, *doubles])
    assert {(p.left, p.right) for p in pairs if p.score_bp >= SURE} == {
        (n * 11, 50_000 + n) for n in range(100)
    }


def test_the_shares_of_every_comparison_add_up_and_each_has_a_reason():
    for name, levels in parameters().items():
        if not isinstance(levels, dict):
            continue
        assert levels["why"].strip(), name
        for side in ("one", "two"):
            assert abs(sum(level[side] for key, level in levels.items() if key != "why") - 1) < 1e-9, name


def test_a_slip_in_the_number_is_matched_and_a_missing_number_is_decided_by_an_officer(database):
    slip, missing, other = enrolled("王小明"), enrolled("李国强", born_on=date(1975, 3, 4)), enrolled("赵一")
    number = number_of(slip)
    wrong = number[:16] + str((int(number[16]) + 2) % 10) + number[17]
    rows = [
        row(2, name="王小明", identity_no=wrong, county=COUNTY),
        row(3, name="李国强", identity_no="", born_on="1975-03-04", sex="男", county=COUNTY),
        row(4, name="李国强", identity_no=identity_no(date(1975, 3, 4), 1, 499), county=COUNTY),
    ]
    seen = looked_at(a_list(*rows))
    kept = {r.number: r for r in ListRow.objects.filter(department_list_id=seen["list_id"])}
    assert (kept[2].person_id, kept[2].verdict, kept[2].matched_by) == (
        slip,
        RowVerdict.NEW,
        MatchedBy.LINKED,
    )
    assert kept[2].problems, "the wrong number goes back to the department although its person was found"
    assert (kept[3].verdict, seen["to_decide"]) == (RowVerdict.AMBIGUOUS, 1)
    assert list(ListCandidate.objects.filter(row=kept[3]).values_list("person_id", flat=True)) == [missing]
    assert kept[4].verdict == RowVerdict.NOT_FOUND, "another valid number is another person"
    assert commit(seen)["effects"] == {"TAG_GIVEN": 1}, "what nobody decided is not written"
    seen = looked_at(a_list(*rows))
    decided = MatchDecision(
        ListRow.objects.get(department_list_id=seen["list_id"], number=3).pk, missing, "电话核实"
    )
    after = json.loads(decide_match(OFFICER, "d", decided, today=TODAY))
    assert after["to_decide"] == 0 and after["plan_hash"] != seen["plan_hash"]
    with pytest.raises(DryRunStale):
        commit(seen)
    assert commit(after)["effects"] == {"TAG_GIVEN": 1}
    assert CategoryTag.objects.filter(person=missing).count() == 1
    assert CategoryTag.objects.filter(person=other).count() == 0
    with pytest.raises(NoSuchRow):
        decide_match(OFFICER, "late", decided, today=TODAY)


def test_a_householder_tells_two_of_one_name_and_birthday_apart(database):
    born_on = date(1975, 3, 4)
    father = enrolled("李大山", born_on=date(1950, 1, 1))
    son, namesake = enrolled("李国强", born_on=born_on), enrolled("李国强", born_on=born_on)
    Person.objects.filter(pk=son).update(household=Person.objects.get(pk=father).household_id)
    said = {"name": "李国强", "identity_no": "", "born_on": "1975-03-04", "sex": "男", "county": COUNTY}
    seen = looked_at(a_list(row(2, **said), row(3, **said, householder_no=number_of(father))))
    shown = ListCandidate.objects.filter(row__department_list_id=seen["list_id"]).order_by(
        "row__number", "-score_bp"
    )
    first, second = ([c for c in shown if c.row.number == number] for number in (2, 3))
    assert {c.person_id for c in first} == {son, namesake} and first[0].score_bp == first[1].score_bp
    assert second[0].person_id == son and all(c.score_bp < second[0].score_bp for c in second[1:])


def test_a_full_list_waits_for_every_decision_and_spares_who_may_be_meant(database):
    who, gone = enrolled("李国强", born_on=date(1975, 3, 4)), enrolled("赵一")
    tags = looked_at(a_list(row(2, who), row(3, gone)))
    commit(tags)
    rows = [row(2, name="李国强", identity_no="", born_on="1975-03-04", sex="男", county=COUNTY)]
    seen = looked_at(a_list(*rows, full=True, as_of=date(2023, 7, 1)))
    assert seen["verdicts"] == {"AMBIGUOUS": 1, "ENDED": 1}
    with pytest.raises(RowsUndecided, match="第 2 行"):
        commit(seen)
    undecided = ListRow.objects.get(department_list_id=seen["list_id"], number=2).pk
    Person.objects.filter(pk=gone).update(county_code="500112")
    with pytest.raises(NobodyFits):
        decide_match(OFFICER, "x", MatchDecision(undecided, gone, "?"), today=TODAY)
    Person.objects.filter(pk=gone).update(county_code=COUNTY)
    none = json.loads(decide_match(OFFICER, "n", MatchDecision(undecided, None, "不是他"), today=TODAY))
    assert none["verdicts"] == {"ENDED": 2, "NOT_FOUND": 1}
    him = json.loads(decide_match(OFFICER, "y", MatchDecision(undecided, who, "是他"), today=TODAY))
    assert him["verdicts"] == {"ALREADY": 1, "ENDED": 1}
    assert commit(him)["effects"] == {"TAG_ENDED": 1}


def test_two_decisions_at_once_follow_each_other(postgres):
    who = enrolled("李国强", born_on=date(1975, 3, 4))
    seen = looked_at(a_list(row(2, name="李国强", identity_no="", born_on="1975-03-04", sex="男")))
    row_id = ListRow.objects.get(department_list_id=seen["list_id"]).pk
    said = at_once(
        [
            lambda: decide_match(OFFICER, "1", MatchDecision(row_id, who, "是"), today=TODAY),
            lambda: decide_match(OFFICER, "2", MatchDecision(row_id, None, "不是"), today=TODAY),
        ]
    )
    hashes = {json.loads(one)["plan_hash"] for one in said}
    kept = ListRow.objects.get(pk=row_id)
    assert len(hashes) == 2 and kept.department_list.plan_hash in hashes
    assert (kept.person_id, kept.decided_reason) in ((who, "是"), (None, "不是"))


def test_linking_leaves_nobody_in_a_log(database, caplog, capfd):
    caplog.set_level(0)
    enrolled("司马示例", born_on=date(1975, 3, 4))
    said = row(2, name="司马示例", identity_no="", born_on="1975-03-04", sex="男", county=COUNTY)
    assert looked_at(a_list(said))["to_decide"] == 1
    printed = capfd.readouterr()
    for told in (caplog.text, printed.out, printed.err):
        assert "示例" not in told and "19750304" not in told


def test_who_links_nothing_loads_neither_splink_nor_duckdb():
    asks = (
        "import sys; from yibao.web.start import start; start(); import yibao.journeys.lists.listing, "
        "yibao.journeys.lists.matching, yibao.journeys.lists.duplicates, yibao.cli.main; "
        "print(sorted({'splink', 'duckdb'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
