"""The how-to pages name what is there: packs and entries to copy from, and commands that exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from yibao.cli.main import app
from yibao.packs.policies import policies

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
SHOWN = {
    ("140100_taiyuan", "hospital"): ("path_rate",),
    ("140100_taiyuan", "outpatient_pooling"): ("daily_cap", "county_only"),
    ("140122_yangqu", "subsidy"): ("central",),
    ("220200_jilin_city", "hospital"): ("rate", "referral_keeps_deductible"),
    ("220000_jilin", "chronic_special"): ("further_quota", "most_quota", "as_hospital"),
    ("411600_zhoukou", "hospital"): ("child_deductible", "repeat", "repeat_class"),
    ("410100_zhengzhou", "hospital"): ("child_deductible", "repeat"),
    ("410000_henan", "catastrophic"): ("bands_from_zero",),
    ("410000_henan", "subsidy_county_western"): ("central",),
    ("410000_henan", "direct_extreme_poverty"): ("outpatient_bears_deductible",),
    ("500000_chongqing", "hospital"): ("tier_bonus", "child_bonus"),
    ("500000_chongqing", "basic_cap"): ("annual_cap",),
    ("500000_chongqing", "chronic_special"): ("class_rate",),
    ("500000_chongqing", "two_diseases"): ("annual_quota",),
    ("500112_yubei", "direct_core"): ("rate",),
    ("500112_yubei", "top_up"): ("rate",),
}
"""Pack and entry that new-city.md shows as a model → the figures it is shown for."""


def models() -> set[tuple[str, str]]:
    """Every pack and entry that the table of new-city.md names."""
    table = (PAGES / "new-city.md").read_text("utf-8").split("## Packs to copy from")[1].split("\n## ")[0]
    found: set[tuple[str, str]] = set()
    for row in table.splitlines():
        folder = ""
        for word in re.findall(r"`([^`]+)`", row.rpartition("|")[0].rpartition("|")[2]):
            if re.match(r"\d{6}_", word):
                folder = word
            elif word != "pack.yaml":
                found.add((folder, word))
    return found


def test_the_models_are_there_and_show_what_they_are_named_for():
    assert models() == set(SHOWN)
    packs = {pack.folder.name: pack for pack in policies().packs.values()}
    for (folder, key), figures in SHOWN.items():
        values = [
            b.values for (_, name), blocks in packs[folder].entries.items() if name == key for b in blocks
        ]
        for figure in figures:
            assert any(figure in block for block in values), f"{folder} {key} {figure}"


@pytest.mark.parametrize("page", sorted(PAGES.glob("new-*.md")), ids=lambda page: page.stem)
def test_every_command_of_a_page_exists(page):
    root = get_command(app)
    for line in re.findall(r"^\.venv/bin/yibao (.*)$", page.read_text("utf-8"), flags=re.MULTILINE):
        words = re.sub(r"--policies \S+", "", line).split()
        command = root.commands.get(words[0])
        assert command is not None, line
        if hasattr(command, "commands"):
            command = command.commands.get(words[1])
            assert command is not None, line
        known = {name for option in command.params for name in option.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, line
