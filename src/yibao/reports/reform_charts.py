"""Charts of a reform report: who bears more and less, whom it reaches, and the grid as a line or a heat map.

Differences are after less before, in ten thousand yuan (万元): to the right of the middle somebody bears more.
"""

from typing import Any

import altair as alt

from yibao.reports.chart_parts import (
    INK,
    LAYER_COLOURS,
    NARROW,
    RULE,
    WIDE,
    Chart,
    broken,
    data,
    drawn,
    labels,
    legend,
    plot_width,
    wan_number,
)
from yibao.reports.reform_report import (
    BandRow,
    BreakdownRow,
    ReformReport,
    axis_words,
    band_rows,
    breakdowns,
    layer_rows,
    unit_words,
)
from yibao.reports.year_tables import LAYERS
from yibao.simulate.reform_breakdown import BY_WORDS
from yibao.simulate.tables import PAYER_WORDS

MORE, LESS = "#c98d4b", "#1d5a73"
SIGNED_LABEL = "datum.value == 0 ? '0' : format(datum.value, '+,~f')"
GOOD_IS_MORE = ["#a5521f", "#f4f1ec", "#1d5a73"]
"""A heat map from worse to better where more is better."""

COLOURS = tuple(LAYER_COLOURS[LAYERS[f"{payer}_fen"]] for payer in PAYER_WORDS)
"""A colour for each payer, in the order of PAYER_WORDS."""


def charts(report: ReformReport) -> dict[str, Chart]:
    """The charts of a report by name; those of breakdowns are called as the breakdown is."""
    reform = report.reform
    found = {
        "payers": drawn(lambda width: payers_chart(report, width), "各支付方改革前后差额（万元）"),
        "bands": drawn(
            lambda width: bands_chart(band_rows(reform), width),
            f"少付、多付各档的{unit_words(reform)[0]}数（不变的不画）",
        ),
    }
    for by, rows in breakdowns(reform).items():
        if any(any(row.cells) for row in rows):
            says = f"按{BY_WORDS[by][0]}：各支付方差额（万元）"
            found[by] = drawn(lambda width, of=rows: breakdown_chart(of, width), says)
    if report.grid is not None and report.grid.height:
        axes = "，".join(
            f"{side} {axis_words(reform, axis)}"
            for side, axis in zip(("横轴", "纵轴"), report.grid_axes, strict=False)
        )
        for name, column, says in (
            ("grid_fund", "funds_difference_fen", "基本医保基金与大病保险资金当年结余合计的变动（万元）"),
            ("grid_people", "people_pay_difference_fen", "个人付的钱的变动，含缴费（万元）"),
        ):
            found[name] = drawn(lambda width, of=column: grid_chart(report, of, width), f"{says}：{axes}")
    return found


def payers_chart(report: ReformReport, width: int) -> alt.TopLevelMixin:
    """One bar a payer, from nothing to its difference."""
    rows = [
        {"name": broken(of.words[0], width), "amount": wan_number(of.difference_fen)}
        for of in layer_rows(report.reform)[:-1]
        if of.before_fen or of.after_fen
    ]
    return _diverging(rows, width)


def bands_chart(bands: list[BandRow], width: int) -> alt.TopLevelMixin:
    """How many units pay so much less or more; those that pay the same are left out."""
    rows = [
        {
            "name": of.words,
            "amount": of.units,
            "side": "多付" if of.difference_fen > 0 else "少付",
        }
        for of in bands
        if of.difference_fen
    ]
    order = [str(row["name"]) for row in rows]
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=labels(width, 150)),
        x=alt.X("amount:Q", title=None, axis=None, scale=alt.Scale(domainMin=0)),
    )
    bars = base.mark_bar(height=15).encode(
        color=alt.Color("side:N", legend=None, scale=alt.Scale(domain=["少付", "多付"], range=[LESS, MORE]))
    )
    figures = base.mark_text(align="left", dx=5, fontSize=12).encode(text=alt.Text("amount:Q", format=","))
    return alt.layer(bars, figures).properties(width=plot_width(width, 150) - 60, height=alt.Step(26))


