"""Utilisation response (就医量的反应): how much more care people seek when a policy leaves them a smaller share, if any.

Stated, never guessed: no response unless somebody gives an elasticity, and the report says that it is assumed. For each
kind of visit and class of institution the person's share of settled bills is taken before and after; with elasticity e, bills
there are multiplied by 1 + e × (share after ÷ share before − 1), visits and price together, once: no second round.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from yibao.benefits.terms import VisitKind
from yibao.packs.change_text import ChangesUnfit
from yibao.simulate.facts import numbers
from yibao.simulate.reform_side import Side

MILLION = 1_000_000
MOST = 5 * MILLION
"""The largest factor, in millionths: bills five times what they were."""

AMOUNTS = ("own_expense_fen", "over_standard_fen", "initial_self_pay_fen", "class_a_fen", "class_b_fen")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]{1,4})?")


class Response(NamedTuple):
    """The elasticity of bills to the person's share, by kind of visit; a kind that is not there does not respond."""

    elasticity: Mapping[VisitKind, Fraction]

    def words(self) -> str:
        """The response as somebody writes it: `HOSPITAL=-0.1,OUTPATIENT=-0.3`."""
        return ",".join(f"{kind.name}={float(e):g}" for kind, e in self.elasticity.items())


class Factor(NamedTuple):
    """What the bills of one kind of visit at one class of institution are multiplied by, in millionths."""

    kind: VisitKind
    institution_class: int
    share_before: Fraction
    share_after: Fraction
    millionths: int


def response_of(text: str) -> Response:
    """`-0.2` for every kind of visit, or `hospital=-0.1,outpatient=-0.3`. Raises ChangesUnfit with every problem."""
    found: dict[VisitKind, Fraction] = {}
    problems = []
    for part in text.split(","):
        name, equals, number = part.strip().rpartition("=")
        kinds = (
            list(VisitKind)
            if not equals
            else [kind for kind in VisitKind if kind.name == name.strip().upper()]
        )
        if not kinds:
            known = "、".join(kind.name.lower() for kind in VisitKind)
            problems.append(
                f"--response {part.strip()!r}：没有医疗类别 {name!r}；可用：{known} (no such kind of visit)"
            )
        elif not _NUMBER.fullmatch(number.strip()):
            problems.append(
                f"--response {part.strip()!r}：弹性应是数，如 -0.2，最多四位小数 (not an elasticity)"
            )
        else:
            found |= dict.fromkeys(kinds, Fraction(number.strip()))
    if problems:
        raise ChangesUnfit(problems)
    return Response({kind: found[kind] for kind in VisitKind if kind in found})


def responded(
    claims: pa.Table, before: Side, after: Side, response: Response
) -> tuple[pa.Table, tuple[Factor, ...]]:
    """The claims as people would make them under the reform, and the factors; refused claims stay as they are."""
    kind = numbers(claims, "kind")
    at_class = numbers(before.year.institutions, "institution_class")[numbers(claims, "institution")]
    settled = before.settled()
    millionths = np.full(len(kind), MILLION, np.int64)
    factors = []
    for of, elasticity in response.elasticity.items():
        for c in np.unique(at_class[kind == of]).tolist():
            here = (kind == of) & (at_class == c) & settled
            factor = _factor(of, c, elasticity, before, after, here)
            factors.append(factor)
            millionths[here] = factor.millionths
    for name in AMOUNTS:
        amount = (numbers(claims, name) * millionths + MILLION // 2) // MILLION
        claims = claims.set_column(
            claims.column_names.index(name), claims.schema.field(name), pa.array(amount)
        )
    return claims, tuple(factors)


def _factor(
    kind: VisitKind, at_class: int, elasticity: Fraction, before: Side, after: Side, here: np.ndarray
) -> Factor:
    bill, was, now = (
        int(c[here].sum()) for c in (before.bill, before.column("person"), after.column("person"))
    )
    if bill <= 0 or was <= 0:
        return Factor(kind, at_class, Fraction(0), Fraction(0), MILLION)
    scale = 1 + elasticity * (Fraction(now, was) - 1)
    millionths = min(max(round(scale * MILLION), 0), MOST)
    return Factor(kind, at_class, Fraction(was, bill), Fraction(now, bill), millionths)
