"""A slip in the field names of the national institution interface (定点医药机构接口): setlinfo, setldetail, working.

Amounts are JSON numbers with two decimals, written from whole fen and never through a float. Top-up assistance is
reported apart from direct assistance: `maf_pay` is direct, `oth_pay` (and `othfund_pay`, which Chongqing's clients read)
is top-up, so that a reader can tell them apart and the sum of funds still holds. A special fund is in `oth_pay` too.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from yibao.benefits.terms import Delivery, Refusal, VisitKind
from yibao.kernel.money import yuan
from yibao.kernel.rates import percent
from yibao.reports.slip import Slip
from yibao.reports.slip_layers import NO_LIMIT_FEN, Layer, SlipStep, Source

RESIDENTS = "390"
NO_LIMIT = "99999999.00"
"""What recorded answers print where nothing limits."""

MED_TYPES = {
    VisitKind.HOSPITAL: "21",
    VisitKind.OUTPATIENT: "11",
    VisitKind.CHRONIC: "14",
    VisitKind.TWO_DISEASES: "9901",
    VisitKind.MATERNITY: "52",
}
ANTENATAL = "51"

FUNDS = {
    "hospital": ("390100", "城乡居民基本医疗保险基金"),
    "chronic": ("390100", "城乡居民基本医疗保险基金"),
    "maternity": ("390100", "城乡居民基本医疗保险基金"),
    "two_diseases": ("390100", "城乡居民基本医疗保险基金"),
    "pooling": ("390102", "居民门诊统筹基金"),
    "catastrophic": ("390200", "城乡居民大病医疗保险基金"),
    "direct": ("610100", "医疗救助基金"),
    "top_up": ("999997", "其他基金（倾斜救助）"),
    "special_fund": ("999997", "其他基金（专项资金）"),
}
HOSPITAL_SHARE = ("999996", "医院垫付基金")
LIMIT_STEPS = ("cap_left_fen", "quota_left_fen", "year_left_fen", "day_left_fen")


def slip_json(slip: Slip) -> dict[str, Any]:
    """The slip as the interface carries it, amounts as exact decimals."""
    return {
        "setlinfo": _setlinfo(slip),
        "setldetail": list(_setldetail(slip)),
        "working": list(_working(slip)),
        "refusal": _refusal(slip),
        "not_in_a_notice": [_source(source) for source in slip.doubtful],
        "limits": [
            {"label": cap.chinese, "label_en": cap.english, "used": _amount(cap.used_fen),
             "limit": None if cap.unlimited else _amount(cap.limit_fen),
             "left": None if cap.unlimited else _amount(cap.left_fen)}
            for cap in slip.caps
        ],
    }  # fmt: skip


def slip_json_text(slip: Slip) -> str:
    """The slip as JSON text; amounts keep their two decimals."""
    return "".join(_text(slip_json(slip), "\n")) + "\n"


def _setlinfo(slip: Slip) -> dict[str, Any]:
    claim, settlement, payers = slip.claim, slip.settlement, slip.settlement.payers
    zero = _amount(0)
    kind = VisitKind(claim.kind)
    antenatal = kind is VisitKind.MATERNITY and claim.delivery == Delivery.ANTENATAL
    basic = settlement.basic
    return {
        "insutype": RESIDENTS,
        "med_type": ANTENATAL if antenatal else MED_TYPES[kind],
        "medfee_sumamt": _amount(settlement.total_fen),
        "fulamt_ownpay_amt": _amount(claim.own_expense_fen),
        "overlmt_selfpay": _amount(claim.over_standard_fen),
        "preselfpay_amt": _amount(claim.initial_self_pay_fen),
        "inscp_scp_amt": _amount(settlement.in_scope_fen),
        "act_pay_dedc": _amount(
            basic.hospital.deductible_used_fen
            + basic.two_diseases.deductible_used_fen
            + basic.chronic.deductible_used_fen
        ),
        "hifp_pay": _amount(payers.basic_fen),
        "pool_prop_selfpay": _rate(slip),
        "cvlserv_pay": zero,
        "hifes_pay": zero,
        "hifmi_pay": _amount(payers.catastrophic_fen),
        "hifob_pay": zero,
        "hifdm_pay": zero,
        "maf_pay": _amount(payers.assistance_fen),
        "oth_pay": _amount(payers.top_up_fen + payers.special_fund_fen),
        "othfund_pay": _amount(payers.top_up_fen),
        "fund_pay_sumamt": _amount(
            payers.basic_fen
            + payers.catastrophic_fen
            + payers.assistance_fen
            + payers.top_up_fen
            + payers.special_fund_fen
        ),
        "psn_part_amt": _amount(payers.person_fen),
        "acct_pay": zero,
        "psn_cash_pay": _amount(payers.person_fen),
        "hosp_part_amt": _amount(payers.hospital_fen),
        "balc": zero,
        "acct_mulaid_pay": zero,
    }


def _rate(slip: Slip) -> Decimal:
    """The rate at which the basic fund pays; a fixed amount for a delivery is paid whole, as far as it reaches."""
    basic = slip.settlement.basic
    rate_bp = basic.hospital.rate_bp + basic.chronic.rate_bp
    if slip.claim.kind == VisitKind.OUTPATIENT:
        rate_bp = basic.pooling.class_a_rate_bp
    if basic.maternity.quota_fen:
        rate_bp = 10_000
    return Decimal(rate_bp).scaleb(-4)


def _setldetail(slip: Slip) -> Iterator[dict[str, Any]]:
    in_scope_fen = slip.settlement.in_scope_fen
    for layer in slip.layers:
        code, name = FUNDS[layer.key]
        lefts = [step.value for step in layer.steps if step.name in LIMIT_STEPS]
        lefts += [s.value for s in layer.steps if layer.key == "maternity" and s.name == "quota_fen"]
        limit_fen = min(lefts, default=NO_LIMIT_FEN)
        if layer.key == "special_fund":  # it pays toward the whole bill, in scope or not
            in_scope_fen = slip.settlement.special_fund.would_bear_fen
        yield {
            "fund_pay_type": code,
            "fund_pay_type_name": name,
            "inscp_scp_amt": _amount(in_scope_fen),
            "crt_payb_lmt_amt": _amount(limit_fen) if limit_fen < NO_LIMIT_FEN else Decimal(NO_LIMIT),
            "fund_payamt": _amount(layer.pays_fen),
            "setl_proc_info": _told(layer),
        }
        in_scope_fen = layer.left_fen
    hospital_fen = slip.settlement.payers.hospital_fen
    if hospital_fen:
        code, name = HOSPITAL_SHARE
        yield {
            "fund_pay_type": code,
            "fund_pay_type_name": name,
            "inscp_scp_amt": _amount(hospital_fen),
            "crt_payb_lmt_amt": Decimal(NO_LIMIT),
            "fund_payamt": _amount(hospital_fen),
            "setl_proc_info": "超过定额部分由医疗机构负担",
        }


def _told(layer: Layer) -> str:
    told = "；".join(f"{step.chinese} {shown(step)}" for step in layer.steps)
    return f"{layer.chinese}：{told}；依据 {'、'.join(s.entry_id for s in layer.sources)}"


def shown(step: SlipStep) -> str:
    """A step's value as people read it."""
    if step.told:
        return step.told
    if step.unit == "bp":
        return percent(step.value)
    if step.unit == "number":
        return str(step.value)
    return "不设限额" if step.value >= NO_LIMIT_FEN else yuan(step.value)


