"""A failure before and after each SQL statement of each action, enumerated: all is as before, and asking again does it once."""

import itertools
import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import OperationalError, connection
from tests.agency.acting import actor
from tests.agency.listed import a_list, committed, enrolled, found_elsewhere, looked_at, row, twins
from tests.agency.moving import DAY as MOVED_ON
from tests.agency.moving import imported
from tests.agency.paying import (
    DAY,
    FINANCE,
    ORDER,
    REVIEWER,
    account,
    gathered,
    line_of,
    line_said,
    owed,
    sent,
)
from tests.agency.people import registration, year_cover
from tests.agency.service_actions import service_actions
from tests.agency.settling import AT, CITY, COUNTY, OFFICER, institutions, person, stay, visit

from yibao.assistance.models import WarningCase
from yibao.assistance.orders import (
    AcceptOrder,
    AnswerOrder,
    ApplyOrder,
    CheckOrder,
    DecideOrder,
    Member,
    ObjectionAnswerOrder,
    ObjectionOrder,
    ProposeOrder,
    PublicityOrder,
    PushOrder,
    RunOrder,
    Source,
    WithdrawOrder,
)
from yibao.assistance.orders import Paper as HandedIn
from yibao.assistance.terms import Category, WarningAnswer
from yibao.benefits.terms import AttachmentKind, FilingKind, ItemClass, SpecialFund, VisitKind
from yibao.engine.terms import NOTHING_YET
from yibao.enrolment.actions import (
    change,
    cover,
    identify,
    recognise_category,
    register,
    register_again,
    resume,
    stop,
    suspend,
)
from yibao.enrolment.models import Coverage, ListRow
from yibao.enrolment.orders import Change, CoverOrder, Document, LifeOrder, NewDocument, Recognition
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.terms import Department, GapState, IdentityKind, Keep
from yibao.financing.terms import CollectionChannel
from yibao.journeys.applying import EnrolOrder, Taken, YearAsked, apply_to_enrol, pay_for
from yibao.journeys.applying_for_assistance import (
    accept,
    answer_objection,
    apply,
    check_income,
    object_in_public,
    publicise,
    withdraw,
)
from yibao.journeys.certifying import Attach, Certify, attach, certify
from yibao.journeys.closing_books import CloseOrder, close_books
from yibao.journeys.contributing import BillOrder, PayOrder, RefundOrder, bill_person, pay, refund
from yibao.journeys.deciding import DecisionOrder, decide_financing
from yibao.journeys.duplicate_steps import (
    ChoiceOrder,
    choose_duplicate,
    close_duplicate,
    dismiss_duplicate,
    notify_duplicate,
)
from yibao.journeys.duplicate_steps import (
    StepOrder as DuplicateStep,
)
from yibao.journeys.duplicates import FindOrder, find_duplicates
from yibao.journeys.ending_filing import ChangeFiling, EndFiling, change_filing, end_filing
from yibao.journeys.extending import ExtensionOrder, propose_extension
from yibao.journeys.filing import AtAdmission, FileOrder, file_at_admission, file_outside
from yibao.journeys.gaps import GapOrder, follow_gap
from yibao.journeys.granting import decide_application, propose_decision
from yibao.journeys.importing import KINDS, Batch, ImportFile, begin_import, import_batch
from yibao.journeys.importing_closing import Control, close_move
from yibao.journeys.importing_coverage import ImportedCategory, ImportedCover
from yibao.journeys.importing_years import ImportedSettlement, ImportedYear
from yibao.journeys.issuing import IssueOrder, issue_certificate
from yibao.journeys.listing import LookAgain, MatchDecision, decide_match, import_list, look_again
from yibao.journeys.listing_commit import CommitOrder, commit_list
from yibao.journeys.listing_undo import UndoOrder, undo_list
from yibao.journeys.merging import MergeOrder, merge_people
from yibao.journeys.moving_money import (
    DrawDecision,
    DrawOrder,
    SweepOrder,
    decide_drawing,
    propose_drawing,
    sweep,
)
from yibao.journeys.objecting import admit, carry_out, object_to, rule_on
from yibao.journeys.opening import RECONCILED, OpeningYear, TakeOver, take_over
from yibao.journeys.opening_reversing import ReverseFormer, reverse_former
from yibao.journeys.payees import change_account, collect, net
from yibao.journeys.paying_people import decide_batch, gather, issue_file, read_back
from yibao.journeys.recovering import decide_step, propose_step, record_recovery
from yibao.journeys.reversing import replay, reverse
from yibao.journeys.settling import settle
from yibao.journeys.special_funds import BudgetMoney, receive_budget
from yibao.journeys.third_party import declare, settle_shared
from yibao.journeys.verifying import database_findings
from yibao.journeys.warning import run_warning
from yibao.journeys.warning_push import answer_warning, push_warning
from yibao.payment.actions import NewInstitution, register_institution
from yibao.payment.models import Institution, PayableItem
from yibao.payment.orders import BatchDecision, Collection, HandOut, Netting, ReturnOrder
from yibao.payment.terms import BankResult
from yibao.public_services.actions import end_application
from yibao.public_services.orders import EndApplication
from yibao.public_services.terms import CertificateKind, Paper
from yibao.rights.approvals import decide, propose
from yibao.rights.audit import seal
from yibao.rights.models import Decision
from yibao.rights.terms import Matter, Role
from yibao.settlement.orders import (
    Admission,
    BillLine,
    CarryingOut,
    Declaration,
    LateFact,
    Liability,
    Objecting,
    Recovery,
    Reversal,
    Ruling,
    SharedBill,
    StepDecision,
    StepOrder,
)
from yibao.settlement.terms import (
    AdvanceCause,
    CaseStep,
    LateCause,
    ObjectionSubject,
    RecoverySource,
    ThirdParty,
)
from yibao.settlement.vectors import packed
from yibao.takeover.terms import ImportKind

