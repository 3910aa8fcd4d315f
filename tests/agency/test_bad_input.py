"""Bad input for settling and reversing, in one table: what is asked, what refuses it, and in which words.

Each is asked for on both databases and leaves every table as it was; the words say in Chinese what to do, and in English in
a bracket.
"""

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import pytest
from django.db import IntegrityError, transaction
from tests.agency.acting import actor
from tests.agency.settling import AT, CHINA, CITY, OFFICER, institutions, person, stay
from tests.agency.striking import everything

from yibao.benefits.models import Filing
from yibao.benefits.terms import FilingKind, ItemClass, VisitKind
from yibao.enrolment.actions import change, cover
from yibao.enrolment.failures import CoverageOverlaps, FactsWrong, StaleEdit
from yibao.enrolment.models import Coverage
from yibao.enrolment.orders import Change, Cover, CoverOrder
from yibao.journeys.settlement.ending_filing import EndFiling, end_filing
from yibao.journeys.settlement.filing import FileOrder, NotFiled, file_outside
from yibao.journeys.settlement.objecting import object_to
from yibao.journeys.settlement.recovering import decide_step, propose_step
from yibao.journeys.settlement.reversing import replay, reverse
from yibao.journeys.settlement.settling import pre_settle, settle
from yibao.journeys.settlement.special_funds import BudgetMoney, NotReceived, receive_budget
from yibao.journeys.settlement.third_party import declare, settle_shared
from yibao.packs.entries import PolicyFailure
from yibao.payment.models import Designation, Institution
from yibao.rights.actors import NotAllowed
from yibao.rights.approvals import NoSuchProposal
from yibao.rights.requests import KeyReused, KeyUnfit
from yibao.rights.terms import Role
from yibao.settlement.failures import (
    BillWrong,
    LiabilityWrong,
    NoSuchCase,
    NoSuchSettlement,
    NoSuchYear,
    ObjectionWrong,
    ReasonUnfit,
    ReversedAlready,
)
from yibao.settlement.models import (
    AdjustmentRow,
    CaseAmount,
    CaseEvent,
    LateEvent,
    Settlement,
    SpecialFundReceipt,
    ThirdPartyShare,
)
from yibao.settlement.orders import (
    Bill,
    BillLine,
    Declaration,
    LateFact,
    Liability,
    Objecting,
    Reversal,
    SharedBill,
    StepDecision,
    StepOrder,
    Totals,
)
from yibao.settlement.terms import CaseStep, LateCause, ObjectionSubject, ThirdParty

STRANGER = actor(Role.CITY_OFFICER, "410100")
SUPERVISOR = actor(Role.SUPERVISOR, CITY)
HOSPITAL_DESK = actor(Role.INSTITUTION_USER, CITY)
FINANCE = actor(Role.FINANCE_OFFICER, CITY)
LONG = "长" * 501
A, B, C = ItemClass


class Given(NamedTuple):
    """What is in the database of every case: a person with a settlement, a reversed one and its reversal."""

    who: int
    settled: int
    reversed: int
    reversal: int


class Bad(NamedTuple):
    """One row: what is asked, what refuses it, and words of its message."""

    name: str
    asked: Callable[[Given], object]
    refused_by: type[Exception]
    words: str


def billed(given: Given, **more: Any) -> Bill:
    day = more.pop("day", date(2023, 5, 1))
    return dataclasses.replace(stay(given.who, 100, day), **more)


def asked(**more: Any) -> Callable[[Given], object]:
    return lambda given: settle(OFFICER, "bad", billed(given, **more), at=AT)


def lines(*rows: BillLine) -> Callable[[Given], object]:
    return asked(totals=None, lines=rows)


def line(amount_fen: int = 100, **more: Any) -> BillLine:
    facts: dict[str, Any] = {"item_code": "I1", "item_class": A, "quantity": 10_000, **more}
    return BillLine(amount_fen=amount_fen, **facts)


def liable(**more: Any) -> Liability:
    facts = {"share_bp": 4_000, "evidence": "认定书", "known_on": AT.date(), **more}
    return Liability(ThirdParty.TRAFFIC, **facts)


