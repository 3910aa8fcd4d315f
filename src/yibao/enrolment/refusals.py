"""The words and clauses of enrolment's refusals: what a page and a terminal say when a person is not enrolled here.

`entry` names the entry of policy that a refusal rests on: its own cite says more than `clause`, and differs from place to
place (`packs.clauses.clause_of`).
"""

from typing import NamedTuple

from yibao.enrolment.terms import EnrolmentRefusal


class RefusalWords(NamedTuple):
    """What is said of a refusal: Chinese, English, the clause it rests on, and what the person can do."""

    chinese: str
    english: str
    clause: str
    remedy: str
    entry: tuple[str, str] | None = None


REFUSAL_WORDS: dict[EnrolmentRefusal, RefusalWords] = {
    EnrolmentRefusal.IN_EMPLOYEE_INSURANCE: RefusalWords(
        "正在参加职工医保",
        "in employee insurance now",
        "重复参保治理 (duplicate enrolment)",
        "职工医保停保后再参加居民医保",
        ("enrolment", "duplicate_enrolment"),
    ),
    EnrolmentRefusal.ENROLLED_ALREADY: RefusalWords(
        "同一时段已有居民医保参保记录",
        "enrolled elsewhere for the same time",
        "重复参保治理 (duplicate enrolment)",
        "请先办理转移，或声明保留哪一条",
        ("enrolment", "duplicate_enrolment"),
    ),
    EnrolmentRefusal.STUDYING_ELSEWHERE: RefusalWords(
        "大学生原则上在学籍地参保",
        "students enrol at the place of school",
        "大学生参保 (students)",
        "请由所在学校办理",
        ("enrolment", "student"),
    ),
    EnrolmentRefusal.NOT_RESIDENT: RefusalWords(
        "没有本地户籍、居住证或其他参保依据",
        "no household registration or residence permit here",
        "参保条件 (eligibility)",
        "请补充居住证等材料",
        ("financing", "residence_permit"),
    ),
    EnrolmentRefusal.WINDOW_NOT_OPEN: RefusalWords(
        "集中参保期尚未开始",
        "the enrolment window is not open yet",
        "集中参保期 (enrolment window)",
        "请在集中参保期内办理",
        ("enrolment", "window"),
    ),
    EnrolmentRefusal.WINDOW_CLOSED: RefusalWords(
        "集中参保期已过，本年度不能补办",
        "the enrolment window is closed",
        "参保期 (coverage)",
        "请参加下一年度",
        ("enrolment", "coverage"),
    ),
    EnrolmentRefusal.YEAR_OVER: RefusalWords(
        "该待遇年度已经结束",
        "the benefit year is over",
        "参保期 (coverage)",
        "请参加下一年度",
        ("enrolment", "coverage"),
    ),
    EnrolmentRefusal.NOT_PAID: RefusalWords(
        "个人缴费尚未到账",
        "the contribution is not paid",
        "集中参保期 (enrolment window)",
        "请按应缴金额缴费",
        ("enrolment", "window"),
    ),
    EnrolmentRefusal.TIER_NOT_ON_FILE: RefusalWords(
        "该档次没有在册的缴费标准",
        "no contribution on file for that tier",
        "个人缴费标准 (contribution)",
        "请选择在册的档次",
        ("financing", "contribution"),
    ),
}
