"""A fee line: four parts that add up, none of another sign than the line, and a refund that is its mirror image."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.benefits.rules.fee_line import FeeLine, fee_line
from yibao.benefits.terms import ItemClass

pytestmark = pytest.mark.property
FEN = st.integers(0, 10**9)
CLASSES = st.sampled_from(list(ItemClass))
LINES = st.fixed_dictionaries(
    {
        "amount_fen": FEN,
        "quantity": st.integers(0, 10**8),
        "standard_fen": st.integers(0, 10**6),
        "has_standard": st.integers(0, 1),
        "item_class": CLASSES,
        "initial_bp": st.integers(0, 10_000),
    }
)


@given(LINES)
def test_parts_add_up_and_none_is_negative(line):
    found = fee_line(**line)
    assert sum(found) == line["amount_fen"]
    assert min(found) >= 0
    if line["item_class"] is ItemClass.C:
        assert found.own_expense_fen == line["amount_fen"]
    elif line["has_standard"] == 0:
        assert found.over_standard_fen == 0


@given(LINES)
def test_a_refund_mirrors_its_line(line):
    refund = fee_line(**{**line, "amount_fen": -line["amount_fen"], "quantity": -line["quantity"]})
    assert refund == FeeLine(*(-part for part in fee_line(**line)))


@given(LINES, FEN)
def test_a_higher_standard_never_leaves_more_over(line, more_fen):
    higher = fee_line(**{**line, "standard_fen": line["standard_fen"] + more_fen})
    assert higher.over_standard_fen <= fee_line(**line).over_standard_fen
