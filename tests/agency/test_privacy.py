"""No name and no identity number in any log: the program's, the libraries', and PostgreSQL's own; nor in a message or audit."""

import dataclasses
import io
import json
import logging
from datetime import date

import pytest
from django.db import connections
from tests.agency.at_once import at_once
from tests.agency.people import identity_no, registration, year_cover
from tests.agency.settling import AT, COUNTY, OFFICER, institutions, stay

from yibao.enrolment.actions import change, cover, register, stop
from yibao.enrolment.orders import Change, CoverOrder, Document, LifeOrder
from yibao.enrolment.params import LifeCycleParams
from yibao.enrolment.queries import person_with
from yibao.enrolment.terms import IdentityKind
from yibao.journeys.settlement.settling import settle
from yibao.rights.models import AuditRecord, Request
from yibao.web.logs import MaskIdentityNumbers, masked

NAME = "欧阳示例"
NUMBER = identity_no(date(1980, 5, 1), order=77)
TODAY = AT.date()


def busy_day() -> list[str]:
    """Everything that goes well and wrong on a day; the messages of what went wrong."""
    institutions()
    order = registration(NAME, number=NUMBER, county_code=COUNTY, covers=(year_cover(),))
    who = json.loads(register(OFFICER, "k1", order, today=TODAY))["person_id"]
    wrong = [
        lambda: register(OFFICER, "k2", dataclasses.replace(order, reason="另一"), today=TODAY),
        lambda: register(
            OFFICER, "k3", registration(NAME, number=NUMBER[:17] + "0", county_code=COUNTY), today=TODAY
        ),
        lambda: register(OFFICER, "k1", dataclasses.replace(order, name=NAME + "二"), today=TODAY),
        lambda: register(
            OFFICER, "k4", registration(NAME * 30, number=NUMBER, county_code=COUNTY), today=TODAY
        ),
        lambda: register(OFFICER, "k5", registration(NAME, number=NUMBER, county_code="140999"), today=TODAY),
        lambda: register(
            OFFICER,
            "k6",
            dataclasses.replace(order, documents=(Document(IdentityKind.PASSPORT, NUMBER * 3),)),
            today=TODAY,
        ),
        lambda: change(OFFICER, "k7", Change(who, 9, date(2023, 2, 1), "改", name=NAME), today=TODAY),
        lambda: cover(OFFICER, "k8", CoverOrder(who, year_cover(), date(2023, 1, 1), "x")),
        lambda: settle(OFFICER, "k9", stay(who, 100, institution_code="none"), at=AT),
        lambda: settle(OFFICER, "", stay(who, 100), at=AT),
    ]
    said = []
    for attempt in wrong:
        with pytest.raises(Exception) as failed:
            attempt()
        said.append(f"{failed.value} {failed.value.__cause__ or ''}")
        logging.getLogger("yibao").error("failed", exc_info=failed.value)
    settle(OFFICER, "k10", stay(who, 9_000), at=AT)
    assert person_with(OFFICER, NUMBER, reason="核对") is not None
    stop(OFFICER, "k11", LifeOrder(who, date(2023, 6, 1), "x"), LifeCycleParams((0,) * 5), today=TODAY)
    return said


@pytest.fixture
def logged():
    """Everything that any logger says."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def assert_nobody_in(text: str, where: str) -> None:
    assert NAME[:2] not in text and NAME[2:] + NAME[:2] not in text, f"a name in {where}"
    assert NUMBER not in text and NUMBER[6:17] not in text, f"an identity number in {where}"


def test_nobody_stands_in_a_log_a_message_or_the_audit(database, logged):
    for number, words in enumerate(busy_day()):
        assert_nobody_in(words, f"message {number}: {words[:60]}")
    assert_nobody_in(logged.getvalue(), "the log")
    for record in AuditRecord.objects.all():
        assert_nobody_in(f"{record.subject} {record.reason} {record.detail}", "the audit")
    for request in Request.objects.all():
        assert_nobody_in(str(request.reply) + request.body_hash, "a kept answer")


def test_nobody_stands_in_the_log_of_the_database(postgres, server):
    before = len((server.folder / "log").read_text(errors="replace"))
    busy_day()
    order = registration(
        NAME, number=identity_no(date(1981, 1, 1), order=88), born_on=date(1981, 1, 1), county_code=COUNTY
    )
    at_once([lambda n=n: register(OFFICER, f"x{n}", order, today=TODAY) for n in range(6)])
    connections.close_all()
    text = (server.folder / "log").read_text(errors="replace")[before:]
    assert_nobody_in(text, "the database's log")
    assert order.documents[0].number not in text


def test_a_number_that_a_library_would_log_is_masked():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskIdentityNumbers())
    logger = logging.Logger("library")
    logger.addHandler(handler)
    logger.warning("key %s exists", NUMBER)
    try:
        raise ValueError(f"({NUMBER})")
    except ValueError:
        logger.exception("failed")
    assert NUMBER not in stream.getvalue() and NUMBER[:6] in stream.getvalue()
    assert masked("1234567890123456789012") == "1234567890123456789012"
