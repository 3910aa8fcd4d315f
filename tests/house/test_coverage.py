"""The coverage page is what the files say, and they name no clause that does not exist."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_page", ROOT / "tools" / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load_tool()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small project: two clauses, a policy, a rule, a report, a case and a test."""
    files = {
        "docs/clauses.yaml": '- {id: AID-01, notice: "taiyuan 三", says: "70% | 6", builds: "b"}\n'
        '- {id: AID-02, notice: "taiyuan 三", says: "c", builds: "d"}\n',
        "src/yibao/policies/140100_taiyuan/assistance.yaml": "hospital:\n  2022-01-01:\n    carries_out: [AID-01]\n",
        "src/yibao/assistance/rules/hospital.py": '"""Hospital.\n\ncarries_out: AID-01\n"""\n',
        "src/yibao/fund/rules/reserve.py": '"""Reserve.\n\ncarries_out: AID-01\n"""\n',
        "src/yibao/reports/year.py": '"""Year.\n\ncarries_out: AID-01\n"""\n',
        "src/yibao/packs/build.py": '"""Nothing."""\n# carries_out: AID-09\n',
        "tests/assistance/cases/at_the_line.yaml": "carries_out: AID-01\nthen: {}\n",
        "tests/assistance/test_hospital.py": "# carries_out: AID-01, AID-01\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_each_file_counts_for_the_part_it_is(house):
    assert tool.claims(house) == [
        ("AID-01", "data", "src/yibao/policies/140100_taiyuan/assistance.yaml"),
        ("AID-01", "report", "src/yibao/reports/year.py"),
        ("AID-01", "rule", "src/yibao/assistance/rules/hospital.py"),
        ("AID-01", "rule", "src/yibao/fund/rules/reserve.py"),
        ("AID-01", "test", "tests/assistance/cases/at_the_line.yaml"),
        ("AID-01", "test", "tests/assistance/test_hospital.py"),
    ]
    assert tool.problems(house) == []


def test_every_clause_has_a_row_and_an_open_one_says_so(house):
    rows = [line for line in tool.page(house).splitlines() if line.startswith("| AID-")]
    assert rows[0].startswith(
        "| AID-01 | 70% \\| 6 | data, rule, report | data: [140100_taiyuan/assistance.yaml]("
    )
    assert rows[1] == "| AID-02 | c | *open* |  |  |"
    assert "| **all** | **2** | **1** | **1** | **0** | **0** | **1** | **1** | **1** |" in tool.page(house)


def test_an_unknown_clause_and_a_module_that_is_no_part_are_problems(house):
    (house / "tests/assistance/cases/at_the_line.yaml").write_text("carries_out: [AID-01, AID-77]\n", "utf-8")
    (house / "src/yibao/packs/build.py").write_text('"""Build.\n\ncarries_out: AID-02\n"""\n', "utf-8")
    unplaced, unknown = tool.problems(house)
    assert unplaced.startswith("src/yibao/packs/build.py: carries_out AID-02, but is neither")
    assert unknown.startswith("tests/assistance/cases/at_the_line.yaml: carries_out AID-77, which")


def test_unknown_arguments_are_an_error_and_nothing_is_written(house, monkeypatch, capsys):
    monkeypatch.setattr(tool, "ROOT", house)
    for words, code in ((["--check"], 2), (["docs/coverage.md"], 2), (["--help"], 0)):
        with pytest.raises(SystemExit) as ended:
            tool.main(words)
        assert ended.value.code == code
    said = capsys.readouterr()
    assert "unrecognized arguments: --check" in said.err
    assert "docs/clauses.yaml" in said.out
    assert not (house / "docs" / "coverage.md").exists()


def test_every_clause_named_in_this_project_exists():
    assert tool.problems() == []


def test_the_page_is_what_the_files_say():
    written = (ROOT / "docs" / "coverage.md").read_text("utf-8")
    assert written == tool.page(), "docs/coverage.md is stale: make coverage"
