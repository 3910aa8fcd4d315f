"""What changes the register of institutions (定点机构登记)."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from yibao.payment.models import Designation, Institution
from yibao.rights.actors import Actor
from yibao.rights.audit import note
from yibao.rights.requests import once
from yibao.rights.terms import Deed, Matter


@dataclass(frozen=True)
class NewInstitution:
    """An institution to be registered, designated from a day on; `area_code` is the pooling area that designates it."""

    code: str
    name: str
    class_code: str
    county_code: str
    area_code: str
    first_day: date
    last_day: date | None = None
    gives_pooling: bool = True


class InstitutionTaken(ValueError):
    """A code that another institution has."""

    def __init__(self, code: str) -> None:
        super().__init__(f"机构代码 {code} 已登记；请先查询原登记 (institution is registered already)")


def register_institution(actor: Actor, key: str, order: NewInstitution) -> str:
    """Registers an institution with its designation; `{"institution_id": …}`. Raises InstitutionTaken, NotAllowed."""

    def do() -> dict[str, int]:
        actor.require(Matter.SETTLEMENT_MATTER, Deed.DO, order.area_code)
        try:
            with transaction.atomic():
                row = Institution.objects.create(
                    code=order.code,
                    name=order.name,
                    class_code=order.class_code,
                    county_code=order.county_code,
                    gives_pooling=order.gives_pooling,
                )
        except IntegrityError:
            raise InstitutionTaken(order.code) from None
        Designation.objects.create(institution=row, first_day=order.first_day, last_day=order.last_day)
        note(actor, "register_institution", order.area_code, f"institution:{row.pk}")
        return {"institution_id": row.pk}

    return once(actor.name, key, "register_institution", order, do)
