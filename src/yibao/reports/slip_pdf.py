"""A slip as PDF: A4, set by Typst from `slip.typ` (`reports.typeset`)."""

from typing import Any

from yibao.kernel.money import yuan, yuan_grouped
from yibao.kernel.standing import Standing
from yibao.reports.slip import Slip
from yibao.reports.slip_layers import Layer, Source
from yibao.reports.slip_text import shown
from yibao.reports.typeset import typeset

TEMPLATE = "slip.typ"


def slip_pdf(slip: Slip) -> bytes:
    """The slip as a PDF document."""
    return typeset(TEMPLATE, "slip", _data(slip))


def amount_in_words(amount_fen: int) -> str:
    """An amount in the words that receipts carry (大写金额)."""
    import cn2an

    words = cn2an.an2cn(yuan(abs(amount_fen)), "rmb")
    return f"负{words}" if amount_fen < 0 else str(words)


def _data(slip: Slip) -> dict[str, Any]:
    settlement = slip.settlement
    fund_fen = settlement.total_fen - settlement.payers.person_fen - settlement.payers.hospital_fen
    return {
        "title": "城乡居民基本医疗保险费用结算单"
        if slip.refusal is None
        else "城乡居民基本医疗保险不予支付通知",
        "subtitle": "Residents' basic medical insurance: "
        + ("settlement slip" if slip.refusal is None else "refusal"),
        "footer": "本单由 Yibao（医保）按在册政策逐步计算；注明假定、二手或报道的标准，以正式文件为准。",
        "header": [[chinese, value] for chinese, _, value in slip.header],
        "lines": [
            [line.item, line.item_class]
            + [
                yuan_grouped(fen)
                for fen in (
                    line.amount_fen,
                    line.own_expense_fen,
                    line.over_standard_fen,
                    line.initial_self_pay_fen,
                    line.in_scope_fen,
                )
            ]
            for line in slip.facts.lines
        ],
        "split": [[chinese, english, yuan_grouped(fen)] for chinese, english, fen in slip.split],
        "refusal": _refusal(slip),
        "payers": [[chinese, english, yuan_grouped(fen)] for chinese, english, fen in slip.payers],
        "total": yuan_grouped(slip.total_fen),
        "fund-words": amount_in_words(fund_fen),
        "person-words": amount_in_words(settlement.payers.person_fen),
        "layers": [_layer(layer) for layer in slip.layers],
        "skipped": "；".join(f"{one.chinese}（{one.why_chinese}）" for one in slip.skipped),
        "caps": [
            [cap.chinese, cap.english]
            + (
                ["不设", yuan_grouped(cap.used_fen), "不设"]
                if cap.unlimited
                else [yuan_grouped(fen) for fen in (cap.limit_fen, cap.used_fen, cap.left_fen)]
            )
            for cap in slip.caps
        ],
        "doubtful": [[s.label, s.words[0], s.remark] for s in slip.doubtful],
    }


def _refusal(slip: Slip) -> dict[str, Any] | None:
    if slip.refusal is None:
        return None
    return {
        "reason": slip.refusal.chinese,
        "english": slip.refusal.english,
        "clause": slip.refusal.clause,
        "remedy": slip.refusal.remedy,
        "note": slip.refusal_source.note if slip.refusal_source else "",
        "source": _told(slip.refusal_source) if slip.refusal_source else None,
    }


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "chinese": layer.chinese,
        "english": layer.english,
        "steps": [[step.chinese, step.english, shown(step)] for step in layer.steps],
        "left": yuan_grouped(layer.left_fen),
        "remarks": [list(remark) for remark in layer.remarks],
        "sources": [
            {
                "told": _told(source),
                "quotes": [f"“{quote}”" for quote in source.quotes],
                "doubtful": source.standing > Standing.OFFICIAL,
            }
            for source in layer.sources
        ],
    }


def _told(source: Source) -> str:
    return f"{source.words[0]}：{source.rests_on} [{source.entry_id}]"
