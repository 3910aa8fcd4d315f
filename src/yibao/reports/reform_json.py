"""A reform as JSON (改革测算的 JSON): every figure of the report under plain names, amounts in whole fen."""

from typing import Any

from yibao.benefits.terms import BalanceVerdict
from yibao.fund.statement import decimals
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.reports.reform_report import ReformReport
from yibao.simulate.reform import Reform
from yibao.simulate.reform_people import Reached, quantiles_fen


def facts(report: ReformReport) -> dict[str, Any]:
    """Everything the report says; days and fractions as text."""
    reform = report.reform
    return {
        "area": {"code": reform.area.code, "chinese": report.area[0], "english": report.area[1]},
        "year": reform.year,
        "first_day": reform.first_day.isoformat(),
        "last_day": reform.last_day.isoformat(),
        "generated": reform.data.generated,
        "standing": Standing.ASSUMED.name.lower(),
        "standing_words": STANDING_WORDS[Standing.ASSUMED],
        "changes": _changes(reform),
        "rules_replaced": list(reform.rules.replaced),
        "response": _response(reform),
        "people": reform.data.people.num_rows,
        "claims": reform.before.year.claims.num_rows,
        "funds": reform.by_fund.drop("chinese", "english").to_dicts(),
        "statement": _statements(reform),
        "opening_reserve_given": reform.opening_given,
        "balance": _balance(reform),
        "breakdown": reform.breakdown.drop("chinese", "english").to_dicts(),
        "reached": _reached(reform.reached),
        "not_read": list(reform.unread),
        "counties_not_reached": {entry: list(names) for entry, names in reform.overlay.kept_by.items()},
        "income_linked": None if reform.linked is None else reform.linked.working._asdict(),
        "adjustment_fund": None
        if report.pooled is None
        else {
            when: {"rows": of.rows.to_dicts(), "left_fen": of.left_fen, "entry": of.entry.id}
            for when, of in zip(("before", "after"), report.pooled, strict=True)
        },
        "grid": None if report.grid is None else report.grid.to_dicts(),
        "command": report.reproduction.command,
        "seed": None if report.reproduction.seed < 0 else report.reproduction.seed,
        "version": report.reproduction.version,
        "rules": {"before": report.reproduction.rules_before, "after": report.reproduction.rules_after},
    }


def _changes(reform: Reform) -> list[dict[str, Any]]:
    return [
        {
            "figure": changed.name,
            "before": changed.before,
            "after": changed.value,
            "entry": changed.after.id,
            "instead_of": changed.was.id,
            "source": changed.after.source,
            "standing": changed.after.standing.name.lower(),
        }
        for changed in reform.overlay.changed
    ]


def _response(reform: Reform) -> dict[str, Any] | None:
    if reform.response is None:
        return None
    return {
        "standing": Standing.ASSUMED.name.lower(),
        "elasticity": {kind.name: float(e) for kind, e in reform.response.elasticity.items()},
        "factors": [
            {
                "kind": of.kind.name,
                "institution_class": of.institution_class,
                "share_before": float(of.share_before),
                "share_after": float(of.share_after),
                "bills_times": of.millionths / 1_000_000,
            }
            for of in reform.factors
        ],
    }


def _statements(reform: Reform) -> dict[str, dict[str, Any]]:
    return {
        when: {
            "income_fen": of.statement.income_total_fen,
            "expense_fen": of.statement.expense_total_fen,
            "surplus_fen": of.statement.surplus_fen,
            "brought_forward_fen": of.statement.brought_forward_fen,
            "carried_forward_fen": of.statement.carried_forward_fen,
            "reserve_months": decimals(of.reserve_months, 4),
            "catastrophic_balance_fen": of.catastrophic_balance_fen,
            "assistance_expense_fen": of.assistance_expense_fen,
        }
        for when, of in (("before", reform.funds_before), ("after", reform.funds_after))
    }


def _balance(reform: Reform) -> dict[str, Any] | None:
    if reform.balance is None:
        return None
    verdict = BalanceVerdict(reform.balance.verdict).name.lower()
    return {**reform.balance._asdict(), "verdict": verdict}


def _reached(reach: Reached) -> dict[str, Any]:
    sides = {"less": reach.winners, "more": reach.losers}
    return {
        "unit": reach.unit,
        **{
            name: {"units": of.height, "difference_fen": int(of["difference_fen"].sum())}
            for name, of in sides.items()
        },
        "same": reach.units.height - reach.winners.height - reach.losers.height,
        "bands": reach.bands.to_dicts(),
        "quantiles_fen": {
            name: {str(share): amount_fen for share, amount_fen in quantiles_fen(of)}
            for name, of in sides.items()
        },
        "heavy_before": reach.heavy_before,
        "heavy_after": reach.heavy_after,
        "heavy_left": reach.moved()[0],
        "heavy_joined": reach.moved()[1],
    }
