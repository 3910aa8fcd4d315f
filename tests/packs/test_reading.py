"""Reading a folder of policies: what is refused, what is inherited, what is in force."""

from datetime import date

import pytest

from yibao.financing.params import SubsidyParams
from yibao.kernel.standing import Standing
from yibao.packs.build import EntryUnreadable, params
from yibao.packs.entries import EntryRefuses, NoSuchEntry, NotOnFile, PolicyFailure
from yibao.packs.policies import NoSuchArea, policies

DAY = date(2022, 6, 30)
CITY = "990100_city/financing.yaml"


def test_a_key_written_twice_is_refused_with_its_line(write):
    folder = write({CITY: ("    county: 40%\n", "    county: 40%\n    central: 1 元\n")})
    with pytest.raises(PolicyFailure, match=r"financing\.yaml 第 7 行：'central' 重复出现"):
        policies(folder).area("990100")


def test_a_pack_is_read_when_it_is_asked_for(write):
    found = policies(write({"990122_county/financing.yaml": "subsidy: [broken"}))
    assert found.area("990121").entry("financing", "subsidy", DAY).values["central"] == "366 元"
    assert list(found.packs) == ["000000", "990000", "990100", "990122"]
    with pytest.raises(PolicyFailure, match=r"990122_county/financing\.yaml 不是可读的 YAML"):
        found.area("990122")


def test_an_entry_written_twice_is_refused(write):
    text = "subsidy:\n  2022-01-01: {standard: 610 元, cite: 测发〔2022〕1号 一}\n"
    with pytest.raises(PolicyFailure, match="第 3 行：'subsidy' 重复出现"):
        policies(write({CITY: text + text})).area("990100")


def test_an_unknown_standing_is_refused(write):
    folder = write(
        {
            CITY: (
                "    cite: 测发〔2022〕1号 一\n    quote: 补助610元",
                "    standing: hearsay\n    source: 某处",
            )
        }
    )
    with pytest.raises(PolicyFailure, match="standing 是 'hearsay'，只能是 notice"):
        policies(folder).area("990100")


def test_a_figure_without_source_is_refused(write):
    folder = write({CITY: ("    cite: 测发〔2022〕1号 一\n    quote: 补助610元\n", "")})
    with pytest.raises(PolicyFailure, match="既没有 cite 也没有 standing"):
        policies(folder).area("990100")


def test_the_message_says_what_to_write_for_every_kind_of_source(write):
    folder = write({CITY: ("    cite: 测发〔2022〕1号 一\n    quote: 补助610元\n", "    note: 见某处\n")})
    with pytest.raises(PolicyFailure) as wrong:  # a note does not stand for the source of a figure
        policies(folder).area("990100")
    assert str(wrong.value).startswith(
        "990100_city/financing.yaml：subsidy 2022-01-01 既没有 cite 也没有 standing。"
    )
    for words in (
        "cite（文号和节）与 quote",
        "official、press 或 secondary",
        "standing: assumed 与 note",
        "只留 note",
    ):
        assert words in str(wrong.value)


def test_a_block_of_a_note_alone_refuses_and_is_assumed(write):
    text = "subsidy:\n  2022-01-01:\n    last_day: 2023-12-31\n    note: 没有文件在册\n"
    area = policies(write({CITY: text})).area("990100")
    block = area.block("financing", "subsidy", DAY)
    assert (block.refuses, block.standing) == (True, Standing.ASSUMED)
    with pytest.raises(
        EntryRefuses, match=r"没有文件在册。请把文件给出的数字写进 990100_city/financing\.yaml"
    ):
        area.entry("financing", "subsidy", DAY)


def test_a_block_of_nothing_is_refused(write):
    with pytest.raises(PolicyFailure, match="subsidy 2022-01-01 既没有 cite 也没有 standing"):
        policies(write({CITY: "subsidy:\n  2022-01-01:\n    last_day: 2023-12-31\n"})).area("990100")