TODAY = AT.date()
NEXT_DAY = AT + timedelta(days=1)
NOW = LifeCycleParams((0,) * 5)
LINES = (
    BillLine("A1", ItemClass.A, 10_000, 900_000),
    BillLine("B1", ItemClass.B, 10_000, 500_000, 400_000, 1_000),
)
OFFICER_OF_TAX = actor(Role.TAX_OFFICER, CITY)
NOTHING = dict.fromkeys(RECONCILED, 0)
YEARLY = {ImportKind.YEARS: 2023, ImportKind.SETTLEMENTS: 2023}
IN_FILE = ("P1", 0, "", "")
YEAR = {
    f"years/2023/{name}": 0
    for name in (
        "total_fen",
        "in_scope_fen",
        "basic_paid_fen",
        "catastrophic_paid_fen",
        "assistance_paid_fen",
    )
}
OPEN = {"count": 1, "total_fen": 9, "basic_fen": 9, "catastrophic_fen": 0, "assistance_fen": 0}
CONTROL = Control(
    CITY,
    {
        "people": 2,
        "covered": 1,
        "years/2023/count": 1,
        **YEAR,
        **{f"settlements/2023/{k}": v for k, v in OPEN.items()},
    },
)
Action = Callable[[], object]


class Struck(OperationalError):
    """The failure that is put in."""


@contextmanager
def struck(at: int, when: str):
    """Fails before or after the statement of a number. What begins a transaction is no statement of an action."""
    seen = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if sql.startswith("BEGIN"):
            return execute(sql, params, many, context)
        seen += 1
        if seen == at and when == "before":
            raise Struck(sql)
        done = execute(sql, params, many, context)
        if seen == at:
            raise Struck(sql)
        return done

    with connection.execute_wrapper(wrapper):
        yield


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith(("auth_", "django_")):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                found[table] = [tuple(map(repr, row)) for row in cursor.fetchall()]
    return found


def filed(who: int, number: int) -> int:
    """A filing of somebody who lives outside."""
    day = date(2023, 1, 1)
    order = FileOrder(who, FilingKind.LIVES_OUTSIDE, "410100", day, day, "居住")
    return int(json.loads(file_outside(OFFICER, f"of{number}", order))["filing_id"])


def objected(who: int) -> tuple[list[Objecting], list[int]]:
    """Objections to settlements of a person, each a stage further than the one before; the first is yet to be made."""
    orders, made = [], [0]
    for n in range(4):
        said = json.loads(settle(OFFICER, f"o{n}", stay(who, 1_000 + n), at=AT))
        subject = ObjectionSubject.SETTLED
        orders.append(Objecting(who, subject, said["settlement_id"], "有误", AT.date(), AT.date()))
    for n in (1, 2, 3):
        made.append(json.loads(object_to(OFFICER, f"oo{n}", orders[n], at=AT))["objection_id"])
    for n in (2, 3):
        admit(OFFICER, f"oa{n}", Admission(made[n], True, "受理"), at=AT)
    rule_on(actor(Role.REVIEWER, CITY), "or3", Ruling(made[3], True, "有误"), at=AT)
    return orders, made


