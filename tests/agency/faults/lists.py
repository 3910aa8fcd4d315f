"""The actions of departments' lists, duplicates and gaps, each ready to be done once."""

import json
from datetime import date

from tests.agency.listed import a_list, committed, enrolled, found_elsewhere, looked_at, row, twins
from tests.agency.settling import AT, CITY, OFFICER, person
from tests.agency.striking import Action

from yibao.assistance.terms import Category
from yibao.enrolment.models import ListRow
from yibao.enrolment.terms import GapState, Keep
from yibao.journeys.lists.duplicate_steps import (
    ChoiceOrder,
    StepOrder,
    choose_duplicate,
    close_duplicate,
    dismiss_duplicate,
    notify_duplicate,
)
from yibao.journeys.lists.duplicates import FindOrder, find_duplicates
from yibao.journeys.lists.gaps import GapOrder, follow_gap
from yibao.journeys.lists.listing import LookAgain, MatchDecision, decide_match, import_list, look_again
from yibao.journeys.lists.listing_commit import CommitOrder, commit_list
from yibao.journeys.lists.listing_undo import UndoOrder, undo_list
from yibao.journeys.lists.merging import MergeOrder, merge_people

TODAY = AT.date()


def list_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    return {**_lists(), **_duplicates()}


def _lists() -> dict[str, Action]:
    who, third = person(), person()
    listed = a_list(row(2, who, first_day="2023-03-01"), row(3, third), full=True)
    done = committed(a_list(row(2, who, first_day="2023-03-15"), category=Category.SEVERELY_DISABLED))
    unsure = looked_at(a_list(row(2, name="甲某", identity_no="", born_on="1980-05-01", sex="男")))
    again = LookAgain(unsure["list_id"])
    choice = MatchDecision(ListRow.objects.get(department_list_id=unsure["list_id"]).pk, third, "电话核实")
    seen = looked_at(a_list(row(2, who, first_day="2023-02-15"), category=Category.ENTITLED_GROUP))
    commit = CommitOrder(seen["list_id"], seen["plan_hash"])
    undo = UndoOrder(done["list_id"], "错")
    gap = GapOrder(who, None, GapState.PROMISED, TODAY, "外出务工", TODAY)
    return {
        "follow a gap": lambda: follow_gap(OFFICER, "ga", gap, today=TODAY),
        "import a list": lambda: import_list(OFFICER, "la", listed, today=TODAY),
        "look at a list again": lambda: look_again(OFFICER, "lb", again, today=TODAY),
        "decide a match": lambda: decide_match(OFFICER, "lc", choice, today=TODAY),
        "commit a list": lambda: commit_list(OFFICER, "ld", commit, at=AT),
        "undo a list": lambda: undo_list(OFFICER, "le", undo, at=AT),
    }


def _duplicates() -> dict[str, Action]:
    find = FindOrder(CITY, TODAY)
    wrong = StepOrder(found_elsewhere(enrolled("张某"), employee_months="14").pk, TODAY, "", "错")
    twins()
    pair = json.loads(find_duplicates(OFFICER, "du", find))["new"][0]
    twins("赵小红", date(1981, 2, 3))
    step = StepOrder(pair, TODAY, "通知 1")
    choice = ChoiceOrder(pair, Keep.FIRST, TODAY, "声明 1")
    return {
        "find duplicates": lambda: find_duplicates(OFFICER, "da", find),
        "dismiss a duplicate": lambda: dismiss_duplicate(OFFICER, "db", wrong, today=TODAY),
        "notify of a duplicate": lambda: notify_duplicate(OFFICER, "dc", step, today=TODAY),
        "choose": lambda: choose_duplicate(OFFICER, "dd", choice, today=TODAY),
        "close a duplicate": lambda: close_duplicate(OFFICER, "de", step, today=TODAY),
        "merge people": lambda: merge_people(OFFICER, "df", MergeOrder(pair, TODAY, "同一人")),
    }
