"""Differences of a reform by place, kind, category and income (分项差额): every claim in every breakdown, to the fen.

Refused claims and reversals are in too, so that each breakdown adds up to the same total. A claim stands under the
category it had before the reform: a change of ranking moves money, not people.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.benefits.terms import VISIT_WORDS, VisitKind
from yibao.packs.policies import Area
from yibao.simulate.facts import county_codes, numbers
from yibao.simulate.reform_side import FUND_WORDS, Side
from yibao.simulate.tables import PAYER_WORDS

Words = tuple[str, str]

BY_WORDS: dict[str, Words] = {
    "all": ("全部", "All"),
    "kind": ("医疗类别", "Kind of visit"),
    "institution_class": ("医疗机构类别", "Institution class"),
    "category": ("结算身份（改革前）", "Settled as, before"),
    "county": ("参保县（市、区）", "County"),
    "income_decile": ("收入十等分", "Income decile"),
}
"""What differences are broken down by."""

BILL, BILL_WORDS = "bill", ("医疗费", "Bill")
UNKNOWN = -1
DECILES = 10

BREAKDOWN = {
    "by": pl.String,  # a key of BY_WORDS
    "code": pl.String,
    "chinese": pl.String,
    "english": pl.String,
    "payer": pl.String,  # a key of PAYER_WORDS, or "bill"
    "claims": pl.Int64,
    "people": pl.Int64,  # with a claim in the row
    "before_fen": pl.Int64,
    "after_fen": pl.Int64,
    "difference_fen": pl.Int64,
}
"""The columns of a breakdown: one row for each place of each `by` and each payer."""


class Cut(NamedTuple):
    """How claims are cut: a small number for each, and what each number is called."""

    place: np.ndarray
    codes: Mapping[int, str]
    words: Mapping[int, Words]


def breakdown(before: Side, after: Side, deciles: np.ndarray | None) -> pl.DataFrame:
    """The differences by everything that is known. `deciles` has the income decile of each person, 0–9 or UNKNOWN."""
    cuts = _cuts(before, deciles)
    person = numbers(before.year.claims, "person")
    frames = [_of(by, cut, person, before, after) for by, cut in cuts.items()]
    return pl.concat(frames)


def by_fund(found: pl.DataFrame) -> pl.DataFrame:
    """The totals of a breakdown by fund: `fund`, its words, and what it bears before and after."""
    whole = {row["payer"]: row for row in found.filter(pl.col("by") == "all").iter_rows(named=True)}
    rows = []
    for fund, (payers, words) in FUND_WORDS.items():
        sums = [
            sum(int(whole[p][name]) for p in payers if p in whole) for name in ("before_fen", "after_fen")
        ]
        rows.append((fund, *words, *sums, sums[1] - sums[0]))
    names = ["fund", "chinese", "english", "before_fen", "after_fen", "difference_fen"]
    return pl.DataFrame(
        rows, schema=dict(zip(names, [pl.String] * 3 + [pl.Int64] * 3, strict=True)), orient="row"
    )


def deciles_of(income_fen: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The income decile of each person, 0 the poorest tenth; equal incomes share one; UNKNOWN where none is known."""
    found = np.full(len(income_fen), UNKNOWN, np.int8)
    incomes = income_fen[known]
    if len(incomes):
        below = np.searchsorted(np.sort(incomes), incomes, side="left")
        found[known] = below * DECILES // len(incomes)
    return found


def _cuts(side: Side, deciles: np.ndarray | None) -> dict[str, Cut]:
    year = side.year
    person = numbers(year.claims, "person")
    classes = year.area.listed("institution_classes")
    counties = county_codes(year.people)
    names = _county_words(year.area)
    codes = dict(enumerate(counties.dictionary.to_pylist()))
    of_person = np.asarray(counties.indices.fill_null(UNKNOWN))
    cuts = {
        "all": Cut(np.zeros(len(person), np.int64), {0: "all"}, {0: BY_WORDS["all"]}),
        "kind": Cut(
            numbers(year.claims, "kind"),
            {int(kind): kind.name for kind in VisitKind},
            {int(kind): VISIT_WORDS[kind] for kind in VisitKind},
        ),
        "institution_class": Cut(
            numbers(year.institutions, "institution_class")[numbers(year.claims, "institution")],
            {at: str(row["code"]) for at, row in enumerate(classes)},
            {at: (str(row["label"]), str(row.get("label_en", ""))) for at, row in enumerate(classes)},
        ),
        "category": Cut(
            numbers(year.settlements, "category"),
            {int(category): category.name for category in Category},
            {int(category): CATEGORY_WORDS[category] for category in Category},
        ),
        "county": Cut(
            of_person[person], codes, {at: names.get(code, (code, "")) for at, code in codes.items()}
        ),
    }
    if deciles is not None:
        cuts["income_decile"] = Cut(
            deciles[person],
            {at: str(at + 1) for at in range(DECILES)},
            {
                at: (f"第{at + 1}组" + {0: "（最低）", 9: "（最高）"}.get(at, ""), f"Decile {at + 1}")
                for at in range(DECILES)
            },
        )
    return cuts


def _county_words(area: Area) -> dict[str, Words]:
    return {str(c["code"]): (str(c["name"]), str(c.get("name_en", ""))) for c in area.listed("counties")}


def _of(by: str, cut: Cut, person: np.ndarray, before: Side, after: Side) -> pl.DataFrame:
    sums = (
        pl.DataFrame(
            {
                "place": cut.place.astype(np.int64),
                "person": person,
                **{f"{payer}|before": before.column(payer) for payer in PAYER_WORDS},
                **{f"{payer}|after": after.column(payer) for payer in PAYER_WORDS},
                f"{BILL}|before": before.bill,
                f"{BILL}|after": after.bill,
            }
        )
        .group_by("place")
        .agg(
            pl.len().alias("claims"),
            pl.col("person").n_unique().alias("people"),
            pl.all().exclude("person").sum(),
        )
        .sort(pl.col("place") == UNKNOWN, "place")
    )
    rows = []
    for row in sums.iter_rows(named=True):
        place = row["place"]
        code, words = cut.codes.get(place, "unknown"), cut.words.get(place, ("不明", "Unknown"))
        for payer in (*PAYER_WORDS, BILL):
            was, now = row[f"{payer}|before"], row[f"{payer}|after"]
            rows.append((by, code, *words, payer, row["claims"], row["people"], was, now, now - was))
    return pl.DataFrame(rows, schema=BREAKDOWN, orient="row")
