"""The actions of financing, each ready to be done once."""

import json
from dataclasses import replace
from datetime import date

from tests.agency.financing import (
    DUE_FEN,
    FINANCE,
    IN_WINDOW,
    POLICY,
    REVIEWER,
    TAX,
    billed,
    paid,
    proposed,
    registered,
)
from tests.agency.settling import CITY, COUNTY
from tests.agency.striking import Action

from yibao.assistance.terms import Category
from yibao.financing.terms import AppropriationStep, CollectionChannel, Payer, RefundCause, SubsidyLevel
from yibao.journeys.financing.agents_cash import (
    AgentOrder,
    BatchSettleOrder,
    CashOrder,
    HandOverOrder,
    hand_over,
    register_agent,
    settle_batch,
    take_cash,
)
from yibao.journeys.financing.appropriating import (
    AppropriationOrder,
    ArrivalReportOrder,
    record_appropriation,
    report_arrival,
)
from yibao.journeys.financing.catastrophic_money import TransferOrder, propose_transfer
from yibao.journeys.financing.claiming_aid import AidClaimOrder, AidReceiptOrder, claim_aid, receive_aid
from yibao.journeys.financing.contributing import PayOrder, RefundOrder, pay, refund
from yibao.journeys.financing.deciding import DecisionOrder, decide_financing
from yibao.journeys.financing.extending import ExtensionOrder, propose_extension
from yibao.journeys.financing.giving_back import (
    CloseOrder,
    GiveBackOrder,
    SurplusOrder,
    propose_closing,
    propose_giving_back,
    receive_surplus,
)
from yibao.journeys.financing.reconciling import TreasuryOrder, record_treasury_arrival
from yibao.journeys.financing.tax_files import (
    BookOrder,
    TaxFileOrder,
    TaxRow,
    book_tax_rows,
    receive_tax_file,
)

LONGER = ExtensionOrder(CITY, 2023, "文号", date(2022, 12, 21), date(2022, 12, 31), "x")
LATER = date(2022, 11, 20)


def financing_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    return {**_collecting(), **_deciding(), **_reconciling(), **_claiming(), **_fiscal_money()}


def _fiscal_money() -> dict[str, Action]:
    paid(billed(registered()))
    arrived = AppropriationOrder(
        COUNTY, 2023, SubsidyLevel.COUNTY, AppropriationStep.ARRIVED, 100, LATER, "到"
    )
    first = json.loads(record_appropriation(FINANCE, "fz", replace(arrived, document_no="先")))
    correcting = replace(arrived, amount_fen=-1, corrects_id=first["appropriation_id"], document_no="更")
    moving = TransferOrder(CITY, 2023, 1, 1, LATER)
    number = proposed(propose_transfer(FINANCE, "fy", moving))
    return {
        "record an arrival": lambda: record_appropriation(FINANCE, "j1", arrived),
        "correct an arrival": lambda: record_appropriation(FINANCE, "j2", correcting),
        "report arrival": lambda: report_arrival(
            FINANCE, "j3", ArrivalReportOrder(CITY, 2023, LATER, LATER, "报")
        ),
        "propose a transfer": lambda: propose_transfer(FINANCE, "j4", moving),
        "decide a transfer": lambda: decide_financing(REVIEWER, "j5", DecisionOrder(number, True, "x")),
    }


def _claiming() -> dict[str, Action]:
    billed(registered(category=Category.EXTREME_POVERTY), on=date(2022, 10, 5))
    billed(registered(category=Category.EXTREME_POVERTY))
    days = (date(2022, 10, 1), date(2022, 10, 31))
    first = AidClaimOrder(CITY, 2023, Payer.ASSISTANCE_FUND, *days, LATER, "申1")
    claim_id = json.loads(claim_aid(FINANCE, "fq", first))["claim_id"]
    second = replace(first, last_day=LATER, document_no="申2")
    return {
        "claim aid": lambda: claim_aid(FINANCE, "i1", second),
        "receive aid": lambda: receive_aid(FINANCE, "i2", AidReceiptOrder(claim_id, 1, LATER, "到")),
    }


