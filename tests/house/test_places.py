"""A city is a folder of YAML: no Python names a place, a division code of one, or a notice of one.

What counts is what the code can act on or print: names, numbers and texts; a docstring may tell of a place as an example.
"""

import ast
import re
from pathlib import Path

from yibao.packs.notices import notices
from yibao.packs.policies import NATIONAL, policies, policies_folder

SOURCES = Path(__file__).parents[2] / "src" / "yibao"


def words_of_places() -> set[str]:
    """Names of every place on file, in Chinese and English, its code, and the numbers of its notices."""
    found: set[str] = set()
    for code, pack in policies().packs.items():
        if code == NATIONAL:
            continue
        rows = [{"code": code, "name": pack.names["zh"], "name_en": pack.names.get("en", "")}]
        for row in [*rows, *pack.facts.get("counties", ())]:
            short = re.sub(
                r"(?<=..)(?:朝鲜族|满族|蒙古族|回族)?(?:自治州|自治县|省|市|区|县)$", "", row["name"]
            )
            found |= {str(row["code"]), row["name"], short, str(row.get("name_en", "")).lower()}
    known = notices(policies_folder())
    found |= {number for number, notice in known.items() if notice.area != NATIONAL}
    return {word for word in found if len(word) > 1}


def words_of_code(path: Path) -> list[tuple[int, str]]:
    """What a module's code says: names, and texts that are no docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() | int() as value) if id(node) not in docstrings:
                found.append((node.lineno, str(value)))
            case (
                ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name) | ast.arg(arg=name)
            ):
                found.append((node.lineno, name))
    return found


def test_no_python_names_a_place():
    looked_for = [re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])") for word in words_of_places()]
    found = [
        f"{path.relative_to(SOURCES)}:{line}: {text[:60]!r}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line, text in words_of_code(path)
        if any(word.search(text.lower()) for word in looked_for)
    ]
    assert found == [], "write it in policies/"


def test_the_words_looked_for_are_those_of_the_places_on_file():
    words = words_of_places()
    assert {"140100", "太原", "taiyuan", "500112", "渝北", "周口", "延边", "渝医保发〔2022〕25号"} <= words
    assert "并医保发〔2022〕27号" in words
    assert not {"医保发〔2022〕20号", "国家"} & words
