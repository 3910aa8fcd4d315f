"""Identity numbers of a whole column at once: form, day of birth and check digit; the words come from `kernel.codes`."""

import numpy as np
import polars as pl

from yibao.kernel.codes import identity_problem

LENGTH = 18
WEIGHTS = np.array([pow(2, LENGTH - 1 - place, 11) for place in range(LENGTH - 1)], dtype=np.int32)
CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)


def identity_problems(numbers: pl.Series) -> pl.Series:
    """What is wrong with each identity number, in words; null where nothing is, or where there is none."""
    doubtful = ~_right(numbers)
    words = [None if text is None else _words(text) for text in numbers.filter(doubtful)]
    found = pl.repeat(None, len(numbers), dtype=pl.String, eager=True)
    return found.scatter(doubtful.arg_true(), words) if words else found


def born_on(numbers: pl.Series) -> pl.Series:
    """The day of birth in each identity number; null where there is none."""
    return numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def _words(text: str) -> str | None:
    """The problem of one number, without the digit that would be right: that would give away what is hidden."""
    problem = identity_problem(text)
    return problem.split("，")[0] if "校验位" in problem else problem or None


def _right(numbers: pl.Series) -> pl.Series:
    """Whether a number is surely right; the rest are looked at one by one."""
    text = numbers.str.to_uppercase()
    formed = text.str.contains(r"^[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9X]$").fill_null(False)
    right = np.zeros(len(numbers), dtype=bool)
    if formed.any():
        packed = text.filter(formed).str.join("").item().encode()
        digits = np.frombuffer(packed, dtype=np.uint8).reshape(-1, LENGTH)
        sums = (digits[:, :-1].astype(np.int32) - ord("0")) @ WEIGHTS
        right[formed.to_numpy()] = CHECKS[sums % 11] == digits[:, -1]
    return pl.Series(right) & born_on(numbers).is_not_null().fill_null(False)
