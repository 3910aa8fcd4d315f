"""Special funds: a payer of their own, after the layers or alone, traced from the bill to what is taken back.

carries_out: FND-05
"""

from datetime import date

import pytest
from tests.engine.test_year import stay

from yibao.assistance.terms import Category
from yibao.benefits.terms import Refusal, SpecialFund, VisitKind
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, ReversalParams
from yibao.engine.year import Filed, Payer, opened, paid_fen, recompute, reverse, settle
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_terms

PARAMS = settlement_terms(policies().area("140100"), date(2022, 6, 30)).params
HALF = PARAMS._replace(special_funds=PARAMS.special_funds._replace(share_bp=(-1, 5_000, 10_000)))
COVID = stay()._replace(special_fund=SpecialFund.COVID_TREATMENT, own_expense_fen=100_000)
SHOT = stay()._replace(
    kind=VisitKind.OUTPATIENT,
    institution_class=6,
    special_fund=SpecialFund.COVID_VACCINATION,
    class_a_fen=9_000,
)


def test_the_layers_pay_first_and_the_fund_what_the_person_would_bear():
    settled = settle_claim(PARAMS, NOTHING_YET, COVID)
    # (20,000 - 1,000) x 60% by the basic fund; the fund bears the rest of the bill, what is off the list with it.
    assert settled.payers == (1_140_000, 0, 0, 0, 0, 960_000, 0)
    assert settled.special_fund == (SpecialFund.COVID_TREATMENT, 960_000, 10_000, 960_000)
    assert settled.change.burden_in_scope_fen == 0
    assert settled.change.basic_paid_fen == 1_140_000


def test_a_share_of_it_leaves_the_other_share_to_the_person():
    settled = settle_claim(HALF, NOTHING_YET, COVID)
    assert settled.payers[4:] == (0, 480_000, 480_000)
    assert settled.change.burden_in_scope_fen == 430_000


def test_a_fund_that_insurance_does_not_precede_pays_alone_where_no_visit_would_be_settled():
    without = settle_claim(PARAMS, NOTHING_YET, SHOT._replace(special_fund=SpecialFund.NONE))
    assert without.refusal == Refusal.NOT_ALLOWED_HERE
    settled = settle_claim(PARAMS, NOTHING_YET, SHOT)
    assert (settled.refusal, settled.payers) == (Refusal.NONE, (0, 0, 0, 0, 0, 9_000, 0))
    assert not any(amount for name, amount in settled.change._asdict().items() if name.endswith("_fen"))


def test_no_share_on_file_is_refused():
    unknown = PARAMS._replace(special_funds=PARAMS.special_funds._replace(share_bp=(-1, -1, -1)))
    settled = settle_claim(unknown, NOTHING_YET, COVID)
    assert (settled.refusal, settled.payers.person_fen) == (Refusal.NOT_ON_FILE, settled.total_fen)


@pytest.mark.parametrize("excluded", [{"covered": 0}, {"waiting": 1}, {"exclusion": 3}, {"designated": 0}])
def test_refusals_come_before_any_fund(excluded):
    settled = settle_claim(PARAMS, NOTHING_YET, COVID._replace(**excluded))
    assert settled.refusal != Refusal.NONE
    assert settled.payers.special_fund_fen == 0


def test_a_reversal_and_a_late_category_are_traced_to_the_fund():
    def terms_of(_):
        return HALF

    year = settle(terms_of, opened(), Filed("a", COVID))
    assert year.postings[0].claim.special_fund == SpecialFund.COVID_TREATMENT
    assert paid_fen(year, "a", Payer.SPECIAL_FUND) == 480_000
    later = recompute(terms_of, year, {"a": COVID._replace(category=Category.EXTREME_POVERTY)})
    # Assistance now pays the 8,600 that basic left in scope, so the fund's half is of the 1,000 off the list alone.
    assert [(a.payer, a.difference_fen) for a in later.adjustments] == [
        (Payer.CATASTROPHIC, 288_000),
        (Payer.ASSISTANCE, 572_000),
        (Payer.SPECIAL_FUND, -430_000),
    ]
    undone = reverse(ReversalParams(allows_earlier=1), terms_of, later, "a", reversal_id="r")
    assert paid_fen(undone, "a", Payer.SPECIAL_FUND) == 0
    assert undone.so_far == NOTHING_YET
