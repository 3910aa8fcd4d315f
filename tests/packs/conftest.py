"""A small folder of policies to break in one place at a time, and a raw text of its notice."""

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "000000_national/pack.yaml": 'code: "000000"\nname: {zh: 国家}\nyears: [2022, 2023]\n',
    "000000_national/financing.yaml": (
        "subsidy_floor:\n  label: 最低标准\n  2022-01-01:\n    standard: 610 元\n"
        "    cite: 测发〔2022〕1号 一\n    quote: 不低于610元\n"
    ),
    "990000_province/pack.yaml": 'code: "990000"\nname: {zh: 某省}\n',
    "990100_city/pack.yaml": (
        'code: "990100"\nname: {zh: 某市}\ncounties:\n  - {code: "990121", name: 甲县}\n  - {code: "990122", name: 乙县}\n'
    ),
    "990100_city/financing.yaml": (
        "subsidy:\n  label: 财政补助\n  2022-01-01:\n    standard: 610 元\n    central: 366 元\n    county: 40%\n"
        "    cite: 测发〔2022〕1号 一\n    quote: 补助610元\n"
    ),
    "990122_county/pack.yaml": 'code: "990122"\nname: {zh: 乙县}\n',
    "990122_county/financing.yaml": (
        "subsidy:\n  label: 财政补助\n  2022-01-01:\n    standard: 610 元\n    central: 488 元\n"
        "    cite: 测发〔2022〕1号 一\n    quote: 乙县488元\n"
    ),
    "notices.yaml": (
        "测发〔2022〕1号:\n  title: 测试通知\n  area: '000000'\n  issuers: [某局]\n"
        "  begins: 测发〔2022〕1号各县\n  ends: 特此通知。\n  sha256: ''\n"
    ),
    "errata.yaml": "测发〔2022〕1号:\n  补肋: 补助\n",
}
NOTICE = "网页头 测发[2022]1号\n各县:\n补助 不低于 610 元,补肋610元,乙县488元。\n特此通知。 关闭窗口"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the small folder, with these files changed: path of a file → (words, other words) or its whole text."""

    def written(changes: dict[str, tuple[str, str] | str] | None = None) -> Path:
        folder = tmp_path / "policies"
        for name, text in {
            **FILES,
            **{n: c for n, c in (changes or {}).items() if isinstance(c, str)},
        }.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        for name, change in (changes or {}).items():
            if isinstance(change, tuple):
                text = (folder / name).read_text("utf-8")
                assert change[0] in text, f"{change[0]} is not in {name}"
                (folder / name).write_text(text.replace(*change), "utf-8")
        return folder

    return written


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with the raw text of the small notice."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_text(NOTICE, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder of its own for every test."""
    monkeypatch.setenv("YIBAO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("YIBAO_POLICIES", raising=False)
    return tmp_path / "home"
