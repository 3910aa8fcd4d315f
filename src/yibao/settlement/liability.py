"""What a third party bears of a bill (第三人责任份额): out of scope for every layer, while the rest is settled as ever.

Each of the four parts of a bill gives up the share, rounded once, and what is given up stands with the cost at own
expense: the bill's total stays what was billed. A third party that bears all makes the bill one that the fund does not pay
for. Where the fund pays in advance (先行支付) the bill is settled as if there were no third party.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from yibao.benefits.terms import Exclusion
from yibao.engine.terms import Claim
from yibao.engine.year import Payer
from yibao.kernel.money import WHOLE_BP, fraction_of, share_fen
from yibao.settlement.checks import too_long, totals_of
from yibao.settlement.orders import Bill, Liability, Totals

IN_PARTS = ("over_standard_fen", "initial_self_pay_fen", "class_a_fen", "class_b_fen")
"""The parts of a bill that give a share up; what is at own expense is so whoever bears it."""


def without_share(bill: Bill, share_bp: int) -> Bill:
    """A bill as it is settled where a third party bears a share of it; none where `share_bp` is zero."""
    if share_bp == 0:
        return replace(bill, exclusion=Exclusion.NONE)
    if share_bp == WHOLE_BP:
        return replace(bill, exclusion=Exclusion.THIRD_PARTY)
    totals = totals_of(bill)
    borne = {name: share_fen(getattr(totals, name), share_bp) for name in IN_PARTS}
    kept = {name: getattr(totals, name) - borne[name] for name in IN_PARTS}
    own_fen = totals.own_expense_fen + sum(borne.values())
    rest = Totals(own_expense_fen=own_fen, **kept)
    return replace(bill, exclusion=Exclusion.NONE, lines=(), totals=rest)


def claim_of(claim: Claim, bill: Bill) -> Claim:
    """A claim with the amounts and the exclusion of a bill, and otherwise as it stands."""
    totals = totals_of(bill)
    amounts = {name: getattr(totals, name) for name in Totals.__dataclass_fields__}
    return claim._replace(exclusion=bill.exclusion, **amounts)


def liability_problems(liability: Liability, today: date) -> list[str]:
    """Everything that is wrong with a liability by itself."""
    found = []
    if not 0 <= liability.share_bp <= WHOLE_BP:
        found.append("第三人责任比例应在 0% 到 100% 之间")
    if not liability.evidence.strip():
        found.append("缺少责任认定依据（如事故认定书、裁判文书编号）")
    found += too_long("evidence", liability.evidence, "责任认定依据")
    if liability.known_on > today:
        found.append(f"认定日期 {liability.known_on} 在今天之后")
    return found


def divided(amount_fen: int, outstanding: Mapping[Payer, int]) -> dict[Payer, int]:
    """An amount over payers by what is outstanding to each: whole fen, together the amount, none above what it is owed."""
    total_fen = sum(outstanding.values())
    assert 0 < amount_fen <= total_fen, "no more than what is outstanding"
    found, passed_fen, given_fen = {}, 0, 0
    for payer, owed_fen in outstanding.items():
        passed_fen += owed_fen
        up_to_fen = fraction_of(amount_fen, passed_fen, total_fen)
        if up_to_fen != given_fen:
            found[payer] = up_to_fen - given_fen
        given_fen = up_to_fen
    assert sum(found.values()) == amount_fen, "parts add up"
    return found
