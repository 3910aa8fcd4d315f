"""What takes two values of a case to judge (案例核对): days in order, lines that add up, refunds, codes of the area.

Every check notes its findings and goes on; a part that was not readable is None and is passed over.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from yibao.benefits.rules.fee_line import FeeLine
from yibao.benefits.terms import ItemClass, VisitKind
from yibao.cli.case import QUANTITY_UNIT, Institution, Line, Person, Totals, Visit, named
from yibao.cli.case_file import Key, Reading
from yibao.engine.bill_lines import added_up, split_of
from yibao.kernel.codes import identity_problem
from yibao.kernel.money import LARGEST_FEN, yuan
from yibao.packs.policies import Area
from yibao.reports.slip_words import TWO_DISEASE_WORDS

BY_STAY = {VisitKind.HOSPITAL, VisitKind.MATERNITY}
POOLED = {VisitKind.OUTPATIENT, VisitKind.TWO_DISEASES}


class Fees(NamedTuple):
    """A bill split four ways, the in-scope part by class, and the split of each line."""

    own_expense_fen: int
    over_standard_fen: int
    initial_self_pay_fen: int
    class_a_fen: int
    class_b_fen: int
    splits: tuple[FeeLine, ...]


def check_person(reading: Reading, person: Person | None) -> None:
    """Identity number, birth day, spans and counties."""
    if person is None:
        return
    if person.identity_no:
        problem = identity_problem(person.identity_no)
        born = person.identity_no[6:14]
        if problem:
            reading.find(("person", "identity_no"), None, f"公民身份号码有误：{problem}", "请核对证件")
        elif person.born_on and born != person.born_on.strftime("%Y%m%d"):
            message = "出生日期与公民身份号码不一致 (birth day differs from the identity number)"
            reading.find(("person", "born_on"), person.born_on, message, "请核对证件")
    spans = [("covered", person.covered), ("waiting", person.waiting)]
    for at, certified in enumerate([*person.categories, *person.chronic]):
        name, place = (
            ("categories", at) if at < len(person.categories) else ("chronic", at - len(person.categories))
        )
        _check_span(reading, ("person", name, place), certified.first_day, certified.last_day)
    for name, span in spans:
        if span is not None:
            _check_span(reading, ("person", name), span.first_day, span.last_day)


def _check_span(reading: Reading, key: Key, first_day: date | None, last_day: date | None) -> None:
    if first_day and last_day and last_day < first_day:
        reading.find(
            (*key, "last_day"), last_day, f"早于起始日 {first_day} (ends before it begins)", "请核对日期"
        )


def check_visit(reading: Reading, key: Key, visit: Visit | None, person: Person | None) -> None:
    """The day that decides, days in order, and what the kind of visit has to name."""
    if visit is None:
        return
    wanted, spare = (
        ("discharged_on", "served_on") if visit.kind in BY_STAY else ("served_on", "discharged_on")
    )
    if visit.day is None:
        reading.find(
            (*key, "visit", wanted),
            None,
            "缺少这一项，待遇按这一天 (missing: the day that decides)",
            "请补上",
        )
    elif getattr(visit, spare) is not None:
        message = f"这种就医写 {wanted}，不写 {spare} (not for this kind of visit)"
        reading.find((*key, "visit", spare), getattr(visit, spare), message, "请改写")
    if visit.admitted_on and visit.discharged_on and visit.discharged_on < visit.admitted_on:
        message = f"出院早于入院 {visit.admitted_on} (discharged before admitted)"
        reading.find((*key, "visit", "discharged_on"), visit.discharged_on, message, "请核对日期")
    if person and person.born_on and visit.day and visit.day < person.born_on:
        message = f"就医早于出生 {person.born_on} (before birth)"
        reading.find((*key, "visit", wanted), visit.day, message, "请核对日期")
    if visit.kind in (VisitKind.CHRONIC, VisitKind.TWO_DISEASES) and not visit.disease:
        reading.find((*key, "visit", "disease"), None, "缺少病种 (missing disease)", "请补上")
    if visit.kind is VisitKind.MATERNITY and visit.delivery is None:
        reading.find((*key, "visit", "delivery"), None, "缺少生育类别 (missing delivery)", "请补上")


def class_at(reading: Reading, key: Key, institution: Institution | None, area: Area | None) -> int:
    """The place of an institution's class in the area's list; 0 after noting that there is none."""
    if institution is None or area is None:
        return 0
    rows = area.listed("institution_classes")
    parts = ("price_class", "level", "administrative_level")
    if institution.class_code:
        place = (*key, "institution", "class")
        found = [at for at, row in enumerate(rows) if institution.class_code in _names(row)]
    else:
        place = (*key, "institution")
        wanted = {name: getattr(institution, name) for name in parts if getattr(institution, name)}
        found = (
            [at for at, row in enumerate(rows) if all(row.get(n) == v for n, v in wanted.items())]
            if wanted
            else []
        )
    if len(found) == 1:
        return found[0]
    known = "、".join(
        f"{row['code']}（{row['label']}）" for row in (rows if not found else [rows[at] for at in found])
    )
    what = "不止一类相符" if found else "没有这个机构类别"
    reading.find(place, institution.class_code, f"{what} (institution class)；可用：{known}", "请写 class")
    return 0


def disease_at(reading: Reading, key: Key, kind: VisitKind | None, disease: str, area: Area | None) -> int:
    """The place of a chronic disease in the area's list, or the two disease; 0 after noting that there is none."""
    if not disease or area is None:
        return 0
    if kind is VisitKind.TWO_DISEASES:
        try:
            return int(named(TWO_DISEASE_WORDS)(disease))
        except ValueError as unknown:
            reading.find(key, disease, str(unknown), "请改写")
            return 0
    rows = area.listed("chronic_diseases")
    for at, row in enumerate(rows):
        if disease in _names(row):
            return at
    known = (
        "、".join(f"{row['code']}（{row['label']}）" for row in rows) or "无，病种目录还没有写进 pack.yaml"
    )
    reading.find(key, disease, f"本地区没有这个病种 (unknown disease)；可用：{known}", "请改写")
    return 0


