"""`policy check`: each thing it must find, planted once in a small folder; and the folder that comes with the package."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from yibao.packs.check import check
from yibao.packs.policies import policies, policies_folder

SHARED_TEXTS = Path(__file__).parents[2].parent / "shared" / "notices"
CITY = "990100_city/financing.yaml"
SOURCED = "    cite: 测发〔2022〕1号 一\n    quote: 补助610元"


def messages(folder: Path, texts: Path | None = None) -> list[str]:
    return [found.sentence() for found in check(policies(folder), texts).errors]


def test_a_sound_folder_has_no_findings_and_counts_what_it_could_not_look_up(write, texts):
    folder = write()
    blind = check(policies(folder))
    assert (blind.errors, blind.verified, blind.unverified) == ([], 0, {"测发〔2022〕1号": 3})
    seeing = check(policies(folder), texts)
    assert (seeing.errors, seeing.verified, seeing.unverified) == ([], 3, {})
    assert seeing.other_texts == ["测发〔2022〕1号"]  # its hash is not the one on file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((SOURCED, SOURCED.replace("补助610元", "补助611元")), "找不到这句引文（补助611元）"),
        ((SOURCED, SOURCED.replace("补助610元", "补" * 41)), "引文 41 字，最多 40 字"),
        ((SOURCED, "    cite: 测发〔2022〕1号 一"), "有文号没有引文"),
        ((SOURCED, SOURCED.replace("1号 一", "9号 一")), "文号不在 notices.yaml 里"),
        ((SOURCED, SOURCED.replace("1号 一", "1号")), "cite 没有写到节"),
        ((SOURCED, "    standing: press"), "没有 source"),
        ((SOURCED, "    standing: assumed\n    source: 某处"), "假定值没有 note"),
        (("    county: 40%\n", "    county: 40%\n    town: 1 元\n"), "没有这个键（town）"),
        (("standard: 610 元", "standard: 六百元"), "金额无法识别"),
        (
            ("standard: 610 元", "standard: 609.99 元"),
            "财政补助低于国家最低标准 610.00 元（2022-01-01 起）（609.99）",
        ),
        (("county: 40%", "county: 41%"), "各级补助之和超过标准 610.00 元（616.10）"),
        (("    county: 40%\n", "    county: 40%\n    last_day: 2022-12-30\n"), "2022-12-30 后没有规定"),
        (("2022-01-01:", "2022-02-01:"), "2022-02-01 前没有规定（2022-01-01）"),
        (("    county: 40%\n", "    county: 40%\n    last_day: 2021-12-31\n"), "last_day 早于起始日"),
        ((SOURCED, "    cite: 待填\n    quote: 待填"), "还有没填的数字"),
    ],
)
def test_it_finds(write, texts, change, said):
    found = messages(write({CITY: change}), texts)
    assert any(said in sentence for sentence in found), found
    assert all(CITY in sentence for sentence in found)


@pytest.mark.parametrize(
    ("last_day", "said"),
    [("2022-12-30", "2023-01-01 之间没有规定"), ("2023-01-01", "与 2023-01-01 起的块重叠")],
)
def test_it_finds_gaps_and_overlaps_between_blocks(write, last_day, said):
    second = (
        f"    last_day: {last_day}\n  2023-01-01:\n    standard: 610 元\n    central: 366 元\n{SOURCED}\n"
    )
    found = messages(write({CITY: (SOURCED, SOURCED + "\n" + second)}))
    assert len(found) == 1
    assert said in found[0]


def test_a_part_that_nobody_bears_is_named_but_is_no_error(write):
    report = check(policies(write({CITY: ("    county: 40%\n", "")})))
    assert report.errors == []
    assert [(found.value, found.message) for found in report.departures] == [
        ("244.00", "这部分补助没有写由哪一级负担"),
        ("122.00", "这部分补助没有写由哪一级负担"),
    ]


def own_copy(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """The policies that come with the package, changed in one place."""
    folder = tmp_path / "copy"
    for path in policies_folder().rglob("*.yaml"):
        to = folder / path.relative_to(policies_folder())
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(path.read_text("utf-8"), "utf-8")
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    return folder


def test_the_policies_that_come_with_the_package_are_sound():
    assert check(policies()).errors == []


def test_a_ranking_that_puts_a_worse_category_first_is_found(tmp_path):
    folder = own_copy(
        tmp_path,
        "140100_taiyuan/assistance.yaml",
        "      - EXTREME_POVERTY\n      - SUBSISTENCE_ALLOWANCE\n      - FELL_INTO_POVERTY\n      - UNSTABLE_EXIT\n"
        "      - EDGE_OF_POVERTY\n      - SUDDEN_HARDSHIP\n      - SUBSISTENCE_MARGIN\n      - ILLNESS_POVERTY\n"
        "    last_day: 2023-12-31\n    source: 各地",
        "      - SUBSISTENCE_ALLOWANCE\n      - EXTREME_POVERTY\n      - FELL_INTO_POVERTY\n      - UNSTABLE_EXIT\n"
        "      - EDGE_OF_POVERTY\n      - SUDDEN_HARDSHIP\n      - ILLNESS_POVERTY\n"
        "    last_day: 2023-12-31\n    source: 各地",
    )
    found = messages(folder)
    assert any("低保对象比特困人员多负担" in sentence for sentence in found)
    assert any("低保边缘家庭成员有自己的待遇，却不在顺位里" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("benefits", "    rate: 80%\n", "    rate: 78%\n", "倾斜比例没有提高 5 个百分点"),
        ("benefits", "    deductible: 5000 元\n", "    deductible: 6000 元\n", "倾斜起付标准不是普通的一半"),
        ("benefits", "    rate: 75%\n", "    rate: 59%\n", "大病保险比例低于清单的 60%"),
        ("assistance", "    rate: 100%\n", "    rate: 65%\n", "救助比例低于清单的 70%"),
        ("assistance", "    deductible: 0 元\n", "    deductible: 1 元\n", "低保对象原则上不设救助起付线"),
    ],
)
def test_departures_from_the_national_list_are_named(tmp_path, file, old, new, said):
    folder = own_copy(tmp_path, f"140100_taiyuan/{file}.yaml", old, new)
    assert said in [found.message for found in check(policies(folder)).departures]


def test_every_quote_of_the_package_is_in_its_notice(capsys):
    if not SHARED_TEXTS.is_dir():
        pytest.skip("no texts of the notices at hand: yibao notice add FILE")
    report = check(policies(), SHARED_TEXTS)
    assert report.errors == []
    assert report.unverified == {}
    assert report.other_texts == []
    with capsys.disabled():
        print(f"\n{report.verified} quotes verified against {SHARED_TEXTS.name}")


def test_no_quote_of_the_package_is_longer_than_forty_characters():
    def quotes(node):
        if isinstance(node, dict):
            for key, value in node.items():
                yield from ([value] if isinstance(value, str) else value) if key == "quote" else quotes(value)

    for path in policies_folder().rglob("*.yaml"):
        for quote in quotes(yaml.safe_load(path.read_text("utf-8"))):
            assert len(quote) <= 40, f"{path.name}: {quote}"


def test_the_periods_of_taiyuan_are_cut_where_its_entries_change():
    from yibao.packs.settlement import settlement_periods

    periods = settlement_periods(policies().area("140100"), date(2022, 1, 1), date(2023, 12, 31))
    assert [str(period.first_day) for period in periods] == [
        "2022-01-01",
        "2022-09-18",
        "2022-10-01",
        "2023-01-01",
    ]
