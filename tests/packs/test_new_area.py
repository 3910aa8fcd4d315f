"""A new area: a folder that is sound as written, refuses every kind of visit, and offers the keys that entries may have."""

import json
import re
from datetime import date

import pytest
import yaml
from typer.testing import CliRunner

from yibao.benefits.terms import Refusal, VisitKind
from yibao.cli.case_claim import prepare
from yibao.cli.policy_new import new_area_command
from yibao.cli.settle import settled
from yibao.packs.block_keys import key_lines
from yibao.packs.build import yaml_keys
from yibao.packs.check import check
from yibao.packs.kinds import KINDS, kind_of
from yibao.packs.new_area import BLOCKS, AreaUnfit, NewArea, new_area
from yibao.packs.new_year import FolderThere
from yibao.packs.policies import NoSuchArea, policies
from yibao.packs.settlement import SettlesWithout, settlement_terms
from yibao.packs.spans import last_promised_day

SAID = NewArea("990200", "新市", "New City")
VISITS = {
    VisitKind.HOSPITAL: {"discharged_on": "2023-10-31"},
    VisitKind.OUTPATIENT: {"served_on": "2023-10-31"},
    VisitKind.TWO_DISEASES: {"served_on": "2023-10-31", "disease": "HYPERTENSION"},
    VisitKind.CHRONIC: {"served_on": "2023-10-31", "disease": "some"},
    VisitKind.MATERNITY: {"discharged_on": "2023-10-31", "delivery": "NATURAL"},
}


@pytest.fixture
def city(tmp_path):
    """A copy of the shipped policies with a new city straight below the state."""
    return new_area(
        policies(), NewArea("990200", "新市", "New City", years=(2023,)), {}, tmp_path / "all"
    ).folder


def settled_case(folder, tmp_path, kind):
    """The slip of a visit in the new city, whose list of diseases holds one."""
    pack = folder / "pack.yaml"
    listed = "chronic_diseases:\n  - {code: some, label: 某病}"
    pack.write_text(pack.read_text("utf-8").replace("chronic_diseases: []", listed), "utf-8")
    case = {
        "area": "990200",
        "person": {
            "county_code": "990201",
            "covered": {"first_day": "2023-01-01", "last_day": "2023-12-31"},
            "categories": ["SUBSISTENCE_ALLOWANCE"],
            "chronic": ["some"],
            "two_diseases": ["HYPERTENSION"],
        },
        "institution": {"class": "level_three", "county_code": "990201"},
        "visit": {"kind": kind.name, **VISITS[kind]},
        "totals": {"class_a": 20000},
    }
    (tmp_path / "case.json").write_text(json.dumps(case), "utf-8")
    return settled(prepare(tmp_path / "case.json", policies(folder.parent)))


@pytest.mark.parametrize("kind", VISITS)
def test_every_kind_of_visit_refuses_and_names_the_entry(city, tmp_path, kind):
    slip = settled_case(city, tmp_path, kind)
    assert slip.settlement.refusal == Refusal.NOT_ON_FILE
    assert slip.refusal.chinese.startswith("政策中没有这项待遇")
    assert slip.refusal_source.note == "没有文件在册"
    assert slip.refusal_source.entry_id.startswith("990200 benefits.")
    assert slip.settlement.payers.person_fen == 20_000_00


@pytest.mark.parametrize("parent", ["000000", "140000", "220000", "410000", "500000"])
def test_it_is_sound_below_every_state_and_province(parent, tmp_path):
    before = check(policies()).errors
    code = "990200" if parent == "000000" else f"{parent[:2]}9900"
    written = new_area(policies(), NewArea(code, "新市", "New City", parent), {}, tmp_path / "all")
    found = policies(tmp_path / "all")
    assert check(found).errors == before == []
    area = found.area(code)
    assert [pack.code for pack in area.chain[:2]] == [code, parent]
    own = {f"{section}.{key}" for section, key in area.chain[0].entries}
    assert own == {f"{section}.{key}" for section, keys in written.refusing.items() for key in keys}
    for section, labels in BLOCKS.items():  # what the parent gives is inherited, all else is there
        assert set(labels) <= set(area.keys(section))
    terms = settlement_terms(area, last_promised_day(area))
    assert all(block.refuses for block in terms.entries() if block.area_code == code)


