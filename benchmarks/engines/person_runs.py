"""Running sums by person for engines of whole columns, whose own words have none."""

import numpy as np


class Runs:
    """Where each person's claims begin, in columns sorted by person."""

    def __init__(self, person):
        self.first = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))
        self.count = np.diff(np.append(self.first, len(person)))

    def earlier(self, amount):
        """The sum of the person's earlier amounts, for each claim."""
        running = np.cumsum(amount, dtype=np.int64) - amount
        return running - np.repeat(running[self.first], self.count)


def raised(before, after, cap):
    """What a payment adds where the year's payments stop at a cap."""
    return np.minimum(after, cap) - np.minimum(before, cap)


def rounded(weighted):
    """Fen times basis points as whole fen, half up."""
    return (weighted + 5000) // 10000
