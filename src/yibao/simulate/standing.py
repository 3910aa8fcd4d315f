"""Standing of money (资金的依据效力): how sure the figures behind each layer's money are.

A layer's payment takes the weakest standing among its own entry and those of the layers before it, because it starts
from what they left (docs/decisions/standing-of-money.md). Which entries those are depends only on the period, the kind of
visit and the category, so a table of them is made once and looked up for every settlement.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from yibao.benefits.terms import Refusal, VisitKind
from yibao.kernel.shapes import CATEGORIES
from yibao.kernel.standing import Standing, weakest
from yibao.packs.enrolment import EnrolTerms
from yibao.packs.entries import Entry
from yibao.packs.financing import SUBSIDY_KEYS
from yibao.packs.settlement import SettlementTerms, basic_entries
from yibao.simulate.facts import numbers
from yibao.simulate.tables import PAYER_WORDS

PAYING = ("basic", "catastrophic", "assistance", "top_up", "special_fund")
"""Layers that pay a claim, each after what the one before it left."""

LAYER_WORDS: dict[str, tuple[str, str]] = {
    "contribution": ("个人缴费", "Contributions"),
    "aid": ("资助参保", "Enrolment aid"),
    "subsidy": ("财政补助", "Fiscal subsidy"),
    **{layer: PAYER_WORDS[layer] for layer in PAYING},
}
"""Layers that raise or pay money, in the order of the notice."""

COVER_ENTRIES = ("window", "coverage", "student", "newborn")
"""Entries of enrolment that decide on which days a person is covered."""


class StandingShare(NamedTuple):
    """Money of one layer (a key of LAYER_WORDS) that rests on figures of one standing; reversals are taken off."""

    layer: str
    standing: Standing
    amount_fen: int


def layer_standings(terms: Sequence[SettlementTerms]) -> np.ndarray:
    """The standing of each layer's money: an array by period, kind of visit, category and layer of PAYING."""
    found = np.zeros((len(terms), len(VisitKind), CATEGORIES, len(PAYING)), np.int8)
    for at, of in enumerate(terms):
        for kind in VisitKind:
            for category in range(CATEGORIES):
                found[at, kind, category] = _layers(of, kind, category)
    return found


def refusal_standings(terms: EnrolTerms) -> dict[Refusal, Standing]:
    """The standing of what refuses a claim for want of cover; every other refusal stands with the visit's own entry."""
    cover = _of(terms.sources[name] for name in COVER_ENTRIES)
    return {
        Refusal.NOT_COVERED: cover,
        Refusal.WAITING_PERIOD: weakest([cover, terms.sources["waiting_period"].standing]),
    }


def settlement_standing(layers: np.ndarray, paid: dict[str, np.ndarray]) -> np.ndarray:
    """The weakest standing a settlement rests on: that of the last layer that paid, else of the basic layer.

    `layers` has a row a settlement and a column a layer of PAYING; `paid` the amounts by `<layer>_fen`.
    """
    found = layers[:, 0].copy()
    for at, layer in enumerate(PAYING):
        paying = paid[f"{layer}_fen"] != 0
        found[paying] = layers[paying, at]
    return found


def paid_shares(layers: np.ndarray, paid: dict[str, np.ndarray]) -> list[StandingShare]:
    """What the layers paid, by standing."""
    found = []
    for at, layer in enumerate(PAYING):
        found += _by_standing(layer, layers[:, at], paid[f"{layer}_fen"])
    return found


def raised_shares(
    terms: list[EnrolTerms], period: np.ndarray, university: np.ndarray, enrolled: pa.Table
) -> list[StandingShare]:
    """What was raised for covered people, by standing; `period` is the place of each person's terms."""
    covered = np.asarray(enrolled.column("covered_from").is_valid()) & (numbers(enrolled, "eligible") == 1)
    own = np.array([of.sources["contribution"].standing for of in terms], np.int8)
    with_aid = np.array([_of([of.sources["contribution"], *_aid_entries(of)]) for of in terms], np.int8)
    split = np.array([_subsidy_standings(of) for of in terms], np.int8)
    standings = {"contribution": own[period], "aid": with_aid[period], "subsidy": split[period, university]}
    found = []
    for layer, standing in standings.items():
        amount = sum(numbers(enrolled, name) for name in _columns(layer, enrolled))
        found += _by_standing(layer, standing, np.where(covered, amount, 0))
    return found


def _layers(of: SettlementTerms, kind: VisitKind, category: int) -> list[Standing]:
    basic = _of(basic_entries(of, kind))
    catastrophic = weakest([basic, of.catastrophic_sources[category].standing])
    direct = of.direct_sources[category]
    assistance = weakest([catastrophic, direct.standing]) if direct else catastrophic
    top_up = weakest([assistance, of.sources["top_up"].standing])
    special = of.sources.get("special_funds")
    return [
        basic,
        catastrophic,
        assistance,
        top_up,
        weakest([top_up, special.standing]) if special else top_up,
    ]


def _aid_entries(of: EnrolTerms) -> list[Entry]:
    return [of.sources[key] for key in ("enrolment_aid", "enrolment_aid_student") if key in of.sources]


def _subsidy_standings(of: EnrolTerms) -> list[Standing]:
    """By university; one without an entry of its own has the ordinary split."""
    return [of.sources.get(key, of.sources["subsidy"]).standing for key in SUBSIDY_KEYS.values()]


def _columns(layer: str, enrolled: pa.Table) -> list[str]:
    if layer == "contribution":
        return ["person_pays_fen"]
    return [name for name in enrolled.column_names if name.startswith(f"{layer}_") and name.endswith("_fen")]


def _by_standing(layer: str, standing: np.ndarray, amount_fen: np.ndarray) -> list[StandingShare]:
    sums = [(one, int(amount_fen[standing == one].sum())) for one in Standing]
    return [StandingShare(layer, one, fen) for one, fen in sums if fen != 0]


def _of(entries: Iterable[Entry]) -> Standing:
    return weakest([entry.standing for entry in entries])
