"""Columns are read as they lie, and what is known of them is exact."""

import numpy as np
import pyarrow as pa

from yibao.engine.fit import Unfit, largest_year_fen, limits_of, numbers_of


def test_a_column_that_fits_is_not_copied():
    values = np.arange(5, dtype=np.int64)
    assert np.shares_memory(numbers_of(pa.table({"a": values}), "a", "int64", []), values)


def test_a_column_in_pieces_is_read_whole():
    column = pa.chunked_array([[1, 2], [], [3]], pa.int64())
    assert numbers_of(pa.table({"a": column}), "a", "int8", []).tolist() == [1, 2, 3]


def test_a_column_too_wide_for_the_kernel_is_named_with_its_rows():
    wrong: list[Unfit] = []
    assert numbers_of(pa.table({"a": [1, 300, -200]}), "a", "int8", wrong) is None
    assert wrong[0].rows.tolist() == [1, 2]


def test_no_year_is_above_the_largest_there_could_be():
    limits = limits_of({"class_a_fen": np.array([5, 70]), "day": np.array([1, 9])})
    assert limits == {"class_a_fen": (5, 70), "day": (1, 9)}
    assert largest_year_fen(limits, np.array([1, 1, 1, 2])) == 3 * 70
    assert largest_year_fen(limits_of({"class_a_fen": np.empty(0, np.int64)}), np.empty(0, np.int32)) == 0
