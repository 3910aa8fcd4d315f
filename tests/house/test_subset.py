"""The subset check refuses each thing that a rule may not use, names it, and lets a good rule pass."""

import subprocess
import sys
from pathlib import Path

import pytest

from yibao.engine import subset

GOOD = '''
"""Hospital assistance (住院救助)."""

from typing import Annotated, NamedTuple

from yibao.assistance.params import HospitalParams
from yibao.assistance.terms import Category
from yibao.kernel.money import share_fen
from yibao.kernel.shapes import BANDS

FULL_BP = 10_000
"""A rate of 100 %."""


class Working(NamedTuple):
    """The working of one payment, in the order it is reached."""

    at_rate_fen: Annotated[int, "按救助比例计算"]
    pays_fen: Annotated[int, "本次救助支付"]


class Both(NamedTuple):
    """Two payments."""

    first: Working
    second: Working


def banded_fen(params: HospitalParams, *, amount_fen: int) -> int:
    """The bands' shares, added."""
    total_fen = 0
    for band in range(BANDS):
        part_fen = min(amount_fen, params.band_end_fen[band]) - params.band_start_fen[band]
        total_fen += share_fen(max(part_fen, 0), params.rate_bp[band])
    return total_fen


def assistance(params: HospitalParams, *, self_pay_fen: int, category: int, paid_fen: int) -> Both:
    """What assistance pays."""
    if category == Category.NONE or not self_pay_fen > 0:
        pays_fen = 0
    elif FULL_BP <= params.by_category[category].rate_bp:
        pays_fen = self_pay_fen
    else:
        pays_fen = banded_fen(params, amount_fen=self_pay_fen) * 3 // 2 % 7
    if (params.flags >> category) & 1 == 1:
        pays_fen = 0
    left_fen: int = params.annual_cap_fen - paid_fen if params.capped else -1
    working = Working(at_rate_fen=pays_fen, pays_fen=min(pays_fen, left_fen))
    return Both(first=working, second=Working(at_rate_fen=0, pays_fen=working.pays_fen))
'''


def words_in(text: str) -> list[str]:
    return [finding.word for finding in subset.check(text, "rule.py")]


def words_in_body(body: str) -> list[str]:
    """The words refused in the body of a rule; `params`, `amount_fen` and `other` are at hand."""
    head = "from yibao.kernel.money import other\nCONSTANT = 8\ndef rule(params: P, *, amount_fen: int) -> int:\n"
    return words_in(head + "".join(f"    {line}\n" for line in body.splitlines()))


