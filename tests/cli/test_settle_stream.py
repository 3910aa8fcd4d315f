"""`yibao settle-stream`: files of coded claims by several processes, begun, mended, gone on with, put in order."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from tests.engine.hostile import hostile_claims, periods_of, taiyuan_periods
from typer.testing import CliRunner, Result

from yibao.cli.settle_stream import settle_stream
from yibao.engine.batch import settle_table
from yibao.engine.settler import PAID
from yibao.packs.policies import policies

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(settle_stream)


def run(*words: object, area: str = "140100") -> Result:
    return CliRunner().invoke(app, [str(word) for word in (*words, "--area", area, "--processes", 2)])


def save(path: Path, table: pa.Table) -> Path:
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table, path, row_group_size=500)
    return path


def halves(claims: pa.Table) -> tuple[pa.Table, pa.Table]:
    person = claims.column("person").to_numpy()
    cut = int(np.searchsorted(person, person[len(person) // 2]))
    return claims[:cut], claims[cut:]


@pytest.fixture
def claims() -> pa.Table:
    return hostile_claims(400, 31)


def summary(out: Path) -> dict:
    return json.loads((out / "summary.json").read_text("utf-8"))


@pytest.mark.slow
def test_a_bad_file_is_mended_and_the_rest_is_not_done_again(tmp_path, claims):
    first, second = halves(claims)
    slot = second.column("slot").to_numpy().copy()
    slot[[4, 600]] = 9
    bad = second.set_column(second.column_names.index("slot"), "slot", pa.array(slot))
    save(tmp_path / "in" / "a.parquet", first)
    save(tmp_path / "in" / "b.parquet", bad)
    out = tmp_path / "out"
    begun = run(tmp_path / "in", "--out", out)
    assert begun.exit_code == 1, begun.output
    rows = list(csv.DictReader((out / "findings.csv").open(encoding="utf-8-sig")))
    assert [(r["file"], r["row"], r["column"], r["value"]) for r in rows] == [
        ("b.parquet", "5", "slot", "9"),
        ("b.parquet", "601", "slot", "9"),
    ]
    assert summary(out)["files"] == ["a.parquet"]
    assert not (out / "b.parquet").exists()
    made = (out / "a.parquet").stat().st_mtime_ns

    save(tmp_path / "in" / "b.parquet", second)
    (out / ".b.parquet.partial-1").write_text("a process was killed here")
    ended = run(tmp_path / "in", "--out", out)
    assert ended.exit_code == 0, ended.output
    assert "1 个文件上次已结完" in ended.output
    assert (out / "a.parquet").stat().st_mtime_ns == made
    assert sorted(path.name for path in out.iterdir()) == [
        ".lock",
        "a.parquet",
        "b.parquet",
        "summary.json",
    ]
    expected = settle_table(taiyuan_periods(), claims)
    settled = pa.concat_tables(pq.read_table(out / name) for name in ("a.parquet", "b.parquet"))
    assert settled.select(["refusal", *PAID]).equals(expected.select(["refusal", *PAID]))
    told = summary(out)
    assert told["claims"] == claims.num_rows
    assert {name: told[name] for name in PAID} == {n: expected.column(n).to_numpy().sum() for n in PAID}
    assert told["total_fen"] == sum(told[name] for name in PAID)
    assert sum(told["refused"].values()) == (expected.column("refusal").to_numpy() != 0).sum()
    assert any(entry["standing"] == "assumed" for entry in told["not_official"])
    assert "假定值" in ended.output


@pytest.mark.slow
def test_files_in_no_order_are_put_in_order_not_refused(tmp_path, claims):
    numbered = claims.append_column("settled_at", pa.array(np.arange(claims.num_rows)))
    order = np.random.default_rng(3).permutation(claims.num_rows)
    files = [
        save(tmp_path / "in" / "a.parquet", numbered.take(order[:900])),
        save(tmp_path / "in" / "b.parquet", numbered.take(order[900:])),
    ]
    apart = pa.array(claims.column("person").to_numpy() + np.int32(10_000))
    files.append(save(tmp_path / "in" / "c.parquet", claims.set_column(0, "person", apart)))
    done = run(*files, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "2 个文件不是按整人排好的" in done.output
    expected = settle_table(taiyuan_periods(), claims)
    told = summary(tmp_path / "out")
    assert {n: told[n] for n in PAID} == {n: 2 * expected.column(n).to_numpy().sum() for n in PAID}
    assert "c.parquet" in told["files"]
    assert len(told["files"]) > 1
    assert all(name == "c.parquet" or name.startswith("sorted-") for name in told["files"])
    assert [path.name for path in (tmp_path / "out").iterdir() if path.is_dir()] == []
    [listed] = (tmp_path / "out").glob(".in-order-*.json")
    written = listed.stat().st_mtime_ns
    again = run(*files, "--out", tmp_path / "out")
    assert listed.stat().st_mtime_ns == written, "put in order again"
    assert again.exit_code == 0, again.output
    assert f"{len(told['files'])} 个文件上次已结完" in again.output


@pytest.mark.slow
def test_an_area_of_the_claim_picks_its_terms(tmp_path, claims):
    person = claims.column("person").to_numpy()
    division = np.where(person % 4 == 0, 140100, 220200).astype(np.int32)
    source = save(tmp_path / "in" / "a.parquet", claims.append_column("division", pa.array(division)))
    done = run(source, "--out", tmp_path / "out", "--area", "220200")
    assert done.exit_code == 0, done.output
    settled = pq.read_table(tmp_path / "out" / "a.parquet")
    for code in (140100, 220200):
        own = pa.array(division == code)
        expected = settle_table(periods_of(policies().area(str(code))), claims.filter(own))
        assert settled.filter(own).select(PAID).equals(expected.select(PAID)), code
    one = run(source, "--out", tmp_path / "one")
    assert one.exit_code == 1
    assert "division" in one.output
    assert "不在所给的地区里" in one.output


@pytest.mark.slow
def test_what_is_alike_for_all_claims_is_said_and_a_kernel_made_for_it(tmp_path, claims):
    day = np.full(claims.num_rows, np.datetime64("2023-05-04"), "datetime64[D]")
    alike = claims.set_column(claims.column_names.index("day"), "day", pa.array(day.astype(np.int32)))
    first, second = halves(alike)
    save(tmp_path / "in" / "a.parquet", first.drop_columns(["day", "tier"]))
    save(tmp_path / "in" / "b.parquet", second.drop_columns(["day"]))
    said = ("--fact", "day=2023-05-04", "--fact", "tier=0", "--freeze")
    done = run(tmp_path / "in", "--out", tmp_path / "out", *said)
    assert done.exit_code == 0, done.output
    tier = pa.array(np.zeros(first.num_rows, np.int8))
    first = first.set_column(first.column_names.index("tier"), "tier", tier)
    for name, given in (("a", first), ("b", second)):
        settled = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        assert settled.select(PAID).equals(settle_table(taiyuan_periods(), given).select(PAID))
    assert "2 个文件上次已结完" in run(tmp_path / "in", "--out", tmp_path / "out", *said).output


def test_facts_that_cannot_be_are_refused(tmp_path, claims):
    source = save(tmp_path / "in" / "a.parquet", claims)
    for words, says in [
        (["--fact", "colour=3"], "colour=3：没有这一列"),
        (["--fact", "kind=0", "--fact", "kind=1"], "kind=1：没有这一列，或写了两次"),
        (["--fact", "kind=stay"], "kind=整数"),
        (["--fact", "slot=9", "--fact", "month=12"], "month=12：应在 0 与 11 之间"),
        (["--fact", "day=2023-02-30"], "day=整数"),
        (["--freeze", "--engine", "spark://nobody:7077"], "只用于单机"),
    ]:
        refused = run(source, "--out", tmp_path / "new", *words)
        assert refused.exit_code == 1, refused.output
        assert says in refused.output
        assert not (tmp_path / "new").exists()


def test_folders_and_names_that_cannot_be_are_refused(tmp_path, claims):
    source = save(tmp_path / "in" / "a.parquet", claims)
    twin = save(tmp_path / "other" / "a.parquet", claims)
    stranger = tmp_path / "out" / "notes.txt"
    stranger.parent.mkdir()
    stranger.write_text("kept")
    for words, says in [
        ([source, twin, "--out", tmp_path / "new"], "有同名的文件：a"),
        ([tmp_path / "no.parquet", "--out", tmp_path / "new"], "没有 Parquet 文件"),
        ([source, "--out", stranger.parent], "out 里有别的文件：notes.txt"),
        ([source, "--out", source.parent], "文件所在的文件夹"),
        ([source, "--out", source], "不是文件夹"),
        ([source, "--out", tmp_path / "new", "--area", "220200"], "给了几个地区"),
    ]:
        refused = run(*words)
        assert refused.exit_code == 1, refused.output
        assert says in refused.output
    assert stranger.read_text() == "kept"
    save(tmp_path / "results" / "a.parquet", claims)  # somebody's file where the result would go
    kept = run(source, "--out", tmp_path / "results")
    assert "results 里有别的文件：a.parquet" in kept.output
