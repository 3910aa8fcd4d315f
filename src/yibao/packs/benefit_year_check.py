"""Whether a benefit year of a pooling area can be run (年度能否运行): everything that is missing, said at once.

What a reader would get wrong: an entry may be on file and still say nothing but why there is no figure. That is missing too.
"""

from collections.abc import Callable, Iterator

from yibao.kernel.days import day_of
from yibao.packs.enrolment import ENTRIES, enrol_terms
from yibao.packs.entries import EntryRefuses, NoSuchEntry, NotOnFile, PolicyFailure
from yibao.packs.financing import contribution_params, first_day_of, subsidy_params
from yibao.packs.list_progress import pooling_areas
from yibao.packs.policies import Area, Policies
from yibao.packs.settlement import settlement_periods
from yibao.packs.spans import promised_years


class NotAPoolingArea(PolicyFailure):
    """An area whose year is not its own: a county, or a province whose cities pool."""

    def __init__(self, area: Area, above: str, known: list[Area]) -> None:
        listed = "、".join(f"{one.code} {one.name}" for one in known)
        below = any(one.code[:2] == area.code[:2] for one in known) and area.code.endswith("0000")
        outside = (
            "统筹地区是它下面的市、州 (its cities pool)"
            if below
            else "它所在的统筹地区没有政策包 (its pooling area has no pack)"
        )
        of = f"它在统筹地区 {above} 里，请用 --area {above} (it belongs to {above})" if above else outside
        super().__init__(
            f"{area.code} {area.name}不是统筹地区，不能单独运行一个年度：{of}。在册的统筹地区：{listed} (not a pooling area)"
        )


class YearNotOnFile(PolicyFailure):
    """A benefit year that cannot be run because entries of policy are missing."""

    def __init__(self, area: Area, year: int, missing: list[PolicyFailure], years: list[int]) -> None:
        self.missing = missing
        names = "、".join(dict.fromkeys(_name(one) for one in missing))
        can = "、".join(str(one) for one in years) or "无"
        lines = "\n".join(f"  · {one}" for one in missing)
        super().__init__(
            f"{area.code} {area.name} {year} 年度不能运行，缺 {len(missing)} 项（{names}）；能运行的年度：{can}。\n{lines}\n"
            f"  (the benefit year {year} cannot be run; missing entries: {names.replace('、', ', ')};"
            f" years that can be: {can.replace('、', ', ').replace('无', 'none')})"
        )


def require_year(found: Policies, area: Area, year: int) -> None:
    """Says whether a year of an area can be run. Raises NotAPoolingArea and YearNotOnFile."""
    known = pooling_areas(found)
    if area.code not in [one.code for one in known]:
        above = next((pack.code for pack in area.chain if pack.code in [one.code for one in known]), "")
        raise NotAPoolingArea(area, above, known)
    missing = missing_of_year(area, year)
    if missing:
        years = [one for one in promised_years(area) if one != year and not missing_of_year(area, one)]
        raise YearNotOnFile(area, year, missing, years)


def missing_of_year(area: Area, year: int) -> list[PolicyFailure]:
    """What keeps a year from being run, an entry each; nothing where it can be."""
    day = first_day_of(year)
    asked: list[Callable[[], object]] = [
        *(lambda s=section, k=key: area.entry(s, k, day) for section, key, _ in ENTRIES.values()),
        lambda: subsidy_params(area, year),
        lambda: contribution_params(area, year),
    ]
    missing = list(_failures(asked))
    return missing or list(_failures([lambda: _settled(area, year)]))


def _settled(area: Area, year: int) -> None:
    """The terms of every day of a year that people can be enrolled for."""
    coverage = enrol_terms(area, year).params.coverage
    first, last = (
        min(coverage.year.starts_day, coverage.student.starts_day),
        max(coverage.year.ends_day, coverage.student.ends_day),
    )
    settlement_periods(area, day_of(first), day_of(last))


def _failures(asked: list[Callable[[], object]]) -> Iterator[PolicyFailure]:
    for ask in asked:
        try:
            ask()
        except PolicyFailure as failure:
            yield failure


def _name(failure: PolicyFailure) -> str:
    """The entry that a failure is about."""
    if isinstance(failure, EntryRefuses):
        return f"{failure.entry.section}.{failure.entry.key}"
    if isinstance(failure, (NotOnFile, NoSuchEntry)):
        return failure.key
    return type(failure).__name__