def test_a_merge_key_is_refused_with_its_line_and_what_to_write(write):
    text = (
        "subsidy:\n  2022-01-01: &first\n    standard: 610 元\n    cite: 测发〔2022〕1号 一\n    quote: 补助610元\n"
        "  2023-01-01:\n    <<: *first\n    standard: 640 元\n"
    )
    with pytest.raises(
        PolicyFailure, match=r"financing\.yaml 第 7 行：不用合并键 <<.*另一处写“日期: \*名字”"
    ):
        policies(write({CITY: text})).area("990100")
    same = text.replace("2023-01-01:\n    <<: *first\n    standard: 640 元\n", "2023-01-01: *first\n")
    blocks = policies(write({CITY: same})).area("990100").blocks("financing", "subsidy")
    assert [block.values["standard"] for block in blocks] == ["610 元", "610 元"]


def test_a_key_that_is_a_list_is_refused_with_its_line(write):
    with pytest.raises(PolicyFailure, match=r"financing\.yaml 第 2 行：键应是一个词"):
        policies(write({CITY: "subsidy:\n  [2022]: {standard: 610 元}\n"})).area("990100")


def test_a_folder_named_otherwise_than_its_code_is_refused(write):
    with pytest.raises(PolicyFailure, match="应与文件夹名"):
        policies(write({"990100_city/pack.yaml": 'code: "990200"\nname: {zh: 某市}\n'})).area("990100")


def test_no_folder_and_no_packs_are_refused(tmp_path):
    with pytest.raises(PolicyFailure, match="没有政策文件夹"):
        policies(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyFailure, match="没有任何 pack"):
        policies(tmp_path / "empty")


def test_a_county_overrides_an_entry_whole_and_inherits_the_rest(write):
    found = policies(write())
    assert found.area("990122").entry("financing", "subsidy", DAY).values == {
        "standard": "610 元",
        "central": "488 元",
    }
    assert found.area("990122").entry("financing", "subsidy_floor", DAY).area_code == "000000"
    assert [pack.code for pack in found.area("990122").chain] == ["990122", "990100", "990000", "000000"]


def test_a_county_without_a_folder_reads_its_city(write):
    county = policies(write()).area("990121")
    assert county.name == "甲县"
    assert county.entry("financing", "subsidy", DAY).area_code == "990100"


def test_an_unknown_area_names_those_there_are(write):
    with pytest.raises(NoSuchArea, match="在册地区：000000、990000、990100、990122"):
        policies(write()).area("990199")


def test_outside_the_days_on_file_the_days_there_are_are_named(write):
    area = policies(write({CITY: ("    county: 40%\n", "    county: 40%\n    last_day: 2022-12-31\n")})).area(
        "990100"
    )
    with pytest.raises(NotOnFile, match="2023-01-01 没有在册规定；在册日期：2022-01-01—2022-12-31"):
        area.entry("financing", "subsidy", date(2023, 1, 1))
    with pytest.raises(NotOnFile, match="2021-12-31"):
        area.entry("financing", "subsidy", date(2021, 12, 31))


def test_a_missing_entry_says_where_to_write_it(write):
    with pytest.raises(NoSuchEntry, match=r"financing\.contribution。请在该地区的 financing\.yaml 中写入"):
        policies(write()).area("990100").entry("financing", "contribution", DAY)


def test_a_block_with_only_a_note_refuses_and_says_why(write):
    folder = write({CITY: "subsidy:\n  2022-01-01: {cite: 测发〔2022〕1号 一, note: 没有文件}\n"})
    with pytest.raises(EntryRefuses, match="没有文件"):
        policies(folder).area("990100").entry("financing", "subsidy", DAY)


def test_the_unit_says_which_of_two_fields_a_value_fills(write):
    area = policies(write()).area("990100")
    terms = params(SubsidyParams, area.entry("financing", "subsidy", DAY), area)
    assert (terms.central_fen, terms.central_bp, terms.county_fen, terms.county_bp) == (36_600, 0, 0, 4_000)


def test_a_figure_that_cannot_be_read_names_file_entry_and_key(write):
    area = policies(write({CITY: ("standard: 610 元", "standard: 六百元")})).area("990100")
    with pytest.raises(
        EntryUnreadable, match=r"990100_city/financing\.yaml subsidy 2022-01-01：standard 金额无法识别"
    ):
        params(SubsidyParams, area.entry("financing", "subsidy", DAY), area)
