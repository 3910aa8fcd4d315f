"""How far the areas of a folder have come with the benefit list (落实待遇清单的进度) on a day, and each one's scorecard line.

A pooling area (统筹地区) is a city, or a province with no city's pack below it, that has a hospital table, its own or its
province's; counties and districts are not. An area is cleared where its framework is on file and
the list's, and no figure that can be compared deviates; what is not on file is counted apart and clears nobody.
"""

from datetime import date
from typing import NamedTuple

from yibao.kernel.days import day_number
from yibao.packs.build import params
from yibao.packs.list_figures import FigureCheck, State, figure_checks
from yibao.packs.policies import NATIONAL, Area, Policies
from yibao.policy_list.params import ListProgressParams, ScorecardParams
from yibao.policy_list.rules.progress import ListProgress, list_progress
from yibao.policy_list.rules.scorecard import ScorecardLine, scorecard_line

FRAMEWORK = ("schemes", "local_schemes_allowed")
"""The figure of the list that says whether an area's framework is unified."""


class AreaProgress(NamedTuple):
    """One area on the day: its checks by what came of them, its framework and its scorecard line."""

    area: Area
    checks: list[FigureCheck]
    counts: dict[State, int]
    framework: State
    is_cleared: bool
    scorecard: ScorecardLine


class Progress(NamedTuple):
    """All pooling areas on a day, and the shares the notice asks for."""

    day: date
    areas: list[AreaProgress]
    shares: ListProgress
    asked: ListProgressParams


def pooling_areas(found: Policies) -> list[Area]:
    """The pooling areas of a folder, by code: cities, and a province that has no city's pack below it."""
    return [
        found.area(code)
        for code in sorted(found.packs)
        if _pools(code, found) and "hospital" in found.area(code).keys("benefits")
    ]


def _pools(code: str, found: Policies) -> bool:
    is_province, is_city = code.endswith("0000"), code.endswith("00")
    if is_province:
        cities = (other for other in found.packs if other.endswith("00") and other != code)
        return code != NATIONAL and not any(city[:2] == code[:2] for city in cities)
    return is_city


def progress(found: Policies, day: date) -> Progress:
    """The progress on a day. Raises NoSuchEntry or NotOnFile where the national pack says nothing for that day."""
    national = found.area(NATIONAL)
    asked = params(ListProgressParams, national.entry("policy_list", "progress", day), national)
    points = params(ScorecardParams, national.entry("policy_list", "scorecard", day), national)
    areas = [_of_area(area, day, points) for area in pooling_areas(found)]
    shares = list_progress(
        asked,
        areas=len(areas),
        unified=sum(of.framework == State.AGREES for of in areas),
        cleared=sum(of.is_cleared for of in areas),
        day=day_number(day),
    )
    return Progress(day, areas, shares, asked)


def _of_area(area: Area, day: date, points: ScorecardParams) -> AreaProgress:
    checks = [check for check in figure_checks(area) if check.first_day <= day <= check.last_day]
    counts = {state: sum(check.state == state for check in checks) for state in State}
    framework = next(
        (check.state for check in checks if (check.rule.key, check.figure) == FRAMEWORK), State.NOT_ON_FILE
    )
    return AreaProgress(
        area=area,
        checks=checks,
        counts=counts,
        framework=framework,
        is_cleared=framework == State.AGREES and counts[State.DEVIATES] == 0,
        scorecard=scorecard_line(
            points,
            framework_unified=int(framework == State.AGREES),
            figures_checked=counts[State.AGREES] + counts[State.DEVIATES] + counts[State.NOT_ON_FILE],
            figures_deviating=counts[State.DEVIATES] + counts[State.NOT_ON_FILE],  # silence earns nothing
            changes=0,  # no record of changes is kept yet: the reporting part takes nothing off
            changes_unreported=0,
        ),
    )
