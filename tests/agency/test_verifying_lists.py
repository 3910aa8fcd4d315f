"""The verifier finds a list, a duplicate or a merge that no longer adds up."""

import pytest
from tests.agency.listed import a_list, commit, committed, enrolled, found_elsewhere, looked_at, row
from tests.agency.settling import AT, OFFICER

from yibao.enrolment.models import DuplicateEnrolment, ListEffect, ListRow
from yibao.enrolment.terms import DuplicateState, RowVerdict
from yibao.journeys.lists.listing_undo import UndoOrder, undo_list
from yibao.journeys.verifying.database import database_findings


def tables() -> list[str]:
    return [finding.file for finding in database_findings()]


def test_lists_that_add_up_have_no_finding(database):
    first = committed(a_list(row(2, enrolled("甲")), row(3, enrolled("乙"))))
    looked_at(a_list(row(2, enrolled("丙"))))
    found_elsewhere(enrolled("丁"))
    undo_list(OFFICER, "u", UndoOrder(first["list_id"], "错"), at=AT)
    assert tables() == []


@pytest.mark.parametrize("broken", ["effect", "row", "duplicate"])
def test_what_was_put_in_is_found(database, broken):
    seen = looked_at(a_list(row(2, enrolled("甲")), row(3, enrolled("乙"))))
    if broken == "row":
        ListRow.objects.filter(number=3).update(verdict=RowVerdict.ALREADY)
    commit(seen)
    assert len(tables()) == (1 if broken == "row" else 0)
    if broken == "effect":
        last = ListEffect.objects.latest("id")
        last.pk, last.undoes_id = None, last.pk
        last.save(force_insert=True)
        assert tables() == ["enrolment_departmentlist"]
    if broken == "duplicate":
        duplicate = found_elsewhere(enrolled("丁"))
        DuplicateEnrolment.objects.filter(pk=duplicate.pk).update(state=DuplicateState.NOTIFIED)
        assert tables() == ["enrolment_duplicateenrolment"]
