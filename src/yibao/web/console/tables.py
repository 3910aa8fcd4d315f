"""Which tables the console shows (经办台的表): each by its matter and the way to its area; what is not here is not shown."""

from django.apps import apps
from django.db.models import Model

from yibao.rights.terms import Matter
from yibao.web.console.looking import Looking, Shown
from yibao.web.console.site import console

_E, _C, _S, _H, _F = (
    Matter.ENROLMENT_MATTER,
    Matter.CONTRIBUTION_MATTER,
    Matter.SETTLEMENT_MATTER,
    Matter.ASSISTANCE_MATTER,
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
    "enrolment.GapFollowUp": Shown(_E, OF_PERSON, ("state", "benefit_year")),
    "enrolment.DuplicateEnrolment": Shown(_E, "county_code", ("state", "case")),
    "enrolment.DuplicateStep": Shown(_E, "duplicate__county_code", ("state",)),
    "enrolment.PersonMerge": Shown(_E, "kept__county_code"),
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
    "financing.AidPosted": Shown(_C, "bill__person__county_code", ("payer",)),
    "financing.AidClaim": Shown(_F, "area_code", ("payer", "benefit_year"), personal=False),
    "financing.AidClaimLine": Shown(_C, "claim__area_code"),
    "financing.AidReceipt": Shown(_F, "claim__area_code", personal=False),
    "financing.Appropriation": Shown(_F, "county_code", ("benefit_year", "level", "step"), personal=False),
    "financing.ArrivalReport": Shown(_F, "area_code", ("benefit_year",), personal=False),
    "financing.CatastrophicTransfer": Shown(_F, "area_code", ("benefit_year",), personal=False),
    "financing.TaxFile": Shown(_C, "area_code", ("day",), personal=False),
    "financing.TaxFileRow": Shown(_C, "file__area_code", ("channel",)),
    "financing.TaxFileVerdict": Shown(_C, "row__file__area_code", ("verdict",)),
    "financing.TreasuryArrival": Shown(_C, "area_code", ("day", "channel"), personal=False),
    "assistance.WarningRun": Shown(_H, "county_code", ("day",), personal=False),
    "assistance.Warned": Shown(_H, "run__county_code", ("band", "category")),
    "assistance.WarningBatch": Shown(_H, "county_code", ("department", "day"), personal=False),
    "assistance.WarningCase": Shown(_H, "batch__county_code", ("department", "band")),
    "assistance.WarningResponse": Shown(_H, "case__batch__county_code", ("answer",)),
    "assistance.Application": Shown(_H, "county_code", ("step", "outcome")),
    "assistance.ApplicationRecord": Shown(_H, "application__county_code", ("act",)),
    "assistance.ApplicationDocument": Shown(_H, "application__county_code"),
    "assistance.HouseholdMember": Shown(_H, "application__county_code"),
    "assistance.IncomeCheck": Shown(_H, "application__county_code", ("result",)),
    "assistance.IncomeSource": Shown(_H, "check_of__application__county_code"),
    "assistance.Publicity": Shown(_H, "application__county_code"),
    "assistance.Objection": Shown(_H, "publicity__application__county_code"),
    "assistance.ObjectionAnswer": Shown(_H, "objection__publicity__application__county_code"),
    "assistance.AssistanceDecision": Shown(_H, "application__county_code", ("outcome", "kind")),
    "assistance.AssistancePayment": Shown(_H, "decision__application__county_code", ("kind",)),
    "assistance.AssistedCost": Shown(_H, "payment__decision__application__county_code"),
    "payment.Institution": Shown(_S, "", ("class_code",), personal=False),
    "payment.Designation": Shown(_S, "", personal=False),
    "payment.PayeeAccount": Shown(_F, OF_PERSON),
    "payment.PayableItem": Shown(_F, "area_code", ("fund", "cause", "period")),
    "payment.SetOff": Shown(_F, "payable__area_code"),
    "payment.Collected": Shown(_F, "receivable__area_code"),
    "payment.Batch": Shown(_F, "area_code", ("fund", "period"), personal=False),
    "payment.BatchLine": Shown(_F, "batch__area_code"),
    "payment.BankFile": Shown(_F, "batch__area_code", personal=False),
    "payment.BankReturn": Shown(_F, "batch__area_code", personal=False),
    "payment.LineOutcome": Shown(_F, "line__batch__area_code", ("result",)),
    "public_services.Application": Shown(_E, "county_code", ("kind", "state")),
    "public_services.ApplicationStep": Shown(_E, "application__county_code", ("event",)),
    "public_services.DepartmentVerdict": Shown(
        _E, "application__county_code", ("department",), personal=False
    ),
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
    "settlement.ThirdPartyCase": Shown(_S, "settlement__visit__person__county_code"),
    "settlement.ThirdPartyShare": Shown(_S, "case__settlement__visit__person__county_code"),
    "settlement.CaseEvent": Shown(_S, "case__settlement__visit__person__county_code", ("step",)),
    "settlement.CaseAmount": Shown(_S, "step__case__settlement__visit__person__county_code", ("payer",)),
    "settlement.SpecialFundReceipt": Shown(_F, "area_code", ("special_fund",), personal=False),
    "settlement.Objection": Shown(_S, OF_PERSON, ("subject",)),
    "settlement.ObjectionStep": Shown(_S, "objection__person__county_code", ("stage",)),
    "settlement.FilingEnd": Shown(_E, "filing__person__county_code"),
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
    "takeover.FormerReversal": Shown(_S, "settlement__moving_in__area_code"),
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
    "assistance.BatchNumber": "the last number of a county's batches",
    "takeover.TakenYear": "which years a file brought: the year itself is shown",
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
