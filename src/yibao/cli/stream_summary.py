"""What `settle-stream` says: steps and problems while it works; sums, refusals and standing at the end, to the fen."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibao.cli.screen import print_findings

if TYPE_CHECKING:
    from rich.console import Console

    from yibao.engine.batch import Period
    from yibao.engine.fit import Unfit
    from yibao.engine.many_files import Outcome
    from yibao.engine.settler import Totals
    from yibao.files.log import FindingLog
    from yibao.packs.entries import Entry
    from yibao.packs.settlement import SettlementTerms

WORDS = {
    "total_fen": "医疗费总额 (total)",
    "basic_fen": "基本医保支付 (basic)",
    "catastrophic_fen": "大病保险支付 (catastrophic)",
    "assistance_fen": "医疗救助支付 (assistance)",
    "top_up_fen": "倾斜救助支付 (top-up)",
    "hospital_fen": "医疗机构负担 (hospital)",
    "special_fund_fen": "专项资金支付 (special funds)",
    "person_fen": "个人负担 (person)",
}
"""Sums of the summary, in their order; the seven after the first add up to it."""


class Steps:
    """Shows how far the work is: bars on a terminal, else a line for each step."""

    def __init__(self, screen: "Console", bar: Any) -> None:
        self._screen, self._bar, self._seen = screen, bar, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        self._bar(step, done, total)
        if step != self._seen and not self._screen.is_terminal:
            self._seen = step
            self._screen.print(step, highlight=False, markup=False)


class Findings:
    """Keeps the problems that processes tell; the log is made with the first one."""

    def __init__(self, path: Path) -> None:
        self.log: FindingLog | None = None
        self._path = path

    def unfit(self, file: str, problem: "Unfit") -> None:
        """One kind of problem in rows of a file."""
        import polars as pl

        from yibao.files.log import FindingLog, Where
        from yibao.kernel.findings import Finding

        if self.log is None:
            self.log = FindingLog(self._path)
        name, remedy = Path(file).name, "请改好文件后再运行一次 (mend the file and run again)"
        if not len(problem.rows):
            return self.log.one(Finding(name, 0, problem.column, "", problem.message, remedy))
        at = Where(name, problem.column, pl.Series(problem.rows), pl.Series([str(v) for v in problem.values]))
        self.log.many(at, problem.message, remedy, kind=problem.message)

    def show(self, screen: "Console") -> None:
        """The first problems on the screen, and where all of them are; nothing where there are none."""
        if self.log is not None:
            self.log.finish()
            print_findings(self.log, self._path, screen)


def entries_of(terms: "list[SettlementTerms]", totals: "Totals") -> "list[Entry]":
    """The entries of policy behind what was settled, once each."""
    from yibao.benefits.terms import VisitKind
    from yibao.files.behind import entries_behind

    found: dict[str, Entry] = {}
    for place, kind, category in totals.used:
        behind = entries_behind(terms[place], [VisitKind(kind)], [category])
        found |= {entry.id: entry for entry in behind}
    return [found[key] for key in sorted(found)]


def summary_text(
    outcome: "Outcome", terms: "list[SettlementTerms]", periods: "list[Period]", entries: "list[Entry]"
) -> str:
    """What programs read: sums in fen, refusals, which place in `period` is which terms, and what is not official."""
    from yibao.benefits.terms import Refusal
    from yibao.kernel.standing import Standing

    sums = outcome.totals.sums
    return json.dumps(
        {
            "claims": sums["claims"],
            **{name: sums[name] for name in WORDS},
            "refused": {Refusal(code).name: n for code, n in sorted(outcome.totals.refused.items())},
            "files": list(outcome.results),
            "problems": outcome.problems,
            "periods": [
                {
                    "area": of.area.code,
                    "first_day": str(of.first_day),
                    "last_day": None if of.last_day == date.max else str(of.last_day),
                    "division": period.division or None,
                }
                for of, period in zip(terms, periods, strict=True)
            ],
            "not_official": [
                {"entry": entry.id, "standing": entry.standing.name.lower(), "note": entry.note}
                for entry in entries
                if entry.standing > Standing.OFFICIAL
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def print_outcome(outcome: "Outcome", entries: "list[Entry]", out: Path | str) -> None:
    """What was settled, what was refused and why, and which figures no official document gives."""
    from rich.console import Console
    from rich.table import Table

    from yibao.benefits.refusals import REFUSAL_WORDS
    from yibao.benefits.terms import Refusal
    from yibao.kernel.money import yuan_grouped
    from yibao.kernel.standing import STANDING_WORDS, Standing

    def line(text: str) -> None:
        screen.print(text, markup=False, highlight=False, soft_wrap=True)

    screen, totals = Console(), outcome.totals
    table = Table(
        title=f"大批量结算：{totals.sums['claims']:,} 笔 (claims)，{len(outcome.results)} 个文件 (files)"
    )
    table.add_column("项目 (item)")
    table.add_column("元 (yuan)", justify="right")
    for name, words in WORDS.items():
        table.add_row(words, yuan_grouped(totals.sums[name]))
    screen.print(table)
    for code, times in sorted(totals.refused.items()):
        refusal = REFUSAL_WORDS[Refusal(code)]
        line(f"不予支付 {times:,} 笔：{refusal.chinese} ({refusal.english})")
    if outcome.earlier:
        line(f"{outcome.earlier} 个文件上次已结完 (finished before)")
    if outcome.ordered:
        names = "、".join(path.name for path in outcome.ordered[:5])
        line(
            f"{len(outcome.ordered)} 个文件不是按整人排好的，先排了序，结果在 sorted-*.parquet，"
            f"file 和 row 两列写出处：{names} (were put in order first)"
        )
    for entry in entries:
        if entry.standing > Standing.OFFICIAL:
            chinese, english = STANDING_WORDS[entry.standing]
            line(f"  {entry.label}（{entry.id}）：{chinese} ({english})。{entry.note}")
    if outcome.problems:
        line(f"{outcome.problems} 处问题，有问题的文件没有结果 (files with a problem have no result)")
    line(f"结果在 {out} (results)")
