"""The pages on reforms do what they say: every command and every program on them is run, on fewer people.

carries_out: FIN-10, LST-02, BEN-11
"""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yibao.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "how-to" / name for name in ("reform.md", "reform-examples.md")]
RULE = ROOT / "tests" / "engine" / "rules" / "no_deductible_for_children.py"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# ([\w.]+\.(?:yaml|py))\n")


def blocks(kind: str) -> list[str]:
    return [text for page in PAGES for of, text in BLOCK.findall(page.read_text("utf-8")) if of == kind]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the pages show, to work in."""
    for text in (*blocks("yaml"), *blocks("python")):
        named = NAMED.match(text)
        if named:
            (tmp_path / named.group(1)).write_text(text[named.end() :], "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


COMMANDS = [line for text in blocks("sh") for line in text.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_pages_runs(folder, command):
    fewer, times = re.subn(r"--people \d+", "--people 600", command)
    assert times == 1
    program, *words = shlex.split(fewer)
    assert program == "yibao"
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "生成的人口，不是真实数据" in result.output


def test_the_program_of_the_page_runs(folder):
    programs = [text for text in blocks("python") if not NAMED.match(text)]
    assert len(programs) == 1
    exec(programs[0].replace("20_000", "600"), {})


def test_the_rule_of_the_page_is_the_one_that_is_tested(folder):
    assert (folder / RULE.name).read_text("utf-8") == RULE.read_text("utf-8")


def test_the_pages_say_that_nobody_in_them_is_real():
    for page in PAGES:
        text = page.read_text("utf-8")
        assert "生成的" in text and "不是真实数据" in text, page.name


def test_the_pages_show_every_option():
    text = "".join(page.read_text("utf-8") for page in PAGES)
    for option in (
        "--change",
        "--grid",
        "--rule",
        "--response",
        "--data",
        "--incomes",
        "--linked-income",
        "--pooling",
        "--out",
    ):
        assert option in text, option
