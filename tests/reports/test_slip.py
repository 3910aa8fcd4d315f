"""Slips: the interface's sums hold, every step has its words and its entry, and all three prints say the same.

carries_out: BEN-13
"""

import io
import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from rich.console import Console

from yibao.cli.case_claim import Prepared, prepare
from yibao.cli.settle import settled
from yibao.engine.settle import Settlement
from yibao.kernel.standing import Standing
from yibao.kernel.workings import steps
from yibao.packs.policies import policies
from yibao.reports.glyphs import printable, ranges
from yibao.reports.slip import Slip
from yibao.reports.slip_json import slip_json, slip_json_text
from yibao.reports.slip_pdf import _font, amount_in_words, slip_pdf
from yibao.reports.slip_text import slip_text
from yibao.reports.slip_words import LAYER_WORDS, STEP_ENGLISH

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "140100").glob("*.yaml"))
by_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


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
    named = {source.entry_id for source in slip.doubtful}
    for layer in slip.layers:
        assert layer.steps[-1].chinese and layer.sources
        for step in layer.steps:
            assert step.chinese != step.name and step.english and step.source.entry_id.startswith("140100 ")
            assert (step.source.entry_id in named) == (step.source.standing > Standing.OFFICIAL)
    assert bool(slip.layers) == (slip.refusal is None)


@by_example
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
        assert slip.refusal.chinese in printed and slip.refusal.clause in printed


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
        **{key: getattr(settlement, key) for key in ("catastrophic", "direct", "top_up")},
    }
    assert set(workings) == set(STEP_ENGLISH) == set(LAYER_WORDS)
    for key, working in workings.items():
        assert [step.name for step in steps(working)] == list(STEP_ENGLISH[key]), key


def test_a_character_the_font_lacks_is_named():
    assert printable("张㛃𬱖 A1", _font()) == "张㛃𬱖 A1"
    assert printable("𪚥", _font()) == "〔U+2A6A5〕"
    assert ranges(_font()) == tuple(sorted(ranges(_font())))


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
