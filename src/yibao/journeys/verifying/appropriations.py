"""The verifier's part of fiscal money (财政资金核验): what arrived and what was moved is in the books, to the fen, and nothing else is.

carries_out: FIN-07, FIN-09
"""

import json
from collections import Counter
from collections.abc import Iterator

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from yibao.financing.fund_models import Appropriation, ArrivalReport, CatastrophicTransfer
from yibao.financing.terms import AppropriationStep, SubsidyLevel
from yibao.journeys.verifying.financing import AT_ONCE, by_many, found, posted_of
from yibao.kernel.findings import Finding
from yibao.ledger.accounts import Fund
from yibao.ledger.models import Entry


def appropriation_findings() -> Iterator[Finding]:
    """Everything of the subsidy by level and of catastrophic funding that does not add up."""
    for check in (_arrived, _corrections, _reports, _transfers, _stray):
        yield from check()


def _arrived() -> Iterator[Finding]:
    rows = Appropriation.objects.filter(step=AppropriationStep.ARRIVED).order_by("id")
    for batch in by_many(rows.iterator(chunk_size=AT_ONCE)):
        posted = posted_of(row.entry_id for row in batch)
        for row in batch:
            income = f"subsidy_{SubsidyLevel(row.level).name.lower()}"
            due = {
                (Fund.BASIC.value, "fiscal_account"): row.amount_fen,
                (Fund.BASIC.value, income): -row.amount_fen,
            }
            if posted[row.entry_id] != due:
                yield found(Appropriation, row.pk, "entry", row.entry_id, "凭证与到位金额不一致")


def _corrections() -> Iterator[Finding]:
    first = Appropriation.objects.filter(corrects=None).annotate(
        whole=F("amount_fen") + Coalesce(Sum("appropriation__amount_fen"), 0)
    )
    for row in first.filter(whole__lt=0).values("pk", "whole"):
        yield found(Appropriation, row["pk"], "amount_fen", row["whole"], "更正后的金额为负")


def _reports() -> Iterator[Finding]:
    for report in ArrivalReport.objects.order_by("id").iterator(chunk_size=AT_ONCE):
        rows = json.loads(report.body)
        sums = sum(row["due_fen"] for row in rows), sum(row["arrived_fen"] for row in rows)
        if sums != (report.due_fen, report.arrived_fen):
            yield found(ArrivalReport, report.pk, "body", "", "报送的合计与明细不一致")


def _transfers() -> Iterator[Finding]:
    moved: Counter[tuple[str, int]] = Counter()
    rows = list(CatastrophicTransfer.objects.order_by("area_code", "benefit_year", "instalment"))
    posted = posted_of(row.entry_id for row in rows)
    times: Counter[tuple[str, int]] = Counter()
    for row in rows:
        year = (row.area_code, row.benefit_year)
        times[year] += 1
        moved[year] += row.amount_fen
        if row.instalment != times[year]:
            yield found(CatastrophicTransfer, row.pk, "instalment", row.instalment, "划转期次不连续")
        if row.funding_fen != max(row.at_rate_fen, row.floor_fen):
            yield found(
                CatastrophicTransfer, row.pk, "funding_fen", row.funding_fen, "应筹资额不是比例与下限的较大者"
            )
        if moved[year] > row.funding_fen:
            yield found(CatastrophicTransfer, row.pk, "amount_fen", moved[year], "累计划转超过应筹资额")
        amounts = {
            (Fund.BASIC.value, "catastrophic_transfer"): row.amount_fen,
            (Fund.BASIC.value, "fiscal_account"): -row.amount_fen,
            (Fund.CATASTROPHIC.value, "fiscal_account"): row.amount_fen,
            (Fund.CATASTROPHIC.value, "catastrophic_funding"): -row.amount_fen,
        }
        if {place: fen for place, fen in posted[row.entry_id].items() if fen} != amounts:
            yield found(CatastrophicTransfer, row.pk, "entry", row.entry_id, "凭证与划转金额不一致")


def _stray() -> Iterator[Finding]:
    """Entries of this kind that no record stands behind."""
    stray = Entry.objects.filter(memo="subsidy", reference__startswith="county:", appropriation=None)
    stray |= Entry.objects.filter(
        memo="catastrophic_funding", reference__startswith="instalment:", catastrophictransfer=None
    )
    for entry_id in stray.values_list("pk", flat=True):
        yield found(Entry, entry_id, "", "", "凭证没有对应的到位或划转记录")
