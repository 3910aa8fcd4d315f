"""Slips: the interface's sums hold, every step has its words and its entry, and all three prints say the same.

carries_out: BEN-13
"""

import io
import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from rich.console import Console

from yibao.benefits.refusals import REFUSAL_WORDS
from yibao.benefits.terms import Refusal
from yibao.cli.case_claim import Prepared, prepare
from yibao.cli.settle import settled
from yibao.engine.settle import Settlement
from yibao.kernel.standing import Standing
from yibao.kernel.workings import steps
from yibao.packs.clauses import clause_of
from yibao.packs.policies import policies
from yibao.reports.glyphs import printable, ranges
from yibao.reports.slip import Slip
from yibao.reports.slip_json import slip_json, slip_json_text
from yibao.reports.slip_pdf import amount_in_words, slip_pdf
from yibao.reports.slip_text import slip_text
from yibao.reports.slip_words import LAYER_WORDS, STEP_ENGLISH
from yibao.reports.typeset import font

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted((FOLDER / "140100").glob("*.yaml"))
EVERYWHERE = sorted(FOLDER.glob("*/*.yaml"))
PRINTED = {"hospital_assisted", "hospital_minor", "special_stay", "covid_treatment", "refused_not_on_file"}
"""Examples of every place that are printed; of Taiyuan's all are."""


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


by_example = pytest.mark.parametrize("path", EVERYWHERE, ids=named)
by_printed = pytest.mark.parametrize(
    "path", [p for p in EVERYWHERE if p.parent.name == "140100" or p.stem in PRINTED], ids=named
)


def slip_of(path: Path) -> Slip:
    prepared = prepare(path, policies())
    assert isinstance(prepared, Prepared), prepared
    return settled(prepared)


def text_of(slip: Slip) -> str:
    out = io.StringIO()
    Console(file=out, width=120, no_color=True).print(slip_text(slip))
    return out.getvalue()


@by_example
def test_the_sums_of_the_interface_hold(path):
    info = slip_json(slip_of(path))["setlinfo"]
    assert info["medfee_sumamt"] == info["fund_pay_sumamt"] + info["psn_part_amt"] + info["hosp_part_amt"]
    funds = (
        "hifp_pay",
        "cvlserv_pay",
        "hifes_pay",
        "hifmi_pay",
        "hifob_pay",
        "maf_pay",
        "hifdm_pay",
        "oth_pay",
    )
    assert info["fund_pay_sumamt"] == sum(info[name] for name in funds)
    assert info["psn_part_amt"] == info["acct_pay"] + info["psn_cash_pay"]
    split = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    assert info["medfee_sumamt"] == sum(info[name] for name in split)


@by_example
def test_the_funds_of_the_detail_are_the_sum(path):
    found = slip_json(slip_of(path))
    details = [row for row in found["setldetail"] if row["fund_pay_type"] != "999996"]
    assert sum((row["fund_payamt"] for row in details), Decimal(0)) == found["setlinfo"]["fund_pay_sumamt"]
    allowed = {"390100", "390102", "390200", "610100", "999997"}
    assert {row["fund_pay_type"] for row in details} <= allowed
    for row in details:
        assert 0 <= row["fund_payamt"] <= row["crt_payb_lmt_amt"]
        assert row["fund_payamt"] <= row["inscp_scp_amt"]
        assert row["setl_proc_info"]


@by_example
def test_amounts_are_numbers_with_two_decimals(path):
    text = slip_json_text(slip_of(path))
    exact = json.loads(text, parse_float=str)
    for name, value in exact["setlinfo"].items():
        if name not in ("insutype", "med_type"):
            places = 4 if name == "pool_prop_selfpay" else 2
            assert isinstance(value, str) and len(value.split(".")[1]) == places, name


@by_example
def test_every_step_rests_on_an_entry_and_what_is_doubtful_is_named(path):
    slip = slip_of(path)
    chain = [pack.code for pack in policies().area(path.parent.name).chain]
    named = {source.entry_id for source in slip.doubtful}
    for layer in slip.layers:
        assert layer.steps[-1].chinese and layer.sources
        for step in layer.steps:
            assert step.chinese != step.name and step.english
            assert step.source.entry_id.split(" ")[0] in chain
            assert (step.source.entry_id in named) == (step.source.standing > Standing.OFFICIAL)
    assert bool(slip.layers) == (slip.refusal is None)


