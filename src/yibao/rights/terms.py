"""Nouns of rights that other areas may use: roles, matters, deeds."""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to the agency (角色)."""

    RESIDENT = "resident"
    VILLAGE_HELPER = "village_helper"
    TOWNSHIP_ACCEPTOR = "township_acceptor"
    COUNTY_OFFICER = "county_officer"
    CITY_OFFICER = "city_officer"
    REVIEWER = "reviewer"
    FINANCE_OFFICER = "finance_officer"
    TAX_OFFICER = "tax_officer"
    INSTITUTION_USER = "institution_user"
    SUPERVISOR = "supervisor"
    POLICY_OFFICER = "policy_officer"
    ADMINISTRATOR = "administrator"


class Matter(StrEnum):
    """What a right is about (业务事项)."""

    ENROLMENT_MATTER = "enrolment"
    CONTRIBUTION_MATTER = "contribution"
    SETTLEMENT_MATTER = "settlement"
    LATE_EVENT_MATTER = "late_event"
    ASSISTANCE_MATTER = "assistance"
    FUND_MATTER = "fund"
    POLICY_MATTER = "policy"
    AUDIT_MATTER = "audit"
    OFFICER_MATTER = "officer"


class Deed(StrEnum):
    """What is done in a matter (操作): look, change, or approve what somebody else has proposed."""

    LOOK = "look"
    DO = "do"
    APPROVE = "approve"


ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.RESIDENT: ("参保人", "resident"),
    Role.VILLAGE_HELPER: ("村（社区）协办员", "village helper"),
    Role.TOWNSHIP_ACCEPTOR: ("乡镇（街道）受理员", "township acceptor"),
    Role.COUNTY_OFFICER: ("县级经办人员", "county officer"),
    Role.CITY_OFFICER: ("市级经办人员", "city officer"),
    Role.REVIEWER: ("复核人员", "reviewer"),
    Role.FINANCE_OFFICER: ("财务人员", "finance officer"),
    Role.TAX_OFFICER: ("税务人员", "tax officer"),
    Role.INSTITUTION_USER: ("定点医药机构", "institution"),
    Role.SUPERVISOR: ("基金监管人员", "fund supervisor"),
    Role.POLICY_OFFICER: ("待遇保障（政策）人员", "policy officer"),
    Role.ADMINISTRATOR: ("系统管理员", "administrator"),
}

MATTER_WORDS: dict[Matter, tuple[str, str]] = {
    Matter.ENROLMENT_MATTER: ("参保登记", "enrolment"),
    Matter.CONTRIBUTION_MATTER: ("缴费", "contributions"),
    Matter.SETTLEMENT_MATTER: ("待遇结算", "settlement"),
    Matter.LATE_EVENT_MATTER: ("迟到事项", "late events"),
    Matter.ASSISTANCE_MATTER: ("医疗救助", "medical assistance"),
    Matter.FUND_MATTER: ("基金收支", "fund money"),
    Matter.POLICY_MATTER: ("政策标准", "policy"),
    Matter.AUDIT_MATTER: ("审计", "audit"),
    Matter.OFFICER_MATTER: ("人员与权限", "officers and rights"),
}

DEED_WORDS: dict[Deed, tuple[str, str]] = {
    Deed.LOOK: ("查看", "look"),
    Deed.DO: ("办理", "do"),
    Deed.APPROVE: ("复核", "approve"),
}
