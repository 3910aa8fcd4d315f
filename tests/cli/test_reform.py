"""`yibao reform` at the terminal.

carries_out: BEN-01
"""

import json

import pytest
from typer.testing import CliRunner

from yibao.cli.main import app

SMALL = ["reform", "--area", "140100", "--people", "800", "--seed", "4"]
RAISED = "benefits.hospital.rate.first_rate=70%"


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*SMALL, *words])
    assert result.exit_code == code, result.output
    return result.output


def test_the_table_says_what_changed_that_it_is_assumed_and_who_bears_what():
    said = run("--change", RAISED)
    for word in (
        "60%",
        "70%",
        "改动，均为假定",
        "生成的人口，不是真实数据",
        "居民基本医保基金",
        "受益／受损",
        "重负担",
        "可支付月数",
    ):
        assert word in said, word


def test_json_has_every_figure_and_adds_up():
    found = json.loads(run("--change", RAISED, "--json"))
    assert found["standing"] == "assumed"
    assert found["changes"][0]["figure"] == "benefits.hospital.rate.first_rate"
    assert [found["changes"][0][side] for side in ("before", "after")] == ["60%", "70%"]
    assert sum(of["difference_fen"] for of in found["funds"]) == 0
    whole = {of["payer"]: of["difference_fen"] for of in found["breakdown"] if of["by"] == "all"}
    for by in ("kind", "institution_class", "category", "county"):
        for payer, difference_fen in whole.items():
            rows = [of for of in found["breakdown"] if of["by"] == by and of["payer"] == payer]
            assert sum(of["difference_fen"] for of in rows) == difference_fen, (by, payer)
    assert whole["basic"] > 0


def test_without_a_change_all_is_zero():
    found = json.loads(run("--json"))
    assert {of["difference_fen"] for of in found["breakdown"]} == {0}
    assert found["reached"]["same"] == 800


def test_every_mistake_is_said_before_anything_is_generated():
    words = ["--change", "benefits.hospitl.rate=1", "--change", "benefits.hospital.rate.first_rate=70"]
    with pytest.raises(Exception, match="hospitl") as failed:
        CliRunner().invoke(app, [*SMALL, *words], catch_exceptions=False)
    assert "比例无法识别" in str(failed.value)


def test_own_claims_are_taken_as_settle_batch_takes_them(tmp_path):
    from pathlib import Path
    from shutil import copy

    examples = Path(__file__).parents[2] / "examples" / "140100" / "batch"
    for name in ("people.csv", "institutions.csv", "claims.csv"):
        copy(examples / name, tmp_path / name)
    ids = [line.split(",")[0] for line in (tmp_path / "people.csv").read_text("utf-8").splitlines()[1:]]
    incomes = tmp_path / "incomes.csv"
    incomes.write_text(
        "人员编号,收入,家庭编号\n" + "".join(f"{one},{at}000,H{at // 2}\n" for at, one in enumerate(ids)),
        "utf-8",
    )
    said = run("--data", str(tmp_path), "--incomes", str(incomes), "--change", RAISED, "--json")
    found = json.loads(said)
    assert found["generated"] is False
    assert found["reached"]["unit"] == "household"
    assert {of["by"] for of in found["breakdown"]} >= {"income_decile"}
    assert found["claims"] == len((tmp_path / "claims.csv").read_text("utf-8").splitlines()) - 1


def test_a_stranger_in_the_incomes_file_stops_the_run(tmp_path):
    incomes = tmp_path / "incomes.csv"
    incomes.write_text("person_id,income\nnobody,100\nP000000001,-5\n", "utf-8")
    said = run("--incomes", str(incomes), code=1)
    assert "no such person" in said and "below zero" in said and "2 处问题" in said


def test_financing_that_follows_income_and_the_adjustment_fund():
    said = run("--linked-income", "29178..31000", "--pooling")
    assert "370 元" in said and "Financing follows income" in said
    assert "调剂金" in said and "娄烦县" in said


def test_files_and_grid_are_written_whole(tmp_path):
    out = tmp_path / "out"
    said = run(
        "--change",
        RAISED,
        "--grid",
        "benefits.hospital.rate.first_rate=60%,70%",
        "--pooling",
        "--out",
        str(out),
    )
    assert "方案网格" in said
    names = {path.name for path in out.iterdir()}
    assert names == {
        "report.html",
        "reform.xlsx",
        "reform.json",
        *(f"{n}.parquet" for n in ("breakdown", "claims", "units", "grid", "pooling")),
    }
    found = json.loads((out / "reform.json").read_text("utf-8"))
    assert found["command"].startswith(
        "yibao reform --area 140100 --year 2023 --people 800 --seed 4 --change"
    )


def test_every_option_that_is_wrong_is_said_at_once():
    words = [
        "--change",
        "benefits.hospitl.rate=1",
        "--grid",
        "rate=1",
        "--response",
        "x=1",
        "--linked-income",
        "5",
    ]
    with pytest.raises(Exception, match="hospitl") as failed:
        CliRunner().invoke(app, [*SMALL, *words], catch_exceptions=False)
    for word in ("全名", "no such kind of visit", "two incomes"):
        assert word in str(failed.value), word


def test_a_rule_file_that_is_no_rule_is_refused(tmp_path):
    path = tmp_path / "rule.py"
    path.write_text("import os\n", "utf-8")
    assert "outside the rule subset" in run("--rule", str(path), code=1)
