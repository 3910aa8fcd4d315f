"""Wrong reversals in a claims file are findings, never failures; and what decides where a reversal stands.

carries_out: BEN-13
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cli.test_files_problems import HEAD, Run, assert_nothing_settled, run
from tests.cli.test_files_reversals import EXAMPLE, adjustments
from tests.cli.test_settle_batch import assert_answers, results, save, settle, table

from yibao.engine.terms import ReversalParams
from yibao.files import reversals, settling

LAST_ONLY = ReversalParams(allows_earlier=0)

FIRST = "C1,P1,H1,hospital,2023-03-01,2023-03-01 10:00:00,,,100.00,0,50.50,20000.00,3000.00,23150.50,"
SECOND = "C2,P1,H1,hospital,2023-05-01,2023-05-01 10:00:00,,,0,0,0,6000.00,0,6000.00,"
OTHERS = "C3,P2,H2,hospital,2023-04-01,2023-04-01 10:00:00,,,0,0,0,900.00,0,900.00,"


def late(claim_id="R1", reverses="C1", person_id="P1", settled_at="2023-06-01 09:00:00", **cells: str) -> str:
    """A reversal row that says only what it has to, and what `cells` add."""
    said = {"claim_id": claim_id, "person_id": person_id, "settled_at": settled_at, **cells}
    return ",".join([*(said.get(name, "") for name in HEAD.split(",")), reverses])


def claims(*rows: str) -> str:
    return "\n".join([f"{HEAD},reverses", *rows]) + "\n"


def settled(done: Run) -> dict[str, dict]:
    assert done.result.exit_code == 0, done.result.output
    return {row["claim_id"]: row for row in results(done.out).iter_rows(named=True)}


WRONG = {
    "unknown claim": ([FIRST, late(reverses="C9")], "3", "reverses", "C9", "没有被冲销的这一笔"),
    "another person": ([FIRST, OTHERS, late(reverses="C3")], "4", "reverses", "C3", "另一人的结算"),
    "itself": ([FIRST, late(reverses="R1")], "3", "reverses", "R1", "冲销的是它自己"),
    "settled later": (
        [FIRST, late(settled_at="2023-03-01 09:59:59")],
        "3",
        "settled_at",
        "2023-03-01 09:59:59",
        "冲销早于被冲销的第 2 行的结算",
    ),
    "same moment, but above": (
        [late(settled_at="2023-03-01 10:00:00"), FIRST],
        "2",
        "settled_at",
        "2023-03-01 10:00:00",
        "冲销早于被冲销的第 3 行的结算",
    ),
    "no moment, and above": (
        [OTHERS, late(settled_at=""), FIRST],
        "3",
        "settled_at",
        "",
        "冲销早于被冲销的第 4 行的结算",
    ),
    "twice": ([FIRST, late("R1"), late("R2")], "4", "reverses", "C1", "已由第 3 行冲销"),
    "twice, the earlier one below": (
        [FIRST, late("R1"), late("R2", settled_at="2023-05-31")],
        "3",
        "reverses",
        "C1",
        "已由第 4 行冲销",
    ),
    "a reversal": (
        [FIRST, late("R1"), late("R2", reverses="R1")],
        "4",
        "reverses",
        "R1",
        "被冲销的是一笔冲销",
    ),
    "no person": ([FIRST, late(person_id="")], "3", "person_id", "", "没有填写"),
    "no id": ([FIRST, late("")], "3", "claim_id", "", "没有填写"),
    "person not on file": ([FIRST, late(person_id="P9")], "3", "person_id", "P9", "人员文件中没有此人"),
    "not a moment": ([FIRST, late(settled_at="后来")], "3", "settled_at", "后来", "读不懂这个日期"),
    "not a word": ([FIRST, late(kind="hospitl")], "3", "kind", "hospitl", "医疗类别不认识"),
    "not an amount": ([FIRST, late(class_a="2e4")], "3", "class_a", "2e4", "读不懂这个金额"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_reversal_is_found(tmp_path, name):
    rows, row, column, value, words = WRONG[name]
    done = run(tmp_path, claims=claims(*rows))
    assert_nothing_settled(done)
    found = [f for f in done.findings if f["column"] == column]
    assert [(f["row"], f["value"]) for f in found] == [(row, value)], done.findings
    assert words in found[0]["message"]
    if name not in ("person not on file",):
        assert len(done.findings) == 1, done.findings


DIFFERS = {
    "institution_code": "H2",
    "kind": "outpatient",
    "served_on": "2023-03-02",
    "own_expense": "100.01",
    "over_standard": "0.01",
    "initial_self_pay": "50.51",
    "class_a": "-20000.00",
    "class_b": "0",
    "total": "23150.51",
}


@pytest.mark.parametrize("column", DIFFERS)
def test_what_a_reversal_repeats_has_to_be_the_same(tmp_path, column):
    done = run(tmp_path, claims=claims(FIRST, late(**{column: DIFFERS[column]})))
    assert_nothing_settled(done)
    found = done.found(file="claims.csv")
    assert (found["row"], found["column"], found["value"]) == ("3", column, DIFFERS[column])
    assert "与被冲销的第 2 行不同" in found["message"]


def test_words_left_out_of_a_claim_are_compared_as_what_they_stand_for(tmp_path):
    rows = table(EXAMPLE)
    rows[1][4], rows[3][4] = "", "LOCAL"
    assert settle(tmp_path / "out", claims=save(tmp_path / "c.csv", rows)).exit_code == 0
    rows[3][4] = "转诊"
    done = settle(tmp_path / "none", claims=save(tmp_path / "c.csv", rows))
    assert done.exit_code == 1
    assert "与被冲销的第 2 行不同" in (tmp_path / "none-findings.csv").read_text("utf-8-sig")


def test_a_reversal_that_repeats_everything_is_settled(tmp_path):
    same = dict(zip(HEAD.split(","), FIRST.split(","), strict=False))
    given = {k: v for k, v in same.items() if k not in ("claim_id", "person_id", "settled_at")}
    short = settled(run(tmp_path, claims=claims(FIRST, late())))
    assert settled(run(tmp_path, claims=claims(FIRST, late(**given)))) == short
    assert short["R1"]["total_fen"] == -2_315_050


def test_the_columns_of_some_kinds_are_compared_by_the_kind_reversed(tmp_path):
    drugs = "C1,P1,H1,maternity,2023-03-01,,,顺产,0,0,0,2000,0,2000,"
    done = run(tmp_path, claims=claims(drugs, late(delivery="剖宫产")))
    assert "与被冲销的第 2 行不同" in done.found(row="3", column="delivery")["message"]
    assert settled(run(tmp_path, claims=claims(drugs, late(delivery="NATURAL", disease="x"))))


def test_a_class_and_county_are_compared_where_no_institutions_are_given(tmp_path):
    head = HEAD.replace("institution_code", "institution_class,institution_county") + ",reverses"
    one = FIRST.replace("H1", "grass_roots,140122")

    def written(place: str) -> str:
        return "\n".join([head, one, late(institution_code=place)]) + "\n"

    for place in (",", "grass_roots,", "grass_roots,140122", ",阳曲县"):
        found = settled(run(tmp_path, claims=written(place), institutions=None))
        assert found["R1"]["institution_code"] == "class:grass_roots@140122"
    (tmp_path / "out").rename(tmp_path / "old")
    done = run(tmp_path, claims=written("first_rate,140105"), institutions=None)
    assert [f["column"] for f in done.findings] == ["institution_class", "institution_county"]


def test_a_reversal_without_a_moment_comes_after_the_rows_above_it(tmp_path):
    """Above the second stay it leaves that one the first of the year; below it, the second is adjusted."""
    above = run(tmp_path, claims=claims(FIRST, late(settled_at=""), SECOND))
    assert settled(above)["C2"]["basic_fen"] == 300_000  # (6,000 − 1,000) × 60 %
    assert settled(above)["R1"]["settled_at"] == settled(above)["C1"]["settled_at"]
    assert adjustments(above.out) == []
    below = run(tmp_path, claims=claims(FIRST, SECOND, late(settled_at="")))
    assert settled(below)["C2"]["basic_fen"] == 330_000
    assert settled(below)["R1"]["settled_at"] == settled(below)["C2"]["settled_at"]
    assert adjustments(below.out)[0][:4] == ("C2", "P1", "基本医保", "-300.00")


def test_a_file_of_reversals_only_reverses_nothing(tmp_path):
    done = run(tmp_path, claims=claims(late()))
    assert_nothing_settled(done)
    assert "没有被冲销的这一笔" in done.found(row="2")["message"]


def test_a_reversal_belongs_to_the_year_of_its_claim(tmp_path):
    people = "person_id,county_code,covered_from,covered_to\nP1,140105,2022-01-01,2023-12-31\n"
    old = SECOND.replace("2023-05-01", "2022-12-30").replace("C2", "C0")
    found = settled(run(tmp_path, people=people, claims=claims(old, FIRST, late(reverses="C0"), SECOND)))
    assert found["R1"]["served_on"].year == 2022
    assert found["R1"]["basic_fen"] == -found["C0"]["basic_fen"] == -300_000
    assert found["C2"]["basic_fen"] == 330_000
    assert not (tmp_path / "out" / "adjustments.csv").exists()


@pytest.fixture
def last_only(monkeypatch):
    """An area whose `reversal` entry lets only the last settlement be reversed."""
    for module in (reversals, settling):
        monkeypatch.setattr(module, "reversal_in", lambda *_: LAST_ONLY)


@pytest.mark.usefixtures("last_only")
def test_where_the_area_asks_for_the_last_first_another_order_is_found(tmp_path):
    done = run(tmp_path, claims=claims(FIRST, SECOND, late()))
    assert_nothing_settled(done)
    found = done.found(row="4", column="reverses")
    assert "之后还有结算 C2" in found["message"]


@pytest.mark.usefixtures("last_only")
def test_the_last_first_is_settled(tmp_path):
    both = [late("R1", "C2", settled_at="2023-06-01"), late("R2", "C1", settled_at="2023-06-02")]
    found = settled(run(tmp_path, claims=claims(FIRST, SECOND, OTHERS, *both)))
    assert sum(row["basic_fen"] for row in found.values()) == found["C3"]["basic_fen"]


@pytest.mark.usefixtures("last_only")
def test_a_reversal_left_out_leaves_its_claim_standing_before_others(tmp_path):
    """R1 is bad and left out, so C2 still stands and C1 may not be reversed: not a failure but one more finding."""
    both = [late("R1", "C2", settled_at="2023-06-01", total="1"), late("R2", "C1", settled_at="2023-06-02")]
    done = run(tmp_path, claims=claims(FIRST, SECOND, *both), options=["--skip-bad"])
    assert done.result.exit_code == 1
    assert results(done.out)["claim_id"].to_list() == ["C1", "C2"]
    assert results(done.out)["year_incomplete"].all()
    assert "C2 没有冲销" in done.found(row="5", column="reverses")["message"]


def test_skip_bad_leaves_the_reversal_of_a_bad_row_out(tmp_path):
    bad = FIRST.replace("20000.00", "x")
    done = run(tmp_path, claims=claims(bad, SECOND, late(), OTHERS), options=["--skip-bad"])
    assert done.result.exit_code == 1
    found = results(done.out)
    assert found.select("claim_id", "year_incomplete").rows() == [("C2", True), ("C3", False)]
    assert "被冲销的第 2 行有问题" in done.found(row="4", column="reverses")["message"]


def test_skip_bad_marks_both_people_of_a_reversal_of_another_persons_claim(tmp_path):
    done = run(tmp_path, claims=claims(FIRST, OTHERS, late(reverses="C3")), options=["--skip-bad"])
    assert results(done.out).select("claim_id", "year_incomplete").rows() == [("C1", True), ("C3", True)]


def test_an_id_given_twice_is_not_reversed(tmp_path):
    done = run(tmp_path, claims=claims(FIRST, SECOND.replace("C2", "C1"), late()), options=["--skip-bad"])
    assert done.result.exit_code == 1
    assert not done.out.exists()  # no good row
    assert {f["row"] for f in done.findings} == {"2", "3", "4"}


FUZZ = settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CELLS = st.sampled_from(
    ["", "R0001", "R0002", "R0003", "R0007", "G0001", "G0002", "2023-05-01", "x", "住院", "0"]
)


@pytest.mark.property
@FUZZ
@given(data=st.data(), strict=st.booleans(), skip=st.booleans())
def test_random_changes_of_reversals_never_give_a_traceback(tmp_path_factory, data, strict, skip):
    folder = tmp_path_factory.mktemp("fuzz")
    rows = table(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 5))):
        row = data.draw(st.integers(1, len(rows) - 1))
        change = data.draw(st.sampled_from(["cell", "reverses", "move", "more"]))
        if change == "cell":
            rows[row][data.draw(st.integers(0, len(rows[0]) - 1))] = data.draw(CELLS)
        elif change == "reverses":
            rows[row][-1] = data.draw(st.sampled_from([other[0] for other in rows[1:]]))
        elif change == "move":
            rows.insert(data.draw(st.integers(1, len(rows) - 1)), rows.pop(row))
        else:
            other = rows[row]
            rows.append([f"N{len(rows)}", other[1], *[""] * (len(rows[0]) - 3), other[0]])
    with pytest.MonkeyPatch.context() as patch:
        if strict:
            for module in (reversals, settling):
                patch.setattr(module, "reversal_in", lambda *_: LAST_ONLY)
        done = settle(
            folder / "out", claims=save(folder / "c.csv", rows), options=["--skip-bad"] if skip else []
        )
    assert_answers(done, folder / "out")
