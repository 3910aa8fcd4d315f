"""Assistance on application: each step in its order and days, decided by another, paid once, and nobody twice."""

import hashlib
import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.agency.acting import actor
from tests.agency.settling import AT, CHINA, CITY, COUNTY, OFFICER, institutions
from tests.agency.striking import refuses_at_every_statement
from tests.agency.test_contributing import balances
from tests.agency.test_warning import borne, heavy, ran

from yibao.assistance.failures import (
    ApplicationWrong,
    AppliedAlready,
    AssistedTwice,
    NoSuchApplication,
    OtherStep,
    SameChecker,
)
from yibao.assistance.models import (
    Application,
    ApplicationRecord,
    AssistanceDecision,
    AssistancePayment,
    AssistedCost,
    IncomeCheck,
    Warned,
)
from yibao.assistance.orders import (
    AcceptOrder,
    ApplyOrder,
    CheckOrder,
    DecideOrder,
    Member,
    ObjectionAnswerOrder,
    ObjectionOrder,
    Paper,
    ProposeOrder,
    PublicityOrder,
    Source,
    WithdrawOrder,
)
from yibao.assistance.terms import ApplicationOutcome, ApplicationStep, AssistanceKind, Category, IncomeResult
from yibao.enrolment.actions import recognise_category
from yibao.enrolment.models import CategoryTag
from yibao.enrolment.orders import Recognition
from yibao.enrolment.terms import Department
from yibao.journeys.assistance.applying_for_assistance import (
    accept,
    answer_objection,
    apply,
    check_income,
    object_in_public,
    publicise,
    withdraw,
)
from yibao.journeys.assistance.granting import decide_application, propose_decision
from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.verifying.database import database_findings
from yibao.packs.policies import policies, policies_folder
from yibao.payment.models import PayableItem
from yibao.payment.terms import PayableCause
from yibao.rights.actors import NotAllowed
from yibao.rights.approvals import SamePerson
from yibao.rights.terms import Role
from yibao.settlement.models import AdjustmentRow, Settlement
from yibao.settlement.orders import Reversal

REVIEWER = actor(Role.REVIEWER, CITY)
SECOND = actor(Role.REVIEWER, CITY, "second reviewer")
TOWN = actor(Role.TOWNSHIP_ACCEPTOR, COUNTY)
APPLIED = date(2023, 11, 20)
POOR_FEN = 2_000_000


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=CHINA)


def order_of(
    who: int, *, income_fen: int = POOR_FEN, category: Category = Category.ILLNESS_POVERTY, **more: object
) -> ApplyOrder:
    paper = Paper("诊断证明", hashlib.sha256(b"x").hexdigest())
    facts = {"applied_on": APPLIED, "words": "大病后家庭困难", **more}
    members = (Member("本人", income_fen, who), Member("配偶", 0))
    return ApplyOrder(who, 2023, category, members=members, documents=(paper,), **facts)  # type: ignore[arg-type]


def applied(who: int, key: str = "a", **more: object) -> int:
    return int(json.loads(apply(TOWN, f"{key}-apply", order_of(who, **more), at=AT))["application_id"])


def to_check(number: int, key: str = "a") -> None:
    accept(TOWN, f"{key}-accept", AcceptOrder(number, date(2023, 11, 21), accepted=True), at=AT)


def to_publicise(number: int, key: str = "a", *, found_fen: int = 0) -> None:
    to_check(number, key)
    order = CheckOrder(
        number, date(2023, 11, 28), (Source(Department.CIVIL_AFFAIRS, found_fen, "低收入信息库"),)
    )
    check_income(OFFICER, f"{key}-check", order, at=AT)


def to_decide(number: int, key: str = "a", **more: int) -> None:
    to_publicise(number, key, **more)
    days = PublicityOrder(number, date(2023, 12, 1), date(2023, 12, 7), "村务公开栏")
    publicise(OFFICER, f"{key}-publicise", days, at=AT)


