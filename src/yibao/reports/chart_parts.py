"""What charts of all reports share: widths, colours, labels that break, and the SVG that stands inside a page.

Each chart is drawn for a desk, a tablet and a telephone, because text in a scaled picture shrinks with it. Nothing is
fetched, and the browser lays the text out.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt

from yibao.reports.year_tables import LAYERS, Words

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
"""The colour of each payer, whichever of them a chart shows."""
TEN_THOUSAND_YUAN = 1_000_000
LINE_BREAK = "¦"


class Chart(NamedTuple):
    """One chart in three widths, and what it shows in words for those who do not see it."""

    wide: str
    middle: str
    narrow: str
    says: str


def wan_number(amount_fen: int) -> float:
    """Fen as ten thousand yuan, as a chart takes it."""
    return amount_fen / TEN_THOUSAND_YUAN


def data(rows: list[dict[str, Any]]) -> alt.InlineData:
    """Rows as a chart's data."""
    return alt.InlineData(values=rows)


def label_width(width: int, most: int) -> int:
    """The room that labels at the left take in a chart of a width."""
    return min(most, {WIDE: 300, MIDDLE: 210, NARROW: 118}[width])


def plot_width(width: int, most: int = 400) -> int:
    """What a chart of a width has left beside its labels."""
    return width - label_width(width, most) - 14


def labels(width: int, most: int = 400) -> alt.Axis:
    """The axis of names at the left, in lines that fit."""
    room = label_width(width, most)
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


def broken(label: str, width: int, most: int = 400) -> str:
    """A label in at most two lines that fit: before a bracket where there is one, else in halves; what is over is cut."""
    fit = (label_width(width, most) - 8) // 12
    if len(label) <= fit:
        return label
    bracket = label.find("（")
    at = bracket if 0 < bracket <= fit else min((len(label) + 1) // 2, fit)
    rest = label[at:] if len(label) - at <= fit else label[at : at + fit - 1] + "…"
    return label[:at] + LINE_BREAK + rest


def percent_axis() -> alt.Axis:
    """An axis of shares."""
    return alt.Axis(format="%", tickCount=5, domain=False, ticks=False, labelFontSize=11, gridColor=RULE)


def legend(width: int) -> alt.Legend:
    """The legend above a chart."""
    return alt.Legend(
        orient="top", columns=3 if width == NARROW else 6, symbolType="square", labelFontSize=12, offset=10
    )


def drawn(draw: Any, says: str) -> Chart:
    """A chart in three widths; `draw` makes it for one."""
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
