"""A year report as one HTML file that asks for nothing outside itself: style, charts and figures stand inside.

carries_out: ORG-02
"""

from fractions import Fraction

from yibao.assessment.indicators import Indicator
from yibao.assessment.terms import Verdict
from yibao.assistance.terms import CATEGORY_WORDS
from yibao.fund.statement import decimals, expense_lines, income_lines
from yibao.kernel.standing import STANDING_WORDS
from yibao.reports.page_templates import page_templates, style
from yibao.reports.year_charts import band_name, charts
from yibao.reports.year_report import YearReport
from yibao.reports.year_tables import LAYERS
from yibao.reports.year_words import (
    SURENESS,
    indicator_row,
    percent,
    standing_rows,
    tiles,
    used_standings,
    wan,
)

NUMERALS = "一二三四五六七八九十"
"""What the sections that are shown are numbered by."""


def year_html(report: YearReport) -> str:
    """The whole page."""
    templates = page_templates()
    templates.filters.update(wan=wan, wan_or_dash=_wan_or_dash, ratio=_ratio, band=band_name)
    templates.filters.update(percent=percent, decimals=decimals)
    page = templates.get_template("year.html")
    billed = report.billed_fen or 1
    person_fen = report.by_kind.of_columns(LAYERS["person_fen"])
    verdicts = [indicator.verdict for indicator in report.indicators]
    burden = report.burden
    return page.render(
        r=report,
        numeral=iter(NUMERALS).__next__,
        s=report.statement,
        b=burden,
        css=style(templates, "year.css"),
        charts=charts(report),
        tiles=tiles(report),
        income=income_lines(report.statement),
        expense=expense_lines(report.statement),
        indicator_rows=[
            indicator_row(indicator) for indicator in sorted(report.indicators, key=_missed_first)
        ],
        met=verdicts.count(Verdict.MET),
        not_met=verdicts.count(Verdict.NOT_MET),
        empty=verdicts.count(Verdict.NOTHING_TO_MEASURE),
        per_person=report.financing_fen // (report.covered or 1),
        person_fen=person_fen,
        paid_share=Fraction(report.paid_fen, billed),
        person_share=Fraction(person_fen, billed),
        raised={name: report.standing_share(*kinds, raised=True) for name, kinds in SURENESS.items()},
        paid={name: report.standing_share(*kinds, raised=False) for name, kinds in SURENESS.items()},
        assumed_labels="、".join(dict.fromkeys(entry.label for entry in report.assumed_entries)),
        standings=[STANDING_WORDS[standing] for standing in used_standings(report.standing)],
        standing_rows=standing_rows(report.standing),
        standing_words=STANDING_WORDS,
        category_words=CATEGORY_WORDS,
        heaviest=Fraction(burden.heaviest_fen, burden.in_scope_fen or 1),
        warned=sum(row.people for row in burden.warned),
    )


def _missed_first(indicator: Indicator) -> int:
    return (Verdict.NOT_MET, Verdict.MET, Verdict.NOTHING_TO_MEASURE).index(indicator.verdict)


def _ratio(pair: tuple[int, int]) -> str:
    return percent(Fraction(pair[0], pair[1])) if pair[1] else "—"


def _wan_or_dash(amount_fen: int) -> str:
    return wan(amount_fen) if amount_fen else "–"
