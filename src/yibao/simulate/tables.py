"""The tables of a benefit year as Arrow schemas: people, institutions, claims in; settlements out.

Inside, codes are small numbers (members of the enums, places in a pack's lists) and money is int64 fen; the files that
users bring carry words, dates and yuan, and are turned into these tables by `files`. One row of PEOPLE is one person,
and `person` in CLAIMS is that row's number; CLAIMS are sorted by person and order of settlement.
"""

import pyarrow as pa

PAYER_WORDS: dict[str, tuple[str, str]] = {
    "basic": ("基本医保", "Basic insurance"),
    "catastrophic": ("大病保险", "Catastrophic"),
    "assistance": ("医疗救助", "Assistance"),
    "top_up": ("倾斜救助", "Top-up"),
    "hospital": ("医院承担", "Hospital"),
    "special_fund": ("专项资金", "Special funds"),
    "person": ("个人负担", "Person"),
}
"""Who bears a bill, in the order of SETTLEMENTS; the seven add up to it."""

DIVISION = pa.dictionary(pa.int16(), pa.string())

PEOPLE = pa.schema(
    [
        ("person_id", pa.string()),
        ("born_on", pa.date32()),
        ("sex", pa.int8()),  # 1 male, 2 female
        ("county_code", DIVISION),
        ("group", pa.int8()),  # ContributionGroup
        ("university", pa.int8()),  # University
        ("tier", pa.int8()),  # 0 is tier one
        ("hukou_local", pa.int8()),
        ("residence_permit", pa.int8()),
        ("category_tags", pa.int32()),  # bit n is Category n
        ("rural", pa.int8()),
        ("contracted", pa.int8()),  # family-doctor contract
        ("chronic_1", pa.int8()),  # place in the pack's chronic_diseases, -1 none
        ("chronic_2", pa.int8()),
        ("chronic_3", pa.int8()),
        ("chronic_4", pa.int8()),
        ("two_diseases", pa.int8()),  # bit n is TwoDisease n
        ("first_choice", pa.int32()),  # row of INSTITUTIONS, -1 none
        ("employee_cover_ended_on", pa.date32()),  # null where never
        ("enrolled_on", pa.date32()),
        ("paid_on", pa.date32()),  # null where unpaid
    ]
)

INSTITUTIONS = pa.schema(
    [
        ("institution_code", pa.string()),
        ("name", pa.string()),
        ("institution_class", pa.int8()),  # place in the pack's institution_classes
        ("level", pa.string()),
        ("price_class", pa.string()),
        ("administrative_level", pa.string()),
        ("county_code", DIVISION),
        ("designated_from", pa.date32()),
        ("designated_to", pa.date32()),  # null where open
        ("gives_pooling", pa.int8()),
    ]
)

CLAIMS = pa.schema(
    [
        ("claim_id", pa.string()),
        ("person", pa.int32()),  # row of PEOPLE
        ("institution", pa.int32()),  # row of INSTITUTIONS
        ("kind", pa.int8()),  # VisitKind
        ("care_path", pa.int8()),  # CarePath
        ("served_on", pa.date32()),  # day of discharge, or of service
        ("settled_at", pa.timestamp("s")),
        ("disease", pa.int8()),  # chronic disease or TwoDisease, -1 none
        ("delivery", pa.int8()),  # Delivery, -1 none
        ("exclusion", pa.int8()),  # Exclusion
        ("special_fund", pa.int8()),  # SpecialFund, 0 none
        ("continues_episode", pa.int8()),
        ("properly_referred", pa.int8()),
        ("own_expense_fen", pa.int64()),
        ("over_standard_fen", pa.int64()),
        ("initial_self_pay_fen", pa.int64()),
        ("class_a_fen", pa.int64()),
        ("class_b_fen", pa.int64()),
        ("reverses", pa.string()),  # claim_id of the settlement this one reverses, null for an ordinary claim
    ]
)

ENROLLED = pa.schema(
    [
        ("eligible", pa.int8()),
        ("covered_from", pa.date32()),
        ("covered_to", pa.date32()),
        ("waiting_to", pa.date32()),  # null where no waiting period
        ("contribution_fen", pa.int64()),
        ("person_pays_fen", pa.int64()),
        ("aid_category", pa.int8()),
        ("aid_assistance_fund_fen", pa.int64()),
        ("aid_municipal_fen", pa.int64()),
        ("aid_county_fen", pa.int64()),
        ("subsidy_central_fen", pa.int64()),
        ("subsidy_provincial_fen", pa.int64()),
        ("subsidy_municipal_fen", pa.int64()),
        ("subsidy_county_fen", pa.int64()),
        ("subsidy_municipal_and_county_fen", pa.int64()),
        ("subsidy_local_fen", pa.int64()),
    ]
)
"""One row for each row of PEOPLE, in the same order: what `engine.enrol.enrol_and_bill` gives."""

SETTLEMENTS = pa.schema(
    [
        ("claim_id", pa.string()),
        ("person", pa.int32()),
        ("institution", pa.int32()),
        ("kind", pa.int8()),
        ("category", pa.int8()),  # the settlement category
        ("served_on", pa.date32()),
        ("settled_at", pa.timestamp("s")),
        ("refusal", pa.int8()),  # Refusal
        ("total_fen", pa.int64()),
        ("own_expense_fen", pa.int64()),
        ("in_scope_fen", pa.int64()),
        ("basic_fen", pa.int64()),
        ("catastrophic_fen", pa.int64()),
        ("assistance_fen", pa.int64()),
        ("top_up_fen", pa.int64()),
        ("hospital_fen", pa.int64()),
        ("special_fund_fen", pa.int64()),
        ("person_fen", pa.int64()),
        ("standing", pa.int8()),  # Standing of the weakest figure the payment rests on
    ]
)
"""One row for each settled claim; the seven payers add up to `total_fen`."""
