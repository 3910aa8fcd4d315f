"""A bill's lines, each split four ways and added up (费用四分): wherever lines come from, they are split here."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from yibao.benefits.rules.fee_line import FeeLine, fee_line
from yibao.benefits.terms import ItemClass


class BillLine(Protocol):
    """What a line has to say; `quantity` in ten-thousandths of a unit, `standard_fen` None where there is no standard."""

    @property
    def item_class(self) -> ItemClass: ...
    @property
    def quantity(self) -> int: ...
    @property
    def amount_fen(self) -> int: ...
    @property
    def standard_fen(self) -> int | None: ...
    @property
    def initial_bp(self) -> int: ...


class FourWays(NamedTuple):
    """A bill split four ways, the in-scope part by class; amounts in fen."""

    own_expense_fen: int
    over_standard_fen: int
    initial_self_pay_fen: int
    class_a_fen: int
    class_b_fen: int


def split_of(line: BillLine) -> FeeLine:
    """The four parts of a line."""
    return fee_line(
        amount_fen=line.amount_fen,
        quantity=line.quantity,
        standard_fen=line.standard_fen or 0,
        has_standard=int(line.standard_fen is not None),
        item_class=line.item_class,
        initial_bp=line.initial_bp,
    )


def added_up(lines: Iterable[BillLine]) -> FourWays:
    """The four parts of a bill: those of its lines, each rounded by itself."""
    splits = [(line.item_class, split_of(line)) for line in lines]
    return FourWays(
        own_expense_fen=sum(split.own_expense_fen for _, split in splits),
        over_standard_fen=sum(split.over_standard_fen for _, split in splits),
        initial_self_pay_fen=sum(split.initial_self_pay_fen for _, split in splits),
        class_a_fen=sum(split.in_scope_fen for of, split in splits if of is ItemClass.A),
        class_b_fen=sum(split.in_scope_fen for of, split in splits if of is ItemClass.B),
    )
