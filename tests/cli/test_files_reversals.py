"""Reversals in a claims file: settled with the sign turned, later claims adjusted, equal to the scalar path.

carries_out: BEN-13
"""

import csv
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from tests.cli.test_settle_batch import BATCH, PAYERS, results, save, settle, table
from typer.testing import CliRunner

from yibao.cli import year as year_command
from yibao.engine import year as engine
from yibao.engine.terms import NOTHING_YET, Claim, Payers, ReversalParams
from yibao.files import settling
from yibao.files.claims import read_claims
from yibao.files.institutions import institutions_by_class, read_institutions
from yibao.files.people import read_people
from yibao.kernel.days import day_of
from yibao.packs.policies import policies
from yibao.packs.settlement import settlement_terms
from yibao.simulate.facts import claim_facts

EXAMPLE = BATCH / "claims-with-reversal.csv"
EARLIER_TOO = ReversalParams(allows_earlier=1)


def adjustments(out: Path) -> list[tuple[str, str, str, str, str]]:
    if not (out / "adjustments.csv").exists():
        return []
    rows = csv.DictReader((out / "adjustments.csv").open(encoding="utf-8-sig"))
    return [tuple(row.values()) for row in rows]


def test_the_example_comes_to_the_fen_reckoned_by_hand(tmp_path):
    """First-rate hospital 2023: deductible 1,000, then 500 for the second stay; 60 %. Reversing R0001 makes R0002 the first.

    R0001 (5,000 − 1,000) × 60 % = 2,400; R0002 (6,000 − 500) × 60 % = 3,300, as the first stay (6,000 − 1,000) × 60 % =
    3,000: 300 due. R0004, the second stay that stands: (4,000 − 500) × 60 % = 2,100. On the subsistence allowance, county
    hospital: deductible 400, then 200; 75 %, then assistance 70 %. R0006 (3,600 − 200) × 75 % = 2,550 and 1,050 × 70 % =
    735; as the first stay (3,600 − 400) × 75 % = 2,400 and 1,200 × 70 % = 840: 150 due of basic, 105 payable of assistance.
    """
    done = settle(tmp_path / "out", claims=EXAMPLE)
    assert done.exit_code == 0, done.output
    found = results(tmp_path / "out")
    assert found.select("claim_id", "reverses", "basic_fen", "assistance_fen", "person_fen").rows() == [
        ("R0001", None, 240_000, 0, 305_000),
        ("R0002", None, 330_000, 0, 291_000),
        ("R0003", "R0001", -240_000, 0, -305_000),
        ("R0004", None, 210_000, 0, 190_000),
        ("R0005", None, 456_000, 134_400, 69_600),
        ("R0006", None, 255_000, 73_500, 31_500),
        ("R0007", "R0005", -456_000, -134_400, -69_600),
    ]
    turned = found.filter(claim_id="R0003").row(0, named=True)
    assert [turned[f"{name}_fen"] for name in ("total", "own_expense", "in_scope")] == [
        -545_000,
        -30_000,
        -500_000,
    ]
    assert adjustments(tmp_path / "out") == [
        ("R0002", "G0001", "基本医保", "-300.00", "应向个人收回"),
        ("R0006", "G0002", "基本医保", "-150.00", "应向个人收回"),
        ("R0006", "G0002", "医疗救助", "105.00", "应付给个人"),
    ]
    assert pl.read_parquet(tmp_path / "out" / "adjustments.parquet").rows() == [
        ("R0002", "G0001", "BASIC", -30_000),
        ("R0006", "G0002", "BASIC", -15_000),
        ("R0006", "G0002", "ASSISTANCE", 10_500),
    ]


def test_the_summary_says_how_many_and_how_much(tmp_path):
    said = settle(tmp_path / "out", claims=EXAMPLE).output
    assert "其中冲销 2 笔，医疗费总额 12,050.00 元" in said
    assert "补差 3 项" in said
    assert "应付给个人 105.00 元" in said and "应向个人收回 450.00 元" in said
    assert "000000 benefits.reversal 2022-01-01" in said  # an assumed entry that only reversals rest on
    assert "benefits.reversal" not in settle(tmp_path / "plain").output


