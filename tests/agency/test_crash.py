"""Killed without a word: nothing acknowledged is lost, nothing is half done, nothing is done twice.

Workers settle and reverse on both engines and are killed at random moments; PostgreSQL itself is killed under several at
once and recovers. Each time the clients ask again under the same keys, as a hospital would, and the verifier looks at
the database alone. `YIBAO_KILLS` raises how often (`make soak`).
"""

import json
import os
import random
from collections.abc import Callable

import pytest
from django.db import connections
from tests.agency.at_database import migrated, point_at
from tests.agency.crashing import Work, ended, killed, started
from tests.agency.settling import AT, OFFICER, institutions, person, stay, visit
from tools.postgres import Server

from yibao.journeys.settlement.reversing import reverse
from yibao.journeys.settlement.settling import settle
from yibao.journeys.verifying.database import database_findings
from yibao.rights.models import Request
from yibao.settlement.models import Settlement
from yibao.settlement.orders import Bill, Reversal

KILLS = int(os.environ.get("YIBAO_KILLS", "20"))
SERVER_KILLS = max(3, KILLS // 10)


def works_of(name: str, people: list[int], count: int, draw: random.Random) -> list[Work]:
    """Bills of some people in a random order; every fifth is followed by its own reversal."""
    works: list[Work] = []
    for number in range(count):
        who = draw.choice(people)
        bill = draw.choice([stay, visit])(who, draw.randint(20, 9_000))
        works.append((f"{name}-{number}", _settling(f"{name}-{number}", bill)))
        if number % 5 == 0:
            works.append((f"{name}-{number}-r", _reversing(f"{name}-{number}-r", f"{name}-{number}")))
    return works


def _settling(key: str, bill: Bill) -> Callable[[], str]:
    return lambda: settle(OFFICER, key, bill, at=AT)


def _reversing(key: str, of: str) -> Callable[[], str]:
    def work() -> str:
        posted = Request.objects.get(caller=OFFICER.name, key=of)
        settlement_id = json.loads(posted.reply)["settlement_id"]
        return reverse(OFFICER, key, Reversal(settlement_id, "录入错误"), at=AT)

    return work


def assert_nothing_is_lost(acknowledged: dict[str, str]) -> None:
    kept = dict(Request.objects.filter(caller=OFFICER.name).values_list("key", "reply"))
    for key, answer in acknowledged.items():
        assert kept.get(key) == answer, f"{key} was acknowledged and is lost or another"
    assert database_findings() == []


def test_a_worker_killed_at_any_moment_loses_and_doubles_nothing(database):
    draw = random.Random(7)
    institutions()
    people = [person() for _ in range(3)]
    acknowledged: dict[str, str] = {}
    works: list[Work] = []
    cut = 0
    for kill in range(KILLS):
        works += works_of(f"w{kill}", people, 12, draw)
        connections.close_all()
        worker = started(database, works[-60:])
        said = killed(worker, draw.uniform(0.02, 0.4))
        cut += len(said) < len(works[-60:])
        for key, answer in said.items():
            assert acknowledged.setdefault(key, answer) == answer, "another answer under the same key"
        assert_nothing_is_lost(acknowledged)
    assert cut > 0, "no worker was killed in the middle"
    connections.close_all()
    acknowledged |= ended(started(database, works))
    assert len(acknowledged) == len(works)
    assert_nothing_is_lost(acknowledged)
    assert Settlement.objects.count() == len(works)


@pytest.fixture
def own_server():
    """A server of one's own, with the disk as it is in use, that may be killed."""
    running = Server(fsync=True)
    with migrated(running.url("postgres")):
        pass
    point_at(running.url("postgres"))
    yield running
    connections.close_all()
    running.stop()


def test_a_killed_database_loses_and_doubles_nothing(own_server):
    draw = random.Random(11)
    institutions()
    people = [person() for _ in range(4)]
    acknowledged: dict[str, str] = {}
    works: list[Work] = []
    for kill in range(SERVER_KILLS):
        connections.close_all()
        mine = [works_of(f"k{kill}-{n}", people, 60, draw) for n in range(3)]
        works += [work for of in mine for work in of]
        workers = [started(own_server.url("postgres"), of) for of in mine]
        early = killed(workers[0], draw.uniform(0.2, 0.8))
        own_server.kill()
        said = [early, *(ended(worker) for worker in workers[1:])]
        assert any(len(answers) < 72 for answers in said), "all was over before the kill"
        own_server.start()
        for answers in said:
            acknowledged |= answers
        assert_nothing_is_lost(acknowledged)
    for key, work in works:
        answer = work()
        assert acknowledged.setdefault(key, answer) == answer
    assert_nothing_is_lost(acknowledged)
    assert Settlement.objects.count() == len(works)