def objecting(given: Given, **more: Any) -> Objecting:
    facts = {
        "subject_id": given.settled,
        "grounds": "有误",
        "known_on": AT.date(),
        "received_on": AT.date(),
        **more,
    }
    return Objecting(given.who, ObjectionSubject.SETTLED, **facts)


def filing(given: Given, **more: Any) -> FileOrder:
    day = date(2023, 3, 1)
    facts = {
        "kind": FilingKind.REFERRED_OUTSIDE,
        "to_code": "410100",
        "first_day": day,
        "filed_on": day,
        **more,
    }
    return FileOrder(given.who, reason="x", **facts)


BILLS = [
    Bad("nobody of that number", asked(person_id=999), BillWrong, "没有人员 999"),
    Bad("no such institution", asked(institution_code="none"), BillWrong, "没有机构 none"),
    Bad("an institution of a class nobody knows", asked(institution_code="ODD"), BillWrong, "类别不在"),
    Bad("a day to come", asked(day=date(2023, 12, 21), admitted_on=None), BillWrong, "在今天之后"),
    Bad("before birth", asked(day=date(1980, 4, 30), admitted_on=None), PolicyFailure, "1980-04-30"),
    Bad("admitted after discharge", asked(admitted_on=date(2023, 5, 2)), BillWrong, "晚于出院"),
    Bad("a day without a policy", asked(day=date(2024, 2, 29)), PolicyFailure, "2024-02-29"),
    Bad("neither lines nor totals", asked(totals=None), BillWrong, "写其中一项"),
    Bad("both lines and totals", asked(lines=(line(),)), BillWrong, "写其中一项"),
    Bad("a negative total", asked(totals=Totals(class_a_fen=-1)), BillWrong, "退费超过已收"),
    Bad("a total past the largest", asked(totals=Totals(class_a_fen=10**13)), BillWrong, "超过上限"),
    Bad(
        "totals past the largest together",
        asked(totals=Totals(class_a_fen=10**12, class_b_fen=1)),
        BillWrong,
        "超过上限",
    ),
    Bad("a chronic visit without a disease", asked(kind=VisitKind.CHRONIC), BillWrong, "缺少病种"),
    Bad(
        "a disease the area does not list", asked(kind=VisitKind.CHRONIC, disease_code="x"), BillWrong, "病种"
    ),
    Bad("a code no table holds", asked(disease_code=LONG), BillWrong, "最多 32 个"),
    Bad("a refund alone", lines(line(-100, quantity=-10_000)), BillWrong, "退费后合计"),
    Bad(
        "a refund over what was charged",
        lines(line(100), line(-101, quantity=-10_000)),
        BillWrong,
        r"-0\.01 元，超过已收",
    ),
    Bad(
        "a refund of another item",
        lines(line(100), line(-1, item_code="I2", quantity=-1)),
        BillWrong,
        "I2 退费后",
    ),
    Bad(
        "a refund of another class", lines(line(100), line(-1, item_class=C, quantity=-1)), BillWrong, "退费"
    ),
    Bad("self-pay first of class A", lines(line(initial_bp=500)), BillWrong, "只有乙类"),
    Bad("self-pay over the whole", lines(line(item_class=B, initial_bp=10_001)), BillWrong, "0% 到 100%"),
    Bad("a negative standard", lines(line(standard_fen=-1)), BillWrong, "不能是负数"),
    Bad("money for nothing", lines(line(quantity=0)), BillWrong, "数量不为正"),
    Bad("an amount in another unit", lines(line(10**13)), BillWrong, "金额过大"),
    Bad("a quantity no table holds", lines(line(quantity=2**63)), BillWrong, "数量或支付标准过大"),
    Bad("a line without a code", lines(line(item_code=" ")), BillWrong, "缺少项目代码"),
    Bad("a code longer than any", lines(line(item_code=LONG)), BillWrong, "最多 64 个"),
    Bad(
        "several at once, each named by its line",
        lines(line(initial_bp=500), line(quantity=0, standard_fen=-1)),
        BillWrong,
        r"第 1 行明细：只有乙类.*第 2 行明细：支付标准.*第 2 行明细：金额为正",
    ),
    Bad("from another area", lambda g: settle(STRANGER, "bad", billed(g), at=AT), BillWrong, "管辖地区"),
    Bad("by who may only look", lambda g: settle(SUPERVISOR, "bad", billed(g), at=AT), BillWrong, "管辖地区"),
    Bad("asked before settling", lambda g: pre_settle(STRANGER, billed(g), at=AT), BillWrong, "管辖地区"),
    Bad(
        "a key of another bill",
        lambda g: settle(OFFICER, "first", billed(g), at=AT),
        KeyReused,
        "已用于另一项请求",
    ),
    Bad("an empty key", lambda g: settle(OFFICER, "", billed(g), at=AT), KeyUnfit, "1–128 个字符"),
    Bad("too long a key", lambda g: settle(OFFICER, "k" * 129, billed(g), at=AT), KeyUnfit, "现为 129 个"),
]


