"""What an application cannot be (申请核对): every problem in words, without a name or a number of a document."""

import re
from datetime import date, timedelta

from yibao.assistance.models import Application, ApplicationRecord
from yibao.assistance.orders import ApplyOrder
from yibao.assistance.params import ApplicationParams
from yibao.assistance.terms import CATEGORY_WORDS, ApplicationOutcome
from yibao.enrolment.models import Person
from yibao.kernel.money import LARGEST_FEN
from yibao.kernel.shapes import NOT_ON_FILE

_HASH = re.compile(r"[0-9a-f]{64}")
_REFUSED = (
    ApplicationOutcome.NOT_CERTIFIED,
    ApplicationOutcome.OTHER_CATEGORY,
    ApplicationOutcome.OBJECTED,
    ApplicationOutcome.NOTHING_LEFT_TO_PAY,
    ApplicationOutcome.NOT_ACCEPTED,
)
LONGEST_WORDS = 200


def apply_problems(order: ApplyOrder, person: Person, terms: ApplicationParams, today: date) -> list[str]:
    """Everything that is wrong with an application."""
    found = []
    if order.applied_on > today:
        found.append(f"申请日期 {order.applied_on} 在今天之后")
    if person.died_on is not None and order.applied_on < person.died_on <= today:
        found.append("申请日期早于死亡日期，请核对")
    if terms.groups[order.category] == 0:
        found.append(f"{CATEGORY_WORDS[order.category][0]}不是本地区依申请救助的对象")
    if not order.words.strip() or len(order.words) > LONGEST_WORDS:
        found.append(f"请写明申请理由，不超过 {LONGEST_WORDS} 字")
    if not order.documents:
        found.append("至少要有一份申请材料")
    for at, paper in enumerate(order.documents, start=1):
        if not paper.title.strip() or not _HASH.fullmatch(paper.content_hash):
            found.append(f"第 {at} 份材料：应有名称和内容的 SHA-256（64 位十六进制小写）")
    hashes = [paper.content_hash for paper in order.documents]
    if len(set(hashes)) != len(hashes):
        found.append("同一份材料出现多次")
    return found + _member_problems(order) + _objection_problems(order, terms)


def day_problems(application: Application, day: date, today: date) -> list[str]:
    """What is wrong with the day of a step: to come, or before what happened last."""
    found = []
    if day > today:
        found.append(f"办理日期 {day} 在今天之后")
    last = ApplicationRecord.objects.filter(application=application).order_by("-sequence").first()
    if last is not None and day < last.day:
        found.append(f"办理日期 {day} 早于上一环节 {last.day}")
    return found


def _member_problems(order: ApplyOrder) -> list[str]:
    found = []
    ids = [member.person_id for member in order.members if member.person_id is not None]
    if order.person_id not in ids:
        found.append("家庭成员中应有申请救助的人员本人")
    if len(set(ids)) != len(ids):
        found.append("家庭成员中有人出现多次")
    if Person.objects.filter(pk__in=ids).count() != len(set(ids)):
        found.append("家庭成员中有人员编号不存在")
    for at, member in enumerate(order.members, start=1):
        if not 0 <= member.income_fen <= LARGEST_FEN:
            found.append(f"第 {at} 名家庭成员：申报年收入应不小于 0，且在合理范围")
        if not member.relation.strip():
            found.append(f"第 {at} 名家庭成员：请写明与申请人关系")
    return found


def _objection_problems(order: ApplyOrder, terms: ApplicationParams) -> list[str]:
    if order.objects_to is None:
        return []
    refused = Application.objects.filter(pk=order.objects_to, person_id=order.person_id).first()
    if refused is None or refused.outcome not in _REFUSED:
        return [f"申请 {order.objects_to} 不是此人被拒绝的申请，不能对它提出异议"]
    last_day = refused.closed_on + timedelta(days=terms.objection_days)
    if terms.objection_days != NOT_ON_FILE and order.applied_on > last_day:
        return [f"异议应在 {last_day} 前提出"]
    same = (refused.benefit_year, refused.academic, refused.category)
    if same != (order.benefit_year, order.academic, order.category):
        return ["异议的年度和身份应与原申请一致"]
    return []