@by_printed
def test_terminal_and_pdf_say_who_pays(path):
    slip = slip_of(path)
    shown = text_of(slip)
    pdf = PdfReader(io.BytesIO(slip_pdf(slip)))
    printed = "".join(page.extract_text() for page in pdf.pages)
    for chinese, _, fen in slip.payers:
        amount = f"{fen / 100:,.2f}"
        assert chinese in shown and amount in shown
        assert chinese in printed and amount in printed
    for source in slip.doubtful:
        assert source.words[0] in shown and source.words[0] in printed
    if slip.refusal is not None:
        assert slip.refusal.chinese in shown and slip.refusal.remedy in shown
        close = printed.replace(" ", "").replace("\n", "")
        assert slip.refusal.chinese in close and slip.refusal.clause.replace(" ", "") in close


def test_layers_stand_in_the_order_of_the_notice():
    slip = slip_of(next(p for p in EXAMPLES if p.stem == "hospital_assisted"))
    assert [layer.key for layer in slip.layers] == ["hospital", "catastrophic", "direct", "top_up"]
    assert [one.key for one in slip.skipped] == []
    other = slip_of(next(p for p in EXAMPLES if p.stem == "outpatient_assisted"))
    assert [layer.key for layer in other.layers] == ["pooling"]
    assert [(one.key, one.why_chinese) for one in other.skipped] == [
        ("catastrophic", "普通门诊费用不计入"),
        ("direct", "普通门诊费用不计入"),
        ("top_up", "只用于住院"),
    ]


def test_caps_say_what_is_left():
    slip = slip_of(next(p for p in EXAMPLES if p.stem == "two_diseases_ordinary"))
    left = {cap.chinese: (cap.used_fen, cap.left_fen) for cap in slip.caps if not cap.unlimited}
    assert left["该病种年度限额"] == (26_000, 0)
    assert left["门诊统筹当日限额"] == (3_000, 2_000)
    assert left["门诊统筹年度限额"] == (3_000, 22_000)


def test_every_field_of_a_working_has_its_english():
    slips = [slip_of(path) for path in EXAMPLES]
    settlement = slips[0].settlement
    assert isinstance(settlement, Settlement)
    basic = settlement.basic
    workings = {
        **{
            key: getattr(basic, key)
            for key in ("hospital", "two_diseases", "pooling", "chronic", "maternity")
        },
        **{key: getattr(settlement, key) for key in ("catastrophic", "direct", "top_up", "special_fund")},
    }
    assert set(workings) == set(STEP_ENGLISH) == set(LAYER_WORDS)
    for key, working in workings.items():
        assert [step.name for step in steps(working)] == list(STEP_ENGLISH[key]), key


def changed(folder: Path, example: str, *changes: tuple[str, str]) -> Slip:
    """The slip of an example after changing its text, each change once."""
    text = next(p for p in EXAMPLES if p.stem == example).read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "case.yaml"
    path.write_text(text, "utf-8")
    return slip_of(path)


def test_a_special_fund_is_a_payer_with_its_working(tmp_path):
    plain = slip_of(next(p for p in EXAMPLES if p.stem == "hospital_assisted"))
    assert "专项资金" not in [chinese for chinese, _, _ in plain.payers]
    slip = changed(
        tmp_path,
        "hospital_assisted",
        ("properly_referred: true}", "properly_referred: true, special_fund: COVID_TREATMENT}"),
    )
    paid = {chinese: fen for chinese, _, fen in slip.payers}
    # The layers pay as before; of what they leave the fund pays all.
    assert paid == {c: fen for c, _, fen in plain.payers} | {"专项资金": 576_654, "个人负担": 0}
    last = slip.layers[-1]
    assert [layer.key for layer in slip.layers] == [layer.key for layer in plain.layers] + ["special_fund"]
    assert (last.pays_fen, last.left_fen) == (576_654, 0)
    assert [source.entry_id for source in last.sources] == [last.steps[0].source.entry_id]
    assert "special_funds" in last.steps[0].source.entry_id
    pdf = PdfReader(io.BytesIO(slip_pdf(slip)))
    printed = "".join(page.extract_text() for page in pdf.pages)
    for text in (text_of(slip), printed):
        assert "专项资金支付" in text and "5,766.54" in text
    assert "新冠肺炎患者救治费用专项资金" in text_of(slip)
    found = slip_json(slip)
    info, row = found["setlinfo"], found["setldetail"][-1]
    details = [one for one in found["setldetail"] if one["fund_pay_type"] != "999996"]
    assert info["fund_pay_sumamt"] == sum(one["fund_payamt"] for one in details) == info["medfee_sumamt"]
    assert row["fund_payamt"] == row["inscp_scp_amt"] == Decimal("5766.54")


