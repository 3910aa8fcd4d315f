"""Charts of a year report as SVG that stands inside the page: nothing is fetched, and the browser lays the text out.

Each chart is drawn for a desk, a tablet and a telephone, because text in a scaled picture shrinks with it. Amounts are
in ten thousand yuan (万元). Colours are told apart without hue too: layers by order, standing by the words beside them.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt

from yibao.assessment.burden import BurdenBand
from yibao.fund.statement import Statement
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.reports.year_report import YearReport
from yibao.reports.year_tables import LAYERS, Cross, Words
from yibao.reports.year_words import used_standings

WIDE, MIDDLE, NARROW = 1020, 640, 326
"""Widths of a chart on a desk, a tablet and a telephone, labels included."""

FONT = "Noto Sans SC, PingFang SC, Hiragino Sans GB, Microsoft YaHei, Source Han Sans SC, sans-serif"
INK, GREY, RULE = "#1c2a35", "#4d5c68", "#d5dce1"
LAYER_COLOURS: dict[Words, str] = dict(
    zip(
        LAYERS.values(),
        ("#1d5a73", "#4f93ad", "#a5cbd8", "#d7e6ea", "#8a939a", "#8c6bb1", "#c98d4b"),
        strict=True,
    )
)
STANDING_COLOURS: dict[Standing, str] = {
    Standing.NOTICE: "#1d5a73",
    Standing.OFFICIAL: "#4f93ad",
    Standing.PRESS: "#9dbfca",
    Standing.SECONDARY: "#d9c8a9",
    Standing.ASSUMED: "#b8601c",
}
TEN_THOUSAND_YUAN = 1_000_000
LINE_BREAK = "¦"


class Chart(NamedTuple):
    """One chart in three widths, and what it shows in words for those who do not see it."""

    wide: str
    middle: str
    narrow: str
    says: str


def charts(report: YearReport) -> dict[str, Chart]:
    """The charts of a report by name."""
    return {
        "money": _drawn(lambda width: money_chart(report, width), "基金收入来源与支出去向（万元）"),
        "classes": _drawn(
            lambda width: layers_chart(report.by_class, width), "各类医疗机构费用由谁支付（占比）"
        ),
        "burden": _drawn(
            lambda width: burden_chart(report.burden.bands, width), "政策范围内个人负担的人数与金额分布"
        ),
        "standing": _drawn(lambda width: standing_chart(report, width), "各项资金所依据数字的效力（占比）"),
    }


def money_chart(report: YearReport, width: int) -> alt.TopLevelMixin:
    """Where the basic fund's money came from and went to: two groups of bars on one scale."""
    rows = [
        *(
            {"side": "收入 Income", "name": _broken(name, width), "amount": _wan(fen)}
            for name, fen in _income(report)
        ),
        *(
            {"side": "支出 Expense", "name": _broken(name, width), "amount": _wan(fen)}
            for name, fen in _expense(report.statement)
        ),
    ]
    order = [str(row["name"]) for row in rows]
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=_labels(width)),
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
    facet = alt.layer(bars, figures).properties(width=_plot(width) - 76, height=alt.Step(26))
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
        {"name": _broken(row.head[0], width), "layer": head[0], "amount": _wan(cell), "order": at}
        for row in cross.rows
        for at, (head, cell) in enumerate(zip(cross.columns, row.cells, strict=True))
        if cell > 0
    ]
    return (
        alt.Chart(_data(rows))
        .mark_bar(height=19)
        .encode(
            y=alt.Y(
                "name:N",
                sort=[_broken(row.head[0], width) for row in cross.rows],
                title=None,
                axis=_labels(width),
            ),
            x=alt.X("amount:Q", stack="normalize", title=None, axis=_percent_axis()),
            color=alt.Color(
                "layer:N",
                sort=None,
                title=None,
                scale=alt.Scale(
                    domain=[head[0] for head in cross.columns],
                    range=[LAYER_COLOURS[head] for head in cross.columns],
                ),
                legend=_legend(width),
            ),
            order=alt.Order("order:Q"),
        )
        .properties(width=_plot(width), height=alt.Step(38))
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
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("name:N", sort=[band_name(band) for band in heavy], title=None, axis=_labels(width, 130)),
        yOffset=alt.YOffset("of:N", sort=["人数", "负担金额"]),
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domainMin=0)),
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "of:N",
            sort=None,
            title=None,
            legend=_legend(width),
            scale=alt.Scale(domain=["人数", "负担金额"], range=["#4f93ad", "#c98d4b"]),
        )
    )
    figures = base.mark_text(align="left", dx=4, fontSize=11).encode(text=alt.Text("share:Q", format=".1%"))
    return alt.layer(bars, figures).properties(width=_plot(width, 130) - 46, height=alt.Step(17))


