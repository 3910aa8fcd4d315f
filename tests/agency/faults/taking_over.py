"""The actions of taking over from a system before, each ready to be done once."""

import json
from datetime import date

from tests.agency.moving import DAY, imported
from tests.agency.settling import AT, CITY, OFFICER, person
from tests.agency.striking import Action

from yibao.assistance.terms import Category
from yibao.benefits.terms import VisitKind
from yibao.engine.terms import NOTHING_YET
from yibao.enrolment.terms import Department
from yibao.journeys.takeover.importing import KINDS, Batch, ImportFile, begin_import, import_batch
from yibao.journeys.takeover.importing_closing import Control, close_move
from yibao.journeys.takeover.importing_coverage import ImportedCategory, ImportedCover
from yibao.journeys.takeover.importing_years import ImportedSettlement, ImportedYear
from yibao.journeys.takeover.opening import RECONCILED, OpeningYear, TakeOver, take_over
from yibao.journeys.takeover.opening_reversing import ReverseFormer, reverse_former
from yibao.settlement.vectors import packed
from yibao.takeover.terms import ImportKind

YEARLY = {ImportKind.YEARS: 2023, ImportKind.SETTLEMENTS: 2023}
NEW_YEAR = date(2023, 1, 1)
IN_FILE = (2, "P1", 0, "", "")
ONE_STAY = packed(NOTHING_YET._replace(stays=1))
CONTROL = Control(
    CITY,
    {
        "people": 2,
        "covered": 1,
        "years/2023/count": 1,
        "years/2023/total_fen": 0,
        "years/2023/in_scope_fen": 0,
        "years/2023/basic_paid_fen": 0,
        "years/2023/catastrophic_paid_fen": 0,
        "years/2023/assistance_paid_fen": 0,
        "settlements/2023/count": 1,
        "settlements/2023/total_fen": 9,
        "settlements/2023/basic_fen": 9,
        "settlements/2023/catastrophic_fen": 0,
        "settlements/2023/assistance_fen": 0,
    },
)


def taking_over_actions() -> dict[str, Action]:
    """What is there for them, and the actions by name."""
    opening = TakeOver(CITY, 2023, (OpeningYear(person(), NOTHING_YET),), dict.fromkeys(RECONCILED, 0))
    people = imported(1, household_no="H"), imported(2)
    cover = ImportedCover(*IN_FILE, NEW_YEAR, date(2023, 12, 31), 2023, 0, 0, None)
    poor = ImportedCategory(*IN_FILE, Category.EXTREME_POVERTY, Department.CIVIL_AFFAIRS, "", NEW_YEAR, None)
    year = ImportedYear(*IN_FILE, ONE_STAY)
    settled = ImportedSettlement(
        *IN_FILE, "S1", VisitKind.HOSPITAL, DAY, DAY, 9, 9, 0, 0, 0, 0, 0, 0, ONE_STAY
    )
    run = {kind: json.loads(begin_import(OFFICER, kind, _file(kind)))["run_id"] for kind in KINDS}
    another = ImportFile(CITY, DAY, ImportKind.PEOPLE, "1", 3)
    undone = ReverseFormer(CITY, "S1", "错")

    def import_of(kind: ImportKind, *rows: object) -> Action:
        return lambda: import_batch(OFFICER, f"rows/{kind}", Batch(run[kind], 0, rows))

    return {
        "take over": lambda: take_over(OFFICER, "a", opening),
        "begin an import": lambda: begin_import(OFFICER, "b", another),
        "import people": import_of(ImportKind.PEOPLE, *people),
        "import coverage": import_of(ImportKind.COVERAGE, cover),
        "import categories": import_of(ImportKind.CATEGORIES, poor),
        "import years": import_of(ImportKind.YEARS, year),
        "import settlements": import_of(ImportKind.SETTLEMENTS, settled),
        "reverse a settlement of the system before": lambda: reverse_former(OFFICER, "c", undone, at=AT),
        "close the move": lambda: close_move(OFFICER, "d", CONTROL),
    }


def _file(kind: ImportKind) -> ImportFile:
    return ImportFile(CITY, DAY, kind, "0", 3, YEARLY.get(kind, 0))
