"""`yibao settle`: prints a slip, saves a PDF, gives JSON; tells every problem and ends with 1; starts light.

carries_out: BEN-13
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yibao.cli.case import case_schema_text
from yibao.cli.main import app

EXAMPLES = Path(__file__).parents[2] / "examples" / "140100"
HEAVY = ("numba", "numpy", "pyarrow", "polars", "typst", "cn2an", "altair")


def ran(*words: str):
    return CliRunner().invoke(app, ["settle", *words])


def test_it_prints_the_slip_in_both_languages():
    done = ran(str(EXAMPLES / "hospital_assisted.yaml"))
    assert done.exit_code == 0, done.stderr
    for words in (
        "医疗费用结算单",
        "倾斜救助",
        "Top-up pays",
        "6,234.90",
        "5,766.54",
        "假定值，无文件依据",
        "2743元",
    ):
        assert words in done.stdout, words


def test_a_refusal_is_an_answer():
    done = ran(str(EXAMPLES / "refused_third_party.yaml"))
    assert done.exit_code == 0
    for words in ("不予支付：应由第三人负担", "国家医疗保障待遇清单", "先行支付"):
        assert words in done.stdout


def test_json_has_the_interface_fields():
    done = ran(str(EXAMPLES / "hospital_assisted.yaml"), "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout, parse_float=str)
    assert found["setlinfo"]["maf_pay"] == "6234.90"
    assert {step["layer"] for step in found["working"]} == {"hospital", "catastrophic", "direct", "top_up"}


def test_the_pdf_is_saved_and_an_unwritable_place_is_told(tmp_path):
    place = tmp_path / "slip.pdf"
    done = ran(str(EXAMPLES / "hospital_ordinary.yaml"), "--pdf", str(place))
    assert done.exit_code == 0
    assert place.read_bytes().startswith(b"%PDF")
    refused = ran(str(EXAMPLES / "hospital_ordinary.yaml"), "--pdf", str(tmp_path / "none" / "slip.pdf"))
    assert refused.exit_code == 1
    assert "写不出" in refused.stderr


def test_every_problem_is_told_and_the_exit_code_is_one(tmp_path):
    path = tmp_path / "case.yaml"
    text = (EXAMPLES / "hospital_ordinary.yaml").read_text("utf-8")
    path.write_text(text.replace("total: 26600", "total: 1").replace("first_rate", "fourth_rate"), "utf-8")
    done = ran(str(path))
    assert done.exit_code == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 2
    assert "Traceback" not in done.stderr


def test_the_schema_is_printed():
    assert ran("--schema").stdout == case_schema_text()
    assert ran().exit_code == 2


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_it_starts_without_reading_anything_heavy(more):
    script = (
        "import sys; from yibao.cli.main import main\n"
        "try:\n    main()\nfinally:\n"
        f"    print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    words = ["settle", str(EXAMPLES / "hospital_assisted.yaml"), *more]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