def test_a_special_fund_that_pays_alone_passes_over_the_layers(tmp_path):
    marked = ("kind: 普通门诊", "kind: 普通门诊, special_fund: COVID_VACCINATION")
    slip = changed(tmp_path, "outpatient_ordinary", marked)
    assert [layer.key for layer in slip.layers] == ["special_fund"]
    assert [one.key for one in slip.skipped] == ["pooling", "catastrophic", "direct", "top_up"]
    assert {one.why_chinese for one in slip.skipped} == {"由专项资金单独支付"}
    assert slip.caps == ()
    assert {c: fen for c, _, fen in slip.payers if fen} == {"专项资金": slip.total_fen}
    assert text_of(slip) and slip_json_text(slip) and slip_pdf(slip)


SPECIAL = """\
area: "500000"
person:
  county_code: "500112"
  covered: {first_day: 2023-01-01, last_day: 2023-12-31}
  chronic: [dialysis, hypertension, diabetes]
institution: {class: level_two, county_code: "500112"}
visit: {kind: 门诊慢特病, served_on: 2023-04-18, disease: dialysis}
totals: {class_a: 5000}
year_so_far: {special_cost: 1000, special_deductible: 100, chronic_paid: 50}
"""


def special(folder: Path, text: str) -> Slip:
    path = folder / "case.yaml"
    path.write_text(text, "utf-8")
    return slip_of(path)


def test_a_disease_settled_as_a_stay_shows_the_hospital_working(tmp_path):
    slip = special(tmp_path, SPECIAL)
    first = slip.layers[0]
    basic = slip.settlement.basic
    assert first.key == "hospital" and "全年一次住院" in first.chinese
    assert [step.value for step in first.steps] == list(basic.hospital)
    ids = " ".join(source.entry_id for source in first.sources)
    assert "hospital" in ids and "basic_cap" in ids and "chronic_special" in ids
    assert "全年一次" in text_of(slip) and slip_pdf(slip)
    assert first.pays_fen == basic.hospital.pays_fen > 0
    # What the year had borne of the deductible is borne no more.
    fresh = special(tmp_path, SPECIAL.replace("special_deductible: 100,", ""))
    used = [one.settlement.basic.hospital.deductible_used_fen for one in (fresh, slip)]
    assert used[0] - used[1] == 10_000
    assert "该病种当月定额" not in [cap.chinese for cap in slip.caps]


def test_one_limit_for_all_chronic_diseases_is_among_the_caps(tmp_path):
    slip = special(tmp_path, SPECIAL.replace("disease: dialysis", "disease: hypertension"))
    assert slip.layers[0].key == "chronic"
    # 1,000 and 200 for the second disease; 50 were paid, and 5,000 x 60% is more than is left.
    cap = next(cap for cap in slip.caps if cap.chinese == "慢特病年度限额")
    assert (cap.limit_fen, cap.used_fen, cap.left_fen) == (120_000, 120_000, 0)


def test_a_refusal_prints_the_clause_of_its_place_and_day(tmp_path):
    waiting = "covered: {first_day: 2023-01-01, last_day: 2023-12-31}\n  waiting: {first_day: 2023-01-01}"
    slip = special(
        tmp_path, SPECIAL.replace("covered: {first_day: 2023-01-01, last_day: 2023-12-31}", waiting)
    )
    words = REFUSAL_WORDS[Refusal.WAITING_PERIOD]
    area = policies().area("500000")
    assert slip.refusal is not None and slip.refusal.chinese == words.chinese
    assert slip.refusal.clause == clause_of(words, area, date(2023, 4, 18))
    assert slip.refusal.clause in text_of(slip).replace("\n", "")
    assert slip_json(slip)["refusal"]["clause"] == slip.refusal.clause


def example(area: str, name: str) -> Slip:
    return slip_of(FOLDER / area / f"{name}.yaml")


def header_of(slip: Slip) -> dict[str, str]:
    return {chinese: value for chinese, _, value in slip.header}


def test_a_district_with_terms_of_its_own_is_not_called_a_pooling_area():
    head = header_of(example("500112", "hospital_assisted"))
    assert (head["统筹地区"], head["适用政策"]) == ("重庆市 500000", "渝北区 500112")
    assert "参保所属地" not in head
    city = header_of(example("500000", "hospital_assisted"))
    assert (city["统筹地区"], city["参保所属地"]) == ("重庆市 500000", "九龙坡区 500107")
    assert "适用政策" not in city
    # An autonomous county whose city has no pack is settled as an area of its own.
    assert header_of(example("220323", "hospital_minor"))["统筹地区"] == "伊通满族自治县 220323"


