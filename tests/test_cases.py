"""Every case in YAML, one test a case; and what a case that cannot be run is told."""

from pathlib import Path

import pytest
from tests.cases import TESTS, Case, CaseFailure, all_cases, case_files, read, run

GOOD = """\
why: the standard of 2023
carries_out: FIN-02
day: 2023-01-01
rule: contribution
entry: contribution
given: {group: RESIDENT, tier: "1"}
then: {standard: 350 元}
"""


def named(case: Case) -> str:
    return f"{case.path.relative_to(TESTS).as_posix()} {case.why}"


@pytest.mark.parametrize("case", tuple(all_cases()), ids=named)
def test_case(case: Case):
    expected, got = run(case)
    assert got == expected


def written(folder: Path, text: str) -> Path:
    path = folder / "financing" / "cases" / "140100_taiyuan" / "one.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return path


def test_a_good_case_runs_and_a_wrong_figure_shows(tmp_path):
    (case,) = read(written(tmp_path, GOOD.replace("350 元", "350.01 元")))
    expected, got = run(case)
    assert (expected, got) == ({"standard": "350.01 元"}, {"standard": "350.00 元"})
    assert case_files(tmp_path) == [tmp_path / "financing/cases/140100_taiyuan/one.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rule: contribution", "rule: no_such_rule", "0 of that name"),
        ("entry: contribution", "entry: no_such_entry", "is in sections"),
        ("entry: contribution", "entry: [contribution, subsidy]", "entry should name 1"),
        ("group: RESIDENT, ", "", "lacks \\['group'\\]"),
        ("group: RESIDENT", "group: RESIDENT, groups: 1", "unknown \\['groups'\\]"),
        ("group: RESIDENT", "group: PEASANT", "PEASANT is no member"),
        ("{standard: 350 元}", "{standards: 350 元}", "has no standards"),
        ("why:", "because:", "missing \\['why'\\], unknown \\['because'\\]"),
    ],
)
def test_a_case_that_cannot_be_run_says_why(tmp_path, old, new, told):
    with pytest.raises(CaseFailure, match=told):
        run(*read(written(tmp_path, GOOD.replace(old, new))))