def test_the_files_for_people_name_what_is_reversed(tmp_path):
    settle(tmp_path / "out", claims=EXAMPLE)
    for read in (
        pl.read_csv(tmp_path / "out" / "settlements.csv", infer_schema=False),
        pl.read_excel(tmp_path / "out" / "settlements.xlsx", infer_schema_length=None),
    ):
        row = read.row(2, named=True)
        assert row["冲销结算号"] == "R0001"
        assert float(row["基本医保支付"]) == -2400


def test_files_without_adjustments_take_old_ones_away(tmp_path):
    settle(tmp_path / "out", claims=EXAMPLE)
    settle(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "findings.csv",
        "settlements.csv",
        "settlements.parquet",
        "settlements.xlsx",
    }


def replayed(path: Path) -> tuple[dict[str, Payers], list[tuple[str, int, int]]]:
    """The same file claim by claim on the scalar path: payers of every record, and the adjustments."""
    area = policies().area("140100")
    listed, _ = read_institutions(BATCH / "institutions.csv", area)
    known = pa.concat_tables([listed, institutions_by_class(area)]).unify_dictionaries()
    people, _ = read_people(BATCH / "people.csv", area, listed)
    read, _ = read_claims(path, area, people, known)
    years: dict[int, engine.Year] = {}
    first = read.column("served_on")[0].as_py().replace(month=1, day=1)

    def terms_of(day: int):
        return settlement_terms(area, day_of(day)).params

    terms = [settlement_terms(area, first)]
    facts = claim_facts(terms, people, known, settling._enrolled(area, people, read), read, first_day=first)
    for row in facts.to_pylist():
        before = years.get(row["person"], engine.opened(NOTHING_YET))
        if row["reverses"]:
            after = engine.reverse(
                EARLIER_TOO, terms_of, before, row["reverses"], reversal_id=row["claim_id"]
            )
        else:
            filed = engine.Filed(row["claim_id"], Claim(**{name: row[name] for name in Claim._fields}))
            after = engine.settle(terms_of, before, filed)
        years[row["person"]] = after
    payers = {p.claim_id: p.payers for year in years.values() for p in year.postings}
    adjusted = [
        (a.claim_id, int(a.payer), a.difference_fen) for year in years.values() for a in year.adjustments
    ]
    return payers, adjusted


def with_reversals_of(rows: list[list[str]], reversed_ids: list[str]) -> list[list[str]]:
    """The table of claims, and at its end a reversal of each of these, without a moment of its own."""
    whose = {row[0]: row[1] for row in rows[1:]}
    names = rows[0]
    added = []
    for claim_id in reversed_ids:
        cells = dict.fromkeys(names, "") | {"结算号": f"X-{claim_id}", "人员编号": whose[claim_id]}
        added.append([*cells.values(), claim_id])
    return [[*names, "冲销结算号"], *([*row, ""] for row in rows[1:]), *added]


ORDERS = [["B0001"], ["B0003", "B0004"], ["B0002", "B0001"], ["B0005", "B0001", "B0003", "B0002"]]


@pytest.mark.parametrize("reversed_ids", ["example", *ORDERS])
def test_it_equals_the_scalar_path_of_a_year(tmp_path, reversed_ids):
    path = EXAMPLE
    if reversed_ids != "example":
        path = save(tmp_path / "c.csv", with_reversals_of(table(BATCH / "claims.csv"), reversed_ids))
    done = settle(tmp_path / "out", claims=path)
    assert done.exit_code == 0, done.output
    payers, adjusted = replayed(path)
    found = {row[0]: Payers(*row[1:]) for row in results(tmp_path / "out").select("claim_id", *PAYERS).rows()}
    assert found == payers
    written = tmp_path / "out" / "adjustments.parquet"
    rows = pl.read_parquet(written).rows() if written.exists() else []
    assert sorted((row[0], int(engine.Payer[row[2]]), row[3]) for row in rows) == sorted(adjusted)