def _reconciling() -> dict[str, Action]:
    rows = tuple(
        TaxRow(n, f"t{n}", CollectionChannel.ONLINE, IN_WINDOW, DUE_FEN, 2023, billed(registered()))
        for n in (1, 2)
    )
    first, second = (
        TaxFileOrder(CITY, IN_WINDOW, "f.csv", name * 64, (row,))
        for name, row in zip("ab", rows, strict=True)
    )
    file_id = json.loads(receive_tax_file(TAX, "fr", first))["file_id"]
    arrived = TreasuryOrder(CITY, IN_WINDOW, CollectionChannel.ONLINE, 1, IN_WINDOW, "T")
    return {
        "receive a tax file": lambda: receive_tax_file(TAX, "h1", second),
        "book rows of a tax file": lambda: book_tax_rows(TAX, "h2", BookOrder(file_id)),
        "record a treasury arrival": lambda: record_treasury_arrival(FINANCE, "h3", arrived),
    }


def _collecting() -> dict[str, Action]:
    bills = [billed(registered()) for _ in range(6)]
    register_agent(TAX, "fa", AgentOrder("A-1", "示例", COUNTY, date(2022, 9, 1)))
    for n in (0, 1):
        take_cash(TAX, f"fc{n}", CashOrder(bills[n], DUE_FEN, "A-1", f"{n}", IN_WINDOW))
    batch = json.loads(hand_over(TAX, "fh", HandOverOrder("A-1", ("0",), DUE_FEN, IN_WINDOW, "D-0")))
    payment = paid(bills[2])
    return {
        "pay": lambda: pay(TAX, "f1", PayOrder(bills[3], DUE_FEN, CollectionChannel.COUNTER, "c", IN_WINDOW)),
        "give back before cover": lambda: refund(TAX, "f2", RefundOrder(payment, LATER, "x")),
        "register an agent": lambda: register_agent(TAX, "f3", AgentOrder("A-2", "示例", COUNTY, IN_WINDOW)),
        "take cash": lambda: take_cash(TAX, "f4", CashOrder(bills[4], DUE_FEN, "A-1", "9", IN_WINDOW)),
        "hand cash over": lambda: hand_over(TAX, "f5", HandOverOrder("A-1", ("1",), DUE_FEN, LATER, "D-1")),
        "settle a batch": lambda: settle_batch(TAX, "f6", BatchSettleOrder(batch["batch_id"], LATER, "T")),
        "take more than is due": lambda: receive_surplus(
            TAX, "f7", SurplusOrder(bills[5], DUE_FEN + 1, CollectionChannel.ONLINE, "s", IN_WINDOW)
        ),
    }


def _deciding() -> dict[str, Action]:
    bill = billed(registered())
    payment = paid(bill)
    over = json.loads(
        receive_surplus(TAX, "fs", SurplusOrder(bill, DUE_FEN, CollectionChannel.ONLINE, "o", IN_WINDOW))
    )
    closing = CloseOrder(over["overpayment_id"], LATER, "x")
    giving = GiveBackOrder(payment, RefundCause.ENROLLED_ELSEWHERE, "1", LATER, "x")
    put_up = {
        "an extension": proposed(propose_extension(POLICY, "fe", LONGER)),
        "a refund": proposed(propose_giving_back(TAX, "fg", giving)),
        "an overpayment": proposed(propose_closing(TAX, "fo", closing)),
    }
    return {
        "propose an extension": lambda: propose_extension(POLICY, "g1", LONGER),
        "propose a refund": lambda: propose_giving_back(TAX, "g2", giving),
        "propose to close an overpayment": lambda: propose_closing(TAX, "g3", closing),
        **{
            f"decide {what}": lambda what=what: decide_financing(
                REVIEWER, f"d {what}", DecisionOrder(put_up[what], True, "x")
            )
            for what in put_up
        },
    }