def undone(settlement_id: int, reason: str = "x") -> Reversal:
    return Reversal(settlement_id, reason)


REVERSALS = [
    Bad("no such settlement", lambda g: reverse(OFFICER, "bad", undone(999), at=AT), NoSuchSettlement, "没有结算 999"),
    Bad("reversed from another area", lambda g: reverse(STRANGER, "bad", undone(g.settled), at=AT), NoSuchSettlement, "管辖地区"),
    Bad("reversed by who may only look", lambda g: reverse(SUPERVISOR, "bad", undone(g.settled), at=AT), NoSuchSettlement, "请核对编号"),
    Bad("reversed twice", lambda g: reverse(OFFICER, "bad", undone(g.reversed), at=AT), ReversedAlready, "请刷新后核对"),
    Bad("a reversal reversed", lambda g: reverse(OFFICER, "bad", undone(g.reversal), at=AT), ReversedAlready, "本身是撤销记录"),
    Bad("a reason no table holds", lambda g: reverse(OFFICER, "bad", undone(g.settled, LONG), at=AT), ReasonUnfit, "最多 200 个"),
    Bad("a year without settlements", lambda g: replay(OFFICER, "bad", LateFact(g.who, 2022, LateCause.FILING_LATE, "x"), at=AT), NoSuchYear, "2022 年度没有结算"),
    Bad("a year of nobody", lambda g: replay(OFFICER, "bad", LateFact(999, 2023, LateCause.FILING_LATE, "x"), at=AT), NoSuchYear, "999"),
    Bad("an academic year that is none", lambda g: replay(OFFICER, "bad", LateFact(g.who, 2023, LateCause.FILING_LATE, "x", True), at=AT), NoSuchYear, "没有结算"),
    Bad("replayed by an institution", lambda g: replay(HOSPITAL_DESK, "bad", LateFact(g.who, 2023, LateCause.FILING_LATE, "x"), at=AT), NotAllowed, "办理迟到事项的权限"),
    Bad("replayed for a long reason", lambda g: replay(OFFICER, "bad", LateFact(g.who, 2023, LateCause.FILING_LATE, LONG), at=AT), ReasonUnfit, "事由有 501 个字符"),
]  # fmt: skip

