"""What is committed is clean: no address of a package source, no path of somebody's machine, no module too long."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "yibao"
MODULE_LINES = 400
RULE_LINES = 150
# Square brackets keep this page itself from being found.
NOT_COMMITTED = {
    "a host that packages come from": re.compile(
        r"pypi[.]org|pythonhosted[.]org|npmjs[.](?:org|com)|npmmirror[.]com|deb[.]debian[.]org|debian[.]org/debian"
        r"|tuna[.]tsinghua|mirrors?[.][a-z0-9-]+[.](?:com|cn|edu|org)|crates[.]io|proxy[.]golang|conda[.]anaconda",
        re.IGNORECASE,
    ),
    "an option that names a package source": re.compile(
        r"--(?:extra-)?index[-]url|--find[-]links|[/]opt[/]wheels"
    ),
    "a path of one machine": re.compile(r"(?<![\w.~-])[/](?:work|root|home[/]\w+|Users[/]\w+)[/]"),
}
UNNAMED = {"utils", "util", "helpers", "helper", "common", "misc", "base"}


@cache
def kept_files() -> tuple[Path, ...]:
    """The files that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def named(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


@pytest.mark.parametrize("what", NOT_COMMITTED)
def test_no_file_holds(what):
    found = [
        named(path, number)
        for path in kept_files()
        for number, line in enumerate(path.read_text("utf-8", errors="ignore").splitlines(), start=1)
        if NOT_COMMITTED[what].search(line)
    ]
    assert found == [], f"{what}: take it out"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-cluster.lock"])
def test_the_lock_holds_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text("utf-8")
    assert re.findall(r"\S*(?:https?://|file:)\S*", text) == []
    for pinned in re.findall(r"^\S+==.*(?:\n    .*)*", text, flags=re.MULTILINE):
        assert "--hash=sha256:" in pinned, pinned


def test_no_lock_of_another_kind():
    assert [
        path.name for path in kept_files() if path.name in {"uv.lock", "pylock.toml", "poetry.lock"}
    ] == []


def test_no_module_is_too_long():
    too_long = []
    for path in SOURCES.rglob("*.py"):
        if path.parent.name == "migrations":
            continue  # written by Django, a table after the other
        lines = len(path.read_text("utf-8").splitlines())
        most = RULE_LINES if "rules" in path.relative_to(SOURCES).parts[:-1] else MODULE_LINES
        if lines > most:
            too_long.append(f"{path.relative_to(ROOT)}: {lines} lines, at most {most}: split by noun")
    assert too_long == []


def test_every_module_has_a_name_that_says_something():
    modules = [path for folder in ("src", "tests", "tools") for path in (ROOT / folder).rglob("*.py")]
    assert [
        str(path.relative_to(ROOT))
        for path in modules
        if {path.stem, *path.relative_to(ROOT).parts} & UNNAMED
    ] == []


def test_no_float_where_money_is_counted():
    counted = [
        path
        for pattern in ("kernel/**/*.py", "*/rules/**/*.py", "engine/**/*.py", "ledger/**/*.py")
        for path in SOURCES.glob(pattern)
    ]
    found = [
        named(path, number)
        for path in sorted(set(counted))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if re.search(r"\bfloat\(", line)
    ]
    assert found == []