def prepared() -> dict[str, Action]:
    """A database with something in it, and each action ready to be done."""
    institutions()
    who, other, third = person(), person(), person()
    said = [
        json.loads(settle(OFFICER, f"s{n}", stay(who, 20_000, date(2023, 2 + n, 1)), at=AT)) for n in range(3)
    ]
    settle(OFFICER, "v", visit(who, 80), at=AT)
    suspend(OFFICER, "off", LifeOrder(other, date(2023, 3, 1), "x"), NOW, today=TODAY)
    tag = Recognition(who, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, date(2023, 1, 1), None, "补")
    recognise_category(OFFICER, "t", tag, today=TODAY)
    proposal = propose(actor(Role.FINANCE_OFFICER, CITY), Matter.FUND_MATTER, CITY, {"pay": 1})
    newcomer = registration(county_code=COUNTY, covers=(year_cover(),))
    elsewhere = NewInstitution("H-9", "示例", "third_rate", COUNTY, CITY, date(2023, 1, 1))
    in_2022 = date(2022, 11, 1)
    applicant = registration(county_code=COUNTY, happened_on=in_2022)
    applying = EnrolOrder("本人", in_2022, applicant, YearAsked(2023), (Paper.IDENTITY_PAPER,))
    waits = json.loads(apply_to_enrol(OFFICER, "wait", replace(applying, papers=()), today=in_2022))[
        "application_id"
    ]
    owes = json.loads(apply_to_enrol(OFFICER, "owe", applying, today=in_2022))["application_id"]
    taken = Taken(35_000, CollectionChannel.COUNTER, "n1", in_2022)
    longer = ExtensionOrder(CITY, 2023, "文号", date(2022, 12, 21), date(2022, 12, 31), "x")
    extension = json.loads(propose_extension(actor(Role.POLICY_OFFICER, CITY), "x", longer))["proposal_id"]
    from tests.agency.financing_faults import financing_actions  # it asks this module for `struck`

    liable = Liability(ThirdParty.TRAFFIC, 4_000, "认定书", TODAY)
    shared = SharedBill(stay(third, 20_000), liable)
    case_id = json.loads(settle_shared(OFFICER, "x0", shared, at=AT))["case_id"]
    asked = StepOrder(case_id, CaseStep.ADVANCED, "申请", AdvanceCause.NOT_FOUND)
    step = json.loads(propose_step(OFFICER, "x1", asked))["proposal_id"]
    reviewer, finance = actor(Role.REVIEWER, CITY), actor(Role.FINANCE_OFFICER, CITY)
    paid_back = Recovery(case_id, 5_000, RecoverySource.FROM_PERSON, "N-1", TODAY)
    objecting, objections = objected(third)
    Institution.objects.create(code="OUT", name="外院", class_code="outside_province", county_code="410102")
    filings = [filed(third, n) for n in range(2)]
    budget = BudgetMoney(CITY, SpecialFund.COVID_TREATMENT, 100, "1", TODAY)
    burdened = person()
    settle(OFFICER, "heavy", stay(burdened, 300_000), at=AT)
    run_warning(OFFICER, "list", RunOrder(COUNTY, TODAY), at=AT)
    push_warning(OFFICER, "batch", PushOrder(COUNTY, Department.CIVIL_AFFAIRS, TODAY), at=AT)
    case = WarningCase.objects.get().pk
    done: list[str] = []
    run = {
        kind: json.loads(
            begin_import(
                OFFICER, f"run/{kind}", ImportFile(CITY, MOVED_ON, kind, "0", 3, YEARLY.get(kind, 0))
            )
        )["run_id"]
        for kind in KINDS
    }
    listed = a_list(row(2, who, first_day="2023-03-01"), row(3, third), full=True)
    undone = committed(a_list(row(2, who, first_day="2023-03-15"), category=Category.SEVERELY_DISABLED))
    unsure = looked_at(a_list(row(2, name="甲某", identity_no="", born_on="1980-05-01", sex="男")))
    choice = MatchDecision(ListRow.objects.get(department_list_id=unsure["list_id"]).pk, third, "电话核实")
    seen = looked_at(a_list(row(2, who, first_day="2023-02-15"), category=Category.ENTITLED_GROUP))
    covers = (ImportedCover(2, *IN_FILE, date(2023, 1, 1), date(2023, 12, 31), 2023, 0, 0, None),)
    categories = (
        ImportedCategory(
            2, *IN_FILE, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, "", date(2023, 1, 1), None
        ),
    )
    years = (ImportedYear(2, *IN_FILE, packed(NOTHING_YET._replace(stays=1))),)
    reversible = (
        ImportedSettlement(
            2,
            *IN_FILE,
            "S1",
            VisitKind.HOSPITAL,
            MOVED_ON,
            MOVED_ON,
            9,
            9,
            0,
            0,
            0,
            0,
            0,
            0,
            packed(NOTHING_YET._replace(stays=1)),
        ),
    )
    gap = GapOrder(who, None, GapState.PROMISED, TODAY, "外出务工", TODAY)
    waiting, approved, at_bank, line, debt, refundable = _payments()
    sweep(FINANCE, "filled", SweepOrder(CITY, "2022-11"))
    drawing = json.loads(propose_drawing(FINANCE, "drawing", DrawOrder(CITY, "basic", 1, TODAY, "x")))[
        "proposal_id"
    ]
    numbers = [
        json.loads(apply(OFFICER, f"ap{n}", an_application(who_applies), at=AT))["application_id"]
        for n, who_applies in enumerate(person() for _ in range(5))
    ]
    public = PublicityOrder(0, date(2023, 12, 1), date(2023, 12, 7), "公开栏")
    asked = (Source(Department.TAX, 0),)
    for number in numbers[1:]:
        accept(OFFICER, f"ac{number}", AcceptOrder(number, date(2023, 11, 21), accepted=True), at=AT)
    for number in numbers[2:]:
        check_income(OFFICER, f"ch{number}", CheckOrder(number, date(2023, 11, 22), asked), at=AT)
    for number in numbers[3:]:
        publicise(OFFICER, f"pu{number}", replace(public, application_id=number), at=AT)
    in_public = object_in_public(OFFICER, "ob", ObjectionOrder(numbers[3], date(2023, 12, 5), "x"), at=AT)
    objection = json.loads(in_public)["objection_id"]
    poor = json.loads(apply(OFFICER, "poor", an_application(burdened), at=AT))["application_id"]
    accept(OFFICER, "poor-a", AcceptOrder(poor, date(2023, 11, 21), accepted=True), at=AT)
    check_income(OFFICER, "poor-c", CheckOrder(poor, date(2023, 11, 22), asked), at=AT)
    publicise(OFFICER, "poor-p", replace(public, application_id=poor), at=AT)
    illness = Category.ILLNESS_POVERTY
    propose_decision(OFFICER, "poor-d", ProposeOrder(poor, illness, Department.CIVIL_AFFAIRS, "x"), at=AT)
    cross = found_elsewhere(enrolled("张某"), employee_months="14").pk
    twins()
    pair = json.loads(find_duplicates(OFFICER, "du", FindOrder(CITY, TODAY)))["new"][0]
    twins("赵小红", date(1981, 2, 3))
    step = DuplicateStep(pair, TODAY, "通知 1")
    return {
        "find duplicates": lambda: find_duplicates(OFFICER, "da", FindOrder(CITY, TODAY)),
        "dismiss a duplicate": lambda: dismiss_duplicate(OFFICER, "db", DuplicateStep(cross, TODAY, "", "错"), today=TODAY),
        "notify of a duplicate": lambda: notify_duplicate(OFFICER, "dc", step, today=TODAY),
        "choose": lambda: choose_duplicate(OFFICER, "dd", ChoiceOrder(pair, Keep.FIRST, TODAY, "声明 1"), today=TODAY),
        "close a duplicate": lambda: close_duplicate(OFFICER, "de", step, today=TODAY),
        "merge people": lambda: merge_people(OFFICER, "df", MergeOrder(pair, TODAY, "同一人")),
        "follow a gap": lambda: follow_gap(OFFICER, "ga", gap, today=TODAY),
        "import a list": lambda: import_list(OFFICER, "la", listed, today=TODAY),
        "look at a list again": lambda: look_again(OFFICER, "lb", LookAgain(unsure["list_id"]), today=TODAY),
        "decide a match": lambda: decide_match(OFFICER, "lc", choice, today=TODAY),
        "commit a list": lambda: commit_list(OFFICER, "ld", CommitOrder(seen["list_id"], seen["plan_hash"]), at=AT),
        "undo a list": lambda: undo_list(OFFICER, "le", UndoOrder(undone["list_id"], "错"), at=AT),
        "settle": lambda: settle(OFFICER, "a", stay(third, 0, totals=None, lines=LINES), at=AT),
        "settle again in a year": lambda: settle(OFFICER, "b", stay(who, 5_000), at=AT),
        "reverse the last": lambda: reverse(OFFICER, "c", Reversal(said[2]["settlement_id"], "错"), at=AT),
        "reverse an earlier one": lambda: reverse(OFFICER, "d", Reversal(said[0]["settlement_id"], "错"), at=AT),
        "replay": lambda: replay(OFFICER, "e", LateFact(who, 2023, LateCause.CATEGORY_BACK_DATED, "补"), at=AT),
        "register": lambda: register(OFFICER, "f", newcomer, today=TODAY),
        "change": lambda: change(OFFICER, "g", Change(third, 1, date(2023, 2, 1), "改", name="新"), today=TODAY),
        "suspend": lambda: suspend(OFFICER, "h", LifeOrder(third, date(2023, 3, 1), "x"), NOW, today=TODAY),
        "resume": lambda: resume(OFFICER, "i", LifeOrder(other, date(2023, 4, 1), "x"), NOW, today=TODAY),
        "stop": lambda: stop(OFFICER, "j", LifeOrder(third, date(2023, 3, 1), "x"), NOW, today=TODAY),
        "cover": lambda: cover(OFFICER, "k", CoverOrder(who, year_cover(2024), date(2023, 1, 1), "x")),
        "certify": lambda: certify(
            OFFICER, "l", Certify(who, VisitKind.CHRONIC, "dialysis", date(2023, 1, 1), None, "x")
        ),
        "attach": lambda: attach(
            OFFICER, "m", Attach(who, AttachmentKind.FIRST_CHOICE, "H-2", date(2023, 1, 1), None, "x")
        ),
        "register an institution": lambda: register_institution(OFFICER, "n", elsewhere),
        "file": lambda: file_outside(
            OFFICER, "o", FileOrder(who, FilingKind.REFERRED_OUTSIDE, "410100", date(2023, 1, 1), date(2023, 1, 1), "x")
        ),
        "file at admission": lambda: file_at_admission(
            OFFICER, "x12", AtAdmission(who, "OUT", date(2023, 5, 1), False, False, True)
        ),
        "end a filing": lambda: end_filing(OFFICER, "x13", EndFiling(filings[0], TODAY, date(2023, 12, 1), "x")),
        "change a filing": lambda: change_filing(
            OFFICER, "x14", ChangeFiling(filings[1], "500000", TODAY, date(2023, 12, 1), "x")
        ),
        "take over": lambda: take_over(OFFICER, "q", TakeOver(CITY, 2023, (OpeningYear(other, NOTHING_YET),), NOTHING)),
        "begin an import": lambda: begin_import(OFFICER, "x", ImportFile(CITY, MOVED_ON, ImportKind.PEOPLE, "1", 3)),
        "import people": lambda: import_batch(
            OFFICER, "y", Batch(run[ImportKind.PEOPLE], 0, (imported(1, household_no="H"), imported(2)))
        ),
        "import coverage": lambda: import_batch(OFFICER, "ic", Batch(run[ImportKind.COVERAGE], 0, covers)),
        "import categories": lambda: import_batch(OFFICER, "ig", Batch(run[ImportKind.CATEGORIES], 0, categories)),
        "import years": lambda: import_batch(OFFICER, "iy", Batch(run[ImportKind.YEARS], 0, years)),
        "import settlements": lambda: import_batch(OFFICER, "is", Batch(run[ImportKind.SETTLEMENTS], 0, reversible)),
        "reverse a settlement of the system before": lambda: reverse_former(
            OFFICER, "rf", ReverseFormer(CITY, "S1", "错"), at=AT
        ),
        "close the move": lambda: close_move(OFFICER, "cm", CONTROL),
        "bill": lambda: bill_person(OFFICER, "w", BillOrder(other, 2023, date(2022, 11, 1))),
        "pay for an application": lambda: pay_for(
            actor(Role.TAX_OFFICER, CITY), "x1", owes, taken, today=in_2022
        ),
        "end an application": lambda: end_application(OFFICER, "x2", EndApplication(waits, in_2022, "撤回")),
        "certificate": lambda: issue_certificate(
            OFFICER, "x3", IssueOrder(CertificateKind.ENROLMENT_CERTIFICATE, covered(third), TODAY)
        ),
        "identify": lambda: identify(
            OFFICER, "x4", NewDocument(other, Document(IdentityKind.PASSPORT, "E1"), TODAY, "补登"), today=TODAY
        ),
        "register again": lambda: register_again(
            OFFICER, "x5", LifeOrder(gone, date(2023, 4, 1), "再次参保"), NOW, today=TODAY
        ),
        "propose an extension": lambda: propose_extension(actor(Role.POLICY_OFFICER, CITY), "x1", longer),
        "decide an extension": lambda: decide_financing(
            actor(Role.REVIEWER, CITY), "x2", DecisionOrder(extension, True, "x")
        ),
        **financing_actions(),
        "settle by hand": lambda: settle(OFFICER, "pa", stay(third, 8_000, manual=True), at=AT),
        "give an account": lambda: change_account(OFFICER, "pb", account(third)),
        "set off": lambda: net(FINANCE, "pc", Netting(debt.person_id, CITY, "basic")),
        "collect": lambda: collect(FINANCE, "pd", Collection(debt.pk, 1, DAY, "N1")),
        "gather a batch": lambda: gather(FINANCE, "pe", ORDER),
        "decide a batch": lambda: decide_batch(REVIEWER, "pf", BatchDecision(waiting, True, "")),
        "hand the file out": lambda: issue_file(FINANCE, "pg", HandOut(approved)),
        "read what the bank says": lambda: read_back(
            FINANCE, "ph", ReturnOrder(at_bank, "a" * 64, DAY, (line_said(line, BankResult.PAID_OUT),))
        ),
        "read what came back": lambda: read_back(
            FINANCE, "pi", ReturnOrder(at_bank, "b" * 64, DAY, (line_said(line, BankResult.SENT_BACK),))
        ),
        "sweep": lambda: sweep(FINANCE, "pk", SweepOrder(CITY, "2022-11")),
        "close a month": lambda: close_books(FINANCE, "pn", CloseOrder(CITY, "2022-10")),
        "propose a drawing": lambda: propose_drawing(FINANCE, "pl", DrawOrder(CITY, "basic", 2, TODAY, "x")),
        "decide a drawing": lambda: decide_drawing(REVIEWER, "pm", DrawDecision(drawing, True, "")),
        "refund through the bank": lambda: refund(
            OFFICER_OF_TAX, "pj", RefundOrder(refundable, date(2022, 12, 1), "x", through_bank=True)
        ),
        "run the list of another day": lambda: run_warning(OFFICER, "aa", RunOrder(COUNTY, date(2023, 12, 21)), at=NEXT_DAY),
        "push the list": lambda: push_warning(
            OFFICER, "ab", PushOrder(COUNTY, Department.RURAL_REVITALISATION, TODAY), at=AT
        ),
        "answer a warning": lambda: answer_warning(
            OFFICER, "ac", AnswerOrder(case, WarningAnswer.ASSISTED, TODAY, "临时救助"), at=AT
        ),
        "apply for assistance": lambda: apply(OFFICER, "ad", an_application(other), at=AT),
        "accept": lambda: accept(OFFICER, "ae", AcceptOrder(numbers[0], date(2023, 11, 21), accepted=True), at=AT),
        "check the income": lambda: check_income(
            OFFICER, "af", CheckOrder(numbers[1], date(2023, 11, 22), asked), at=AT
        ),
        "publicise": lambda: publicise(OFFICER, "ag", replace(public, application_id=numbers[2]), at=AT),
        "object in public": lambda: object_in_public(
            OFFICER, "ah", ObjectionOrder(numbers[4], date(2023, 12, 5), "x"), at=AT
        ),
        "answer an objection": lambda: answer_objection(
            OFFICER, "ai", ObjectionAnswerOrder(objection, date(2023, 12, 6), True, "x"), at=AT
        ),
        "propose assistance": lambda: propose_decision(
            OFFICER, "aj", ProposeOrder(numbers[3], illness, Department.CIVIL_AFFAIRS, "x"), at=AT
        ),
        "decide and pay": lambda: decide_application(
            actor(Role.REVIEWER, CITY), "ak", DecideOrder(poor, True, "x"), at=AT
        ),
        "withdraw": lambda: withdraw(OFFICER, "al", WithdrawOrder(numbers[0], date(2023, 12, 6), "x"), at=AT),
        "propose": lambda: propose(actor(Role.FINANCE_OFFICER, CITY), Matter.FUND_MATTER, CITY, {"pay": 2}),
        "decide": lambda: (
            Decision.objects.filter(proposal=proposal).exists()
            or decide(actor(Role.REVIEWER, CITY), proposal, approved=True, reason="", carry_out=done.append)
        ),
        "settle a shared bill": lambda: settle_shared(OFFICER, "x2", shared, at=AT),
        "declare a third party": lambda: declare(
            OFFICER, "x3", Declaration(said[1]["settlement_id"], liable, "认定"), at=AT
        ),
        "propose a step of a case": lambda: propose_step(OFFICER, "x4", asked),
        "decide an advance": lambda: decide_step(reviewer, "x5", StepDecision(step, True, "属实"), at=AT),
        "record a recovery": lambda: record_recovery(finance, "x6", paid_back, at=AT),
        "object": lambda: object_to(OFFICER, "x8", objecting[0], at=AT),
        "admit an objection": lambda: admit(OFFICER, "x9", Admission(objections[1], True, "受理"), at=AT),
        "rule on an objection": lambda: rule_on(reviewer, "x10", Ruling(objections[2], True, "有误"), at=AT),
        "carry a ruling out": lambda: carry_out(
            OFFICER, "x11", CarryingOut(objections[3], "重结", True, stay(third, 100)), at=AT
        ),
        "receive budget money": lambda: receive_budget(finance, "x7", budget, at=AT),
        **service_actions(),
        "seal": seal,
    }  # fmt: skip


