"""The findings of one run: all of them go to a file, the first of each kind stay in memory for the screen.

A file of five million rows may be wrong in every row, so memory holds `KEPT` findings of a kind and counts the rest.
Identity numbers never leave here whole: whatever looks like one is masked, in whichever column it was found.
"""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import polars as pl

from yibao.kernel.findings import Finding

KEPT = 200
"""Findings of one kind that stay in memory."""

SORTED_ROWS = 1_000_000
"""Up to so many findings the file is put in order of file and row at the end."""

SHOWN = 60
"""Characters of a cell that a finding shows."""

LONGEST = 1000
"""Characters shown of what is of the whole file, such as its headings."""

HEADINGS = ["file", "row", "column", "value", "message", "remedy"]

_IDENTITY = r"\b([1-9][0-9]{2})[0-9]{3}(?:18|19|20)[0-9]{8}([0-9])([0-9Xx])\b"
_FORMULA = r"^[=+@\t\r]|^-(?:[^0-9]|$)"


class Where(NamedTuple):
    """Rows with a problem: their numbers as a person counts them, and the text found in each."""

    file: str
    column: str
    rows: pl.Series
    values: pl.Series


class FindingLog:
    """Takes findings in any number. `stopped` says that a file cannot be used at all, not only some of its rows."""

    def __init__(self, spill: Path | None = None) -> None:
        self.stopped = False
        self.count = 0
        self._spill = spill
        self._kept: list[Finding] = []
        self._kinds: Counter[tuple[str, str, str]] = Counter()
        if spill is not None:
            _empty().write_csv(spill, include_bom=True)

    def stop(self, finding: Finding) -> None:
        """A problem that keeps a whole file from being used."""
        self.stopped = True
        self.one(finding)

    def one(self, finding: Finding) -> None:
        """One problem."""
        at = Where(
            finding.file, finding.column, pl.Series([finding.row], dtype=pl.Int64), pl.Series([finding.value])
        )
        self.many(at, finding.message, finding.remedy, kind=finding.message, longest=LONGEST)

    def many(
        self,
        at: Where,
        message: str | pl.Series,
        remedy: str | pl.Series,
        *,
        kind: str,
        longest: int = SHOWN,
    ) -> None:
        """The same kind of problem in many rows; words may differ by row."""
        if at.rows.is_empty():
            return
        self.count += len(at.rows)
        seen = self._kinds[at.file, at.column, kind]
        self._kinds[at.file, at.column, kind] += len(at.rows)
        frame = pl.DataFrame(
            {
                "file": pl.repeat(at.file, len(at.rows), eager=True),
                "row": at.rows.cast(pl.Int64),
                "column": pl.repeat(at.column, len(at.rows), eager=True),
                "value": shown(at.values, longest),
                "message": _each(message, len(at.rows)),
                "remedy": _each(remedy, len(at.rows)),
            }
        )
        self._kept += [Finding(*row) for row in frame.head(max(KEPT - seen, 0)).iter_rows()]
        if self._spill is not None:
            with self._spill.open("ab") as stream:
                _harmless(frame).write_csv(stream, include_header=False)

    def findings(self, file: str = "") -> list[Finding]:
        """The findings in memory, of one file or of all, by file and row; a last one says how many more there are."""
        kept = sorted(
            (f for f in self._kept if file in ("", f.file)), key=lambda f: (f.file, f.row, f.column)
        )
        more = [
            Finding(
                of,
                0,
                column,
                "",
                f"{kind}：另有 {times - KEPT} 处未列出",
                "全部见 findings.csv (see findings.csv)",
            )
            for (of, column, kind), times in self._kinds.items()
            if times > KEPT and file in ("", of)
        ]
        return kept + more

    def kinds(self) -> list[tuple[str, str, str, int]]:
        """How often each kind was found: file, column, kind, count; the most frequent first."""
        return [(*kind, times) for kind, times in self._kinds.most_common()]

    def finish(self) -> None:
        """Puts the file in order of file and row, as long as it is of a size for that."""
        if self._spill is not None and 0 < self.count <= SORTED_ROWS:
            frame = pl.read_csv(self._spill, schema_overrides={h: pl.String for h in HEADINGS if h != "row"})
            frame.sort("file", "row", maintain_order=True).write_csv(self._spill, include_bom=True)


def shown(values: pl.Series, longest: int = SHOWN) -> pl.Series:
    """Values as a finding may show them: short, on one line, and no identity number whole."""
    text = values.cast(pl.String).fill_null("")
    text = text.str.replace_all(_IDENTITY, "${1}*************${2}${3}")
    text = text.str.replace_all(r"\p{C}", "·")
    cut = text.str.slice(0, longest)
    return pl.select(pl.when(text.str.len_chars() > longest).then(cut + "……").otherwise(cut)).to_series()


def masked(values: pl.Series) -> pl.Series:
    """Identity numbers with all but the first 3 and the last 2 characters hidden; short ones hidden whole."""
    text = values.cast(pl.String).fill_null("")
    length = text.str.len_chars()
    stars = pl.Series(["*" * n for n in range(14)])
    hidden = stars.gather(pl.select((length.cast(pl.Int64) - 5).clip(0, 13)).to_series())
    long = text.str.slice(0, 3) + hidden + text.str.slice(-2)
    short = stars.gather(length.clip(0, 13))
    return pl.select(pl.when(length >= 10).then(long).otherwise(short)).to_series()


def _each(words: str | pl.Series, count: int) -> pl.Series:
    return pl.repeat(words, count, eager=True) if isinstance(words, str) else words


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema={h: pl.Int64 if h == "row" else pl.String for h in HEADINGS})


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """A value that a spreadsheet would run as a formula gets an apostrophe before it."""
    formula = pl.col("value").str.contains(_FORMULA)
    return frame.with_columns(value=pl.when(formula).then("'" + pl.col("value")).otherwise("value"))