def standing_chart(report: YearReport, width: int) -> alt.TopLevelMixin:
    """How sure the figures behind each layer's money are."""
    names = list(dict.fromkeys(row.layer[0] for row in report.standing))
    rows = [
        {
            "name": row.layer[0],
            "standing": STANDING_WORDS[row.standing][0],
            "amount": _wan(row.amount_fen),
            "order": int(row.standing),
        }
        for row in report.standing
        if row.amount_fen > 0
    ]
    used = used_standings(report.standing)
    return (
        alt.Chart(_data(rows))
        .mark_bar(height=19)
        .encode(
            y=alt.Y("name:N", sort=names, title=None, axis=_labels(width, 120)),
            x=alt.X("amount:Q", stack="normalize", title=None, axis=_percent_axis()),
            color=alt.Color(
                "standing:N",
                sort=None,
                title=None,
                legend=_legend(width),
                scale=alt.Scale(
                    domain=[STANDING_WORDS[standing][0] for standing in used],
                    range=[STANDING_COLOURS[standing] for standing in used],
                ),
            ),
            order=alt.Order("order:Q"),
        )
        .properties(width=_plot(width, 120), height=alt.Step(32))
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


def _wan(amount_fen: int) -> float:
    return amount_fen / TEN_THOUSAND_YUAN


def _data(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


def _label_width(width: int, most: int) -> int:
    return min(most, {WIDE: 300, MIDDLE: 210, NARROW: 118}[width])


def _plot(width: int, most: int = 400) -> int:
    return width - _label_width(width, most) - 14


def _labels(width: int, most: int = 400) -> alt.Axis:
    room = _label_width(width, most)
    return alt.Axis(
        labelExpr=f"split(datum.label, '{LINE_BREAK}')",
        labelLimit=0,
        labelFontSize=12,
        labelPadding=8,
        ticks=False,
        domain=False,
        minExtent=room,
        maxExtent=room,
    )


def _broken(label: str, width: int, most: int = 400) -> str:
    """A label in at most two lines that fit: before a bracket where there is one, else in halves; what is over is cut."""
    fit = (_label_width(width, most) - 8) // 12
    if len(label) <= fit:
        return label
    bracket = label.find("（")
    at = bracket if 0 < bracket <= fit else min((len(label) + 1) // 2, fit)
    rest = label[at:] if len(label) - at <= fit else label[at : at + fit - 1] + "…"
    return label[:at] + LINE_BREAK + rest


def _percent_axis() -> alt.Axis:
    return alt.Axis(format="%", tickCount=5, domain=False, ticks=False, labelFontSize=11, gridColor=RULE)


def _legend(width: int) -> alt.Legend:
    return alt.Legend(
        orient="top", columns=3 if width == NARROW else 6, symbolType="square", labelFontSize=12, offset=10
    )


def _drawn(draw: Any, says: str) -> Chart:
    return Chart(_svg(draw(WIDE), says), _svg(draw(MIDDLE), says), _svg(draw(NARROW), says), says)


def _svg(chart: alt.TopLevelMixin, says: str) -> str:
    import vl_convert

    _register_fonts()
    styled = chart.configure(font=FONT, background="transparent", padding=2).configure_view(stroke=None)
    styled = styled.configure_axis(labelColor=INK, titleColor=INK).configure_text(color=INK)
    styled = styled.configure_legend(labelColor=INK).configure_header(labelColor=INK)
    drawn = str(vl_convert.vegalite_to_svg(styled.to_dict()))
    drawn = re.sub(r'\s+xmlns(:xlink)?="[^"]*"', "", drawn)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{says}" ', 1)


@cache
def _register_fonts() -> None:
    """Lets the converter measure Chinese text; the page itself asks the browser for its own fonts."""
    import pylopdf_fonts_zh_cn
    import vl_convert

    vl_convert.register_font_directory(str(Path(pylopdf_fonts_zh_cn.__file__).parent))
