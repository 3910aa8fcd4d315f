"""The two shell questions, for every row that the Taiyuan notice prints, and for what somebody may type wrong.

carries_out: FIN-02, FIN-04, FIN-06, FIN-08, FIN-11, FIN-12, FIN-13, FIN-14
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from yibao.cli import main as cli
from yibao.packs import policies
from yibao.packs.list_progress import pooling_areas

PACKAGED = Path(policies.__file__).parents[1] / "policies"
OTHER_COUNTIES = ("140100", "140105", "140106", "140107", "140108", "140109", "140110", "140121", "140181")
WESTERN_COUNTIES = ("140122", "140123")
AIDED = [
    ("EXTREME_POVERTY", "0.00", {"assistance_fund": "350.00"}),
    ("特困人员", "0.00", {"assistance_fund": "350.00"}),
    ("孤儿", "0.00", {"assistance_fund": "350.00"}),
    ("事实无人抚养儿童", "0.00", {"assistance_fund": "350.00"}),
    ("SUBSISTENCE_ALLOWANCE", "70.00", {"assistance_fund": "280.00"}),
    ("城乡低保对象", "70.00", {"assistance_fund": "280.00"}),
    ("entitled_group", "70.00", {"assistance_fund": "280.00"}),
    ("Brave-Act", "70.00", {"assistance_fund": "280.00"}),
    ("享受40%救济对象", "70.00", {"assistance_fund": "280.00"}),
    ("STABLE_EXIT", "350.00", {}),
    ("脱贫不稳定人口", "70.00", {"assistance_fund": "280.00"}),
    ("边缘易致贫人口", "70.00", {"assistance_fund": "280.00"}),
    ("返贫致贫人口", "35.00", {"assistance_fund": "315.00"}),
    ("severely_disabled", "0.00", {"municipal": "175.00", "county": "175.00"}),
    ("LOW_INCOME_ELDERLY", "175.00", {"assistance_fund": "175.00"}),
    ("低收入家庭未成年人", "175.00", {"assistance_fund": "175.00"}),
    ("FAMILY_PLANNING", "0.00", {"county": "350.00"}),
]


@pytest.fixture
def yibao(monkeypatch, capsys):
    """Runs one command line in this process: exit code, what it printed, what it complained."""

    monkeypatch.setenv("YIBAO_POLICIES", "")  # so that it is put back, whatever --policies sets

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["yibao", *words])
        os.environ.pop("YIBAO_POLICIES", None)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


@pytest.mark.parametrize("area", WESTERN_COUNTIES)
def test_subsidy_of_the_two_western_counties(yibao, area):
    code, out, err = yibao("subsidy", "--area", area, "--year", "2022", "--json")
    assert out == '{"central":"488.00","provincial":"61.00","municipal":"30.50","county":"30.50"}\n'
    assert (code, err) == (0, "")


@pytest.mark.parametrize("area", OTHER_COUNTIES)
def test_subsidy_of_every_other_county(yibao, area):
    _, out, _ = yibao("subsidy", "--area", area, "--year", "2022", "--json")
    assert out == '{"central":"366.00","provincial":"122.00","municipal":"61.00","county":"61.00"}\n'


@pytest.mark.parametrize(
    ("university", "expected"),
    [
        ("ministry", ("610.00", "0.00", "0.00", "0.00")),
        ("province", ("366.00", "244.00", "0.00", "0.00")),
        ("city", ("366.00", "122.00", "122.00", "0.00")),
        ("部属", ("610.00", "0.00", "0.00", "0.00")),
    ],
)
def test_subsidy_of_students(yibao, university, expected):
    _, out, _ = yibao("subsidy", "--area", "140100", "--year", "2022", "--university", university, "--json")
    answer = json.loads(out)
    assert answer == dict(zip(("central", "provincial", "municipal", "county"), expected, strict=True))


@pytest.mark.parametrize(("category", "person", "payers"), AIDED)
def test_bill_of_every_aided_category(yibao, category, person, payers):
    code, out, err = yibao(
        "bill", "--area", "140100", "--benefit-year", "2023", "--category", category, "--json"
    )
    assert json.loads(out) == {"contribution": "350.00", "person": person, "payers": payers}
    assert (code, err) == (0, "")


def test_bill_as_a_script_reads_it(yibao):
    _, out, _ = yibao(
        "bill", "--area", "140100", "--benefit-year", "2023", "--category", "SUBSISTENCE_ALLOWANCE", "--json"
    )
    assert out == '{"contribution":"350.00","person":"70.00","payers":{"assistance_fund":"280.00"}}\n'


def test_bill_of_an_ordinary_person(yibao):
    _, out, _ = yibao("bill", "--area", "140181", "--benefit-year", "2023", "--tier", "1", "--json")
    assert json.loads(out) == {"contribution": "350.00", "person": "350.00", "payers": {}}


def test_bill_of_the_year_before(yibao):
    _, out, _ = yibao("bill", "--area", "140100", "--benefit-year", "2022", "--json")
    assert json.loads(out) == {"contribution": "320.00", "person": "320.00", "payers": {}}


def test_bill_of_a_severely_disabled_student(yibao):
    asked = (
        "bill",
        "--area",
        "140100",
        "--benefit-year",
        "2023",
        "--student",
        "--category",
        "重度残疾人",
        "--json",
    )
    _, out, _ = yibao(*asked)
    assert json.loads(out) == {
        "contribution": "350.00",
        "person": "0.00",
        "payers": {"municipal": "350.00"},
        "first_day": "2023-01-01",
        "last_day": "2023-12-31",
    }


def test_two_categories_are_aided_as_one(yibao):
    words = ("--category", "low_income_minor", "--category", "fell_into_poverty", "--json")
    _, out, _ = yibao("bill", "--area", "140100", "--benefit-year", "2023", *words)
    assert json.loads(out) == {
        "contribution": "350.00",
        "person": "35.00",
        "payers": {"assistance_fund": "315.00"},
    }


def test_people_read_entry_quote_and_standing(yibao):
    _, out, _ = yibao("bill", "--area", "140100", "--benefit-year", "2023", "--category", "低保对象")
    assert "280.00" in out
    assert "140100 financing.enrolment_aid 2023-01-01" in out
    assert "即每人每年资助280元" in out
    assert "通知原文" in out
    assert "315" not in out
    _, out, _ = yibao("subsidy", "--area", "140122", "--year", "2022")
    assert "488.00" in out
    assert "中央财政补助488元" in out


def test_what_is_assumed_is_said_in_words_and_never_inside_the_json(yibao):
    _, out, _ = yibao("subsidy", "--area", "140100", "--year", "2023")
    assert "假定值，无文件依据" in out
    _, out, err = yibao("subsidy", "--area", "140100", "--year", "2023", "--json")
    assert sum(float(part) for part in json.loads(out).values()) == 640
    assert "假定值，无文件依据" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("subsidy", "--area", "999999", "--year", "2022"), "no policy for that area"),
        (("subsidy", "--area", "阳曲", "--year", "2022"), "no policy for that area"),
        (("subsidy", "--area", "140000", "--year", "2022"), "no such entry"),
        (("subsidy", "--area", "140122", "--year", "2019"), "no entry on file for that day"),
        (("subsidy", "--area", "140122", "--year", "二〇二二"), "not a year"),
        (("subsidy", "--area", "140122", "--year", "99999"), "not a year"),
        (("subsidy", "--area", "140100", "--year", "2022", "--university", "abroad"), "unknown university"),
        (("bill", "--area", "140100", "--benefit-year", "2035"), "no entry on file for that day"),
        (("bill", "--area", "140100", "--benefit-year", "2023", "--category", "RICH"), "unknown category"),
        (("bill", "--area", "140100", "--benefit-year", "2023", "--category", ""), "unknown category"),
        (("bill", "--area", "140100", "--benefit-year", "2023", "--tier", "2"), "no such contribution tier"),
        (
            ("bill", "--area", "140100", "--benefit-year", "2022", "--category", "低保对象"),
            "refused by a note",
        ),
        (
            ("--policies", "no-such-folder", "bill", "--area", "140100", "--benefit-year", "2023"),
            "no such folder",
        ),
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_wrong_input_is_one_clear_line(yibao, words, told, as_json):
    code, out, err = yibao(*words, *(["--json"] if as_json else []))
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert told in err


def test_another_folder_of_policies_is_read(yibao, tmp_path):
    folder = tmp_path / "140100_taiyuan"
    folder.mkdir()
    shutil.copy(PACKAGED / "140100_taiyuan" / "pack.yaml", folder)
    block = "contribution:\n  2023-01-01:\n    resident: {'1': 380 元}\n    student: {'1': 380 元}\n    cite: 某号\n"
    (folder / "financing.yaml").write_text(block, "utf-8")
    _, out, _ = yibao(
        "--policies", str(tmp_path), "bill", "--area", "140100", "--benefit-year", "2023", "--json"
    )
    assert json.loads(out)["contribution"] == "380.00"


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (
            "central: 366 元, provincial: 146.4 元, municipal_and_county: 97.6 元",
            '"central":"366.00","provincial":"146.40","municipal":"0.00","county":"0.00","municipal_and_county":"97.60"',
        ),
        (
            "central: 80%",
            '"central":"488.00","provincial":"0.00","municipal":"0.00","county":"0.00","local":"122.00"',
        ),
    ],
)
def test_a_joint_part_and_a_rest_show_only_where_they_are_paid(yibao, tmp_path, figures, expected):
    folder = tmp_path / "140100_taiyuan"
    folder.mkdir()
    shutil.copy(PACKAGED / "140100_taiyuan" / "pack.yaml", folder)
    block = f"subsidy:\n  2022-01-01: {{standard: 610 元, {figures}, cite: 某号}}\n"
    (folder / "financing.yaml").write_text(block, "utf-8")
    asked = ("--policies", str(tmp_path), "subsidy", "--area", "140100", "--year", "2022")
    assert yibao(*asked, "--json")[1] == "{" + expected + "}\n"
    assert ("分担办法不在册" in yibao(*asked)[1]) == ("local" in expected)


@pytest.mark.parametrize("words", [[], ["settle-batch"], ["settle-stream"], ["year"]])
def test_help_starts_without_anything_heavy(words):
    """The budget is 0.4 s; what would break it is a module of this list, whatever the machine."""
    heavy = ("numba", "numpy", "pyarrow", "polars", "rich", "yaml", "altair", "typst")
    heavy += () if words else ("pydantic",)  # typer looks for it where a command has choices
    text = (
        "import sys; from yibao.cli.main import app\n"
        "try:\n    app()\nfinally:\n"
        f"    print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", text, *words, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"


def test_the_installed_command_answers():
    command = Path(sys.executable).parent / "yibao"
    words = ("subsidy", "--area", "140122", "--year", "2022", "--json")
    done = subprocess.run([str(command), *words], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["municipal"] == "30.50"


EVERYWHERE = (
    *(area.code for area in pooling_areas(policies.policies())),
    *("140122", "500112", "410122", "411602", "220202", "222401", "220323", "220623", "220721"),
)


@pytest.mark.parametrize("area", EVERYWHERE)
def test_every_pooling_area_and_county_has_a_bill_for_a_resident_and_a_student(yibao, area):
    for student in ((), ("--student",)):
        code, out, _ = yibao("bill", "--area", area, "--benefit-year", "2023", *student, "--json")
        answer = json.loads(out)
        assert code == 0
        assert answer["person"] == answer["contribution"]
        assert answer["contribution"] in ("350.00", "320.00")
        assert ("first_day" in answer) == bool(student)


@pytest.mark.parametrize("area", EVERYWHERE)
def test_every_pooling_area_and_county_has_a_subsidy_or_says_what_is_missing(yibao, area):
    code, out, err = yibao("subsidy", "--area", area, "--year", "2023", "--json")
    if code == 0:
        assert sum(round(float(yuan) * 100) for yuan in json.loads(out).values()) == 64_000
    else:
        assert "名单还没有补全" in err and "county on no list" in err
        assert area in ("410122", "411602")


@pytest.mark.parametrize(("tier", "due"), [("1", "320.00"), ("2", "695.00")])
def test_a_student_with_an_academic_year_is_billed_for_it(yibao, tier, due):
    words = ("bill", "--area", "500112", "--benefit-year", "2023", "--student", "--tier", tier)
    _, out, _ = yibao(*words, "--json")
    assert json.loads(out) == {
        "contribution": due,
        "person": due,
        "payers": {},
        "first_day": "2022-09-01",
        "last_day": "2023-08-31",
    }
    _, out, _ = yibao(*words)
    assert "大学生待遇年度 (benefit year)：2022-09-01—2023-08-31" in out
    _, out, _ = yibao("bill", "--area", "500112", "--benefit-year", "2023", "--tier", tier)
    assert "居民待遇年度 (benefit year)：2023-01-01—2023-12-31" in out


def test_a_group_without_a_contribution_on_file_is_told_why(yibao):
    code, _, err = yibao("bill", "--area", "500000", "--benefit-year", "2022", "--student")
    assert code != 0
    assert "大学生的缴费标准（档次 1）没有在册" in err
    assert "500000 financing.contribution 2022-01-01" in err