AROUND = [
    Bad("a stale edit", lambda g: change(OFFICER, "bad", Change(g.who, 7, date(2023, 2, 1), "改", name="新"), today=AT.date()), StaleEdit, "刷新|版本"),
    Bad("an edit of a day to come", lambda g: change(OFFICER, "bad", Change(g.who, 1, date(2023, 12, 21), "改", name="新"), today=AT.date()), FactsWrong, "之后|晚于"),
    Bad("covered twice on a day", lambda g: cover(OFFICER, "bad", CoverOrder(g.who, Cover(date(2023, 12, 31), date(2024, 12, 31), 2024, CITY), AT.date(), "x")), CoverageOverlaps, "重叠|已有"),
    Bad("a share over the whole", lambda g: settle_shared(OFFICER, "bad", SharedBill(billed(g), liable(share_bp=10_001)), at=AT), LiabilityWrong, "0% 到 100%"),
    Bad("a shared bill that cannot be", lambda g: settle_shared(OFFICER, "bad", SharedBill(billed(g, totals=None, lines=(line(-100, quantity=-1, standard_fen=-1),)), liable()), at=AT), BillWrong, "不能是负数"),
    Bad("a negative share", lambda g: settle_shared(OFFICER, "bad", SharedBill(billed(g), liable(share_bp=-1)), at=AT), LiabilityWrong, "0% 到 100%"),
    Bad("evidence no table holds", lambda g: settle_shared(OFFICER, "bad", SharedBill(billed(g), liable(evidence=LONG)), at=AT), LiabilityWrong, "最多 200 个"),
    Bad("liable from a day to come", lambda g: declare(OFFICER, "bad", Declaration(g.settled, liable(known_on=date(2023, 12, 21)), "x"), at=AT), LiabilityWrong, "在今天之后"),
    Bad("liable for what was reversed", lambda g: declare(OFFICER, "bad", Declaration(g.reversed, liable(), "x"), at=AT), ReversedAlready, "已被撤销"),
    Bad("liable in another area", lambda g: declare(STRANGER, "bad", Declaration(g.settled, liable(), "x"), at=AT), NoSuchSettlement, "管辖地区"),
    Bad("a step of no case", lambda g: propose_step(OFFICER, "bad", StepOrder(999, CaseStep.ADVANCED, "x")), NoSuchCase, "999"),
    Bad("a decision on nothing", lambda g: decide_step(OFFICER, "bad", StepDecision(999, True, "x"), at=AT), NoSuchProposal, "999"),
    Bad("grounds no table holds", lambda g: object_to(OFFICER, "bad", objecting(g, grounds=LONG), at=AT), ObjectionWrong, "最多 500 个"),
    Bad("objected tomorrow", lambda g: object_to(OFFICER, "bad", objecting(g, received_on=date(2023, 12, 21)), at=AT), ObjectionWrong, "在今天之后"),
    Bad("objected to a reversal", lambda g: object_to(OFFICER, "bad", objecting(g, subject_id=g.reversal), at=AT), ObjectionWrong, "没有事项"),
    Bad("filed for home", lambda g: file_outside(OFFICER, "bad", filing(g, to_code="140106")), NotFiled, "不必备案"),
    Bad("filed for no place", lambda g: file_outside(OFFICER, "bad", filing(g, to_code="41")), NotFiled, "6 位区划代码"),
    Bad("filed before birth", lambda g: file_outside(OFFICER, "bad", filing(g, first_day=date(1980, 4, 30))), NotFiled, "早于出生日期"),
    Bad("filed on a day without a policy", lambda g: file_outside(OFFICER, "bad", filing(g, filed_on=date(2024, 2, 29))), PolicyFailure, "2024-02-29"),
    Bad("an end of no filing", lambda g: end_filing(OFFICER, "bad", EndFiling(999, AT.date(), AT.date(), "x")), NotFiled, "999"),
    Bad("budget money for no fund", lambda g: receive_budget(FINANCE, "bad", BudgetMoney(CITY, 0, 1, "1", AT.date()), at=AT), NotReceived, "请写明专项资金"),
    Bad("budget money past the largest", lambda g: receive_budget(FINANCE, "bad", BudgetMoney(CITY, 1, 10**13, "1", AT.date()), at=AT), NotReceived, "不超过上限"),
]  # fmt: skip

TABLE = BILLS + REVERSALS + AROUND


@pytest.fixture
def given(database) -> Given:
    institutions()
    odd = Institution.objects.create(code="ODD", name="示例", class_code="nothing", county_code="140105")
    Designation.objects.create(institution=odd, first_day=date(2022, 1, 1))
    who = person()
    said = [
        json.loads(settle(OFFICER, key, stay(who, yuan), at=AT))["settlement_id"]
        for key, yuan in (("first", 9_000), ("second", 8_000))
    ]
    reversal = json.loads(reverse(OFFICER, "undo", Reversal(said[1], "x"), at=AT))["settlement_id"]
    return Given(who, said[0], said[1], reversal)


