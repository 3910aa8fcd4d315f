"""Birth at one go (出生一件事): a birth certificate number in, a registered child and cover from birth out.

Which path a child is on follows from the benefit years of its birth and of the application. In the year of birth it is
enrolled for that year; in the year after it, where the area has that path, by enrolling for that year or by its full
financing, and is covered from birth all the same. Anything else is enrolled as anybody is, by `journeys.enrolment.applying`.
What a reader would get wrong: care between birth and registration was paid by the family; it is settled by hand once the
child is covered, on the day of care, with `journeys.settlement.settling`.

carries_out: ENR-03, ENR-04
"""

from dataclasses import dataclass
from datetime import date

from yibao.enrolment.models import Person
from yibao.enrolment.orders import Document, Registration
from yibao.enrolment.queries import person_with
from yibao.enrolment.terms import IdentityKind
from yibao.journeys.enrolment.applying import EnrolOrder, Taken, YearAsked, apply_to_enrol, refuse_late_birth
from yibao.packs.benefit_years import benefit_year
from yibao.packs.enrolment import enrolment_terms
from yibao.packs.policies import policies
from yibao.public_services.failures import ApplicationWrong
from yibao.public_services.terms import ApplicationKind, Paper
from yibao.rights.actors import Actor

REASON = "出生一件事"


@dataclass(frozen=True)
class BirthOrder:
    """A child to be registered by its birth certificate; `parent` is a parent's document, registered here or not.

    `child_hukou_local` and `parent_hukou_local` are what the household register shows. `full_financing`: the family pays the
    next year's full financing instead of enrolling for that year; it is asked only of a child of last year.
    """

    applicant: str
    applied_on: date
    birth_certificate_no: str
    name: str
    sex: int
    born_on: date
    county_code: str
    parent: Document
    papers: tuple[Paper, ...]
    child_hukou_local: bool = False
    parent_hukou_local: bool = True
    full_financing: bool = False
    payment: Taken | None = None


def enrol_newborn(actor: Actor, key: str, order: BirthOrder, *, today: date) -> str:
    """Registers a newborn and enrols it with cover from birth; where the application stands, as `apply_to_enrol` says it.

    The child joins the household of the parent where that one is registered here, else it has one of its own. Raises
    ApplicationWrong where cover from birth cannot be reckoned, and as `apply_to_enrol`.
    """
    asked = EnrolOrder(
        applicant=order.applicant,
        applied_on=order.applied_on,
        registration=_registration(actor, order),
        year=_year(order),
        papers=order.papers,
        payment=order.payment,
    )
    kind = ApplicationKind.BIRTH_AT_ONE_GO
    return apply_to_enrol(actor, key, asked, today=today, kind=kind, body=order)


def _registration(actor: Actor, order: BirthOrder) -> Registration:
    certificate = Document(IdentityKind.BIRTH_CERTIFICATE, order.birth_certificate_no)
    parent = _parent(actor, order)
    return Registration(
        name=order.name,
        sex=order.sex,
        born_on=order.born_on,
        county_code=order.county_code,
        documents=(certificate,),
        happened_on=order.applied_on,
        reason=REASON,
        household_id=None if parent is None else parent.household_id,
    )


def _parent(actor: Actor, order: BirthOrder) -> Person | None:
    parent = person_with(actor, order.parent.number, reason=REASON, kind=order.parent.kind)
    if parent is not None and parent.born_on >= order.born_on:
        raise ApplicationWrong([f"人员 {parent.pk} 不早于新生儿出生，不能登记为父母"])
    return parent


def _year(order: BirthOrder) -> YearAsked:
    """The year a child is enrolled for and by which path. Raises ApplicationWrong, and NoBenefitYear where none is on file."""
    if order.applied_on < order.born_on:
        raise ApplicationWrong([f"申请日期 {order.applied_on} 早于出生日期"])
    area = policies().area(order.county_code)
    refuse_late_birth(area, order.born_on, order.applied_on)
    of_birth, now = benefit_year(area, order.born_on).name, benefit_year(area, order.applied_on).name
    if now == of_birth and order.full_financing:
        raise ApplicationWrong(["出生当年登记的，不须按次年筹资标准全额补缴"])
    late_path = enrolment_terms(area, now, window_needed=False).coverage.newborn.late_path == 1
    if now != of_birth and not (late_path and now == of_birth + 1):
        raise ApplicationWrong(
            [f"{of_birth} 年度出生、{now} 年度登记，在册规定不能自出生之日起享受待遇，请按“参保一件事”办理"]
        )
    return YearAsked(
        benefit_year=now,
        hukou_local=order.child_hukou_local,
        parent_hukou_local=order.parent_hukou_local,
        unregistered_at_birth=now != of_birth,
        pays_full_financing=order.full_financing,
    )