def test_a_good_rule_passes():
    assert subset.check(GOOD, "rule.py") == []


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("return {}", "dict"),
        ("return {1: amount_fen}", "dict"),
        ("return {1, 2}", "set"),
        ("return [amount_fen]", "list"),
        ("return (amount_fen, 1)", "tuple"),
        ("return 'text'", "'text'"),
        ("return f'{amount_fen}'", "f-string"),
        ("amount_fen = 1\n'text'\nreturn amount_fen", "text"),
        ("return None", "None"),
        ("return", "return"),
        ("return 0.7", "0.7"),
        ("return float(amount_fen)", "float()"),
        ("return int(amount_fen)", "int()"),
        ("return round(amount_fen)", "round()"),
        ("return amount_fen / 2", "/"),
        ("amount_fen /= 2\nreturn amount_fen", "/"),
        ("return amount_fen ** 2", "**"),
        ("return amount_fen | 1", "|"),
        ("return amount_fen << 1", "lshift"),
        ("return Decimal(1)", "Decimal()"),
        ("return datetime.date(2022, 1, 1)", "datetime.date()"),
        ("return params.rate_of(1)", "params.rate_of()"),
        ("return unknown(amount_fen)", "unknown()"),
        ("return rule(params, amount_fen=1)", "rule"),
        ("return other(amount_fen).pays_fen", ".pays_fen"),
        ("return other(*params)", "*"),
        ("return other(**params)", "**"),
        ("return min(amount_fen)", "min"),
        ("return max(amount_fen, 1, default=2)", "max"),
        ("try:\n    return 1\nexcept ValueError:\n    return 2", "try"),
        ("raise ValueError", "raise"),
        ("with params:\n    return 1", "with"),
        ("return lambda: 1", "lambda"),
        ("return sum(x for x in params)", "comprehension"),
        ("return max(1, [x for x in params])", "comprehension"),
        ("while amount_fen > 0:\n    amount_fen -= 1\nreturn amount_fen", "while"),
        ("for x in params.bands:\n    amount_fen += x\nreturn amount_fen", "for … in params.bands"),
        ("for x in range(8):\n    amount_fen += x\nreturn amount_fen", "for … in range(8)"),
        ("for x in range(amount_fen):\n    amount_fen += x\nreturn 1", "for … in range(amount_fen)"),
        ("for x in range(1, CONSTANT):\n    amount_fen += x\nreturn 1", "for … in range(1, CONSTANT)"),
        ("for x in range(CONSTANT):\n    break\nreturn 1", "break"),
        ("params.rate_bp = 1\nreturn 1", ".rate_bp ="),
        ("params.rate_bp += 1\nreturn 1", ".rate_bp ="),
        ("params.bands[0] = 1\nreturn 1", "params.bands[0] ="),
        ("a, b = params\nreturn a", "(a, b) ="),
        ("return params.bands[1:2]", "slice"),
        ("return params.bands[-1]", "-1"),
        ("return amount_fen in params.bands", "in"),
        ("return amount_fen is params", "is"),
        ("return (x := amount_fen)", ":="),
        ("global CONSTANT\nreturn 1", "global"),
        ("import datetime\nreturn 1", "import"),
        ("from datetime import date\nreturn 1", "import"),
        ("def inner(x: int) -> int:\n    return x\nreturn inner(1)", "def"),
        ("match amount_fen:\n    case 1:\n        return 1\nreturn 2", "match"),
        ("assert amount_fen > 0\nreturn 1", "assert"),
        ("print(amount_fen)\nreturn 1", "print(amount_fen)"),
        ("return 9223372036854775808", "9223372036854775808"),
    ],
)
def test_names_the_word_that_a_body_may_not_use(body, word):
    assert word in words_in_body(body)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("import datetime", "import datetime"),
        ("from datetime import date", "datetime"),
        ("from decimal import Decimal", "decimal"),
        ("from yibao.kernel.money import *", "import *"),
        ("from . import terms", "from ."),
        ("TABLE = {1: 2}", "dict"),
        ("RATE = 0.7", "0.7"),
        ("RATE: float = 1 / 2", "/"),
        ("rate_bp = 7000", "assign"),
        ("if True:\n    A = 1", "if"),
        ("def rule(*rates_bp: int) -> int:\n    return 1", "*rates_bp"),
        ("def rule(**rates_bp: int) -> int:\n    return 1", "**rates_bp"),
        ("def rule(rate_bp: int = 1) -> int:\n    return 1", "="),
        ("def rule(rate: float) -> int:\n    return 1", "float"),
        ("def rule(name: str) -> int:\n    return 1", "str"),
        ("def rule(rate_bp: int | None) -> int:\n    return 1", "|"),
        ("def rule(rate_bp: int) -> None:\n    return 1", "None"),
        ("@cache\ndef rule(rate_bp: int) -> int:\n    return 1", "@"),
        ("async def rule(rate_bp: int) -> int:\n    return 1", "async def"),
        ("class Working:\n    pays_fen: int", "class Working"),
        ("class Working(NamedTuple):\n    pays_fen: int", "int"),
        ('class Working(NamedTuple):\n    pays_fen: Annotated[float, "支付"]', "float"),
        ('class Working(NamedTuple):\n    pays_fen: Annotated[int, "支付"] = 0', "="),
        ("class Working(NamedTuple):\n    def pays_fen(self) -> int:\n        return 1", "def"),
        ("class Kind(IntEnum):\n    ONE = 1", "class Kind"),
        ("def rule(:", "syntax"),
    ],
)
def test_names_the_word_that_a_module_may_not_use(text, word):
    assert word in words_in(text)


def test_a_finding_names_file_line_column_and_word():
    (finding,) = subset.check(
        "def rule(amount_fen: int) -> int:\n    return amount_fen / 2\n", "area/rule.py"
    )
    assert str(finding).startswith("area/rule.py:2:12: /: ")


def test_one_message_for_each_finding():
    assert words_in_body("a = amount_fen / 2\nb = None\nreturn a") == ["/", "None"]


def test_the_command_exits_with_1_on_a_finding_and_0_without(tmp_path: Path):
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(GOOD, "utf-8")
    bad.write_text("RATE = 0.7\n", "utf-8")

    def run(*paths: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "yibao.engine.subset", *map(str, paths)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run(good).returncode == 0
    refused = run(tmp_path)
    assert refused.returncode == 1
    assert refused.stdout.splitlines() == [f"{bad}:1:8: 0.7: is no whole number"]


def test_every_rule_of_the_package_stays_inside():
    modules = subset.modules_of_package(Path(subset.__file__).parents[1])
    found = [str(finding) for path in modules for finding in subset.check(path.read_text("utf-8"), str(path))]
    assert found == []
