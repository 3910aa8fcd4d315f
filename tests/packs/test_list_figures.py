"""The benefit list, figure by figure: each is compared with an area or said why not, on every day; and how far areas have come.

carries_out: LST-01, LST-05
"""

import json
from datetime import date, timedelta

import pytest
from tests.packs.test_check import own_copy
from typer.testing import CliRunner

from yibao.cli.main import app
from yibao.packs.check import check
from yibao.packs.list_figures import State, figure_checks, unaccounted
from yibao.packs.list_progress import pooling_areas, progress
from yibao.packs.policies import policies, policies_folder
from yibao.packs.spans import promised_days
from yibao.policy_list.terms import Deviation

BENEFITS = "140100_taiyuan/benefits.yaml"
ASSISTANCE = "140100_taiyuan/assistance.yaml"
LIST = "000000_national/policy_list.yaml"
SCHEMES = "  label: 制度框架\n  2022-01-01:\n    last_day: 2023-12-31\n    cite: 并医保发〔2022〕27号 四\n"
OWN = (
    "  label: 制度框架\n  2022-01-01:\n    basic: [城乡居民基本医疗保险]\n    supplementary: [{}]\n"
    "    assistance: [资助参保, 医疗费用救助]\n    last_day: 2023-12-31\n    cite: 并医保发〔2022〕27号 四\n"
    "    quote: 统筹做好资金并转和待遇衔接\n"
)


def states(folder, figure: str, key: str = "") -> set[State]:
    area = policies(folder).area("140100")
    return {of.state for of in figure_checks(area) if of.figure == figure and (not key or of.rule.key == key)}


def test_every_figure_of_the_list_is_accounted_for(tmp_path):
    assert unaccounted(policies()) == []
    folder = own_copy(tmp_path, LIST, "    cap_lifted: true\n", "    cap_lifted: true\n    waiting: 3\n")
    assert [found.value for found in unaccounted(policies(folder))] == ["waiting"]
    assert any("没有核对办法" in found.message for found in check(policies(folder)).errors)


def test_every_figure_says_something_on_every_promised_day():
    for area in pooling_areas(policies()):
        first_day, last_day = promised_days(area)
        checks = figure_checks(area)
        figures = {(of.rule.key, of.figure) for of in checks}
        day = first_day
        while day <= last_day:
            held = {(of.rule.key, of.figure) for of in checks if of.first_day <= day <= of.last_day}
            assert held == figures, f"{area.code} {day}"
            day += timedelta(days=7)


@pytest.mark.parametrize(
    ("file", "old", "new", "figure", "said"),
    [
        (BENEFITS, "    deductible: 10000 元\n", "    deductible: 13715 元\n", "at_most", None),
        (BENEFITS, "    deductible: 10000 元\n", "    deductible: 13715.01 元\n", "at_most", "高于居民人均可支配收入的 50%"),
        (BENEFITS, "    rate: 75%\n", "    rate: 60%\n", "at_least", None),
        (BENEFITS, "    rate: 75%\n", "    rate: 59.99%\n", "at_least", "大病保险比例低于清单的 60%"),
        (BENEFITS, "    annual_cap: 不设\n", "    annual_cap: 500000 元\n", "cap_lifted", "倾斜支付没有取消封顶"),
        (ASSISTANCE, "    deductible: 2743 元\n    rate: 60%", "    deductible: 4118 元\n    rate: 60%", "subsistence_margin_about", "清单为 10% 左右"),
        (ASSISTANCE, "    deductible: 2743 元\n    rate: 60%", "    deductible: 4114 元\n    rate: 60%", "subsistence_margin_about", None),
    ],
)  # fmt: skip
def test_a_deviation_is_named_just_past_the_line(tmp_path, file, old, new, figure, said):
    found = policies(own_copy(tmp_path, file, old, new)).area("140100")
    named = [of for of in figure_checks(found) if of.figure == figure and of.state == State.DEVIATES]
    assert [said in of.reason for of in named] == ([True] * len(named) if said else [])
    assert bool(named) == (said is not None)


def test_what_is_assumed_in_the_list_is_a_hint_and_what_is_missing_is_said(tmp_path):
    assert State.HINT in states(policies_folder(), "at_least", "outpatient_rate_floor")
    assert states(policies_folder(), "basic") == {State.NOT_ON_FILE}
    assert states(policies_folder(), "about") == {State.NOT_CHECKABLE}
    assert states(policies_folder(), "by") == {State.NOT_DUE, State.NOT_ON_FILE}
    assert states(policies_folder(), "about_times") == {State.SHOWN}


@pytest.mark.parametrize(
    ("scheme", "framework", "cleared"),
    [("城乡居民大病保险", State.AGREES, True), ("市级补充医疗保险", State.DEVIATES, False)],
)
def test_a_scheme_of_ones_own_is_off_the_list_and_holds_up_the_progress(tmp_path, scheme, framework, cleared):
    folder = own_copy(tmp_path, "140100_taiyuan/policy_list.yaml", SCHEMES, OWN.format(scheme))
    whole = progress(policies(folder), date(2023, 12, 31))
    (area,) = [of for of in whole.areas if of.area.code == "140100"]
    assert (area.framework, area.is_cleared) == (framework, cleared)
    assert (area.scorecard.framework_points > 0) == cleared
    named = {of.found for of in area.checks if of.deviation == Deviation.OFF_LIST}
    assert named == (set() if cleared else {scheme})


def test_an_area_that_overrides_the_list_is_still_measured_by_it(tmp_path):
    own = "catastrophic_rate_floor:\n  label: 下限\n  2022-01-01:\n    at_least: 50%\n    source: 本地\n    standing: official\n"
    folder = own_copy(tmp_path, BENEFITS, "    rate: 75%\n", "    rate: 55%\n")
    path = folder / "140100_taiyuan" / "policy_list.yaml"
    path.write_text(path.read_text("utf-8") + "\n" + own, "utf-8")
    assert State.DEVIATES in states(folder, "at_least", "catastrophic_rate_floor")


def test_list_check_prints_each_area_and_the_progress():
    result = CliRunner().invoke(app, ["policy", "list-check", "140100", "--day", "2023-06-30", "--json"])
    facts = json.loads(result.output)
    (area,) = facts["by_area"]
    assert facts["progress"]["due"] == 1
    assert area["framework"] == "not_on_file"
    assert {row["state"] for row in area["figures"]} == {str(state) for state in State} - {
        "deviates",
        "not_due",
    }
    shown = CliRunner().invoke(app, ["policy", "list-check"])
    assert "个统筹地区：制度框架统一" in shown.output.replace("\n", "")
    assert CliRunner().invoke(app, ["policy", "list-check", "140122"]).exit_code == 2
