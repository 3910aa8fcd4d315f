"""A replaced rule: today's text beside the reform's, each compiled on its own, each equal to its scalar path."""

from pathlib import Path

import pytest
from tests.engine.hostile import contrary, hostile_claims, periods_of, taiyuan_periods
from tests.engine.test_compiled import YEAR_ENDS, scalar_settlements

from yibao.engine.batch import settle_events, settle_table
from yibao.engine.compiled import kernel_text
from yibao.engine.recipes import PAYERS, SETTLE_PAYERS
from yibao.engine.rule_file import RuleFileUnfit, rules_of_files
from yibao.engine.rule_set import TODAY, rule_set, rules_in_use
from yibao.engine.settle import settle_claim
from yibao.engine.terms import ReversalParams
from yibao.packs.policies import policies

HERE = Path(__file__).parent / "rules" / "no_deductible_for_children.py"
DEDUCTIBLE = "benefits.rules.stay_deductible.stay_deductible_fen"


@pytest.fixture(scope="module")
def kinder():
    return rules_of_files([HERE])


def scalar_payers(composition, claims, periods) -> list[tuple[int, ...]]:
    return [(s.refusal, *s.payers) for s in scalar_settlements(claims, periods, composition)]


@pytest.mark.slow
@pytest.mark.property
@pytest.mark.parametrize("turned", [False, True], ids=["as on file", "every option turned"])
def test_the_reformed_kernel_is_its_scalar_path(kinder, turned):
    periods = taiyuan_periods()
    periods = [p._replace(params=contrary(p.params) if turned else p.params) for p in periods]
    claims = hostile_claims(600, 7)
    names = [name.removeprefix("payers.") for name in PAYERS]
    compiled = settle_table(periods, claims, rules=kinder)
    rows = list(zip(*(compiled.column(name).to_pylist() for name in names), strict=True))
    assert rows == scalar_payers(kinder.settle_payers.composition, claims, periods)
    today = settle_table(periods, claims)
    assert list(zip(*(today.column(n).to_pylist() for n in names), strict=True)) == scalar_payers(
        settle_claim, claims, periods
    )
    assert rows != list(zip(*(today.column(n).to_pylist() for n in names), strict=True))


@pytest.mark.slow
def test_people_with_reversals_are_replayed_by_the_new_rule(kinder):
    area = policies().area("140100")
    claims = hostile_claims(200, 3, area)
    ids = [f"C{at}" for at in range(claims.num_rows)]
    claims = claims.append_column("claim_id", [ids]).append_column("reverses", [[None] * len(ids)])
    whole = settle_table(periods_of(area), claims, rules=kinder)
    marked = claims.set_column(
        claims.column_names.index("reverses"), "reverses", [_last_reversed(claims, ids)]
    )
    replayed, _ = settle_events(periods_of(area), ReversalParams(1), marked, rules=kinder)
    kept = [at for at, reverses in enumerate(marked["reverses"].to_pylist()) if reverses is None]
    for name in ("basic_fen", "person_fen"):
        assert replayed.column(name).take(kept).to_pylist() == whole.column(name).take(kept).to_pylist()


def _last_reversed(claims, ids):
    """The last claim of each person whose last two are of one year is turned into a reversal of the one before it."""
    person, year = claims["person"].to_pylist(), [day > YEAR_ENDS for day in claims["day"].to_pylist()]
    found: list[str | None] = [None] * len(ids)
    for at in range(1, len(ids)):
        is_last = at + 1 == len(ids) or person[at + 1] != person[at]
        if is_last and person[at - 1] == person[at] and year[at - 1] == year[at]:
            found[at] = ids[at - 1]
    return found


def test_each_set_has_a_text_of_its_own_and_today_is_left_as_it_is(kinder):
    before = kernel_text(SETTLE_PAYERS)
    text = kernel_text(kinder.settle_payers)
    assert text != before
    assert kernel_text(SETTLE_PAYERS) == before == kernel_text(TODAY.settle_payers)
    assert kinder.replaced == (DEDUCTIBLE,)
    assert kernel_text(kinder.enrol) == kernel_text(TODAY.enrol), "nothing that enrols was replaced"
    assert rule_set({}).settle is TODAY.settle


def test_a_new_rule_that_reaches_todays_pays_by_both(tmp_path):
    path = tmp_path / "both.py"
    path.write_text(_both(), "utf-8")
    both = rules_of_files([path])
    claims, periods = hostile_claims(100, 7), taiyuan_periods()
    compiled = settle_table(periods, claims, rules=both)
    rows = zip(*(compiled.column(name.removeprefix("payers.")).to_pylist() for name in PAYERS), strict=True)
    assert list(rows) == scalar_payers(both.settle_payers.composition, claims, periods)


def _both() -> str:
    """A new band_rate_bp, and a new maternity rule that still reaches today's through banded_fen."""
    return '''
from yibao.benefits.params import HospitalParams
from yibao.benefits.rules.hospital import banded_fen as banded_today_fen


def band_rate_bp(
    params: HospitalParams, *, institution_class: int, care_path: int, tier: int, age: int, band: int
) -> int:
    """Half a fen of today's bands, to reach them."""
    today_fen = banded_today_fen(
        params, institution_class=institution_class, care_path=care_path, tier=tier, age=age, from_fen=0, to_fen=10000
    )
    return min(today_fen, 10000)
'''


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "def hospital_benefi(params: int) -> int:\n    return 1\n",
            "benefits.rules.hospital.hospital_benefit",
        ),
        ("def top_up(amount_fen: int) -> int:\n    return amount_fen\n", "signature differs"),
        ("import os\n", "outside the rule subset"),
        ("def top_up(a: int) -> int:\n    return a / 2\n", "outside the rule subset"),
        ("from yibao.packs.policies import policies\n", "import not allowed"),
        (
            "from yibao.benefits.rules.hospital import nothing\n\n\ndef top_up(a: int) -> int:\n    return a\n",
            "cannot load",
        ),
        ("NUMBER = 1\n", "没有函数"),
    ],
)
def test_a_file_that_cannot_replace_a_rule_says_why(tmp_path, text, said):
    path = tmp_path / "rule.py"
    path.write_text(text, "utf-8")
    with pytest.raises(RuleFileUnfit) as unfit:
        rules_of_files([path])
    assert said in str(unfit.value)


def test_nothing_of_a_file_outside_the_subset_runs(tmp_path):
    path, mark = tmp_path / "rule.py", tmp_path / "mark"
    path.write_text(f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n", "utf-8")
    with pytest.raises(RuleFileUnfit):
        rules_of_files([path])
    assert not mark.exists()


def test_one_rule_is_replaced_once(tmp_path):
    again = tmp_path / "again.py"
    again.write_text(HERE.read_text("utf-8"), "utf-8")
    with pytest.raises(RuleFileUnfit, match="replaced twice"):
        rules_of_files([HERE, again])


def test_every_rule_that_may_be_replaced_is_one_of_the_areas():
    known = rules_in_use()
    assert DEDUCTIBLE in known
    assert len({name.rpartition(".")[2] for name in known}) == len(known), "a bare name is enough"
    assert all(".rules." in f".{name}" for name in known)
