"""Findings: what is wrong with an input, as data. A batch returns all of them and goes on."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One problem: where it is, what was found there and what to do about it.

    `row` is the line of the file as a person counts it (the header is 1); 0 where the problem is not in a row.
    """

    file: str
    row: int
    column: str
    value: str
    message: str
    remedy: str

    def sentence(self) -> str:
        """The finding as one line for a terminal."""
        place = (
            self.file
            + (f" 第 {self.row} 行" if self.row else "")
            + (f" {self.column}" if self.column else "")
        )
        shown = f"（{self.value}）" if self.value else ""
        return f"{place}：{self.message}{shown}。{self.remedy}"