def test_the_header_tells_age_and_tier_where_they_are_asked():
    head = header_of(example("500000", "hospital_tier_two"))
    assert (head["年龄"], head["缴费档次"]) == ("37 周岁", "二档")
    assert header_of(example("500000", "hospital_minor"))["年龄"] == "8 周岁"
    plain = header_of(example("410100", "hospital_later_stay"))
    assert "年龄" not in plain and "缴费档次" not in plain


def test_antenatal_care_is_no_discharge():
    head = header_of(example("500000", "maternity_antenatal"))
    assert head["就诊日"] == "2023-02-10" and "出院日" not in head
    assert header_of(example("500000", "maternity_ordinary"))["出院日"] == "2023-03-04"


def test_an_infant_has_no_whole_year(tmp_path):
    slip = special(tmp_path, SPECIAL.replace("person:", "person:\n  born_on: 2023-01-02"))
    assert header_of(slip)["年龄"] == "不满 1 周岁"


@pytest.mark.parametrize(
    ("area", "name", "layer", "remarks"),
    [
        ("500000", "hospital_tier_two", "hospital", ["二档：比例加 5 个百分点"]),
        ("500000", "hospital_minor", "hospital", ["不满18周岁：比例加 5 个百分点"]),
        ("500000", "outpatient_level_two", "pooling", ["这类机构全年起付标准 200.00 元"]),
        ("500000", "two_diseases_ordinary", "two_diseases", ["支付比例：甲类 80%，乙类 80%"]),
        (
            "500000",
            "hospital_assisted",
            "catastrophic",
            ["大病保险倾斜支付：年度起付标准 8,450.50 元，以上 65%"],
        ),
        ("500000", "hospital_assisted", "top_up", ["倾斜救助：年度起付标准 3,500.00 元，以上 60%"]),
        ("500112", "hospital_assisted", "top_up", ["倾斜救助（渝北区）：年度起付标准 3,000.00 元，以上 60%"]),
        (
            "410100",
            "hospital_minor",
            "hospital",
            ["分段比例：至 5,000.00 元 60%，以上 70%", "不满15周岁：起付标准 1,200.00 元的 50%"],
        ),
        (
            "410100",
            "hospital_later_stay",
            "hospital",
            ["分段比例：至 3,000.00 元 65%，以上 75%", "本年度第2次住院：起付标准 600.00 元的 50%"],
        ),
        (
            "410100",
            "hospital_unfiled",
            "hospital",
            ["分段比例：至 8,000.00 元 35%，以上 45%", "未备案非急诊：各段比例降 20 个百分点"],
        ),
        ("411600", "hospital_later_stay_grass_roots", "hospital", ["分段比例：至 800.00 元 70%，以上 90%"]),
        (
            "411600",
            "hospital_ordinary",
            "catastrophic",
            ["大病保险：年度起付标准 11,000.00 元", "分段比例：至 100,000.00 元 60%，以上 70%"],
        ),
        (
            "411600",
            "chronic_assisted",
            "direct",
            ["低保边缘家庭成员、易返贫致贫人口医疗救助（周口）：不设起付标准，30%"],
        ),
        (
            "411600",
            "hospital_assisted",
            "direct",
            ["低保边缘家庭成员、易返贫致贫人口医疗救助（周口）：年度起付标准 2,100.00 元，以上 65%"],
        ),
        ("220200", "chronic_ordinary", "chronic", ["全年起付标准 300.00 元，各病种合并计算"]),
        (
            "220200",
            "special_stay",
            "hospital",
            [
                "起付标准全年一次，已付的不再付；分段按全年费用累计",
                "分段比例：至 30,000.00 元 70%，至 60,000.00 元 75%，以上 80%",
            ],
        ),
        (
            "220200",
            "hospital_transfer",
            "hospital",
            [
                "分段比例：至 30,000.00 元 55%，至 60,000.00 元 60%，以上 65%",
                "转诊连续住院：只补起付标准的差额",
            ],
        ),
        ("140100", "outpatient_ordinary", "pooling", ["家庭医生签约：比例加 20 个百分点"]),
    ],
)
def test_a_layer_tells_the_terms_that_no_step_prints(area, name, layer, remarks):
    slip = example(area, name)
    found = next(one for one in slip.layers if one.key == layer)
    assert [chinese for chinese, _ in found.remarks] == remarks
    assert all(english for _, english in found.remarks)
    shown = text_of(slip).replace("\n", "")
    printed = "".join(p.extract_text() for p in PdfReader(io.BytesIO(slip_pdf(slip))).pages)
    for chinese in remarks:
        assert chinese in shown
        assert chinese.replace(" ", "") in printed.replace(" ", "").replace("\n", "")


