"""Every example settles to the amounts reckoned by hand beside it, on the scalar path and on the compiled one.

carries_out: BEN-02, BEN-03, BEN-06, BEN-07, BEN-08, BEN-12, BEN-13, AID-01, AID-02, PAY-02
"""

from pathlib import Path

import pytest

from yibao.benefits.terms import Refusal
from yibao.cli.case_claim import Prepared, prepare
from yibao.cli.settle import settled
from yibao.engine.terms import NOTHING_YET, Claim, Payers
from yibao.kernel.days import day_number
from yibao.packs.policies import policies

EXAMPLES = Path(__file__).parents[2] / "examples" / "140100"

# Basic, catastrophic, assistance, top-up, hospital, special fund, person; in fen.
EXPECTED = {
    # In scope 1,000 + 12,000 + (9,000 - 1,000) x 80% + (5,000 - 1,000) x 90% = 23,000; (23,000 - 1,000) x 60% = 13,200;
    # 9,800 left lie under 10,000; own expense 600, over the standard 1,000, initial self-pay 1,600 + 400.
    "hospital_ordinary": (1_320_000, 0, 0, 0, 0, 0, 1_340_000),
    # (40,000 - 1,000) x 60% = 23,400; (16,600 - 10,000) x 75% = 4,950; (11,650 - 2,743) x 70% = 6,234.90;
    # (5,415.10 - 3,500) x 60% = 1,149.06; 4,266.04 left, and 1,500.50 outside the scope.
    "hospital_assisted": (2_340_000, 495_000, 623_490, 114_906, 0, 0, 576_654),
    # 40 x 80% + 30 x 70% = 53, of which the day allows 50; 75 - 50 = 25.
    "outpatient_ordinary": (5_000, 0, 0, 0, 0, 0, 2_500),
    # 60 x 55% + 20 x 45% = 42; 38 left, for which nothing else pays.
    "outpatient_assisted": (4_200, 0, 0, 0, 0, 0, 3_800),
    # Earlier 285.71 x 70% = 200. Now 500 x 70% = 350, of which 300 - 200 = 100 are left of the month.
    "chronic_ordinary": (10_000, 0, 0, 0, 0, 0, 40_000),
    # 6,000 x 70% = 4,200; 1,800 left lie under 5,000; 1,800 x 70% = 1,260; 540 left.
    "chronic_assisted": (420_000, 0, 126_000, 0, 0, 0, 54_000),
    # February took 333.33 x 60% = 200. 60 are left, for 100 of cost; the other 50 go to pooling at 60% = 30; 60 left.
    "two_diseases_ordinary": (9_000, 0, 0, 0, 0, 0, 6_000),
    # 200 x 60% = 120, and the 80 that are left are paid whole.
    "two_diseases_assisted": (12_000, 0, 8_000, 0, 0, 0, 0),
    # 1,600 of 6,000; 4,400 left and 300 of own expense.
    "maternity_ordinary": (160_000, 0, 0, 0, 0, 0, 470_000),
    # 700 of 5,000; (4,300 - 2,743) x 70% = 1,089.90; 3,210.10 left.
    "maternity_assisted": (70_000, 0, 108_990, 0, 0, 0, 321_010),
    # Spring (4,000 - 100) x 85% left 685, summer (6,000 - 200) x 75% left 1,650. Now 10,000 x 70% = 7,000 without a
    # deductible; the year's 5,335 lie under 10,000; (2,335 + 3,000 - 2,743) x 70% = 1,814.40; 1,185.60 left.
    "earlier_stays_cross_the_deductible": (700_000, 0, 181_440, 0, 0, 0, 118_560),
    # Refused: the person bears 8,500.
    "refused_third_party": (0, 0, 0, 0, 0, 0, 850_000),
}


def sound(name: str) -> Prepared:
    prepared = prepare(EXAMPLES / f"{name}.yaml", policies())
    assert isinstance(prepared, Prepared), prepared
    return prepared


def test_every_example_has_its_amounts():
    assert sorted(path.stem for path in EXAMPLES.glob("*.yaml")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_example(name):
    made = settled(sound(name))
    assert made.settlement.payers == Payers(*EXPECTED[name])
    assert (made.refusal is not None) == name.startswith("refused")
    if made.refusal is not None:
        assert made.settlement.refusal == Refusal.THIRD_PARTY


def test_the_compiled_path_pays_the_same():
    import pyarrow as pa

    from yibao.engine.batch import Period, settle_table

    rows: list[tuple[int, Claim]] = []
    last: dict[str, int] = {}
    periods = {}
    for person, name in enumerate(EXPECTED):
        prepared = sound(name)
        assert prepared.start == NOTHING_YET, "the batch begins each year at nothing"
        claims = [*(filed.claim for filed in prepared.earlier), prepared.claim]
        rows += [(person, claim) for claim in claims]
        last[name] = len(rows) - 1
        for claim in claims:
            terms = prepared.terms_on(day_of_claim(claim))
            periods[terms.first_day] = Period(
                day_number(terms.first_day), day_number(terms.last_day), terms.params
            )
    small = {name: pa.int8() for name in Claim._fields if not name.endswith("_fen")} | {"day": pa.int32()}
    columns = {
        name: pa.array([int(getattr(claim, name)) for _, claim in rows], small.get(name, pa.int64()))
        for name in Claim._fields
    }
    table = pa.table({"person": pa.array([p for p, _ in rows], pa.int32()), **columns})
    found = settle_table([periods[day] for day in sorted(periods)], table).to_pylist()
    assert len(last) == len(EXPECTED)
    for name, row in last.items():
        assert tuple(found[row][field] for field in Payers._fields) == EXPECTED[name], name


def day_of_claim(claim: Claim):
    from yibao.kernel.days import day_of

    return day_of(claim.day)