def covered(person_id: int) -> int:
    """The id of the coverage that a person has now."""
    return int(Coverage.objects.filter(person_id=person_id, void=False).latest("id").pk)


def _payments() -> tuple[int, int, int, Any, PayableItem, int]:
    """Batches that wait for a decision, for their file and for the bank; a line there, a debt, and a contribution paid."""
    item = owed("pay1")
    at_bank = gathered("gather1")
    sent(at_bank)
    owed("pay2")
    approved = gathered("gather2")
    decide_batch(REVIEWER, "approved2", BatchDecision(approved, True, ""))
    taken_back = owed("pay3")
    waiting = gathered("gather3")
    reverse(OFFICER, "back3", Reversal(int(taken_back.source.partition(":")[2]), "错"), at=AT)
    settle(OFFICER, "more3", stay(taken_back.person_id, 700, manual=True), at=AT)
    debt = PayableItem.objects.get(person_id=taken_back.person_id, fund="basic", amount_fen__lt=0)
    owed("pay4")
    newcomer = json.loads(
        register(
            OFFICER, "pay5", registration(county_code=COUNTY, happened_on=date(2022, 10, 1)), today=TODAY
        )
    )
    due = json.loads(bill_person(OFFICER, "due5", BillOrder(newcomer["person_id"], 2023, date(2022, 11, 1))))
    order = PayOrder(
        due["bill_id"], due["person_pays_fen"], CollectionChannel.COUNTER, "E5", date(2022, 11, 1)
    )
    paid = json.loads(pay(OFFICER_OF_TAX, "paid5", order))
    return waiting, approved, at_bank, line_of(item), debt, int(paid["payment_id"])


def an_application(who: int) -> ApplyOrder:
    return ApplyOrder(
        who,
        2023,
        Category.ILLNESS_POVERTY,
        date(2023, 11, 20),
        "x",
        (Member("本人", 0, who),),
        (HandedIn("诊断证明", "0" * 64),),
    )


def test_a_failure_at_any_statement_changes_nothing(database):
    actions = prepared()
    assert database_findings() == []
    for name, action in actions.items():
        before = everything()
        statements = _struck_at_each(name, action, before)
        after = everything()
        assert statements > 1 and after != before, name
        if name not in ("propose", "decide", "seal"):
            action()
            assert everything() == after, f"{name} happened twice under one key"
    assert database_findings() == []


def _struck_at_each(name: str, action: Action, before: dict[str, list[tuple[Any, ...]]]) -> int:
    """Fails at every statement in turn until the action gets through; how many there were."""
    for at in itertools.count(1):
        for when in ("before", "after"):
            try:
                with struck(at, when):
                    action()
            except Struck:
                assert everything() == before, (name, when, at)
            else:
                return at - 1
    raise AssertionError
