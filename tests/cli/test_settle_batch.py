"""`yibao settle-batch` on sound files, on files with bad rows and --skip-bad, and on anything at all."""

import csv
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from yibao.cli.settle_batch import settle_batch
from yibao.engine.terms import Payers
from yibao.files import settled, settling

BATCH = Path(__file__).parents[2] / "examples" / "140100" / "batch"
PAYERS = list(Payers._fields)
FEN = ["total_fen", *PAYERS]

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(settle_batch)


def settle(
    out: Path, *, claims=BATCH / "claims.csv", people=BATCH / "people.csv", options=(), with_file=True
) -> Result:
    words = [claims, "--people", people, "--area", "140100", "--out", out, *options]
    if with_file:
        words += ["--institutions", BATCH / "institutions.csv"]
    return CliRunner().invoke(app, [str(word) for word in words])


def results(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "settlements.parquet")


def findings(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.open(encoding="utf-8-sig")))


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.open(encoding="utf-8-sig")))


def save(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_the_example_settles_in_the_order_of_its_rows(tmp_path):
    done = settle(tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "findings.csv",
        "settlements.csv",
        "settlements.parquet",
        "settlements.xlsx",
    ]
    found = results(tmp_path / "out")
    assert found["claim_id"].to_list() == [row[0] for row in table(BATCH / "claims.csv")[1:]]
    assert found["total_fen"].to_list() == [
        round(float(row[-1]) * 100) for row in table(BATCH / "claims.csv")[1:]
    ]
    assert (found.select(pl.sum_horizontal(PAYERS)).to_series() == found["total_fen"]).all()
    assert findings(tmp_path / "out" / "findings.csv") == []
    assert not found["year_incomplete"].any()


@pytest.mark.parametrize("cover", ["covered_from", "paid_on"])
def test_few_claims_are_settled_sooner_than_a_kernel_is_loaded_and_to_the_same_fen(
    tmp_path, monkeypatch, cover
):
    claims, people = BATCH / "claims-with-reversal.csv", BATCH / "people.csv"
    if cover == "paid_on":
        heads, *rows = table(people)
        dropped = [heads.index(name) for name in ("待遇起始日", "待遇终止日", "等待期末日")]
        kept = [[cell for at, cell in enumerate(row) if at not in dropped] for row in (heads, *rows)]
        paid = ["缴费日", *(["2022-10-10"] * len(rows))]
        people = save(tmp_path / "people.csv", [[*row, day] for row, day in zip(kept, paid, strict=True)])
    words = [str(claims), "--people", str(people), "--area", "140100"]
    words += ["--institutions", str(BATCH / "institutions.csv"), "--out", str(tmp_path / "few")]
    program = (
        "import sys; from yibao.cli.main import app; app(sys.argv[1:], standalone_mode=False); "
        "print('numba' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "settle-batch", *words], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "False"
    monkeypatch.setattr(settling, "FEW", 0)
    assert settle(tmp_path / "many", claims=claims, people=people).exit_code == 0
    for name in ("settlements.csv", "adjustments.csv"):
        assert table(tmp_path / "few" / name) == table(tmp_path / "many" / name)


def test_the_files_for_people_say_what_the_parquet_says(tmp_path):
    settle(tmp_path / "out")
    found = results(tmp_path / "out")
    written = pl.read_csv(tmp_path / "out" / "settlements.csv", infer_schema=False)
    workbook = pl.read_excel(tmp_path / "out" / "settlements.xlsx", infer_schema_length=None)
    assert written.columns == workbook.columns == list(settled.HEADINGS.values())
    for name in FEN:
        heading = settled.HEADINGS[name]
        assert [round(float(yuan) * 100) for yuan in written[heading]] == found[name].to_list()
        assert [round(yuan * 100) for yuan in workbook[heading]] == found[name].to_list()
    refused = written.row(7, named=True)
    assert (refused["不予支付原因"], refused["个人负担"]) == ("就医当日在待遇享受等待期内", "35.00")
    assert found["refusal"][7] == "WAITING_PERIOD"


def test_assumed_figures_are_said_in_words(tmp_path):
    done = settle(tmp_path / "out")
    assert "假定值，无文件依据 (assumed: no document gives it)" in done.output
    assert "140100 benefits.catastrophic 2022-01-01" in done.output
    assert "ASSUMED" in results(tmp_path / "out")["standing"].to_list()


def typed(rows: list[list[str]]) -> list[dict[str, Any]]:
    """The claims of a table as a program would hold them: days, moments and whole fen."""
    from yibao.files.columns import CLAIM_LAYOUT

    names = {column.chinese: column.name for column in CLAIM_LAYOUT.columns}
    found = []
    for row in rows[1:]:
        cells: dict[str, Any] = {}
        for heading, cell in zip(rows[0], row, strict=True):
            name = names[heading]
            if heading in rows[0][9:]:
                cells[f"{name}_fen"] = round(float(cell) * 100)
            elif name == "served_on":
                cells[name] = date.fromisoformat(cell)
            elif name == "settled_at":
                cells[name] = datetime.fromisoformat(cell)
            else:
                cells[name] = cell or None
        found.append(cells)
    return found


def as_excel(path: Path, rows: list[list[str]]) -> Path:
    """The claims as somebody would have them in a workbook: numbers, days and moments as such."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": datetime(2023, 1, 1, tzinfo=UTC)})
        sheet = book.add_worksheet()
        on, at = (
            book.add_format({"num_format": "yyyy/m/d"}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        )
        sheet.write_row(0, 0, rows[0])
        for number, row in enumerate(rows[1:], start=1):
            for place, cell in enumerate(row):
                if place == 5:
                    sheet.write_datetime(number, place, date.fromisoformat(cell), on)
                elif place == 6:
                    sheet.write_datetime(number, place, datetime.fromisoformat(cell), at)
                elif place >= 9:
                    sheet.write_number(number, place, float(cell))
                elif cell:
                    sheet.write_string(number, place, cell)
    return path


@pytest.mark.parametrize(
    "form", ["gb18030", "utf-8-sig", "crlf", "excel", "parquet of fen", "parquet of text", "grouped"]
)
def test_every_form_of_a_file_settles_to_the_same_fen(tmp_path, form):
    rows = table(BATCH / "claims.csv")
    text = (BATCH / "claims.csv").read_text("utf-8")
    path = tmp_path / (
        "claims.parquet" if "parquet" in form else "claims.xlsx" if form == "excel" else "claims.csv"
    )
    if form in ("gb18030", "utf-8-sig"):
        path.write_text(text, form)
    elif form == "crlf":
        path.write_bytes(text.replace("\n", "\r\n").encode())
    elif form == "excel":
        as_excel(path, rows)
    elif form == "parquet of fen":
        pl.DataFrame(typed(rows)).write_parquet(path)
    elif form == "parquet of text":
        pl.read_csv(BATCH / "claims.csv", infer_schema=False).write_parquet(path)
    else:
        save(
            path,
            [rows[0], *([*row[:9], *(f"{float(cell):,.2f} 元" for cell in row[9:])] for row in rows[1:])],
        )
    settle(tmp_path / "plain")
    done = settle(tmp_path / "out", claims=path)
    assert done.exit_code == 0, done.output
    assert results(tmp_path / "out").equals(results(tmp_path / "plain"))


def test_the_order_of_rows_does_not_matter_where_the_time_of_settlement_is_given(tmp_path):
    rows = table(BATCH / "claims.csv")
    settle(tmp_path / "plain")
    settle(tmp_path / "out", claims=save(tmp_path / "c.csv", [rows[0], *reversed(rows[1:])]))
    assert results(tmp_path / "out").reverse().equals(results(tmp_path / "plain"))


def test_a_class_and_county_do_instead_of_an_institutions_file(tmp_path):
    places = {row[0]: (row[2], row[3]) for row in table(BATCH / "institutions.csv")[1:]}
    rows = table(BATCH / "claims.csv")
    head = ["institution_class", "institution_county", *rows[0][:2], *rows[0][3:]]
    changed = [[*places[row[2]], *row[:2], *row[3:]] for row in rows[1:]]
    done = settle(tmp_path / "out", claims=save(tmp_path / "c.csv", [head, *changed]), with_file=False)
    assert done.exit_code == 0, done.output
    settle(tmp_path / "plain")
    assert results(tmp_path / "out").select(FEN).equals(results(tmp_path / "plain").select(FEN))
    assert results(tmp_path / "out")["institution_code"][0] == "class:first_rate@140105"


def test_an_outpatient_visit_needs_the_county_of_a_class(tmp_path):
    rows = table(BATCH / "claims.csv")
    rows[0][2] = "institution_class"
    for row in rows[1:]:
        row[2] = "grass_roots"
    done = settle(tmp_path / "out", claims=save(tmp_path / "c.csv", rows), with_file=False)
    assert done.exit_code == 1
    found = findings(tmp_path / "out-findings.csv")
    assert [(f["row"], f["column"]) for f in found] == [
        ("6", "institution_county"),
        ("9", "institution_county"),
    ]


def test_days_of_payment_are_decided_by_the_rules_of_enrolment(tmp_path):
    rows = table(BATCH / "people.csv")
    head = [*rows[0][:7], "缴费日", "登记日"]
    paid = {"G0004": "2023-03-10"}
    people = [[*row[:7], paid.get(row[0], "2022-10-08"), paid.get(row[0], "2022-10-08")] for row in rows[1:]]
    done = settle(tmp_path / "out", people=save(tmp_path / "p.csv", [head, *people]))
    assert done.exit_code == 0, done.output
    settle(tmp_path / "plain")
    assert results(tmp_path / "out").equals(results(tmp_path / "plain"))


def test_a_day_of_payment_cannot_decide_two_years(tmp_path):
    rows = table(BATCH / "people.csv")
    people = save(
        tmp_path / "p.csv", [[*rows[0][:7], "缴费日"], *([*row[:7], "2022-01-08"] for row in rows[1:])]
    )
    claims = table(BATCH / "claims.csv")
    claims[1][5:7] = ["2022-02-14", ""]
    done = settle(tmp_path / "out", people=people, claims=save(tmp_path / "c.csv", claims))
    assert done.exit_code == 1
    assert "2022、2023" in findings(tmp_path / "out-findings.csv")[0]["message"]


def test_a_new_benefit_year_begins_with_nothing_so_far(tmp_path):
    people = save(
        tmp_path / "p.csv",
        [
            ["person_id", "county_code", "covered_from", "covered_to"],
            ["P", "140105", "2022-01-01", "2023-12-31"],
        ],
    )
    head = table(BATCH / "claims.csv")[0]
    row = ["A", "P", "H002", "住院", "", "2023-02-01", "", "", "", "0", "0", "0", "9000", "0", "9000"]
    both = [row, ["B", "P", "H002", "住院", "", "2022-12-30", "2023-02-02", *row[7:]]]
    settle(tmp_path / "both", claims=save(tmp_path / "c.csv", [head, *both]), people=people)
    settle(tmp_path / "one", claims=save(tmp_path / "d.csv", [head, row]), people=people)
    assert results(tmp_path / "both").head(1).equals(results(tmp_path / "one"))
    assert results(tmp_path / "both")["refusal"].to_list() == ["NONE", "NONE"]


def with_bad_rows(tmp_path: Path) -> Path:
    rows = table(BATCH / "claims.csv")
    rows[2][9] = "x"
    rows[6][3] = "?"
    return save(tmp_path / "c.csv", rows)


def test_bad_rows_keep_everything_from_being_settled(tmp_path):
    done = settle(tmp_path / "out", claims=with_bad_rows(tmp_path))
    assert done.exit_code == 1
    assert not (tmp_path / "out").exists()
    assert [f["row"] for f in findings(tmp_path / "out-findings.csv")] == ["3", "7"]
    assert "--skip-bad" in done.output


def test_skip_bad_settles_the_good_rows_and_says_whose_year_is_incomplete(tmp_path):
    done = settle(tmp_path / "out", claims=with_bad_rows(tmp_path), options=["--skip-bad"])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    found = results(tmp_path / "out")
    assert found["claim_id"].to_list() == ["B0001", "B0003", "B0004", "B0005", "B0007", "B0008"]
    assert found.filter("year_incomplete")["person_id"].to_list() == ["G0001", "G0003"]
    said = [f for f in findings(tmp_path / "out" / "findings.csv") if "年度累计不全" in f["message"]]
    assert [(f["row"], f["value"]) for f in said] == [("2", "G0001"), ("6", "G0003")]
    settle(tmp_path / "plain")
    sure = found.filter(~pl.col("year_incomplete"))
    assert sure.equals(
        results(tmp_path / "plain").filter(pl.col("claim_id").is_in(sure["claim_id"].to_list()))
    )


def test_skip_bad_never_settles_from_a_file_that_breaks_off(tmp_path):
    pl.DataFrame(typed(table(BATCH / "claims.csv"))).write_parquet(tmp_path / "c.parquet")
    whole = (tmp_path / "c.parquet").read_bytes()
    (tmp_path / "c.parquet").write_bytes(whole[: len(whole) // 2])
    done = settle(tmp_path / "out", claims=tmp_path / "c.parquet", options=["--skip-bad"])
    assert done.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_no_good_row_gives_no_results(tmp_path):
    rows = table(BATCH / "claims.csv")
    claims = save(tmp_path / "c.csv", [rows[0], *([*row[:3], "?", *row[4:]] for row in rows[1:])])
    done = settle(tmp_path / "out", claims=claims, options=["--skip-bad"])
    assert done.exit_code == 1
    assert not (tmp_path / "out").exists()


def test_the_example_of_errors_shows_each_of_its_rows(tmp_path):
    done = settle(tmp_path / "out", claims=BATCH / "claims-with-errors.csv")
    assert done.exit_code == 1
    assert {f["row"] for f in findings(tmp_path / "out-findings.csv")} == {str(n) for n in range(3, 12)}


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device"), MemoryError])
def test_whatever_stops_it_leaves_nothing_half_written(tmp_path, monkeypatch, stop):
    def stopped(*_):
        raise stop

    monkeypatch.setattr(settled, "write_csv", stopped)
    done = settle(tmp_path / "new" / "out")
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_what_stops_it_leaves_an_earlier_result_whole(tmp_path, monkeypatch):
    settle(tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    monkeypatch.setattr(settled, "write_csv", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    settle(tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_result_is_replaced_and_old_findings_go(tmp_path):
    settle(tmp_path / "out", claims=with_bad_rows(tmp_path))
    assert (tmp_path / "out-findings.csv").exists()
    for _ in range(2):
        assert settle(tmp_path / "out").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.csv", "out"]


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "taken").write_text("a file where a folder would have to be")
    done = settle(tmp_path / "taken" / "out")
    assert done.exit_code == 1
    assert "cannot write the results" in done.output


def test_identity_numbers_reach_no_result(tmp_path):
    rows = table(BATCH / "people.csv")
    rows[0].append("身份证号")
    for row in rows[1:]:
        row.append("")
    rows[3][2], rows[3][-1] = "", "11010519491231002X"
    done = settle(tmp_path / "out", people=save(tmp_path / "p.csv", rows))
    assert done.exit_code == 0, done.output
    for path in (tmp_path / "out").iterdir():
        assert b"11010519491231002X" not in path.read_bytes()


def test_many_people_are_cut_between_persons(tmp_path, monkeypatch):
    rows = table(BATCH / "claims.csv")
    settle(tmp_path / "plain")
    monkeypatch.setattr(settling, "AT_ONCE", 1)
    settle(tmp_path / "out", claims=save(tmp_path / "c.csv", rows))
    assert results(tmp_path / "out").equals(results(tmp_path / "plain"))


def assert_answers(done: Result, out: Path) -> None:
    """Exit code 0 with results or 1 with words, never a traceback; nothing half-written."""
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code in (0, 1)
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
    if done.exit_code == 0:
        assert (results(out).select(pl.sum_horizontal(PAYERS)).to_series() == results(out)["total_fen"]).all()
    else:
        kept = [p for p in (out / "findings.csv", out.with_name(f"{out.name}-findings.csv")) if p.exists()]
        assert all(f["file"] and f["message"] and f["remedy"] for f in findings(kept[0]))


FUZZ = settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.property
@FUZZ
@given(
    content=st.binary(max_size=400),
    mark=st.sampled_from([b"", b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xef\xbb\xbf", b"\xff\xfe"]),
    suffix=st.sampled_from(["csv", "xlsx", "xls", "parquet", ""]),
    whose=st.sampled_from(["claims", "people"]),
)
def test_random_bytes_never_give_a_traceback(tmp_path_factory, content, mark, suffix, whose):
    folder = tmp_path_factory.mktemp("fuzz")
    path = folder / f"file.{suffix}"
    path.write_bytes(mark + content)
    assert_answers(settle(folder / "out", **{whose: path}), folder / "out")


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "-1", "0", "1e9", "９９", "2023-13-01", "99999999999999999999", "=1+1", "\x00", '"', "∞", "是"]
    ),
    st.integers().map(str),
    st.dates().map(str),
    st.floats().map(str),
)


@pytest.mark.property
@FUZZ
@given(data=st.data(), skip=st.booleans())
def test_random_changes_of_a_file_never_give_a_traceback(tmp_path_factory, data, skip):
    folder = tmp_path_factory.mktemp("fuzz")
    whose = data.draw(st.sampled_from(["claims", "people"]))
    rows = table(BATCH / f"{whose}.csv")
    for _ in range(data.draw(st.integers(1, 4))):
        row = data.draw(st.integers(0, len(rows) - 1))
        place = data.draw(st.integers(0, len(rows[row]) - 1)) if rows[row] else 0
        change = data.draw(st.sampled_from(["cell", "cell", "cell", "drop", "more", "row", "twice"]))
        if change == "cell" and rows[row]:
            rows[row][place] = data.draw(CELLS)
        elif change == "drop" and rows[row]:
            del rows[row][place]
        elif change == "more":
            rows[row].insert(place, data.draw(CELLS))
        elif change == "twice":
            rows.insert(row, list(rows[row]))
        elif len(rows) > 1:
            del rows[row]
    path = folder / f"{whose}.csv"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as stream:
        csv.writer(stream, escapechar="\\").writerows(rows)
    done = settle(folder / "out", options=["--skip-bad"] if skip else [], **{whose: path})
    assert_answers(done, folder / "out")


@pytest.mark.property
@FUZZ
@given(data=st.data())
def test_random_changes_of_bytes_never_give_a_traceback(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fuzz")
    form = data.draw(st.sampled_from(["csv", "xlsx", "parquet"]))
    path = folder / f"claims.{form}"
    rows = table(BATCH / "claims.csv")
    if form == "csv":
        path.write_bytes((BATCH / "claims.csv").read_bytes())
    elif form == "xlsx":
        as_excel(path, rows)
    else:
        pl.DataFrame(typed(rows)).write_parquet(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, 20_000)) % len(content)
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        content = content or bytearray(b" ")
    path.write_bytes(content)
    assert_answers(settle(folder / "out", claims=path, options=["--skip-bad"]), folder / "out")
