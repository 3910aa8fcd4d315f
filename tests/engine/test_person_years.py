"""What must hold of every person-year of every area on file, whatever the claims: some thousands in tests, a million in fuzz.

carries_out: BEN-13
"""

import secrets
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import settings
from tests.engine.hostile import hostile_claims, periods_of, settling_codes

from yibao.benefits.terms import Refusal, VisitKind
from yibao.engine.batch import Period, settle_table
from yibao.engine.settle import settle_claim
from yibao.engine.terms import NOTHING_YET, Claim
from yibao.engine.year import advance
from yibao.kernel.days import day_of
from yibao.kernel.money import UNREACHED_FEN, WHOLE_BP
from yibao.kernel.shapes import NOT_ON_FILE
from yibao.packs.policies import policies

pytestmark = [pytest.mark.property, pytest.mark.parametrize("code", settling_codes())]

FUZZ = settings.default.max_examples > 2_000
PERSON_YEARS = 1_000_000 // len(settling_codes()) if FUZZ else 1_000
AT_ONCE = 10_000
YEARS_EACH = 2
PAYERS = ("basic", "catastrophic", "assistance", "top_up", "hospital", "special_fund", "person")
BILL = tuple(name for name in Claim._fields if name.endswith("_fen"))


@cache
def terms_of(code: str) -> tuple[Period, ...]:
    return tuple(periods_of(policies().area(code)))


