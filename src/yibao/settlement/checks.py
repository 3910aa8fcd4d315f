"""What a bill cannot be (账单核对), every problem in words, and what its lines come to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from yibao.benefits.terms import ItemClass, TwoDisease, VisitKind
from yibao.engine.bill_lines import added_up
from yibao.engine.terms import Claim
from yibao.kernel.money import LARGEST_FEN, yuan
from yibao.packs.policies import Area
from yibao.settlement.orders import Bill, BillLine, Totals

STAYS = (VisitKind.HOSPITAL, VisitKind.MATERNITY)
WHOLE_BP = 10_000
LONGEST = {"item_code": 64, "disease_code": 32, "reason": 200, "evidence": 200, "grounds": 500, "number": 64}
"""How many characters the tables hold of a text."""

AMOUNTS = tuple(name for name in Claim._fields if name.endswith("_fen"))


def bill_problems(bill: Bill, born_on: date, today: date, area: Area) -> list[str]:
    """Everything that is wrong with a bill by itself."""
    found = []
    if bill.served_on > today:
        found.append(f"就诊（出院）日期 {bill.served_on} 在今天之后")
    if bill.served_on < born_on:
        found.append(f"就诊（出院）日期 {bill.served_on} 早于出生日期")
    if bill.admitted_on is not None and bill.admitted_on > bill.served_on:
        found.append(f"入院 {bill.admitted_on} 晚于出院 {bill.served_on}")
    if bill.kind in (VisitKind.CHRONIC, VisitKind.TWO_DISEASES) and disease_place(bill, area) is None:
        found.append("缺少病种，或病种不在本地区目录内")
    found += too_long("disease_code", bill.disease_code, "病种代码")
    if (bill.totals is None) == (not bill.lines):
        found.append("费用明细与费用合计应写其中一项")
    for at, line in enumerate(bill.lines, start=1):
        found += [f"第 {at} 行明细：{problem}" for problem in _line_problems(line)]
    return found or _amount_problems(bill)


def disease_place(bill: Bill, area: Area) -> int | None:
    """The place of a bill's disease in the area's list, or the TwoDisease; None where there is no such disease."""
    if bill.kind is VisitKind.CHRONIC:
        codes = area.codes("chronic_diseases")
        return codes.index(bill.disease_code) if bill.disease_code in codes else None
    if bill.kind is VisitKind.TWO_DISEASES:
        return int(TwoDisease[bill.disease_code]) if bill.disease_code in TwoDisease.__members__ else None
    return 0


def totals_of(bill: Bill) -> Totals:
    """The bill split four ways: as given, or added up from its lines."""
    if bill.totals is not None:
        return bill.totals
    return Totals(**added_up(bill.lines)._asdict())


def too_long(what: str, text: str, words: str) -> list[str]:
    """What is wrong with a text that is longer than its column; nothing where it fits."""
    longest = LONGEST[what]
    return [f"{words}有 {len(text)} 个字符，最多 {longest} 个"] if len(text) > longest else []


def _line_problems(line: BillLine) -> list[str]:
    found = too_long("item_code", line.item_code, "项目代码")
    if not line.item_code.strip():
        found.append("缺少项目代码")
    if max(abs(line.quantity), abs(line.standard_fen or 0)) > LARGEST_FEN:
        found.append("数量或支付标准过大，请核对单位")
    if not 0 <= line.initial_bp <= WHOLE_BP:
        found.append("先行自付比例应在 0% 到 100% 之间")
    if line.initial_bp and line.item_class is not ItemClass.B:
        found.append("只有乙类有先行自付")
    if (line.standard_fen or 0) < 0:
        found.append("支付标准不能是负数")
    if abs(line.amount_fen) > LARGEST_FEN:
        found.append("金额过大，请核对单位")
    if line.amount_fen > 0 and line.quantity <= 0:
        found.append("金额为正而数量不为正")
    return found


def _amount_problems(bill: Bill) -> list[str]:
    totals = totals_of(bill)
    found = [
        f"{name} 合计为 {yuan(getattr(totals, name))} 元，退费超过已收"
        for name in AMOUNTS
        if getattr(totals, name) < 0
    ]
    found += _refund_problems(bill.lines)
    if sum(getattr(totals, name) for name in AMOUNTS) > LARGEST_FEN:
        found.append(f"费用合计超过上限 {yuan(LARGEST_FEN)} 元，请核对单位")
    return found


def _refund_problems(lines: Sequence[BillLine]) -> list[str]:
    left: defaultdict[tuple[str, ItemClass], int] = defaultdict(int)
    for line in lines:
        left[line.item_code, line.item_class] += line.amount_fen
    return [
        f"项目 {code} 退费后合计为 {yuan(amount)} 元，超过已收"
        for (code, _), amount in left.items()
        if amount < 0
    ]
