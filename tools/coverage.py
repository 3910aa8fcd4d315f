"""docs/coverage.md from docs/clauses.yaml: for each clause of the notices, what carries it out and what proves it.

A clause is carried out in parts. Each part says so itself, by `carries_out:` and the clause's id: a dated block of a policy
(data), a rule, what keeps a record, a page, a report. Cases and tests name it the same way. Nothing is counted that does not
say it, and nothing here judges whether a part is complete.
"""

import argparse
import ast
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("data", "rule", "record", "page", "report")
RECORD_FOLDERS = {"models", "actions", "ledger", "journeys"}
REPORT_FOLDERS = {"reports", "assessment", "fund", "simulate", "files", "cli"}
CHAPTERS = {
    "FIN": "Financing (筹资)",
    "ENR": "Enrolment (参保)",
    "BEN": "Benefits (待遇)",
    "AID": "Assistance (兜底保障)",
    "LST": "Benefit list (待遇清单)",
    "PAY": "Payment (支付管理)",
    "VBP": "Procurement and price (集采与价格)",
    "SUP": "Supervision (基金监管)",
    "FND": "Fund (基金运行)",
    "SVC": "Public services (公共服务)",
    "STD": "Standards (标准化信息化)",
    "ORG": "Carrying out (组织实施)",
}
NAMED = re.compile(r"\bcarries_out:\s*(.*)")
CLAUSE_ID = re.compile(r"\b[A-Z]{3}-\d{2,}\b")
FILES_SHOWN = 2


class Clause(NamedTuple):
    """One numbered requirement: what the notices fix, and which notices."""

    id: str
    notice: str
    says: str


class Claim(NamedTuple):
    """One file that says it carries out a clause; `part` is one of PARTS, "test", or empty where it is none."""

    clause_id: str
    part: str
    path: str


def clauses(root: Path = ROOT) -> list[Clause]:
    """Every clause, in the order of the file."""
    rows = yaml.safe_load((root / "docs" / "clauses.yaml").read_text("utf-8"))
    return [Clause(row["id"], row["notice"], row["says"]) for row in rows]