def breakdown_chart(rows: list[BreakdownRow], width: int) -> alt.TopLevelMixin:
    """The difference of each payer in each row: what is borne more to the right, what less to the left."""
    names = [words[0] for words in PAYER_WORDS.values()]
    points = [
        {"name": broken(row.words[0], width), "payer": name, "amount": wan_number(cell), "order": at}
        for row in rows
        for at, (name, cell) in enumerate(zip(names, row.cells, strict=True))
        if cell
    ]
    used = [name for name in names if any(point["payer"] == name for point in points)]
    order = [broken(row.words[0], width) for row in rows if any(row.cells)]
    bars = (
        alt.Chart(data(points))
        .mark_bar(height=17)
        .encode(
            y=alt.Y("name:N", sort=order, title=None, axis=labels(width)),
            x=alt.X("amount:Q", title=None, axis=_amounts(width)),
            color=alt.Color(
                "payer:N",
                sort=None,
                title=None,
                legend=legend(width),
                scale=alt.Scale(domain=used, range=[COLOURS[names.index(name)] for name in used]),
            ),
            order=alt.Order("order:Q"),
        )
    )
    return alt.layer(bars, _middle()).properties(width=plot_width(width), height=alt.Step(36))


def grid_chart(report: ReformReport, column: str, width: int) -> alt.TopLevelMixin:
    """A line over one figure, or a heat map over two."""
    assert report.grid is not None
    axes = report.grid_axes
    rows: list[dict[str, Any]] = [
        {**{f"at{at}": str(row[axis]) for at, axis in enumerate(axes)}, "amount": wan_number(row[column])}
        for row in report.grid.iter_rows(named=True)
    ]
    order = [report.grid[axis].unique(maintain_order=True).to_list() for axis in axes]
    across = alt.X(
        "at0:N",
        sort=order[0],
        title=None,
        axis=alt.Axis(labelAngle=0 if width == WIDE else -45, labelFontSize=11),
    )
    if len(axes) == 1:
        return _line(rows, across, width)
    largest = max(abs(row["amount"]) for row in rows) or 1
    base = alt.Chart(data(rows)).encode(
        x=across,
        y=alt.Y("at1:N", sort=order[1], title=None, axis=alt.Axis(labelFontSize=11, ticks=False)),
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "amount:Q",
            title="万元",
            scale=alt.Scale(
                domain=[-largest, 0, largest],
                range=GOOD_IS_MORE if column.startswith("funds") else GOOD_IS_MORE[::-1],
            ),
            legend=alt.Legend(orient="top", gradientLength=160),
        )
    )
    bold = f"abs(datum.amount) > {largest * 0.6}"
    figures = base.mark_text(fontSize=11 if width != NARROW else 9).encode(
        text=alt.Text("amount:Q", format="+,.1f"),
        color=alt.condition(bold, alt.value("white"), alt.value(INK)),
    )
    return alt.layer(cells, figures).properties(width=_inside(width), height=alt.Step(34))


def _line(rows: list[dict[str, Any]], across: alt.X, width: int) -> alt.TopLevelMixin:
    base = alt.Chart(data(rows)).encode(
        x=across,
        y=alt.Y(
            "amount:Q",
            title=None,
            axis=alt.Axis(labelExpr=SIGNED_LABEL, gridColor=RULE, domain=False, tickCount=5),
        ),
    )
    line = base.mark_line(color=LESS, point=alt.OverlayMarkDef(color=LESS, size=40))
    figures = base.mark_text(dy=-12, fontSize=11).encode(text=alt.Text("amount:Q", format="+,.1f"))
    return alt.layer(_level(), line, figures).properties(width=_inside(width), height=240)


def _inside(width: int) -> int:
    return width - (150 if width == WIDE else 110)


def _diverging(rows: list[dict[str, Any]], width: int) -> alt.TopLevelMixin:
    order = [row["name"] for row in rows]
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=labels(width, 130)),
        x=alt.X("amount:Q", title=None, axis=_amounts(width), scale=alt.Scale(padding=34)),
    )
    colour = alt.condition("datum.amount > 0", alt.value(MORE), alt.value(LESS))
    bars = base.mark_bar(height=17).encode(color=colour)
    right = base.transform_filter("datum.amount >= 0").mark_text(align="left", dx=5, fontSize=12)
    left = base.transform_filter("datum.amount < 0").mark_text(align="right", dx=-5, fontSize=12)
    figures = [of.encode(text=alt.Text("amount:Q", format="+,.2f")) for of in (right, left)]
    return alt.layer(bars, *figures, _middle()).properties(width=plot_width(width, 130), height=alt.Step(32))


def _amounts(width: int) -> alt.Axis:
    return alt.Axis(
        labelExpr=SIGNED_LABEL,
        tickCount=3 if width == NARROW else 7,
        domain=False,
        ticks=False,
        labelFontSize=11,
        gridColor=RULE,
        labelFlush=True,
    )


def _middle() -> alt.Chart:
    return alt.Chart(data([{"zero": 0}])).mark_rule(color=INK).encode(x="zero:Q")


def _level() -> alt.Chart:
    return alt.Chart(data([{"zero": 0}])).mark_rule(color=INK).encode(y="zero:Q")
