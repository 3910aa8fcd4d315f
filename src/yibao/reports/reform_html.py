"""A reform report as one HTML file that asks for nothing outside itself; its figures lie in files beside it."""

from yibao.benefits.terms import BalanceVerdict
from yibao.fund.statement import decimals
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.reports.page_templates import page_templates, style
from yibao.reports.reform_charts import charts
from yibao.reports.reform_report import (
    BALANCE_WORDS,
    BreakdownRow,
    ReformReport,
    axis_words,
    band_rows,
    breakdown_rows,
    breakdowns,
    change_rows,
    fund_rows,
    layer_rows,
    notices,
    pool_rows,
    response_rows,
    signed,
    statement_rows,
    tiles,
    unit_words,
)
from yibao.reports.year_words import wan
from yibao.simulate.reform import Reform
from yibao.simulate.reform_breakdown import BY_WORDS
from yibao.simulate.reform_people import quantiles_fen
from yibao.simulate.tables import PAYER_WORDS

Words = tuple[str, str]


def reform_html(report: ReformReport, files: dict[str, Words]) -> str:
    """The whole page; `files` are those that lie beside it, with what each holds."""
    templates = page_templates()
    templates.filters.update(wan=wan, signed=signed, decimals=decimals)
    reform, reach = report.reform, report.reform.reached
    templates.filters.update(figure=lambda name: axis_words(reform, name))
    total = breakdown_rows(reform, "all")
    css = "\n".join((style(templates, "year.css"), templates.get_template("reform.css").render()))
    return templates.get_template("reform.html").render(
        report=report,
        r=reform,
        reach=reach,
        css=css,
        charts=charts(report),
        tiles=tiles(reform),
        changes=change_rows(reform),
        notices=notices(reform),
        assumed=_assumed(reform),
        funds=[of for of in fund_rows(reform) if of.before_fen or of.after_fen],
        layers=[of for of in layer_rows(reform) if of.before_fen or of.after_fen],
        cuts=breakdowns(reform),
        total=total[0] if total else BreakdownRow(("合计", "Total"), 0, 0, (0,) * len(PAYER_WORDS), 0),
        payers=list(PAYER_WORDS.values()),
        used=_used(reform),
        by_words=BY_WORDS,
        unit=unit_words(reform),
        bands=band_rows(reform),
        saved=-int(reach.winners["difference_fen"].sum()),
        lost=int(reach.losers["difference_fen"].sum()),
        same=reach.units.height - reach.winners.height - reach.losers.height,
        quantiles={"少付": quantiles_fen(reach.winners), "多付": quantiles_fen(reach.losers)},
        moved=reach.moved(),
        statement=statement_rows(reform),
        verdict=_verdict(reform),
        grid_rows=[] if report.grid is None else report.grid.to_dicts(),
        responses=response_rows(reform),
        pool=pool_rows(report),
        standing_words=STANDING_WORDS,
        files=files,
    )


def _assumed(reform: Reform) -> list[object]:
    """The entries of today that no document gives."""
    return [entry for entry in reform.before.year.entries() if entry.standing == Standing.ASSUMED]


def _used(reform: Reform) -> list[int]:
    """The places of the payers that bear anything on either side."""
    return [at for at, of in enumerate(layer_rows(reform)[:-1]) if of.before_fen or of.after_fen]


def _verdict(reform: Reform) -> tuple[str, str, bool] | None:
    if reform.balance is None:
        return None
    verdict = BalanceVerdict(reform.balance.verdict)
    return (*BALANCE_WORDS[verdict], verdict == BalanceVerdict.ALLOWED)
