"""Suspending, resuming and stopping an enrolment (停保、续保、终止) by the entry of the person's area.

`enrolment.actions` does it by parameters that it is handed; from which day each event holds, the area's `life_cycle` says.

carries_out: ENR-01
"""

from collections.abc import Callable
from datetime import date

from yibao.enrolment import actions
from yibao.enrolment.failures import NoSuchPerson
from yibao.enrolment.orders import LifeOrder
from yibao.enrolment.queries import people
from yibao.enrolment.terms import LifeEvent
from yibao.packs.policies import policies
from yibao.packs.services import life_cycle_params
from yibao.rights.actors import Actor

DOING: dict[LifeEvent, Callable[..., str]] = {
    LifeEvent.SUSPEND: actions.suspend,
    LifeEvent.RESUME: actions.resume,
    LifeEvent.STOP: actions.stop,
}
"""Which action carries out an event of a life cycle."""


def live(actor: Actor, key: str, event: LifeEvent, order: LifeOrder, *, today: date) -> str:
    """Carries an event out by the entry of the person's area on the day it happened; `{"effective_on": …}`.

    Raises NoSuchPerson, the failures of enrolment, and those of `packs` where the area says nothing of it.
    """
    county_code = people(actor).filter(pk=order.person_id).values_list("county_code", flat=True).first()
    if county_code is None:
        raise NoSuchPerson(order.person_id)
    params = life_cycle_params(policies().area(county_code), order.happened_on)
    return DOING[event](actor, key, order, params, today=today)