@pytest.mark.parametrize("form", ["parquet", "xlsx"])
def test_typed_files_with_empty_cells_settle_to_the_same_fen(tmp_path, form):
    frame = pl.read_csv(EXAMPLE, infer_schema=False)
    days = [pl.col("就医日期").str.to_date(), pl.col("结算时间").str.to_datetime()]
    money = pl.col(frame.columns[9:15]).cast(pl.Float64)
    path = tmp_path / f"c.{form}"
    if form == "parquet":
        fen = (money * 100).round().cast(pl.Int64)
        frame = frame.with_columns(fen, *days)
        frame.rename({name: f"{name}分" for name in frame.columns[9:15]}).write_parquet(path)
    else:
        frame.with_columns(money, *days).write_excel(path)
    done = settle(tmp_path / "out", claims=path)
    assert done.exit_code == 0, done.output
    settle(tmp_path / "plain", claims=EXAMPLE)
    assert results(tmp_path / "out").equals(results(tmp_path / "plain"))
    assert adjustments(tmp_path / "out") == adjustments(tmp_path / "plain")


def test_people_without_reversals_are_settled_as_ever(tmp_path):
    rows = with_reversals_of(table(BATCH / "claims.csv"), ["B0001"])
    settle(tmp_path / "out", claims=save(tmp_path / "c.csv", rows))
    settle(tmp_path / "plain")
    others = pl.col("person_id") != "G0001"
    assert results(tmp_path / "out").filter(others).equals(results(tmp_path / "plain").filter(others))


def test_people_are_cut_between_and_put_back_in_the_order_of_the_file(tmp_path, monkeypatch):
    settle(tmp_path / "plain", claims=EXAMPLE)
    monkeypatch.setattr(settling, "AT_ONCE", 1)
    settle(tmp_path / "out", claims=EXAMPLE)
    assert results(tmp_path / "out").equals(results(tmp_path / "plain"))
    assert adjustments(tmp_path / "out") == adjustments(tmp_path / "plain") != []


def test_a_year_of_ones_own_data_settles_the_same(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    people = table(BATCH / "people.csv")
    head = [*people[0][:7], "缴费日", "登记日"]
    save(data / "people.csv", [head, *([*row[:7], "2022-10-08", "2022-10-08"] for row in people[1:])])
    (data / "institutions.csv").write_bytes((BATCH / "institutions.csv").read_bytes())
    (data / "claims.csv").write_bytes(EXAMPLE.read_bytes())
    out = tmp_path / "year"
    done = run_year(data, out)
    assert done.exit_code == 0, done.output
    settle(tmp_path / "out", claims=EXAMPLE)
    assert (
        pl.read_parquet(out / "settlements.parquet")
        .select("claim_id", *PAYERS)
        .sort("claim_id")
        .equals(results(tmp_path / "out").select("claim_id", *PAYERS))
    )
    wrong = (data / "claims.csv").read_text("utf-8").replace(",R0005\n", ",R0009\n")
    (data / "claims.csv").write_text(wrong, "utf-8")
    assert run_year(data, tmp_path / "none").exit_code == 1
    assert "R0009" in (tmp_path / "none-findings.csv").read_text("utf-8-sig")
    tables = pl.read_parquet(out / "claims.parquet")
    for name in ("people", "institutions"):
        (out / f"{name}.parquet").rename(data / f"{name}.parquet")
    tables.with_columns(reverses=pl.col("reverses").replace("R0005", "R0009")).write_parquet(
        data / "claims.parquet"
    )
    done = run_year(data, tmp_path / "none")
    assert (done.exit_code, "没有可撤销的结算 'R0009'" in done.output) == (1, True)


def run_year(data: Path, out: Path):
    import typer

    app = typer.Typer()
    app.command()(year_command.year)
    return CliRunner().invoke(
        app, ["--area", "140100", "--year", "2023", "--data", str(data), "--out", str(out)]
    )