def test_a_figure_without_catastrophic_insurance_behind_it_is_an_error(city):
    path = city / "benefits.yaml"
    head, _, tail = path.read_text("utf-8").partition("\nmaternity:")
    _, _, rest = tail.partition("note: 没有文件在册\n")
    filled = (
        "  2023-01-01: {quota: {NATURAL: 400 元}, excess_to_hospital: false, source: 某处, standing: press}\n"
    )
    path.write_text(f"{head}\nmaternity:\n{filled}{rest}", "utf-8")
    found = policies(city.parent)
    with pytest.raises(SettlesWithout) as wrong:
        settlement_terms(found.area("990200"), date(2023, 5, 1))
    for words in (
        "ranking（990200_new_city/assistance.yaml）",
        "catastrophic（",
        "catastrophic_preferential（",
    ):
        assert words in str(wrong.value)
    problems = [problem.message for problem in check(found).errors if problem.file == "990200"]
    assert problems == [str(wrong.value).replace("2023-05-01", "2023-01-01")]


def test_the_keys_offered_are_those_an_entry_may_have():
    for kind in {*KINDS.values(), kind_of("assistance", "direct_some")}:
        offered = [line.split(":")[0] for line in key_lines(kind, {})]
        assert sorted(offered) == sorted(yaml_keys(kind))
        for line in key_lines(kind, {}):
            yaml.safe_load(line)


def test_yes_and_no_is_offered_where_packs_say_yes_and_no():
    for pack in policies().packs.values():
        for (section, key), blocks in pack.entries.items():
            if key in BLOCKS.get(section, {}):
                offered = dict(line.split(": ", 1) for line in key_lines(kind_of(section, key), {}))
                for name, value in ((n, v) for block in blocks for n, v in block.values.items()):
                    if isinstance(value, bool):
                        assert offered[name].startswith("true 或 false"), name
                    elif isinstance(value, int):
                        assert offered[name].startswith("整数"), name


def test_the_words_and_the_sections_to_fill_stand_in_the_files(write):
    written = new_area(policies(write()), SAID, {"deductible": "起付标准"}, None)
    assert written.folder.name == "990200_new_city"
    text = (written.folder / "benefits.yaml").read_text("utf-8")
    assert "    # deductible: {代码: … 元}    # 起付标准，按机构类别\n" in text
    assert "    last_day: 2023-12-31\n    note: 没有文件在册\n" in text
    assert 'parent: "990000"' in (written.folder / "pack.yaml").read_text("utf-8")


def test_everything_wrong_is_said_at_once_and_nothing_is_written(write, tmp_path):
    found = policies(write())
    with pytest.raises(AreaUnfit) as wrong:
        new_area(found, NewArea("99020", " ", "新", "000000", (2023, 2025)), {}, tmp_path / "all")
    for words in (
        "代码 '99020'",
        "名称是空的",
        "英文名 '新'",
        "只到 2022—2023 年，不含 2025 年",
        "policy new-year",
    ):
        assert words in str(wrong.value)
    assert not (tmp_path / "all").exists()
    with pytest.raises(AreaUnfit, match="990100 已有文件夹"):
        new_area(found, NewArea("990100", "某市"), {})
    with pytest.raises(AreaUnfit, match="上级 990121 没有自己的文件夹"):
        new_area(found, NewArea("990200", "新市", parent="990121"), {})
    with pytest.raises(NoSuchArea, match="没有地区 980000"):
        new_area(found, NewArea("990200", "新市", parent="980000"), {})
    (tmp_path / "all").mkdir()
    with pytest.raises(FolderThere, match="没有改动"):
        new_area(found, SAID, {}, tmp_path / "all")
    assert sorted(found.packs) == sorted(policies(found.folder).packs)


def test_the_command_says_what_to_do_next(write):
    from typer import Typer

    app = Typer()
    app.command()(new_area_command)
    folder = write()
    result = CliRunner().invoke(app, ["990200", "--name", "新市", "--policies", str(folder)])
    assert result.exit_code == 0
    said = re.sub(r"\s+", " ", result.output)
    for words in (
        f"已写入 {folder}/990200",
        "先看",
        f"yibao --policies {folder} policy check",
        "hospital、basic_cap",
    ):
        assert words in said
    assert (folder / "990200" / "enrolment.yaml").exists()