def _names(row: dict[str, Any]) -> set[str]:
    return {str(row.get(name, "")) for name in ("code", "label", "label_en", "national_code")} - {""}


def check_tier(reading: Reading, person: Person | None, area: Area | None) -> None:
    """A person who names a contribution tier names one that the area has."""
    codes = area.codes("contribution_tiers") if area else []
    if person is not None and area is not None and person.tier and person.tier not in codes:
        known = "、".join(codes) or "无"
        reading.find(
            ("person", "tier"), person.tier, f"本地区没有这个缴费档次 (unknown tier)；可用：{known}", "请改写"
        )


def check_county(reading: Reading, person: Person | None, area: Area | None) -> None:
    """A person is enrolled in a county of the area, where the area lists its counties."""
    counties = area.listed("counties") if area else []
    if person is None or area is None or not counties:
        return
    if person.county_code not in {str(c["code"]) for c in counties} | {area.code}:
        known = "、".join(f"{c['code']} {c['name']}" for c in counties)
        message = f"不是 {area.name} 的县（市、区） (not a county of the area)；可用：{known}"
        reading.find(("person", "county_code"), person.county_code, message, "请核对代码")


def check_institution_county(
    reading: Reading, key: Key, institution: Institution | None, visit: Visit | None
) -> None:
    """Outpatient pooling asks where the institution is."""
    if institution and visit and visit.kind in POOLED and institution.county_code is None:
        message = "缺少机构所在县（市、区），门诊统筹要看是否在参保所属县域 (missing county)"
        reading.find((*key, "institution", "county_code"), None, message, "请补上")


def fees_of(
    reading: Reading, key: Key, lines: Sequence[Line] | None, totals: Totals | None, total_fen: int | None
) -> Fees:
    """The bill split four ways; notes lines or totals that are missing, do not add up, or leave a refund too large."""
    written = [name for name, value in (("lines", lines), ("totals", totals)) if value]
    if lines is None:
        return Fees(0, 0, 0, 0, 0, ())
    if len(written) != 1:
        message = "lines 与 totals 都写了" if written else "缺少费用：写 lines 或 totals"
        reading.find((*key, "totals"), None, f"{message} (lines or totals, one of them)", "请写其中一项")
        return Fees(0, 0, 0, 0, 0, ())
    if totals is not None:
        fees = Fees(
            totals.own_expense_fen, totals.over_standard_fen, totals.initial_self_pay_fen,
            totals.class_a_fen, totals.class_b_fen, (),
        )  # fmt: skip
    else:
        splits = tuple(split_of(line) for line in lines)
        _check_lines(reading, key, lines, splits)
        fees = Fees(*added_up(lines), splits)
    sum_fen = sum(fees[:5])
    if total_fen is not None and total_fen != sum_fen:
        message = f"与{'合计' if totals else '明细之和'} {yuan(sum_fen)} 元相差 {yuan(total_fen - sum_fen)} 元 (does not add up)"
        reading.find((*key, "total"), yuan(total_fen), message, "请核对漏项、重复项和金额")
    if sum_fen > LARGEST_FEN:
        reading.find(
            (*key, written[0]), yuan(sum_fen), f"超过上限 {yuan(LARGEST_FEN)} 元 (too large)", "请核对单位"
        )
    return fees


def _check_lines(reading: Reading, key: Key, lines: Sequence[Line], splits: Sequence[FeeLine]) -> None:
    left: dict[tuple[str, ItemClass], list[int]] = {}
    for at, (line, split) in enumerate(zip(lines, splits, strict=True)):
        place = (*key, "lines", at)
        if line.item_class is not ItemClass.B and line.initial_bp:
            message = "只有乙类有先行自付 (initial self-pay is for class B)"
            reading.find((*place, "initial_self_pay"), None, message, "请核对目录类别")
        if line.amount_fen > 0 and line.quantity < 0:
            reading.find(
                (*place, "quantity"),
                line.quantity / QUANTITY_UNIT,
                "金额为正而数量为负 (signs differ)",
                "请核对",
            )
        now = left.setdefault((line.item, line.item_class), [0] * len(split))
        left[line.item, line.item_class] = now = [a + b for a, b in zip(now, split, strict=True)]
        if line.amount_fen < 0 and min(now) < 0:
            message = (
                f"退费后“{line.item}”合计为 {yuan(sum(now))} 元，超过已收 (refund above what was charged)"
            )
            reading.find(
                (*place, "amount"), yuan(line.amount_fen), message, "请核对原收费、支付标准和退费金额"
            )