def _working(slip: Slip) -> Iterator[dict[str, Any]]:
    for layer in slip.layers:
        for step in layer.steps:
            yield {
                "layer": layer.key,
                "name": step.name,
                "label": step.chinese,
                "label_en": step.english,
                step.unit: None if step.unit == "fen" and step.value >= NO_LIMIT_FEN else step.value,
                "entry": step.source.entry_id,
                "standing": step.source.standing.name.lower(),
            }


def _refusal(slip: Slip) -> dict[str, Any] | None:
    if slip.refusal is None:
        return None
    return {
        "code": Refusal(slip.settlement.refusal).name,
        "reason": slip.refusal.chinese,
        "reason_en": slip.refusal.english,
        "clause": slip.refusal.clause,
        "remedy": slip.refusal.remedy,
        "source": _source(slip.refusal_source) if slip.refusal_source else None,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "entry": source.entry_id,
        "label": source.label,
        "standing": source.standing.name.lower(),
        "words": source.words[0],
        "cite": source.cite,
        "source": source.source,
        "note": source.note,
    }


def _amount(amount_fen: int) -> Decimal:
    return Decimal(yuan(amount_fen))


def _text(value: Any, line: str) -> Iterator[str]:
    """JSON text, piece by piece; `line` starts a new line at the present depth. json.dumps would need a float."""
    if isinstance(value, Decimal):
        yield format(value, "f")
    elif isinstance(value, (dict, list)) and value:
        inner = line + "  "
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield opening
        for at, item in enumerate(value.items() if isinstance(value, dict) else value):
            yield ("," if at else "") + inner
            if isinstance(value, dict):
                yield json.dumps(item[0], ensure_ascii=False) + ": "
                yield from _text(item[1], inner)
            else:
                yield from _text(item, inner)
        yield line + closing
    else:
        yield json.dumps(value, ensure_ascii=False)