def proposed(number: int, key: str = "a", category: Category = Category.ILLNESS_POVERTY) -> dict[str, int]:
    order = ProposeOrder(number, category, Department.CIVIL_AFFAIRS, "拟同意", "民认〔2023〕1号")
    return json.loads(propose_decision(OFFICER, f"{key}-propose", order, at=AT))


def decided(number: int, key: str = "a", *, approved: bool = True, by=REVIEWER) -> dict[str, int]:
    return json.loads(decide_application(by, f"{key}-decide", DecideOrder(number, approved, "同意"), at=AT))


def granted(who: int, key: str = "a", **more: object) -> dict[str, int]:
    number = applied(who, key, **more)
    to_decide(number, key)
    proposed(number, key, more.get("category", Category.ILLNESS_POVERTY))
    return decided(number, key)


def test_from_the_application_to_the_payment(database):
    institutions()
    who = heavy(yuan=200_000)
    before = balances()
    number = applied(who)
    row = Application.objects.get()
    assert (row.step, row.due_on) == (ApplicationStep.ACCEPT, date(2023, 11, 21))
    assert (row.entry, row.standing) == ("140100 assistance.on_application 2022-01-01", "assumed")
    to_decide(number)
    check = IncomeCheck.objects.get()
    assert (check.result, check.per_head_fen, check.line_fen) == (
        IncomeResult.WITHIN,
        POOR_FEN // 2,
        2_917_800,
    )
    assert check.burden_total_fen == Settlement.objects.get().person_fen and check.standing == "assumed"
    assert proposed(number)["outcome"] == ApplicationOutcome.GRANTED
    said = decided(number)
    payment = AssistancePayment.objects.get()
    deductible_fen = 729_450
    assert said["amount_fen"] == payment.amount_fen > 0
    adjusted = {a.payer: a.difference_fen for a in AdjustmentRow.objects.all()}
    assert payment.amount_fen == adjusted[2] and payment.other_fen == sum(adjusted.values()) - adjusted[2]
    left_fen = borne(who) + payment.amount_fen
    assert payment.amount_fen == min((left_fen - deductible_fen) * 6 // 10, 4_000_000)
    tag = CategoryTag.objects.get()
    assert (tag.first_day, tag.last_day, tag.document_no) == (
        date(2023, 1, 1),
        date(2023, 12, 31),
        "民认〔2023〕1号",
    )
    after = balances()
    assert after["assistance", "payable_people"] == -payment.amount_fen
    assert (
        after["assistance", "direct_assistance"] - before.get(("assistance", "direct_assistance"), 0)
        == payment.amount_fen
    )
    row.refresh_from_db()
    assert (row.step, row.outcome, row.closed_on) == (
        ApplicationStep.CLOSED,
        ApplicationOutcome.GRANTED,
        AT.date(),
    )
    assert AssistedCost.objects.get().settlement == Settlement.objects.get()
    assert [r.act for r in ApplicationRecord.objects.order_by("sequence")] == [0, 1, 2, 3, 6, 8]
    assert [r.late for r in ApplicationRecord.objects.order_by("sequence")] == [False] * 5 + [True]
    assert database_findings() == []


def test_whoever_proposes_does_not_decide_and_a_proposal_can_be_sent_back(database):
    institutions()
    number = applied(heavy(yuan=200_000))
    to_decide(number)
    with pytest.raises(OtherStep):
        decided(number)
    proposed(number)
    with pytest.raises(ApplicationWrong, match="已有待复核"):
        proposed(number, "again")
    both = actor(Role.REVIEWER, CITY, OFFICER.name)
    with pytest.raises(SamePerson):
        decided(number, "b", by=both)
    with pytest.raises(NotAllowed):
        decided(number, "c", by=actor(Role.COUNTY_OFFICER, COUNTY))
    decided(number, "d", approved=False)
    row = Application.objects.get()
    assert (row.step, row.proposal_id) == (ApplicationStep.DECIDE, None)
    assert AssistanceDecision.objects.count() == AssistancePayment.objects.count() == 0
    proposed(number, "e")
    assert decided(number, "f")["outcome"] == ApplicationOutcome.GRANTED


@pytest.mark.parametrize(
    ("income_fen", "found_fen", "result"),
    [
        (5_835_600, 0, IncomeResult.WITHIN),
        (5_835_601, 0, IncomeResult.OVER_LINE),
        (0, 5_835_601, IncomeResult.OVER_LINE),
    ],
)
def test_the_income_line_is_the_packs_by_head(database, income_fen, found_fen, result):
    institutions()
    number = applied(heavy(yuan=200_000), income_fen=income_fen)
    to_decide(number, found_fen=found_fen)
    assert IncomeCheck.objects.get().result == result
    granted = result is IncomeResult.WITHIN
    outcome = ApplicationOutcome.GRANTED if granted else ApplicationOutcome.NOT_CERTIFIED
    assert proposed(number)["outcome"] == outcome
    assert decided(number)["outcome"] == outcome
    assert AssistancePayment.objects.exists() is CategoryTag.objects.exists() is granted


def test_a_refusal_can_be_objected_to_once_in_time_and_another_decides(database):
    institutions()
    who = heavy(yuan=200_000)
    number = applied(who, income_fen=9_000_000)
    to_decide(number)
    proposed(number)
    said = decided(number)
    assert (said["outcome"], said["reason"]) == (ApplicationOutcome.NOT_CERTIFIED, "身份未经认定核准")
    assert said["object_by"] == "2024-02-18"
    with pytest.raises(ApplicationWrong, match="02-18 前提出"):
        late = order_of(who, objects_to=number, applied_on=date(2024, 2, 19))
        apply(TOWN, "late", late, at=at(date(2024, 2, 19)))
    with pytest.raises(ApplicationWrong, match="应与原申请一致"):
        applied(who, "x", objects_to=number, category=Category.SUBSISTENCE_MARGIN)
    again = applied(who, "b", objects_to=number)
    to_decide(again, "b")
    proposed(again, "b")
    with pytest.raises(SameChecker):
        decided(again, "b")
    assert decided(again, "b2", by=SECOND)["outcome"] == ApplicationOutcome.GRANTED
    with pytest.raises(AppliedAlready):
        applied(who, "c", objects_to=number)


def test_a_category_certified_elsewhere_is_settled_again_as_it_is_certified(database):
    institutions()
    who = heavy(yuan=200_000)
    number = applied(who, category=Category.SUBSISTENCE_ALLOWANCE)
    to_decide(number)
    assert (
        proposed(number, "x", Category.SUBSISTENCE_ALLOWANCE)["outcome"] == ApplicationOutcome.NOT_CERTIFIED
    )
    decided(number, "x", approved=False)
    tag = Recognition(
        who, Category.SUBSISTENCE_ALLOWANCE, Department.CIVIL_AFFAIRS, date(2023, 3, 1), None, "补"
    )
    recognise_category(OFFICER, "tag", tag, today=AT.date())
    proposed(number, "y", Category.SUBSISTENCE_ALLOWANCE)
    assert decided(number, "y")["amount_fen"] > 0
    assert CategoryTag.objects.count() == 1
    assert database_findings() == []


def test_steps_are_taken_in_order_by_day_and_inside_the_area(database):
    institutions()
    number = applied(heavy(yuan=200_000))
    elsewhere = actor(Role.COUNTY_OFFICER, "140106")
    day = date(2023, 11, 21)
    with pytest.raises(NoSuchApplication):
        accept(elsewhere, "n", AcceptOrder(number, day, accepted=True), at=AT)
    with pytest.raises(NoSuchApplication):
        accept(TOWN, "n", AcceptOrder(number + 1, day, accepted=True), at=AT)
    with pytest.raises(OtherStep, match=r"受理.*核对"):
        check_income(OFFICER, "n", CheckOrder(number, day, (Source(Department.TAX, 0),)), at=AT)
    for wrong, why in (
        (APPLIED - timedelta(days=1), "早于上一环节"),
        (AT.date() + timedelta(days=1), "今天之后"),
    ):
        with pytest.raises(ApplicationWrong, match=why):
            accept(TOWN, "n", AcceptOrder(number, wrong, accepted=True), at=AT)
    to_publicise(number)
    with pytest.raises(ApplicationWrong, match="公示 6 天，规定不少于 7 天"):
        publicise(OFFICER, "n", PublicityOrder(number, date(2023, 12, 1), date(2023, 12, 6), "x"), at=AT)
    publicise(OFFICER, "p", PublicityOrder(number, date(2023, 12, 14), date(2023, 12, 20), "x"), at=AT)
    with pytest.raises(ApplicationWrong, match="才期满"):
        proposed(number)


def test_an_application_that_cannot_be_is_refused_with_every_problem(database):
    institutions()
    who = heavy(yuan=200_000)
    paper = Paper("", "xyz")
    bad = ApplyOrder(
        who,
        2023,
        Category.FAMILY_PLANNING,
        AT.date() + timedelta(days=1),
        " ",
        (Member("", -1),),
        (paper, paper),
    )
    with pytest.raises(ApplicationWrong) as found:
        apply(TOWN, "bad", bad, at=AT)
    assert len(found.value.problems) == 9
    with pytest.raises(NoSuchApplication):
        apply(actor(Role.COUNTY_OFFICER, "140106"), "else", order_of(who), at=AT)
    with pytest.raises(NoSuchApplication):
        apply(actor(Role.TAX_OFFICER, CITY), "tax", order_of(who), at=AT)
    assert Application.objects.count() == 0


def test_one_application_is_open_at_a_time_and_another_follows_when_it_is_closed(database):
    institutions()
    who = heavy(yuan=200_000)
    first = applied(who)
    with pytest.raises(AppliedAlready):
        applied(who, "b")
    with pytest.raises(ApplicationWrong, match="请写明理由"):
        accept(TOWN, "n", AcceptOrder(first, APPLIED, accepted=False), at=AT)
    accept(TOWN, "n", AcceptOrder(first, APPLIED, accepted=False, words="材料不全"), at=AT)
    second = applied(who, "c")
    withdraw(TOWN, "w", WithdrawOrder(second, date(2023, 11, 22), "自愿撤回"), at=AT)
    with pytest.raises(OtherStep, match="办结"):
        withdraw(TOWN, "w2", WithdrawOrder(second, date(2023, 11, 22), "自愿撤回"), at=AT)
    assert [a.outcome for a in Application.objects.order_by("id")] == [
        ApplicationOutcome.NOT_ACCEPTED,
        ApplicationOutcome.WITHDRAWN,
    ]
    assert granted(who, "d")["amount_fen"] > 0
    again = granted(who, "e")
    assert (again["outcome"], again["amount_fen"]) == (ApplicationOutcome.GRANTED, 0)
    assert AssistedCost.objects.count() == 1 and database_findings() == []


def test_an_objection_that_is_upheld_refuses(database):
    institutions()
    number = applied(heavy(yuan=200_000))
    to_decide(number)
    with pytest.raises(ApplicationWrong, match="不在公示期内"):
        object_in_public(OFFICER, "o", ObjectionOrder(number, date(2023, 12, 8), "家有商铺"), at=AT)
    said = object_in_public(OFFICER, "o", ObjectionOrder(number, date(2023, 12, 5), "家有商铺"), at=AT)
    objection = json.loads(said)["objection_id"]
    with pytest.raises(ApplicationWrong, match="异议还没有处理"):
        proposed(number)
    with pytest.raises(NoSuchApplication):
        answer_objection(
            OFFICER, "q", ObjectionAnswerOrder(objection + 1, date(2023, 12, 9), True, "属实"), at=AT
        )
    order = ObjectionAnswerOrder(objection, date(2023, 12, 9), True, "属实")
    answer_objection(OFFICER, "q", order, at=AT)
    with pytest.raises(ApplicationWrong, match="已处理"):
        answer_objection(OFFICER, "r", order, at=AT)
    proposed(number)
    assert decided(number)["outcome"] == ApplicationOutcome.OBJECTED
    assert not AssistancePayment.objects.exists()


@pytest.fixture
def one_off_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The shipped policies, and an entry of one-off assistance for people whom no direct assistance names."""
    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    file = folder / "140100_taiyuan" / "assistance.yaml"
    block = """
one_off:
  label: 一次性救助
  2022-01-01:
    categories: [SEVERELY_DISABLED]
    deductible: 10000 元
    rate: 50%
    annual_cap: 12000 元
    last_day: 2023-12-31
    source: 测试用
    standing: assumed
    note: 测试用
"""
    text = file.read_text("utf-8")
    groups = text.replace(
        "groups:\n      - EXTREME_POVERTY\n", "groups:\n      - SEVERELY_DISABLED\n      - EXTREME_POVERTY\n"
    )
    file.write_text(groups + block, "utf-8")
    monkeypatch.setenv("YIBAO_POLICIES", str(folder))
    return policies()


def disabled(key: str, *, yuan: int = 200_000) -> int:
    who = heavy(key, yuan=yuan)
    tag = Recognition(
        who, Category.SEVERELY_DISABLED, Department.DISABLED_FEDERATION, date(2023, 1, 1), None, "证"
    )
    recognise_category(OFFICER, f"{key}-tag", tag, today=AT.date())
    return who


def test_an_amount_is_paid_once_toward_cost_that_was_not_assisted_before(database, one_off_pack):
    institutions()
    who = disabled("s")
    burden_fen = borne(who)
    said = granted(who, category=Category.SEVERELY_DISABLED)
    assert said["kind"] == AssistanceKind.ONE_OFF
    assert said["amount_fen"] == min((burden_fen - 1_000_000) // 2, 1_200_000) == 1_200_000
    payment = AssistancePayment.objects.get()
    assert {line.account: line.amount_fen for line in payment.entry.lines.all()} == {
        "direct_assistance": 1_200_000,
        "payable_people": -1_200_000,
    }
    assert AssistedCost.objects.get().burden_fen == burden_fen
    again = granted(who, "b", category=Category.SEVERELY_DISABLED)
    assert again["outcome"] == ApplicationOutcome.NOTHING_LEFT_TO_PAY
    ran()
    assert Warned.objects.get().burden_in_scope_fen == burden_fen - 1_200_000
    assert database_findings() == []


def test_a_failure_at_any_statement_of_paying_once_changes_nothing(database, one_off_pack):
    institutions()
    number = applied(disabled("s"), category=Category.SEVERELY_DISABLED)
    to_decide(number)
    proposed(number, category=Category.SEVERELY_DISABLED)
    refuses_at_every_statement(lambda: decided(number))
    item = PayableItem.objects.get()
    assert (item.cause, item.amount_fen) == (PayableCause.ONE_OFF_ASSISTANCE, 1_200_000)
    assert database_findings() == []


def test_cost_that_was_paid_once_is_not_settled_again(database, one_off_pack):
    institutions()
    who = disabled("s")
    granted(who, category=Category.SEVERELY_DISABLED)
    number = applied(who, "b")
    to_decide(number, "b")
    proposed(number, "b")
    with pytest.raises(AssistedTwice):
        decided(number, "b")
    assert AssistancePayment.objects.count() == 1 and not AdjustmentRow.objects.exists()


def test_what_is_reversed_no_longer_counts(database, one_off_pack):
    institutions()
    who = disabled("s")
    reverse(OFFICER, "v", Reversal(Settlement.objects.get().pk, "错"), at=AT)
    assert (
        granted(who, category=Category.SEVERELY_DISABLED)["outcome"] == ApplicationOutcome.NOTHING_LEFT_TO_PAY
    )