@pytest.mark.parametrize("bad", TABLE, ids=[bad.name.replace(" ", "-") for bad in TABLE])
def test_it_is_refused_in_words_and_nothing_changes(given, bad):
    before = everything()
    with pytest.raises(bad.refused_by, match=bad.words) as refused:
        bad.asked(given)
    said = str(refused.value)
    assert re.search(r"[\u4e00-\u9fff]", said) and re.search(r"\([a-zA-Z ,:;'-]+\)", said), said
    assert "IntegrityError" not in said and "psycopg" not in said
    assert everything() == before


CONSTRAINTS: list[tuple[str, Callable[[Given], object]]] = [
    ("parts that are not the whole", lambda g: _copy(Settlement.objects.get(pk=g.settled), person_fen=1, sequence=9)),
    ("two records of one place", lambda g: _copy(Settlement.objects.get(pk=g.settled))),
    ("a settlement reversed twice", lambda g: _copy(Settlement.objects.get(pk=g.reversal), sequence=9)),
    ("an adjustment of nothing", lambda g: AdjustmentRow.objects.create(late_event=_event(g), settlement_id=g.settled, payer=0, difference_fen=0)),
    ("a share over the whole", lambda g: ThirdPartyShare.objects.create(case_id=_case(g), third_party=1, share_bp=10_001, evidence="x", known_on=AT.date(), actor="x", recorded_at=AT)),
    ("an amount of a case below zero", lambda g: CaseAmount.objects.create(step_id=_step(g), payer=0, amount_fen=-1)),
    ("budget money below zero", lambda g: SpecialFundReceipt.objects.create(area_code=CITY, special_fund=1, amount_fen=-1, document_no="1", received_on=AT.date(), entry_id=Settlement.objects.get(pk=g.settled).entry_id, actor="x", recorded_at=AT)),
    ("cover that ends before it begins", lambda g: Coverage.objects.create(person_id=g.who, scheme=0, area_code=CITY, benefit_year=2024, first_day=date(2024, 2, 29), last_day=date(2024, 2, 28), planned_last_day=date(2024, 2, 28))),
    ("a filing that ends before it begins", lambda g: Filing.objects.create(person_id=g.who, kind=1, to_code="410100", first_day=date(2024, 2, 29), last_day=date(2024, 2, 28), filed_on=AT.date())),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "write"), CONSTRAINTS, ids=[name.replace(" ", "-") for name, _ in CONSTRAINTS]
)
def test_the_database_itself_refuses_it(given, name, write):
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        write(given)
    assert everything() == before


def test_a_clock_that_jumps_a_day_changes_who_is_refused_and_nothing_else(given):
    bill = billed(given, day=date(2023, 12, 21), admitted_on=None)
    with pytest.raises(BillWrong, match="在今天之后"):
        settle(OFFICER, "jump", bill, at=AT)
    said = settle(OFFICER, "jump", bill, at=datetime(2023, 12, 21, 0, 1, tzinfo=CHINA))
    assert settle(OFFICER, "jump", bill, at=AT) == said, "the key keeps its answer whatever the clock says"


def _copy(row: Settlement, **more: object) -> None:
    row.pk, row.entry_id = None, None
    for name, value in more.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _event(given: Given) -> LateEvent:
    posted = Settlement.objects.get(pk=given.settled)
    return LateEvent.objects.create(
        year_id=posted.year_id,
        sequence=1,
        cause="x",
        reason="x",
        so_far=posted.before,
        actor="x",
        recorded_at=AT,
    )


def _case(given: Given) -> int:
    said = declare(OFFICER, "case", Declaration(given.settled, liable(), "x"), at=AT)
    return int(json.loads(said)["case_id"])


def _step(given: Given) -> int:
    case_id = _case(given)
    return CaseEvent.objects.create(
        case_id=case_id,
        step="recovered",
        external_no="1",
        happened_on=AT.date(),
        posted_on=AT.date(),
        actor="x",
        recorded_at=AT,
    ).pk
