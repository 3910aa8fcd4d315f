"""A replaced rule held to its word (新规则的核对): the claims of some people settled one by one, as the kernel settled them.

A rule file may hold what the subset does not see, such as an amount that leaves 64 bits; so every run with a rule file
settles a sample on the scalar path and refuses to go on where one fen differs.
"""

import numpy as np
import pyarrow as pa

from yibao.engine.batch import Period
from yibao.engine.rule_set import RuleSet
from yibao.engine.terms import Claim, Payers, SettlementParams
from yibao.engine.year import Filed, Year, opened
from yibao.packs.policies import Policies
from yibao.simulate.enrol import county_terms
from yibao.simulate.facts import claim_facts, numbers
from yibao.simulate.year import YearResult

SAMPLE = 1_000
"""Claims that are settled again."""


class RulesDiffer(ValueError):
    """A replaced rule that the compiled kernel and plain Python settle differently."""

    def __init__(self, claim_id: str, payer: str, scalar_fen: int, compiled_fen: int) -> None:
        super().__init__(
            f"新规则的两条算法不一致：{claim_id} 的 {payer}，逐笔 {scalar_fen} 分，批量 {compiled_fen} 分；"
            f"请检查规则里有没有负数的整除、超出 64 位的乘积 (scalar and compiled differ)"
        )


def settled_alike(year: YearResult, rules: RuleSet, among: Policies, *, assume_lists: bool = False) -> int:
    """How many claims of the year were settled again one by one, to the same fen. Raises RulesDiffer.

    `assume_lists` as in `packs.financing.financing_terms`.
    """
    terms = county_terms(year.area, year.year, year.people, among, assume_lists=assume_lists)
    checked = 0
    for group, of in enumerate(terms.groups):
        own = _sample(year, np.flatnonzero(terms.group == group))
        if own.num_rows:
            facts = claim_facts(
                of, year.people, year.institutions, year.enrolled, own, first_day=year.first_day
            )
            _hold(year, rules, terms.periods(group), facts)
            checked += facts.num_rows
    return checked


def _sample(year: YearResult, people: np.ndarray) -> pa.Table:
    """The first claims of whole people who have no reversal."""
    person = numbers(year.claims, "person")
    late = np.unique(person[np.asarray(year.claims.column("reverses").is_valid())])
    rows = np.flatnonzero(np.isin(person, people) & ~np.isin(person, late))
    if len(rows) > SAMPLE:
        rows = rows[person[rows] <= person[rows[SAMPLE]]]
    return year.claims.take(pa.array(rows))


def _hold(year: YearResult, rules: RuleSet, periods: list[Period], facts: pa.Table) -> None:
    def terms_of(day: int) -> SettlementParams:
        return next(p.params for p in periods if p.first_day <= day <= p.last_day)

    ids = _rows(year)
    paid = {payer: numbers(year.settlements, payer) for payer in Payers._fields}
    years: dict[int, Year] = {}
    own = [name for name in Claim._fields if name in facts.column_names]
    for row in facts.select(["person", "claim_id", *own]).to_pylist():
        person, claim_id = row.pop("person"), row.pop("claim_id")
        years[person] = rules.settle(terms_of, years.get(person, opened()), Filed(claim_id, Claim(**row)))
        posting = years[person].postings[-1]
        for payer, scalar_fen in zip(Payers._fields, posting.payers, strict=True):
            compiled_fen = int(paid[payer][ids[claim_id]])
            if scalar_fen != compiled_fen:
                raise RulesDiffer(claim_id, payer.removesuffix("_fen"), scalar_fen, compiled_fen)


def _rows(year: YearResult) -> dict[str, int]:
    """The row of each claim."""
    return {claim_id: at for at, claim_id in enumerate(year.settlements["claim_id"].to_pylist())}
