"""Which tables the console shows (经办台的表): each by its matter and the way to its area; what is not here is not shown."""

from django.apps import apps
from django.db.models import Model

from yibao.rights.terms import Matter
from yibao.web.console.looking import Looking, Shown
from yibao.web.console.site import console

_E, _C, _S, _F = (
    Matter.ENROLMENT_MATTER,
    Matter.CONTRIBUTION_MATTER,
    Matter.SETTLEMENT_MATTER,
    Matter.FUND_MATTER,
)
OF_PERSON = "person__county_code"

TABLES: dict[str, Shown] = {
    "enrolment.Identity": Shown(_E, OF_PERSON, ("kind",)),
    "enrolment.Address": Shown(_E, OF_PERSON, ("kind",)),
    "enrolment.CategoryTag": Shown(_E, OF_PERSON, ("category", "certified_by")),
    "enrolment.Coverage": Shown(_E, OF_PERSON, ("benefit_year", "scheme", "void")),
    "enrolment.Event": Shown(_E, OF_PERSON, ("action",)),
    "enrolment.DepartmentList": Shown(_E, "area_code", ("kind", "state"), personal=False),
    "enrolment.ListRow": Shown(_E, "department_list__area_code", ("verdict",)),
    "enrolment.ListCandidate": Shown(_E, "row__department_list__area_code"),
    "enrolment.ListEffect": Shown(_E, OF_PERSON, ("effect",)),
    "benefits.Certification": Shown(_E, OF_PERSON, ("kind", "disease_code")),
    "benefits.Filing": Shown(_E, OF_PERSON, ("kind",)),
    "benefits.Attachment": Shown(_E, OF_PERSON, ("kind",)),
    "financing.ContributionBill": Shown(_C, OF_PERSON, ("benefit_year", "void")),
    "financing.ContributionPayment": Shown(_C, "bill__person__county_code", ("channel", "paid_on")),
    "financing.ContributionRefund": Shown(_C, "payment__bill__person__county_code", ("refunded_on",)),
    "financing.WindowExtension": Shown(_C, "area_code", ("benefit_year",), personal=False),
    "financing.CollectionAgent": Shown(_C, "area_code"),
    "financing.CashReceipt": Shown(_C, "payment__bill__person__county_code"),
    "financing.CashBatch": Shown(_C, "agent__area_code", ("handed_on",), personal=False),
    "financing.CashBatchLine": Shown(_C, "batch__agent__area_code"),
    "financing.CashBatchSettled": Shown(_C, "batch__agent__area_code", personal=False),
    "financing.Overpayment": Shown(_C, "area_code", ("channel",)),
    "financing.OverpaymentClosed": Shown(_C, "overpayment__area_code"),
    "payment.Institution": Shown(_S, "", ("class_code",), personal=False),
    "payment.Designation": Shown(_S, "", personal=False),
    "public_services.Application": Shown(_E, "county_code", ("kind", "state")),
    "public_services.ApplicationStep": Shown(_E, "application__county_code", ("event",)),
    "public_services.Certificate": Shown(_E, "county_code", ("kind",)),
    "public_services.Transfer": Shown(_E, "county_code", ("direction", "state")),
    "public_services.TransferStep": Shown(_E, "transfer__county_code"),
    "public_services.SchoolBatch": Shown(_E, "county_code", personal=False),
    "public_services.SchoolRow": Shown(_E, "batch__county_code", ("verdict",)),
    "settlement.Visit": Shown(_S, OF_PERSON, ("kind", "care_path")),
    "settlement.FeeLineRow": Shown(_S, "visit__person__county_code", ("item_class",)),
    "settlement.Settlement": Shown(_S, "visit__person__county_code", ("served_on", "refusal")),
    "settlement.YearRow": Shown(_S, OF_PERSON, ("benefit_year",)),
    "settlement.LateEvent": Shown(_S, "year__person__county_code", ("cause",)),
    "settlement.AdjustmentRow": Shown(_S, "settlement__visit__person__county_code", ("payer",)),
    "ledger.Entry": Shown(_F, "area_code", ("posted_on", "memo"), personal=False),
    "ledger.EntryLine": Shown(_F, "entry__area_code", ("fund", "account"), personal=False),
    "ledger.Closing": Shown(_F, "area_code", personal=False),
    "takeover.MovingIn": Shown(_E, "area_code", personal=False),
    "takeover.ImportRun": Shown(_E, "moving_in__area_code", ("kind",), personal=False),
    "takeover.ImportBatch": Shown(_E, "run__moving_in__area_code", personal=False),
    "takeover.Closing": Shown(_E, "moving_in__area_code", personal=False),
    "takeover.FormerPerson": Shown(_E, "moving_in__area_code"),
    "takeover.FormerHousehold": Shown(_E, "moving_in__area_code"),
    "takeover.OpenSettlement": Shown(_S, "moving_in__area_code", ("kind",)),
    "rights.AuditRecord": Shown(Matter.AUDIT_MATTER, "", ("action",), personal=False),
}

ELSEWHERE = {
    "enrolment.Household": "a household is seen by its people",
    "enrolment.Person": "console.people",
    "rights.Officer": "console.officers",
    "rights.Grant": "console.officers",
    "rights.ApiToken": "console.officers",
    "rights.Proposal": "console.proposals",
    "rights.Decision": "console.proposals",
    "rights.Request": "answers kept for callers: they hold what was asked for",
    "rights.AuditSeal": "links of the chain, read by the verifier",
    "rights.AuditHead": "the end of the chain, read by the verifier",
    "settlement.TermsUsed": "a version's content, read by `working_of`",
    "settlement.ClaimNow": "vectors of the engine",
}
"""Tables of ours that are not shown as they are, and why or where."""


def register(model: type[Model], shown: Shown, base: type[Looking] = Looking) -> None:
    """Puts a table into the console."""
    made = type(f"{model.__name__}Looking", (base,), {"shown": shown})
    console.register(model, made)


for label, how in TABLES.items():
    register(apps.get_model(label), how)