def lots_of_claims(code: str) -> Iterator[tuple[int, pa.Table]]:
    """A seed and its claims, as many lots as the person-years need."""
    for lot in range(-(-PERSON_YEARS // AT_ONCE)):
        seed = secrets.randbits(32) if FUZZ else 20220708 + lot
        yield seed, hostile_claims(min(PERSON_YEARS, AT_ONCE) // YEARS_EACH, seed, policies().area(code))


def payers(settled: pa.Table) -> np.ndarray:
    """One row a claim, one column a payer, in fen."""
    return np.stack([settled.column(f"{payer}_fen").to_numpy() for payer in PAYERS], axis=1)


def by_person(claims: pa.Table, amounts: np.ndarray) -> np.ndarray:
    """Amounts added up over each person."""
    person = claims.column("person").to_numpy()
    found = np.zeros((person.max() + 1, *amounts.shape[1:]), np.int64)
    np.add.at(found, person, amounts)
    return found


def test_the_kernel_pays_what_the_plain_functions_pay(code):
    periods = terms_of(code)
    for seed, claims in lots_of_claims(code):
        settled = settle_table(periods, claims)
        engine = zip(settled.column("refusal").to_pylist(), map(tuple, payers(settled).tolist()), strict=True)
        whose, so_far = None, NOTHING_YET
        names = [claims.column(name).to_pylist() for name in Claim._fields]
        people = claims.column("person").to_pylist()
        for person, fields, found in zip(people, zip(*names, strict=True), engine, strict=True):
            claim = Claim._make(fields)
            now = (person, day_of(claim.day).year)
            so_far = so_far if now == whose else NOTHING_YET
            whose = now
            params = next(p.params for p in periods if p.first_day <= claim.day <= p.last_day)
            settlement = settle_claim(params, so_far, claim)
            so_far = advance(so_far, settlement.change)
            paid = tuple(getattr(settlement.payers, f"{payer}_fen") for payer in PAYERS)
            assert found == (settlement.refusal, paid), f"{code} seed {seed} {now}: {claim}"


def test_payers_are_the_bill_and_nobody_pays_less_than_nothing(code):
    for seed, claims in lots_of_claims(code):
        paid = payers(settle_table(terms_of(code), claims))
        bill = sum(claims.column(name).to_numpy() for name in BILL)
        assert (paid.sum(axis=1) == bill).all(), f"{code} seed {seed}"
        assert paid.min() >= 0, f"{code} seed {seed}"


def test_caps_of_the_year_hold(code):
    for seed, claims in lots_of_claims(code):
        for year, terms in last_terms(code):
            of_year = in_year(claims, year)
            settled = settle_table(terms_of(code), of_year)
            person = of_year.column("person").to_numpy()
            category = of_year.column("category").to_numpy()
            tier = of_year.column("tier").to_numpy()
            kind = of_year.column("kind").to_numpy()
            caps = (
                ("basic", kind == VisitKind.HOSPITAL, np.array(terms.basic_cap.annual_cap_fen)[tier]),
                ("basic", kind == VisitKind.OUTPATIENT, np.array(terms.pooling.annual_cap_fen)[tier]),
                (
                    "catastrophic",
                    kind >= 0,
                    np.array([c.annual_cap_fen for c in terms.catastrophic])[category],
                ),
                ("assistance", kind >= 0, np.array([d.annual_cap_fen for d in terms.direct])[category]),
                ("top_up", kind >= 0, np.full(len(kind), terms.top_up.annual_cap_fen)),
            )
            for payer, counted, cap in caps:
                paid = np.zeros(person.max() + 1, np.int64)
                most = np.zeros(person.max() + 1, np.int64)
                np.add.at(paid, person, settled.column(f"{payer}_fen").to_numpy() * counted)
                # Who changes category within the year has the larger of the caps.
                np.maximum.at(most, person, cap)
                assert (paid <= np.maximum(most, 0)).all(), f"{code} seed {seed} {year} {payer}"


def test_claims_that_arrive_out_of_order_settle_as_sorted_ones(code):
    for seed, claims in lots_of_claims(code):
        sequence = claims.append_column("sequence", pa.array(np.arange(claims.num_rows)))
        arrived = sequence.take(np.random.default_rng(seed).permutation(claims.num_rows))
        again = arrived.sort_by([("person", "ascending"), ("day", "ascending"), ("sequence", "ascending")])
        assert settle_table(terms_of(code), again) == settle_table(terms_of(code), claims), (
            f"{code} seed {seed}"
        )


def test_a_visit_cut_in_two_is_paid_the_same_over_the_year(code):
    """Where the day has no limit, all that outpatient pooling reckons runs over the year."""
    periods = [with_changed(p, "pooling", daily_cap_fen=UNREACHED_FEN) for p in terms_of(code)]
    for seed, claims in lots_of_claims(code):
        pooled = pc.and_(
            pc.equal(claims["kind"], VisitKind.OUTPATIENT.value), pc.equal(claims["special_fund"], 0)
        )
        visits = same_place(claims.filter(pooled))
        half = {name: np.random.default_rng(seed).integers(0, visits[name].to_numpy() + 1) for name in BILL}
        rest = {name: visits[name].to_numpy() - half[name] for name in BILL}
        order = np.repeat(np.arange(visits.num_rows), 2)
        cut = visits.take(order)
        for name in BILL:
            amounts = np.stack([half[name], rest[name]], axis=1).ravel()
            cut = cut.set_column(cut.column_names.index(name), name, pa.array(amounts))
        whole = by_person(visits, payers(settle_table(periods, visits)))
        in_two = by_person(cut, payers(settle_table(periods, cut)))
        assert (whole == in_two).all(), f"{code} seed {seed} person {np.argwhere(whole != in_two)[0]}"


def test_more_generous_terms_never_cost_a_person_more(code):
    """Over a year of stays of one kind, but for a fen a claim that two roundings leave.

    Of a mixed year it is not so, and need not be: a raised rate uses up a cap earlier, and what then goes unpaid may be a
    claim that catastrophic insurance or assistance does not count.
    """
    for seed, claims in lots_of_claims(code):
        plain = pc.and_(
            pc.equal(claims["kind"], VisitKind.HOSPITAL.value), pc.equal(claims["special_fund"], 0)
        )
        stays = same_place(claims.filter(plain))
        before = by_person(stays, payers(settle_table(terms_of(code), stays))[:, -1])
        fen_each = by_person(stays, np.ones(stays.num_rows, np.int64))
        for change, generous in more_generous(code):
            after = by_person(stays, payers(settle_table(generous, stays))[:, -1])
            worse = np.flatnonzero(after > before + fen_each)
            assert not len(worse), f"{code} seed {seed} {change}: person {worse[0]}"


def more_generous(code: str) -> Iterator[tuple[str, list[Period]]]:
    """The terms with one thing raised in the people's favour."""
    changes: dict[str, Any] = {
        "hospital rates": lambda p: with_changed(
            p, "hospital", band_rate_bp=raised(p.params.hospital.band_rate_bp)
        ),
        "pooling rates": lambda p: with_changed(
            p, "pooling", class_b_rate_bp=raised(p.params.pooling.class_b_rate_bp)
        ),
        "basic cap": lambda p: with_changed(
            p, "basic_cap", annual_cap_fen=doubled(p.params.basic_cap.annual_cap_fen)
        ),
        "catastrophic rates": lambda p: of_all(
            p, "catastrophic", lambda c: c._replace(band_rate_bp=raised(c.band_rate_bp))
        ),
        "assistance rates": lambda p: of_all(
            p, "direct", lambda d: d._replace(rate_bp=raised((d.rate_bp,))[0])
        ),
        "assistance caps": lambda p: of_all(
            p, "direct", lambda d: d._replace(annual_cap_fen=doubled((d.annual_cap_fen,))[0])
        ),
    }
    for name, change in changes.items():
        yield name, [change(period) for period in terms_of(code)]


def with_changed(period: Period, part: str, **figures: Any) -> Period:
    changed = getattr(period.params, part)._replace(**figures)
    return period._replace(params=period.params._replace(**{part: changed}))


def of_all(period: Period, part: str, change: Any) -> Period:
    changed = tuple(map(change, getattr(period.params, part)))
    return period._replace(params=period.params._replace(**{part: changed}))


def raised(rates: tuple[int, ...]) -> tuple[int, ...]:
    """Five points more, at most the whole; what is not on file stays so."""
    return tuple(r if r == NOT_ON_FILE else min(r + 500, WHOLE_BP) for r in rates)


def doubled(caps: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(c if c in (NOT_ON_FILE, UNREACHED_FEN) else 2 * c for c in caps)


def last_terms(code: str) -> Iterator[tuple[int, Any]]:
    """The last terms of each year on file, whose caps are what the year's are held to."""
    found = {day_of(period.last_day).year: period.params for period in terms_of(code)}
    yield from found.items()


def in_year(claims: pa.Table, year: int) -> pa.Table:
    years = claims["day"].to_numpy().astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    return claims.filter(pa.array(years == year))


def same_place(claims: pa.Table) -> pa.Table:
    """The claims, each person's with the class, category, contract, path and cover of the first."""
    person = claims["person"].to_numpy()
    first = np.searchsorted(person, person)
    for name in (
        "institution_class",
        "contracted",
        "category",
        "care_path",
        "properly_referred",
        "covered",
        "waiting",
    ):
        claims = claims.set_column(
            claims.column_names.index(name), name, pa.array(claims[name].to_numpy()[first])
        )
    return claims


def test_the_claims_reach_both_years_and_settle(code):
    _, claims = next(iter(lots_of_claims(code)))
    refusal = settle_table(terms_of(code), claims)["refusal"].to_numpy()
    assert (refusal == Refusal.NONE).any()
    assert all(in_year(claims, year).num_rows for year, _ in last_terms(code))
