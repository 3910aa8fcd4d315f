"""Every kind of problem a file can have is a finding with file, row, column, value and remedy, and nothing is settled."""

import csv
import datetime
import zipfile
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pytest
import typer
import xlsxwriter
from pyarrow import parquet
from typer.testing import CliRunner, Result

from yibao.cli.settle_batch import settle_batch
from yibao.files import excel_file, source

AREA = "140100"
PEOPLE = """\
person_id,identity_no,born_on,county_code,category_tags,covered_from,covered_to,waiting_to
P1,11010519491231002X,1949-12-31,140105,低保对象|重度残疾人,2023-01-01,2023-12-31,
P2,,1980-02-29,140122,,2023-01-01,2023-12-31,
"""
INSTITUTIONS = """\
institution_code,name,institution_class,county_code
H1,甲,first_rate,140105
H2,乙,grass_roots,140122
"""
HEAD = (
    "claim_id,person_id,institution_code,kind,served_on,settled_at,disease,delivery,"
    "own_expense,over_standard,initial_self_pay,class_a,class_b,total"
)
GOOD = "C1,P1,H1,hospital,2023-03-01,2023-03-01 10:00:00,,,100.00,0,50.50,20000.00,3000.00,23150.50"
CLAIMS = f"{HEAD}\n{GOOD}\n"

app = typer.Typer(pretty_exceptions_enable=False)
app.command()(settle_batch)


class Run(NamedTuple):
    """What a run of settle-batch came to."""

    result: Result
    out: Path
    findings: list[dict[str, str]]

    def found(self, **wanted: str) -> dict[str, str]:
        """The one finding of that file, row and column."""
        fit = [f for f in self.findings if all(f[k] == v for k, v in wanted.items())]
        assert len(fit) == 1, self.findings
        return fit[0]


def run(
    folder: Path, *, people=PEOPLE, institutions=INSTITUTIONS, claims=CLAIMS, options=(), area=AREA
) -> Run:
    """Runs settle-batch on these texts, bytes or files already there."""
    paths = {}
    for name, content in {"people": people, "institutions": institutions, "claims": claims}.items():
        paths[name] = content if isinstance(content, Path) else folder / f"{name}.csv"
        if isinstance(content, bytes):
            paths[name].write_bytes(content)
        elif isinstance(content, str):
            paths[name].write_text(content, "utf-8")
    out = folder / "out"
    words = [paths["claims"], "--people", paths["people"], "--area", area, "--out", out, *options]
    if institutions is not None:
        words += ["--institutions", paths["institutions"]]
    result = CliRunner().invoke(app, [str(word) for word in words])
    kept = [path for path in (out / "findings.csv", folder / "out-findings.csv") if path.exists()]
    findings = list(csv.DictReader(kept[0].open(encoding="utf-8-sig"))) if kept else []
    for finding in findings:
        finding["file"] = Path(finding["file"]).name
    return Run(result, out, findings)


def assert_nothing_settled(done: Run) -> None:
    assert done.result.exit_code == 1, done.result.output
    assert done.result.exception is None or isinstance(done.result.exception, SystemExit)
    assert "Traceback" not in done.result.output
    assert not done.out.exists()
    assert [path.name for path in done.out.parent.iterdir() if path.name.startswith(".")] == []
    assert done.findings
    for finding in done.findings:
        assert finding["file"] and finding["message"] and finding["remedy"], finding


def claims_with(row: int = 2, **cells: str) -> str:
    """The good claims with other cells in one row."""
    table = [line.split(",") for line in CLAIMS.splitlines()]
    for name, cell in cells.items():
        table[row - 1][table[0].index(name)] = cell
    return "\n".join(",".join(line) for line in table) + "\n"


