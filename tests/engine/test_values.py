"""Reckoning with values of which only a range is known: the outcome lies in the range that is said, for every number."""

import operator

import numpy
from hypothesis import given
from hypothesis import strategies as st

from yibao.engine import values
from yibao.engine.values import MOST, Num, coded, known

OPERATIONS = {
    values.added: operator.add,
    values.less: operator.sub,
    values.times: operator.mul,
    values.least: min,
    values.most: max,
    values.bits: operator.and_,
}
COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
small = st.integers(-40, 40)
spans = st.tuples(small, small).map(sorted)


def reckoned(number: Num, **names: int) -> int:
    """What a text gives for some values of its names."""
    tables = {name: numpy.array(figures) for name, figures in values.TABLES.items()}
    return int(eval(number.text, {"numpy": numpy, **tables}, names))


@given(a_span=spans, b_span=spans, data=st.data(), is_code=st.booleans())
def test_text_and_range_are_those_of_the_operation(a_span, b_span, data, is_code):
    a, b = (data.draw(st.integers(*span)) for span in (a_span, b_span))
    parts = [Num("a", *a_span), Num("b", *b_span)]
    parts = [known(p.low) if p.is_known else coded(p) if is_code else p for p in parts]
    outcomes = [(operation(*parts), meant(a, b)) for operation, meant in OPERATIONS.items()]
    outcomes += [(values.compared(parts[0], s, parts[1]), meant(a, b)) for s, meant in COMPARISONS.items()]
    for found, expected in outcomes:
        assert reckoned(found, a=a, b=b) == expected, found
        assert found.low <= expected <= found.high, found


@given(span=spans, divisor=st.integers(1, 9), data=st.data())
def test_division_rounds_down_whatever_the_sign(span, divisor, data):
    a = data.draw(st.integers(*span))
    for operation, meant in ((values.divided, a // divisor), (values.remainder, a % divisor)):
        found = operation(Num("a", *span) if span[0] < span[1] else known(a), known(divisor))
        assert reckoned(found, a=a) == meant
        assert found.low <= meant <= found.high


@given(span=spans, data=st.data())
def test_what_a_code_decides_is_looked_up(span, data):
    code = data.draw(st.integers(*span))
    if span[0] == span[1]:
        return
    table = values.decided(lambda x: x * x * 1_000, coded(Num("a", *span)))
    found = values.added(values.times(table, known(3)), coded(Num("b", 0, 2)))
    assert reckoned(found, a=code, b=2) == code * code * 3_000 + 2
    assert found.looked_up


def test_a_range_that_64_bits_cannot_hold_is_no_longer_known():
    found = values.times(Num("a", 0, 2**40), Num("b", 0, 2**40))
    assert (found.low, found.high) == (values.LEAST, MOST)
