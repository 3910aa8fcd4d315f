"""Catastrophic funding moved by instalments that two people decide: never more than the year's, each once, at least the floor.

carries_out: FIN-09
"""

from dataclasses import replace
from datetime import date

import pytest
import yaml
from django.db import connection
from tests.agency.acting import actor
from tests.agency.financing import (
    FINANCE,
    REVIEWER,
    TAX,
    balances,
    billed,
    decided,
    key,
    paid,
    proposed,
    raced,
    registered,
)
from tests.agency.settling import CITY, COUNTY
from tests.agency.striking import refuses_at_every_statement

from yibao.financing.fund_models import CatastrophicTransfer
from yibao.journeys.financing.catastrophic_money import (
    NotMoved,
    TransferOrder,
    catastrophic_standing,
    propose_transfer,
)
from yibao.journeys.financing.deciding import DecisionOrder, decide_financing
from yibao.journeys.verifying.database import database_findings
from yibao.packs.policies import policies_folder
from yibao.rights.actors import NotAllowed
from yibao.rights.terms import Role

FUNDING_FEN = 7_920
"""8 % of 640 + 350 yuan."""

FIRST = TransferOrder(CITY, 2023, 1, FUNDING_FEN, date(2023, 3, 1))


def covered(people: int = 1) -> None:
    for _ in range(people):
        paid(billed(registered()))


def moved(order: TransferOrder = FIRST) -> dict[str, object]:
    return decided(proposed(propose_transfer(FINANCE, key(), order)))


def test_the_funding_is_a_share_of_the_financing_and_goes_over_by_instalments(database):
    covered(2)
    found = catastrophic_standing(FINANCE, area_code=CITY, benefit_year=2023)
    assert (found.financing.people, found.financing.financing_fen) == (2, 2 * 99_000)
    assert (found.working.funding_fen, found.left_fen) == (2 * FUNDING_FEN, 2 * FUNDING_FEN)
    moved()
    moved(replace(FIRST, instalment=2, posted_on=date(2023, 9, 1)))
    assert balances()["basic", "catastrophic_transfer"] == 2 * FUNDING_FEN
    assert balances()["catastrophic", "catastrophic_funding"] == -2 * FUNDING_FEN
    assert ("basic", "expense_account") not in balances()
    assert catastrophic_standing(FINANCE, area_code=CITY, benefit_year=2023).left_fen == 0
    row = CatastrophicTransfer.objects.get(instalment=2)
    assert (row.people, row.at_rate_fen, row.floor_fen) == (2, 2 * FUNDING_FEN, 0)
    assert database_findings() == []


def test_the_floor_counts_where_it_is_higher(database, tmp_path, monkeypatch):
    import shutil

    folder = tmp_path / "policies"
    shutil.copytree(policies_folder(), folder)
    file = next(folder.glob("140100_*/financing.yaml"))
    text = file.read_text("utf-8").replace("floor: 0 元", "floor: 90 元")
    assert yaml.safe_load(text)
    file.write_text(text, "utf-8")
    monkeypatch.setenv("YIBAO_POLICIES", str(folder))
    covered(2)
    found = catastrophic_standing(FINANCE, area_code=CITY, benefit_year=2023)
    assert (found.working.at_rate_fen, found.working.funding_fen) == (2 * FUNDING_FEN, 18_000)
    moved(replace(FIRST, amount_fen=18_000))
    assert CatastrophicTransfer.objects.get().floor_fen == 18_000 and database_findings() == []


def test_what_is_too_much_out_of_turn_or_not_on_file_is_refused(database):
    covered()
    with pytest.raises(NotMoved) as found:
        propose_transfer(FINANCE, key(), replace(FIRST, instalment=2, amount_fen=FUNDING_FEN + 1))
    assert len(found.value.problems) == 2 and "79.20" in str(found.value)
    with pytest.raises(NotMoved, match="大于零"):
        propose_transfer(FINANCE, key(), replace(FIRST, amount_fen=0))
    with pytest.raises(NotMoved, match="不是统筹地区"):
        propose_transfer(FINANCE, key(), replace(FIRST, area_code=COUNTY))
    elsewhere = actor(Role.FINANCE_OFFICER, "222400")
    with pytest.raises(NotMoved, match="没有在册"):
        propose_transfer(elsewhere, key(), replace(FIRST, area_code="222400"))
    with pytest.raises(NotAllowed):
        propose_transfer(TAX, key(), FIRST)
    number = proposed(propose_transfer(FINANCE, key(), FIRST))
    with pytest.raises(NotAllowed):
        decided(number, by=FINANCE)
    moved(replace(FIRST, amount_fen=1))
    with pytest.raises(NotMoved):
        decided(number)
    with pytest.raises(NotMoved, match=r"已划转 0\.01 元，不能再划转 79\.20 元"):
        propose_transfer(FINANCE, key(), replace(FIRST, instalment=2))
    assert CatastrophicTransfer.objects.count() == 1


def test_what_was_altered_is_found(database):
    covered()
    moved()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER financing_catastrophictransfer_no_update")
        cursor.execute("UPDATE financing_catastrophictransfer SET amount_fen = 1")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
    assert [finding.column for finding in database_findings()] == ["entry"]


def test_one_instalment_decided_twice_at_once_goes_over_once(postgres):
    covered()
    numbers = [proposed(propose_transfer(FINANCE, key(), replace(FIRST, amount_fen=4_000))) for _ in range(4)]
    found = raced(
        [lambda n=n: decide_financing(REVIEWER, f"d{n}", DecisionOrder(n, True, "")) for n in numbers]
    )
    assert found == ["NotMoved"] * 3 + ["str"]
    assert balances()["basic", "catastrophic_transfer"] == 4_000 and database_findings() == []


def test_a_failure_at_any_statement_changes_nothing(database):
    covered()
    refuses_at_every_statement(lambda: propose_transfer(FINANCE, "p", FIRST))
    number = proposed(propose_transfer(FINANCE, "p", FIRST))
    refuses_at_every_statement(lambda: decide_financing(REVIEWER, "d", DecisionOrder(number, True, "")))