CELLS = {
    "unknown kind": ({"kind": "hospitl"}, "kind", "hospitl", "医疗类别不认识"),
    "unknown institution": ({"institution_code": "H9"}, "institution_code", "H9", "没有这个代码"),
    "person not on file": ({"person_id": "P9"}, "person_id", "P9", "人员文件中没有此人"),
    "no person": ({"person_id": ""}, "person_id", "", "没有填写"),
    "no claim id": ({"claim_id": " "}, "claim_id", "", "没有填写"),
    "parts do not add up": ({"total": "23150.51"}, "total", "23150.51", "23150.50 元与总额不符"),
    "three decimals": ({"class_a": "20000.001"}, "class_a", "20000.001", "读不懂这个金额"),
    "exponent": ({"class_a": "2e4"}, "class_a", "2e4", "读不懂这个金额"),
    "negative amount": ({"class_b": "-1"}, "class_b", "-1", "应在 0 元与"),
    "empty amount": ({"own_expense": ""}, "own_expense", "", "没有填写"),
    "huge amount": ({"class_a": "9" * 40}, "class_a", "9" * 40, "应在 0 元与"),
    "ten billion yuan and a fen": ({"class_a": "10000000000.01"}, "class_a", "10000000000.01", "应在 0 元与"),
    "no such day": ({"served_on": "2023-02-29"}, "served_on", "2023-02-29", "日历上没有这一天"),
    "not a day": ({"served_on": "昨天"}, "served_on", "昨天", "读不懂这个日期"),
    "impossible year": ({"served_on": "0223-03-01"}, "served_on", "0223-03-01", "不合理"),
    "no such time": (
        {"settled_at": "2023-03-01 25:00:00"},
        "settled_at",
        "2023-03-01 25:00:00",
        "没有这个时刻",
    ),
    "settled before served": ({"settled_at": "2023-02-28"}, "settled_at", "2023-02-28", "早于就医日期"),
    "day outside the policies": (
        {"served_on": "2031-01-01", "settled_at": ""},
        "served_on",
        "2031-01-01",
        "不在政策在册日期",
    ),
    "served before birth": (
        {"served_on": "1949-01-01", "settled_at": ""},
        "served_on",
        "1949-01-01",
        "早于出生日期",
    ),
    "chronic without disease": ({"kind": "慢特病"}, "disease", "", "没有写病种"),
    "unknown disease": ({"kind": "慢特病", "disease": "I10"}, "disease", "I10", "慢特病病种不认识"),
    "disease of another list": (
        {"kind": "两病", "disease": "dialysis"},
        "disease",
        "dialysis",
        "两病病种不认识",
    ),
    "maternity without delivery": ({"kind": "生育"}, "delivery", "", "没有写生育类别"),
    "unknown delivery": ({"kind": "生育", "delivery": "水中"}, "delivery", "水中", "生育类别不认识"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_bad_cell_of_a_claim_is_found(tmp_path, name):
    cells, column, value, words = CELLS[name]
    done = run(tmp_path, claims=claims_with(**cells))
    assert_nothing_settled(done)
    found = next(f for f in done.findings if words in f["message"])
    assert (found["file"], found["row"], found["column"]) == ("claims.csv", "2", column)
    assert found["value"].lstrip("'") == value


def test_an_unknown_word_says_what_was_probably_meant(tmp_path):
    found = run(tmp_path, claims=claims_with(kind="hospitl")).found(column="kind")
    assert "是不是 hospital？" in found["remedy"] and "CHRONIC 门诊慢特病" in found["remedy"]


def test_the_largest_amount_is_taken_and_one_fen_more_is_not(tmp_path):
    zero = {
        "own_expense_fen": [0, 0],
        "over_standard_fen": [0, 0],
        "initial_self_pay_fen": [0, 0],
        "class_b_fen": [0, 0],
    }
    ids = {"claim_id": ["C1", "C2"], "person_id": ["P1", "P2"], "institution_code": ["H1", "H1"]}
    day = {"served_on": [datetime.date(2023, 3, 1)] * 2, "kind": ["hospital"] * 2}
    pl.DataFrame({**ids, **day, **zero, "class_a_fen": [10**12, 10**12 + 1]}).write_parquet(
        tmp_path / "c.parquet"
    )
    done = run(tmp_path, claims=tmp_path / "c.parquet")
    assert_nothing_settled(done)
    assert [(f["row"], f["column"], f["value"]) for f in done.findings] == [
        ("2", "class_a_fen", str(10**12 + 1))
    ]


def test_the_sum_of_a_claim_is_limited_too(tmp_path):
    done = run(
        tmp_path, claims=claims_with(class_a="9999999999", class_b="9999999999", total="20000000148.50")
    )
    assert_nothing_settled(done)
    assert "超过 10000000000.00 元" in done.found(value="20000000148.50", column="class_a")["message"]


def test_a_claim_id_given_twice_is_found_in_each_row(tmp_path):
    done = run(tmp_path, claims=f"{CLAIMS}{GOOD.replace('P1', 'P2')}\n")
    assert_nothing_settled(done)
    assert [(f["row"], f["column"], f["value"]) for f in done.findings] == [
        ("2", "claim_id", "C1"),
        ("3", "claim_id", "C1"),
    ]
    assert "出现 2 次，首次在第 2 行" in done.findings[1]["message"]


def test_a_row_with_too_few_or_too_many_cells_is_found_with_its_number(tmp_path):
    done = run(
        tmp_path,
        claims=f"{CLAIMS}\nC2,P1\n{GOOD.replace('C1', 'C3')},x\n{claims_with(kind='?', claim_id='C4').splitlines()[1]}\n",
    )
    assert_nothing_settled(done)
    assert [(f["row"], f["value"]) for f in done.findings] == [("4", "2 列"), ("5", "15 列"), ("6", "?")]


def test_missing_columns_are_one_finding_with_what_was_found_and_probably_meant(tmp_path):
    done = run(tmp_path, claims=CLAIMS.replace("class_a", "clas_a").replace("served_on,", "served,"))
    assert_nothing_settled(done)
    found = done.found(file="claims.csv")
    assert found["row"] == "1"
    assert (
        "served_on（就医日期）" in found["message"]
        and "class_a（政策范围内甲类） 或 class_a_fen" in found["message"]
    )
    assert "clas_a" in found["value"]
    assert "'clas_a' 是不是 class_a？" in found["remedy"]


def test_a_misspelt_optional_column_is_not_left_out_in_silence(tmp_path):
    done = run(tmp_path, claims=CLAIMS.replace("settled_at", "setled_at"))
    assert_nothing_settled(done)
    assert "像是 settled_at" in done.found(column="setled_at")["message"]


@pytest.mark.parametrize("heading", ["class_a", "政策范围内甲类", "甲类（元）"])
def test_a_column_given_twice_is_found(tmp_path, heading):
    done = run(tmp_path, claims=f"{HEAD},{heading}\n{GOOD},1\n")
    assert_nothing_settled(done)
    assert "第 12 列和第 15 列都是 class_a" in done.found(row="1", column=heading)["message"]


def test_yuan_and_fen_at_once_are_refused(tmp_path):
    done = run(tmp_path, claims=f"{HEAD},class_a_fen\n{GOOD},1\n")
    assert_nothing_settled(done)
    assert "不能同时有" in done.found(row="1", column="class_a_fen")["message"]


PEOPLE_CELLS = {
    "wrong check digit": ("11010519491231002X", "110105194912310021", "identity_no", "校验位不符"),
    "identity number too short": ("11010519491231002X", "1101051949", "identity_no", "应为 18 位"),
    "no such birthday": ("11010519491231002X", "110105194902310021", "identity_no", "不是日期"),
    "another birthday": ("1949-12-31", "1949-12-30", "born_on", "与身份证号中的出生日期不同"),
    "unknown county": ("140105", "110105", "county_code", "县区不认识"),
    "unknown category": ("重度残疾人", "重渡残疾人", "category_tags", "身份类别不认识"),
    "cover ends before it begins": ("2023-12-31", "2022-12-31", "covered_to", "早于起始日"),
    "half a cover": ("2023-01-01", "", "covered_from", "只写了起止日中的一个"),
    "identity number as id": ("P1,", "11010519491231002X,", "person_id", "不能是身份证号"),
}


@pytest.mark.parametrize("name", PEOPLE_CELLS)
def test_a_bad_cell_of_a_person_is_found(tmp_path, name):
    good, bad, column, words = PEOPLE_CELLS[name]
    done = run(tmp_path, people=PEOPLE.replace(good, bad, 1))
    assert_nothing_settled(done)
    found = done.found(file="people.csv")
    assert (found["row"], found["column"]) == ("2", column)
    assert words in found["message"]


@pytest.mark.parametrize("written", ["110105194912310021", "11010519491231002x1", "5101051949"])
def test_an_identity_number_is_never_echoed_whole(tmp_path, written):
    people = PEOPLE.replace("11010519491231002X", written, 1)
    claims = claims_with(person_id="11010519491231002X", kind="11010519491231002X")
    done = run(tmp_path, people=people, claims=claims)
    assert_nothing_settled(done)
    everything = done.result.output + (tmp_path / "out-findings.csv").read_text("utf-8")
    assert written not in everything and "11010519491231002X" not in everything
    shown = done.found(column="identity_no")["value"]
    assert (shown[:3], shown[-2:]) == (written[:3], written[-2:]) and set(shown[3:-2]) == {"*"}
    assert done.found(column="kind")["value"] == "110*************2X"


def test_a_person_given_twice_is_found(tmp_path):
    done = run(tmp_path, people=PEOPLE + PEOPLE.splitlines()[2] + "\n")
    assert_nothing_settled(done)
    assert [f["row"] for f in done.findings if f["file"] == "people.csv"] == ["3", "4"]


def test_somebody_of_employees_insurance_is_found(tmp_path):
    lines = PEOPLE.splitlines()
    done = run(tmp_path, people=f"{lines[0]},险种\n{lines[1]},390\n{lines[2]},职工\n")
    assert_nothing_settled(done)
    assert (done.found(column="险种")["row"], done.found(column="险种")["value"]) == ("3", "职工")


def test_an_unknown_institution_class_is_found(tmp_path):
    done = run(tmp_path, institutions=INSTITUTIONS.replace("first_rate", "first_rat"))
    assert_nothing_settled(done)
    assert "first_rate" in done.found(file="institutions.csv", row="2", column="institution_class")["remedy"]


def test_codes_of_institutions_need_their_file(tmp_path):
    done = run(tmp_path, institutions=None)
    assert_nothing_settled(done)
    assert "--institutions" in done.found(column="institution_code", row="2")["remedy"]


def test_all_problems_are_found_in_one_pass(tmp_path):
    done = run(
        tmp_path,
        people=PEOPLE.replace("140122", "999999"),
        institutions=INSTITUTIONS.replace("grass_roots", "?"),
        claims=claims_with(kind="?", served_on="?", class_a="?", disease="x"),
    )
    assert_nothing_settled(done)
    assert {f["file"] for f in done.findings} == {"people.csv", "institutions.csv", "claims.csv"}
    assert {f["column"] for f in done.findings if f["file"] == "claims.csv"} == {
        "kind",
        "served_on",
        "class_a",
    }


def test_a_file_that_cannot_be_used_does_not_make_findings_in_another(tmp_path):
    done = run(tmp_path, people=b"")
    assert_nothing_settled(done)
    assert [f["file"] for f in done.findings] == ["people.csv"]


BROKEN = {
    "empty": (b"", "空文件"),
    "blank lines only": (b"\n\n \n", "没有内容"),
    "header only": (HEAD.encode() + b"\n", "只有列名"),
    "header without line end": (HEAD.encode(), "只有列名"),
    "NUL bytes": (CLAIMS.encode() + b"C2,\x00", "空字节"),
    "UTF-16": (CLAIMS.encode("utf-16"), "空字节"),
    "neither encoding": (CLAIMS.encode() + b"C2,\xff\xff\n", "既不是 UTF-8 也不是 GB 18030"),
    "one endless line": (b"a," * 200_000, "一行超过"),
    "a quote never closed": (CLAIMS.encode() + b'C2,"P1' + b",x\n" * 9_000_000, "列数与列名不符"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)), "GB 18030"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_csv_is_one_finding(tmp_path, name):
    content, words = BROKEN[name]
    done = run(tmp_path, claims=content)
    assert_nothing_settled(done)
    assert words in done.found(file="claims.csv")["message"]


def test_a_missing_file_and_a_folder_are_findings(tmp_path):
    done = run(tmp_path, claims=tmp_path / "none.csv", people=tmp_path)
    assert_nothing_settled(done)
    assert "没有这个文件" in done.found(file="none.csv")["message"]
    assert "不是文件" in done.found(file=tmp_path.name)["message"]


@pytest.mark.parametrize("keep", [4, 300, -20])
def test_a_truncated_parquet_is_a_finding(tmp_path, keep):
    whole = tmp_path / "whole.parquet"
    pl.read_csv(CLAIMS.encode(), infer_schema=False).write_parquet(whole)
    (tmp_path / "c.parquet").write_bytes(whole.read_bytes()[:keep])
    done = run(tmp_path, claims=tmp_path / "c.parquet")
    assert_nothing_settled(done)
    assert "不是完好的 Parquet" in done.found(file="c.parquet")["message"]


def test_a_parquet_with_a_spoilt_page_is_a_finding(tmp_path):
    path = tmp_path / "c.parquet"
    pl.read_csv((CLAIMS + f"{GOOD}\n" * 2000).encode(), infer_schema=False).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[8:400] = b"\xff" * 392
    path.write_bytes(content)
    done = run(tmp_path, claims=path)
    assert_nothing_settled(done)
    assert any("Parquet" in f["message"] or "读不下去" in f["message"] for f in done.findings)


def test_nested_parquet_columns_are_a_finding(tmp_path):
    frame = pl.read_csv(CLAIMS.encode(), infer_schema=False).with_columns(class_a=pl.lit([1, 2]))
    frame.write_parquet(tmp_path / "c.parquet")
    done = run(tmp_path, claims=tmp_path / "c.parquet")
    assert_nothing_settled(done)
    assert "嵌套类型" in done.found(file="c.parquet")["message"]


ODD = {
    "a day no calendar has": (pa.array([2**31 - 1], pa.date32()), "日历之外的日期 2147483647"),
    "a moment no calendar has": (pa.array([2**62], pa.timestamp("us")), f"日历之外的日期 {2**62}"),
    "no text": (pa.array([b"\xff"]), "\ufffd"),
    "not a number": (pa.array([float("nan")]), "NaN"),
    "a large decimal": (pa.array([10**40], pa.decimal256(60, 0)), str(10**40)),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("column", ["served_on", "class_a", "kind", "settled_at"])
def test_odd_values_of_a_parquet_are_findings(tmp_path, column, name):
    odd, shown = ODD[name]
    table = pl.read_csv(CLAIMS.encode(), infer_schema=False).to_arrow()
    place = table.column_names.index(column)
    parquet.write_table(table.set_column(place, column, odd), tmp_path / "c.parquet")
    done = run(tmp_path, claims=tmp_path / "c.parquet")
    assert_nothing_settled(done)
    found = done.found(column=column)
    if column in ("class_a", "kind") or "day" in name or "moment" in name:
        assert (found["row"], found["value"]) == ("1", shown)


def test_columns_of_a_type_for_something_else_are_a_finding(tmp_path):
    table = pl.read_csv(CLAIMS.encode(), infer_schema=False).to_arrow()
    spans = pa.array([1], pa.duration("s"))
    parquet.write_table(table.set_column(4, "served_on", spans), tmp_path / "c.parquet")
    done = run(tmp_path, claims=tmp_path / "c.parquet")
    assert_nothing_settled(done)
    assert "served_on 的类型不能用" in done.found(file="c.parquet")["message"]


def workbook(path: Path, table: list[list[object]]) -> Path:
    """A workbook with this table on its first sheet."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for at, row in enumerate(table):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def test_a_broken_zip_is_a_finding(tmp_path):
    whole = workbook(tmp_path / "whole.xlsx", [line.split(",") for line in CLAIMS.splitlines()]).read_bytes()
    for name, content in {
        "cut.xlsx": whole[:-200],
        "mark.xlsx": b"PK\x03\x04....",
        "text.xlsx": b"claim_id",
    }.items():
        (tmp_path / name).write_bytes(content)
        done = run(tmp_path, claims=tmp_path / name)
        assert_nothing_settled(done)
        assert "不是完好的 Excel" in done.found(file=name)["message"]


def test_a_zip_without_a_workbook_and_an_empty_sheet_are_findings(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as packed:
        packed.writestr("a.txt", "x")
    workbook(tmp_path / "empty.xlsx", [])
    for name in ("other.xlsx", "empty.xlsx"):
        done = run(tmp_path, claims=tmp_path / name)
        assert_nothing_settled(done)
        done.found(file=name)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(excel_file, "LARGEST_UNPACKED", 1000)
    path = workbook(tmp_path / "c.xlsx", [line.split(",") for line in CLAIMS.splitlines()])
    done = run(tmp_path, claims=path)
    assert_nothing_settled(done)
    assert "workbook too large" in done.found(file="c.xlsx")["message"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_huge_file_is_refused_in_words(tmp_path, monkeypatch, form):
    monkeypatch.setattr(source, "LARGEST_ROWS", 3)
    monkeypatch.setattr("yibao.files.parquet_file.LARGEST_ROWS", 3)
    text = CLAIMS + "".join(f"{GOOD.replace('C1', f'D{n}')}\n" for n in range(5))
    if form == "parquet":
        pl.read_csv(text.encode(), infer_schema=False).write_parquet(tmp_path / "c.parquet")
    done = run(tmp_path, claims=text if form == "csv" else tmp_path / "c.parquet")
    assert_nothing_settled(done)
    assert "按人切成几个文件" in done.findings[0]["remedy"]


def test_rows_of_excel_count_from_the_header_and_blank_rows_count(tmp_path):
    bad = claims_with(kind="?").splitlines()[1].split(",")
    path = workbook(tmp_path / "c.xlsx", [[], HEAD.split(","), GOOD.split(","), [], bad])
    done = run(tmp_path, claims=path)
    assert_nothing_settled(done)
    assert done.found(column="kind")["row"] == "5"


def test_memory_keeps_some_findings_and_the_file_has_all(tmp_path, monkeypatch):
    monkeypatch.setattr("yibao.files.log.KEPT", 5)
    rows = "".join(f"{GOOD.replace('C1', f'D{n}').replace('hospital', '?')}\n" for n in range(50))
    done = run(tmp_path, claims=CLAIMS + rows)
    assert_nothing_settled(done)
    assert len(done.findings) == 50
    assert "共 50 处" in done.result.output


def test_a_value_is_not_a_formula_in_the_findings(tmp_path):
    done = run(tmp_path, claims=claims_with(kind="=HYPERLINK(1)"))
    assert done.found(column="kind")["value"] == "'=HYPERLINK(1)"


def test_a_folder_with_other_files_is_not_replaced(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    done = run(tmp_path)
    assert done.result.exit_code == 1
    assert "mine.txt" in done.result.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_an_unknown_area_is_said_in_words(tmp_path):
    from yibao.packs.entries import PolicyFailure

    done = run(tmp_path, area="999999")
    assert isinstance(done.result.exception, PolicyFailure)
    assert not done.out.exists()
