"""The report of a reform: every figure on the page and beside it, what is assumed said, nobody named.

carries_out: BEN-01, FIN-10
"""

import json
import re
from dataclasses import replace

import polars as pl
import pytest

from yibao.packs.change_text import read_changes
from yibao.packs.policies import policies
from yibao.reports.reform_files import FILES, PAGE, write_reform
from yibao.reports.reform_html import reform_html
from yibao.reports.reform_report import ReformReport, Reproduction, breakdowns, fund_rows, layer_rows, signed
from yibao.reports.year_words import wan
from yibao.simulate.reform import generated, reform
from yibao.simulate.reform_grid import axes_of, grid
from yibao.simulate.reform_pooling import county_accounts, pooled
from yibao.simulate.reform_response import response_of

CHANGES = ["benefits.hospital.rate.first_rate=75%", "financing.subsidy.standard=670 元"]
AXES = ["benefits.hospital.rate.first_rate=60%,75%", "benefits.catastrophic.deductible=8000 元,1 万元"]


@pytest.fixture(scope="module")
def report() -> ReformReport:
    area = policies().area("140100")
    read = read_changes(area, CHANGES)
    data = generated(area, 2023, people=1_500, seed=3)
    found = reform(area, 2023, data, read, response=response_of("hospital=-0.1"))
    axes = axes_of(AXES)
    cells = grid(found, axes, read).cells
    words = Reproduction("yibao reform --seed 3", 3, "0", "", "a" * 16, "b" * 16)
    sides = tuple(pooled(area, county_accounts(side), side) for side in (found.before, found.after))
    return ReformReport(found, words, ("太原市", "Taiyuan"), cells, tuple(axis.name for axis in axes), sides)


@pytest.fixture(scope="module")
def page(report) -> str:
    return reform_html(report, FILES)


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    found = tmp_path_factory.mktemp("reform")
    write_reform(report, found)
    return found


def test_the_page_says_what_changed_and_that_it_is_assumed(page):
    for word in (
        "60%",
        "75%",
        "640 元",
        "670 元",
        "假定",
        "不是真实数据",
        "就医反应是假定的",
        "阳曲县、娄烦县",
        "期初结余",
    ):
        assert word in page, word


def test_the_page_has_every_fund_payer_and_breakdown(report, page):
    for of in (*fund_rows(report.reform), *layer_rows(report.reform)):
        if of.before_fen or of.after_fen:
            assert wan(of.after_fen) in page and signed(of.difference_fen) in page
    for rows in breakdowns(report.reform).values():
        assert all(row.words[0] in page for row in rows)
    for name in FILES:
        assert f'href="{name}"' in page


def test_the_page_asks_for_nothing_outside_and_names_nobody(report, page):
    assert re.findall(r"(?:src|href)=[\"'](?:https?:)?//", page) == []
    assert "<script" not in page and "@import" not in page
    assert report.reform.data.people["person_id"][0].as_py() not in page


def test_a_chart_is_there_for_the_grid_and_each_breakdown(page):
    assert page.count("<figure") >= 5
    assert "横轴 住院待遇" in page and "纵轴 大病保险" in page


def test_the_files_hold_the_figures_of_the_page(report, folder):
    assert {path.name for path in folder.iterdir()} == {PAGE, *FILES}
    whole = pl.read_parquet(folder / "breakdown.parquet")
    assert whole.equals(report.reform.breakdown)
    claims = pl.read_parquet(folder / "claims.parquet")
    for of, payer in zip(layer_rows(report.reform), report.reform.by("all")["payer"], strict=True):
        if payer != "bill":
            assert claims[f"{payer}_after_fen"].sum() == of.after_fen
            assert claims[f"{payer}_before_fen"].sum() == of.before_fen
    units = pl.read_parquet(folder / "units.parquet")
    assert units["person_id"].to_list() == report.reform.data.people["person_id"].to_pylist()
    assert units["difference_fen"].sum() == report.reform.reached.units["difference_fen"].sum()
    assert pl.read_parquet(folder / "grid.parquet").height == 4
    found = json.loads((folder / "reform.json").read_text("utf-8"))
    assert found["standing"] == "assumed" and len(found["grid"]) == 4
    assert found["response"]["elasticity"] == {"HOSPITAL": -0.1}


def test_the_adjustment_fund_is_on_the_page_and_in_its_file(report, page, folder):
    today, after = report.pooled
    assert 'id="pooling"' in page and after.entry.id in page
    kept = pl.read_parquet(folder / "pooling.parquet")
    assert kept.filter(pl.col("side") == "after").drop("side").equals(after.rows)
    assert kept.height == today.rows.height + after.rows.height


def test_the_workbook_has_the_differences_in_yuan(report, folder):
    found = pl.read_excel(folder / "reform.xlsx", sheet_name="谁多付谁少付", has_header=False)
    cells = {str(value) for column in found.iter_columns() for value in column}
    for of in fund_rows(report.reform):
        if of.difference_fen:
            assert any(str(of.difference_fen / 100) in cell for cell in cells), of


def test_without_a_change_the_page_says_so(report):
    area = report.reform.area
    nothing = reform(area, 2023, report.reform.data)
    page = reform_html(replace(report, reform=nothing, grid=None, grid_axes=(), pooled=None), {})
    assert "没有改动" in page and "没有考虑就医反应" in page
    assert 'class="delta up"' not in page and 'class="delta down"' not in page
