"""`yibao year` from end to end on a few people: whole or nothing, the same for the same seed.

carries_out: ORG-02, FND-06
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import typer
from pyarrow import parquet
from typer.testing import CliRunner

from yibao.cli import year as command
from yibao.ledger.books import trial_balance
from yibao.packs.entries import PolicyFailure

REPOSITORY = Path(__file__).parents[2]

app = typer.Typer()
app.command()(command.year)


def run(out: Path, *more: str, people: int = 300):
    arguments = ["--area", "140100", "--year", "2023", "--people", str(people), "--out", str(out), *more]
    return CliRunner().invoke(app, arguments)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("year") / "140100-2023"
    result = run(out, "--seed", "5")
    assert result.exit_code == 0, result.output
    return out, result.output


def test_it_writes_report_workbook_and_six_tables_and_nothing_else(made):
    out, _ = made
    assert {path.name for path in out.iterdir()} == command.OURS - {command.FINDINGS}
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_it_prints_the_key_figures_where_the_report_is_and_how_to_run_a_million(made):
    out, text = made
    for words in ("基金收入", "基金支出", "滚存结余可支付", "待遇依据假定值", str(out / "report.html")):
        assert words in text
    assert "--people 1000000 --seed 5" in text


def test_the_journal_in_the_folder_balances(made):
    journal = parquet.read_table(made[0] / "journal.parquet")
    assert sum(trial_balance(journal)["balance_fen"].to_pylist()) == 0


def test_the_same_seed_gives_the_same_content_and_another_one_does_not(made, tmp_path):
    again, other = tmp_path / "again", tmp_path / "other"
    assert run(again, "--seed", "5").exit_code == 0
    assert run(other, "--seed", "6").exit_code == 0
    for name in command.TABLES:
        first = pl.read_parquet(made[0] / f"{name}.parquet")
        assert first.equals(pl.read_parquet(again / f"{name}.parquet")), name
    assert not pl.read_parquet(made[0] / "claims.parquet").equals(pl.read_parquet(other / "claims.parquet"))


def test_an_earlier_result_is_replaced_whole(tmp_path):
    out = tmp_path / "out"
    assert run(out, "--seed", "1").exit_code == 0
    assert run(out, "--seed", "2").exit_code == 0
    assert "种子 2" in (out / "report.html").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_anything_else_in_it_is_refused_and_kept(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "mine.txt" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_where_a_step_fails(tmp_path, monkeypatch):
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr(command, "_write", fails)
    result = run(tmp_path / "deep" / "out")
    assert result.exit_code == 1
    assert "No space left" in result.output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_after_an_interruption(tmp_path):
    out = tmp_path / "out"
    source = (
        "import typer, os, signal\n"
        "from yibao.cli import year\n"
        "def stopped(*_): os.kill(os.getpid(), signal.SIGINT)\n"
        "year._write = stopped\n"
        "app = typer.Typer(); app.command()(year.year); app()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, "--people", "50", "--out", str(out)],
        capture_output=True,
        check=False,
        env=os.environ,
    )
    assert done.returncode in (130, -signal.SIGINT, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_given_opening_reserve_is_not_called_assumed(tmp_path):
    out = tmp_path / "out"
    result = run(out, "--opening-reserve", "1234567.89", people=50)
    assert result.exit_code == 0
    assert "期初结余为假定值" not in result.output
    assert "--opening-reserve 1234567.89" in (out / "report.html").read_text("utf-8")


def test_an_amount_that_is_none_is_refused_in_words(tmp_path):
    result = run(tmp_path / "out", "--opening-reserve", "a lot")
    assert result.exit_code == 1
    assert "金额无法识别" in result.output


def test_a_year_without_policy_says_so_and_leaves_nothing(tmp_path):
    result = CliRunner().invoke(app, ["--year", "2030", "--people", "20", "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, PolicyFailure)
    assert list(tmp_path.iterdir()) == []


def write_data(folder: Path, *, paid_on: str = "2022-10-01") -> None:
    folder.mkdir()
    (folder / "people.csv").write_text(
        f"人员编号,出生日期,性别,县区代码,登记日,缴费日\nA1,1960-02-03,男,140105,2022-10-01,{paid_on}\n",
        "utf-8",
    )
    (folder / "institutions.csv").write_text(
        "机构代码,机构名称,机构类别,县区代码\nH1,县医院,second_rate_county,140105\n", "utf-8"
    )
    (folder / "claims.csv").write_text(
        "结算编号,人员编号,机构代码,医疗类别,就医日期,结算时间,全自费,超限价自付,先行自付,政策范围内甲类,政策范围内乙类\n"
        "C1,A1,H1,住院,2023-03-01,2023-03-01 10:00:00,100,0,0,5000,0\n",
        "utf-8",
    )


def test_a_users_own_data_is_run_and_not_called_generated(tmp_path):
    write_data(tmp_path / "data")
    result = run(tmp_path / "out", "--data", str(tmp_path / "data"))
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "由用户提供的数据" in page
    assert "校准" not in page
    settled = pl.read_parquet(tmp_path / "out" / "settlements.parquet").row(0, named=True)
    assert settled["basic_fen"] == 345_000  # (5,000 − 400) × 75 %


def test_faulty_data_is_not_run_and_every_fault_is_in_a_file_beside(tmp_path):
    write_data(tmp_path / "data", paid_on="yesterday")
    result = run(tmp_path / "out", "--data", str(tmp_path / "data"))
    assert result.exit_code == 1
    assert not (tmp_path / "out").exists()
    assert "yesterday" in (tmp_path / "out-findings.csv").read_text("utf-8-sig")


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    result = run(tmp_path / "out", "--data", str(tmp_path / "data"))
    assert result.exit_code == 1
    assert "institutions.csv" in result.output


def test_the_tables_of_a_run_are_data_for_another(made, tmp_path):
    again = tmp_path / "again"
    result = run(again, "--data", str(made[0]))
    assert result.exit_code == 0, result.output
    settled = pl.read_parquet(again / "settlements.parquet")
    assert settled.equals(pl.read_parquet(made[0] / "settlements.parquet"))


def test_tables_of_different_runs_are_refused(made, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for name in ("institutions", "claims"):
        (data / f"{name}.parquet").write_bytes((made[0] / f"{name}.parquet").read_bytes())
    parquet.write_table(parquet.read_table(made[0] / "people.parquet").slice(0, 3), data / "people.parquet")
    result = run(tmp_path / "out", "--data", str(data))
    assert result.exit_code == 1
    assert "同一次运行" in result.output
    assert not (tmp_path / "out").exists()


def test_people_with_days_of_cover_but_no_day_of_payment_are_not_run_as_uncovered(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(REPOSITORY / "examples" / "140100" / "batch", data)
    for left in data.glob("claims-*.csv"):
        left.unlink()
    result = run(tmp_path / "out", "--data", str(data))
    assert result.exit_code == 1
    assert "paid_on" in result.output
    assert not (tmp_path / "out").exists()