def test_an_unfiled_stay_of_taiyuan_has_one_rate_and_the_deductible_of_another_class(tmp_path):
    slip = changed(
        tmp_path,
        "hospital_minor",
        ("discharged_on: 2023-07-01", "discharged_on: 2023-07-01, care_path: UNFILED"),
    )
    told = [chinese for chinese, _ in slip.layers[0].remarks]
    assert told[0] == "未备案非急诊：一律按 35% 支付" and told[1].startswith("未备案非急诊：起付标准按")
    assert len(told) == 2


def test_a_refusal_for_want_of_a_figure_says_what_is_missing():
    slip = example("220323", "refused_maternity")
    assert slip.refusal is not None and slip.refusal_source is not None
    assert slip.refusal.clause == "吉医保联〔2022〕25号 二"
    note = "通知没有写生育费用，居民的生育定额没有文件在册"
    assert slip.refusal_source.note == note
    # Nothing of the notice is quoted, so it is not called a quotation.
    assert slip.refusal_source.words[0] == "通知没有给出标准"
    printed = "".join(p.extract_text() for p in PdfReader(io.BytesIO(slip_pdf(slip))).pages)
    for text in (text_of(slip), printed):
        assert note in text and "通知原文" not in text


def test_a_stay_at_a_class_that_no_table_has_is_not_called_forbidden():
    for area, name in (("500000", "refused_outside_area"), ("410100", "refused_outside_province")):
        slip = example(area, name)
        assert slip.settlement.refusal == Refusal.NOT_ALLOWED_HERE
        assert slip.refusal is not None and slip.refusal.chinese == "在册的住院标准不含这类机构"
        assert slip.refusal.clause == "住院待遇" and "补充条目" in slip.refusal.remedy


def test_only_where_people_choose_an_institution_is_the_choice_named(tmp_path):
    text = (FOLDER / "140100" / "outpatient_ordinary.yaml").read_text("utf-8").replace("2023-", "2022-")
    before = special(tmp_path, text)
    assert before.refusal is not None and "首诊" in before.refusal.chinese
    level_three = (FOLDER / "500000" / "outpatient_level_two.yaml").read_text("utf-8")
    slip = special(tmp_path, level_three.replace("level_two", "level_three"))
    assert slip.refusal is not None and slip.refusal.chinese == "这类机构不开展此项待遇"


@pytest.mark.parametrize(
    ("area", "name", "why"),
    [
        ("410100", "hospital_assisted", "标准没有文件在册"),
        ("220200", "hospital_assisted", "标准没有文件在册"),
        ("410100", "hospital_ordinary", "不是救助对象"),
        ("500000", "hospital_ordinary", "不是救助对象"),
        ("500000", "chronic_assisted", "只用于住院"),
    ],
)
def test_top_up_without_terms_is_not_blamed_on_the_person(area, name, why):
    slip = example(area, name)
    assert next(one for one in slip.skipped if one.key == "top_up").why_chinese == why


def test_a_note_does_not_say_its_standing_twice():
    slip = example("411600", "hospital_minor")
    assert "二手资料。二手资料" not in text_of(slip)
    assert "二手资料。减半后首段" in text_of(slip).replace("\n", "").replace(" ", "")


def test_a_character_the_font_lacks_is_named():
    assert printable("张㛃𬱖 A1", font()) == "张㛃𬱖 A1"
    assert printable("𪚥", font()) == "〔U+2A6A5〕"
    assert ranges(font()) == tuple(sorted(ranges(font())))


def test_no_identity_number_is_printed(tmp_path):
    number = "11010519491231002X"
    text = EXAMPLES[0].read_text("utf-8").replace("person:", f'person:\n  identity_no: "{number}"', 1)
    path = tmp_path / "case.yaml"
    path.write_text(text, "utf-8")
    slip = slip_of(path)
    assert number not in text_of(slip) + slip_json_text(slip)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (10_050, "壹佰元伍角"),
        (1_000_003, "壹万元零叁分"),
        (2_743_000, "贰万柒仟肆佰叁拾元整"),
        (-100, "负壹元整"),
    ],
)
def test_amounts_in_words(fen, words):
    assert amount_in_words(fen) == words


@pytest.mark.property
@given(st.integers(0, 10**12))
def test_amounts_in_words_are_exact(fen):
    import cn2an

    words = amount_in_words(fen).replace("整", "")
    whole, _, rest = words.partition("元")
    digits = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    tail = rest if "元" in words else words
    parts = sum(digits[a] * {"角": 10, "分": 1}[b] for a, b in pairwise(tail) if b in "角分" and a in digits)
    yuan = cn2an.cn2an(whole, "smart") if "元" in words else 0
    assert yuan * 100 + parts == fen
