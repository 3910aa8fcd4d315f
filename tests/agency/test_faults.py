"""A failure before and after each SQL statement of each action, enumerated: all is as before, and asking again does it once."""

from collections.abc import Callable

import pytest
from tests.agency.faults.assistance import assistance_actions
from tests.agency.faults.disputes import dispute_actions
from tests.agency.faults.enrolment import enrolment_actions
from tests.agency.faults.financing import financing_actions
from tests.agency.faults.lists import list_actions
from tests.agency.faults.paying import paying_actions
from tests.agency.faults.services import service_actions
from tests.agency.faults.settlement import settlement_actions
from tests.agency.faults.taking_over import taking_over_actions
from tests.agency.striking import Action, refuses_at_every_statement

from yibao.journeys.verifying.database import database_findings

AREAS: dict[str, Callable[[], dict[str, Action]]] = {
    "enrolment": enrolment_actions,
    "settlement": settlement_actions,
    "lists": list_actions,
    "services": service_actions,
    "financing": financing_actions,
    "paying": paying_actions,
    "disputes": dispute_actions,
    "assistance": assistance_actions,
    "taking over": taking_over_actions,
}
"""What each area prepares in an empty database, and its actions by name in an order in which they can be done."""

WITHOUT_KEY = ("propose", "decide", "seal")


@pytest.mark.parametrize("area", AREAS)
def test_a_failure_at_any_statement_changes_nothing(database, area):
    actions = AREAS[area]()
    assert database_findings() == []
    for name, action in actions.items():
        assert refuses_at_every_statement(action, name, has_key=name not in WITHOUT_KEY) > 1, name
    assert database_findings() == []
