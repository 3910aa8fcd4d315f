"""Every key and member that an entry on file uses has words, so that no page shows the YAML's own."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from yibao.packs.policies import policies
from yibao.reports.figure_words import FIGURE_WORDS, MEMBER_WORDS, PACK_LISTS, figure_name, value_words

KEY, MEMBER = re.compile(r"[a-z_]{2,}"), re.compile(r"[A-Z_]{3,}")


@pytest.mark.parametrize("code", policies().packs)
def test_every_key_and_member_on_file_has_words(code):
    areas = map(policies().area, policies().packs)
    codes = {str(row["code"]) for area in areas for name in PACK_LISTS for row in area.listed(name)}
    used = {
        word
        for blocks in policies().packs[code].entries.values()
        for e in blocks
        for word in words_of(e.values)
    }
    assert {w for w in used if KEY.fullmatch(w)} - codes - set(FIGURE_WORDS) == set()
    assert {w for w in used if MEMBER.fullmatch(w)} - codes - set(MEMBER_WORDS) == set()


def words_of(values: Any) -> Iterator[str]:
    """Keys, and strings in capitals, of an entry's values."""
    if isinstance(values, dict):
        for key, inner in values.items():
            yield str(key)
            yield from words_of(inner)
    elif isinstance(values, list):
        for inner in values:
            yield from words_of(inner)
    elif isinstance(values, str) and MEMBER.fullmatch(values):
        yield values


def test_a_path_and_a_value_are_said_in_words():
    area = policies().area("500000")
    assert figure_name(["household_category", "UNSTABLE_EXIT"], [area]) == "家庭成员参照的身份 · 脱贫不稳定户"
    assert figure_name(["tier_bonus", "2"], [area]) == "各档支付比例加成 · 二档"
    assert value_words(["COLLECT", "REFUND"], [area]) == "征收、退费"
