"""Charts of a year report as SVG that stands inside the page: nothing is fetched, and the browser lays the text out.

Each chart is drawn for a desk, a tablet and a telephone (`chart_parts`). Amounts are
in ten thousand yuan (万元). Colours are told apart without hue too: layers by order, standing by the words beside them.
"""

import altair as alt

from yibao.assessment.burden import BurdenBand
from yibao.fund.statement import Statement
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.reports.chart_parts import (
    LAYER_COLOURS,
    Chart,
    broken,
    data,
    drawn,
    labels,
    legend,
    percent_axis,
    plot_width,
    wan_number,
)
from yibao.reports.year_report import YearReport
from yibao.reports.year_tables import Cross
from yibao.reports.year_words import used_standings

STANDING_COLOURS: dict[Standing, str] = {
    Standing.NOTICE: "#1d5a73",
    Standing.OFFICIAL: "#4f93ad",
    Standing.PRESS: "#9dbfca",
    Standing.SECONDARY: "#d9c8a9",
    Standing.ASSUMED: "#b8601c",
}


def charts(report: YearReport) -> dict[str, Chart]:
    """The charts of a report by name."""
    return {
        "money": drawn(lambda width: money_chart(report, width), "基金收入来源与支出去向（万元）"),
        "classes": drawn(
            lambda width: layers_chart(report.by_class, width), "各类医疗机构费用由谁支付（占比）"
        ),
        "burden": drawn(
            lambda width: burden_chart(report.burden.bands, width), "政策范围内个人负担的人数与金额分布"
        ),
        "standing": drawn(lambda width: standing_chart(report, width), "各项资金所依据数字的效力（占比）"),
    }


def money_chart(report: YearReport, width: int) -> alt.TopLevelMixin:
    """Where the basic fund's money came from and went to: two groups of bars on one scale."""
    rows = [
        *(
            {"side": "收入 Income", "name": broken(name, width), "amount": wan_number(fen)}
            for name, fen in _income(report)
        ),
        *(
            {"side": "支出 Expense", "name": broken(name, width), "amount": wan_number(fen)}
            for name, fen in _expense(report.statement)
        ),
    ]
    order = [str(row["name"]) for row in rows]
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=labels(width)),
        x=alt.X("amount:Q", title=None, axis=None, scale=alt.Scale(domainMin=0)),
    )
    bars = base.mark_bar(height=15).encode(
        color=alt.Color(
            "side:N",
            legend=None,
            scale=alt.Scale(domain=["收入 Income", "支出 Expense"], range=["#1d5a73", "#c98d4b"]),
        )
    )
    figures = base.mark_text(align="left", dx=5, fontSize=12).encode(text=alt.Text("amount:Q", format=",.1f"))
    facet = alt.layer(bars, figures).properties(width=plot_width(width) - 76, height=alt.Step(26))
    return facet.facet(
        row=alt.Row(
            "side:N",
            sort=["收入 Income", "支出 Expense"],
            title=None,
            header=alt.Header(labelOrient="top", labelAnchor="start", labelFontWeight=600, labelFontSize=13),
        ),
        spacing=14,
    ).resolve_scale(y="independent")


def layers_chart(cross: Cross, width: int) -> alt.TopLevelMixin:
    """Who pays, of each row's bills: bars of equal length."""
    rows = [
        {"name": broken(row.head[0], width), "layer": head[0], "amount": wan_number(cell), "order": at}
        for row in cross.rows
        for at, (head, cell) in enumerate(zip(cross.columns, row.cells, strict=True))
        if cell > 0
    ]
    return (
        alt.Chart(data(rows))
        .mark_bar(height=19)
        .encode(
            y=alt.Y(
                "name:N",
                sort=[broken(row.head[0], width) for row in cross.rows],
                title=None,
                axis=labels(width),
            ),
            x=alt.X("amount:Q", stack="normalize", title=None, axis=percent_axis()),
            color=alt.Color(
                "layer:N",
                sort=None,
                title=None,
                scale=alt.Scale(
                    domain=[head[0] for head in cross.columns],
                    range=[LAYER_COLOURS[head] for head in cross.columns],
                ),
                legend=legend(width),
            ),
            order=alt.Order("order:Q"),
        )
        .properties(width=plot_width(width), height=alt.Step(38))
    )


def burden_chart(bands: tuple[BurdenBand, ...], width: int) -> alt.TopLevelMixin:
    """People and what they bear by band of burden, both as shares of those who bear anything."""
    heavy = [band for band in bands if band.from_fen > 0]
    people, borne = sum(band.people for band in heavy) or 1, sum(band.burden_fen for band in heavy) or 1
    rows = [
        {"name": band_name(band), "of": of, "share": share}
        for band in heavy
        for of, share in (("人数", band.people / people), ("负担金额", band.burden_fen / borne))
    ]
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=[band_name(band) for band in heavy], title=None, axis=labels(width, 130)),
        yOffset=alt.YOffset("of:N", sort=["人数", "负担金额"]),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domainMin=0)),
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "of:N",
            sort=None,
            title=None,
            legend=legend(width),
            scale=alt.Scale(domain=["人数", "负担金额"], range=["#4f93ad", "#c98d4b"]),
        )
    )
    figures = base.mark_text(align="left", dx=4, fontSize=11).encode(text=alt.Text("share:Q", format=".1%"))
    return alt.layer(bars, figures).properties(width=plot_width(width, 130) - 46, height=alt.Step(17))


def standing_chart(report: YearReport, width: int) -> alt.TopLevelMixin:
    """How sure the figures behind each layer's money are."""
    names = list(dict.fromkeys(row.layer[0] for row in report.standing))
    rows = [
        {
            "name": row.layer[0],
            "standing": STANDING_WORDS[row.standing][0],
            "amount": wan_number(row.amount_fen),
            "order": int(row.standing),
        }
        for row in report.standing
        if row.amount_fen > 0
    ]
    used = used_standings(report.standing)
    return (
        alt.Chart(data(rows))
        .mark_bar(height=19)
        .encode(
            y=alt.Y("name:N", sort=names, title=None, axis=labels(width, 120)),
            x=alt.X("amount:Q", stack="normalize", title=None, axis=percent_axis()),
            color=alt.Color(
                "standing:N",
                sort=None,
                title=None,
                legend=legend(width),
                scale=alt.Scale(
                    domain=[STANDING_WORDS[standing][0] for standing in used],
                    range=[STANDING_COLOURS[standing] for standing in used],
                ),
            ),
            order=alt.Order("order:Q"),
        )
        .properties(width=plot_width(width, 120), height=alt.Step(32))
    )


def band_name(band: BurdenBand) -> str:
    """A band of burden as people read it."""
    if band.from_fen == 0:
        return "没有负担"
    if band.to_fen == UNREACHED_FEN:
        return f"{band.from_fen // 100:,} 元及以上"
    return (
        f"{band.from_fen // 100:,}–{band.to_fen // 100:,} 元"
        if band.from_fen > 1
        else f"不足 {band.to_fen // 100:,} 元"
    )


def _income(report: YearReport) -> list[tuple[str, int]]:
    return [(words[0], fen) for words, fen in report.financing]


def _expense(of: Statement) -> list[tuple[str, int]]:
    lines = [
        ("住院待遇（含生育）", of.benefit_inpatient_fen),
        ("门诊待遇", of.benefit_outpatient_fen),
        ("大病保险", of.catastrophic_fen),
        ("其他", of.other_expense_fen),
    ]
    return [(name, fen) for name, fen in lines if fen]