def claims(root: Path = ROOT) -> list[Claim]:
    """What policies, modules, cases and tests say they carry out, each file and clause once."""
    found: set[Claim] = set()
    for path, part, ids in _sources(root):
        found |= {Claim(clause_id, part, path.relative_to(root).as_posix()) for clause_id in ids}
    return sorted(found)


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the claims: an id that no clause has, a module that is none of the parts."""
    known = {clause.id for clause in clauses(root)}
    found = []
    for claim in claims(root):
        if claim.clause_id not in known:
            found.append(
                f"{claim.path}: carries_out {claim.clause_id}, which docs/clauses.yaml does not have"
            )
        if not claim.part:
            found.append(
                f"{claim.path}: carries_out {claim.clause_id}, but is neither {', '.join(PARTS)} nor a test"
            )
    return found


def page(root: Path = ROOT) -> str:
    """The text of docs/coverage.md."""
    by_clause: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims(root):
        by_clause[claim.clause_id].append(claim)
    chapters: dict[str, list[Clause]] = defaultdict(list)
    for clause in clauses(root):
        chapters[clause.id[:3]].append(clause)
    lines = [
        "# Coverage",
        "",
        "What carries out each clause of the five notices. A clause is carried out in parts: data (a dated policy), rule,",
        "record, page, report. A part stands here when a file names the clause under `carries_out:`; a part that is not",
        "named is open. `docs/clauses.yaml` has the clauses in full. This page is written by `make coverage`.",
        "",
        *_summary(chapters, by_clause),
    ]
    for chapter, rows in chapters.items():
        lines += ["", f"## {chapter} · {CHAPTERS.get(chapter, chapter)}", ""]
        lines += ["| clause | says | parts | carried out by | tests and cases |", "|---|---|---|---|---|"]
        lines += [_row(clause, by_clause[clause.id]) for clause in rows]
    return "\n".join(lines) + "\n"


def main(words: Sequence[str] | None = None) -> int:
    """Write the page; 1 and the problems where a claim is wrong. It takes no arguments but --help: another ends it with 2."""
    argparse.ArgumentParser(
        prog="tools/coverage.py",
        description="重写 docs/coverage.md：每条规定由什么落实、由什么证明 (writes docs/coverage.md from docs/clauses.yaml). "
        "没有参数 (takes no arguments). 有写错的条款号时列出并以 1 结束 (1 where a claim is wrong).",
    ).parse_args(words)
    (ROOT / "docs" / "coverage.md").write_text(page(), "utf-8")
    wrong = problems()
    for problem in wrong:
        print(problem)
    carried = {claim.clause_id for claim in claims() if claim.part in PARTS}
    print(f"docs/coverage.md: {len(carried)} of {len(clauses())} clauses carried out in some part")
    return 1 if wrong else 0


def _sources(root: Path) -> Iterator[tuple[Path, str, set[str]]]:
    package, tests = root / "src" / "yibao", root / "tests"
    for path in sorted((package / "policies").rglob("*.yaml")):
        yield path, "data", _named_in_yaml(path)
    for path in sorted(package.rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        yield path, _part(path.relative_to(package)), _named_in_lines(docstring)
    for path in sorted(tests.rglob("*.yaml")):
        if "cases" in path.relative_to(tests).parts:
            yield path, "test", _named_in_yaml(path)
    for path in sorted(tests.rglob("*.py")):
        if path.relative_to(tests).parts[0] != "house":  # the tests of this page name clauses that are none
            yield path, "test", _named_in_lines(path.read_text("utf-8"))


def _part(path: Path) -> str:
    """Which part a module of the package is, by where it stands; empty where it is none."""
    places = {*path.parts[:-1], path.stem}
    if "rules" in places or path.parts[0] == "engine":
        return "rule"
    if places & RECORD_FOLDERS:
        return "record"
    if "pages" in places:
        return "page"
    return "report" if path.parts[0] in REPORT_FOLDERS else ""


def _named_in_lines(text: str) -> set[str]:
    return {clause_id for line in NAMED.findall(text) for clause_id in CLAUSE_ID.findall(line)}


def _named_in_yaml(path: Path) -> set[str]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    ids: set[str] = set()
    for document in yaml.load_all(path.read_text("utf-8"), Loader=loader):
        ids |= set(_named_below(document))
    return ids


def _named_below(node: Any) -> Iterator[str]:
    match node:
        case dict():
            for key, value in node.items():
                if key == "carries_out":
                    yield from value if isinstance(value, list) else re.split(r"\s*,\s*", str(value))
                else:
                    yield from _named_below(value)
        case list():
            for value in node:
                yield from _named_below(value)


def _summary(chapters: dict[str, list[Clause]], by_clause: dict[str, list[Claim]]) -> Iterator[str]:
    yield "| | clauses | " + " | ".join(PARTS) + " | named by a test | open |"
    yield "|---|--:|" + "--:|" * (len(PARTS) + 2)
    totals = [0] * (len(PARTS) + 3)
    for chapter, rows in chapters.items():
        standing = [{claim.part for claim in by_clause[clause.id]} for clause in rows]
        counts = [
            len(rows),
            *(sum(part in parts for parts in standing) for part in (*PARTS, "test")),
            sum(not parts & set(PARTS) for parts in standing),
        ]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        yield f"| {CHAPTERS.get(chapter, chapter)} | " + " | ".join(map(str, counts)) + " |"
    yield "| **all** | " + " | ".join(f"**{total}**" for total in totals) + " |"


def _row(clause: Clause, named: list[Claim]) -> str:
    parts = [part for part in PARTS if any(claim.part == part for claim in named)]
    carried = "; ".join(
        f"{part}: {_files([claim.path for claim in named if claim.part == part])}" for part in parts
    )
    proved = _files([claim.path for claim in named if claim.part == "test"])
    says = clause.says.replace("|", "\\|")
    return f"| {clause.id} | {says} | {', '.join(parts) or '*open*'} | {carried} | {proved} |"


def _files(paths: list[str]) -> str:
    """Links to files; a folder that has more than a few of them is named once, with how many."""
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_folder[os.path.dirname(path)].append(path)
    shown = []
    for folder, inside in by_folder.items():
        if len(inside) > FILES_SHOWN:
            shown.append(f"{_link(folder)} ({len(inside)})")
        else:
            shown += map(_link, inside)
    return ", ".join(shown)


def _link(path: str) -> str:
    return f"[{path.removeprefix('src/yibao/').removeprefix('policies/')}](../{path})"


if __name__ == "__main__":
    sys.exit(main())
