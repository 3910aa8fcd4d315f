"""The terms of financing: params for an area and a benefit year, and the entry behind each.

Every block is dated by the benefit year it is for, so a year's terms are those in force on its first day: the contribution
of 2023 stands there although it is collected in 2022. A university without a split of its own has the ordinary one. Where
an entry says only why there is no figure, its params are NOT_ON_FILE and the entry stays among the sources with its note.

A pack may give some counties a split of their own by a list (`county_lists` in pack.yaml, `complete: true` or `false`) and an
entry `subsidy_county_<list>`. While a list is not complete, a county that is not on it is refused: nobody knows its split.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from yibao.financing.params import (
    CatastrophicFundingFloorParams,
    CatastrophicFundingParams,
    CatastrophicFundingTerms,
    ContributionParams,
    EnrolmentAidParams,
    FullFinancingTerms,
    SubsidyParams,
)
from yibao.financing.terms import ContributionGroup, University
from yibao.kernel.standing import Standing
from yibao.packs.build import absent, params
from yibao.packs.entries import Entry, PolicyFailure
from yibao.packs.policies import Area, Pack

SECTION = "financing"
ORDINARY_KEY = "subsidy"
SUBSIDY_KEYS = {
    University.NONE: ORDINARY_KEY,
    University.MINISTRY: "subsidy_student_ministry",
    University.PROVINCE: "subsidy_student_province",
    University.CITY: "subsidy_student_city",
}
COUNTY_LIST_KEY = "subsidy_county_"
"""How the key of a listed county's subsidy begins; the list's name follows."""

AID_KEYS = {ContributionGroup.RESIDENT: "enrolment_aid", ContributionGroup.STUDENT: "enrolment_aid_student"}
CATASTROPHIC_KEYS = ("catastrophic_funding", "catastrophic_funding_floor")
T = TypeVar("T", bound=tuple[Any, ...])


class NoSuchYear(PolicyFailure):
    """A benefit year that is no year."""

    def __init__(self, year: object) -> None:
        super().__init__(f"年度无法识别：{year!r}；请写成 2023 (not a year)")


class NoSuchTier(PolicyFailure):
    """A contribution tier that an area does not have, or has no figure for."""

    def __init__(self, area: Area, tier: str, known: list[str]) -> None:
        shown = "、".join(known) or "无"
        super().__init__(
            f"{area.code} {area.name}没有缴费档次 {tier!r}；在册档次：{shown} (no such contribution tier)"
        )


class TierNotOnFile(PolicyFailure):
    """A contribution tier that an area has, and for which the year's entry gives a group no figure."""

    def __init__(self, area: Area, year: int, tier: str, group: str, entry: Entry) -> None:
        super().__init__(
            f"{area.code} {area.name} {year} 年度{group}的缴费标准（档次 {tier}）没有在册；{entry.id}：{entry.note}。"
            f"请把文件给出的数字写进 {entry.file} (no contribution on file for that group and tier)"
        )


class CountyUnlisted(PolicyFailure):
    """A county that is on no list that gives another split, while such a list is not complete.

    `assumed` is what to note where it is reckoned with all the same, with the ordinary split.
    """

    def __init__(self, area: Area, pack: Pack, name: str, listed: dict[str, Any]) -> None:
        label = listed.get("label", name)
        self.assumed = f"“{label}”名单没有补全，不在名单内的县（市、区）暂按普通分担"
        known = len(listed.get("counties", ()))
        whole = f"共 {listed['size']} 个，" if "size" in listed else ""
        super().__init__(
            f"{area.code} {area.name}不在“{label}”名单里，名单还没有补全（{whole}已列 {known} 个），"
            f"不能确定它的财政补助分担。请在 {pack.folder.name}/pack.yaml 的 county_lists.{name} 补全名单并写 complete: true；"
            "yibao year、yibao reform 加 --assume-lists 则按普通分担演算，标为假定 (county on no list, and the list is not complete)"
        )


@dataclass(frozen=True)
class FinancingTerms:
    """The financing of an area and benefit year, and what it rests on.

    `subsidy` has a place for each University, `aid` one for each ContributionGroup. `sources` names the entry of each key;
    a key that no pack of the area has is not there, and its params are those of the ordinary key (subsidy, aid) or
    NOT_ON_FILE (catastrophic funding).
    """

    area: Area
    year: int
    subsidy: tuple[SubsidyParams, ...]
    contribution: ContributionParams
    aid: tuple[EnrolmentAidParams, ...]
    catastrophic_funding: CatastrophicFundingTerms
    sources: dict[str, Entry] = field(hash=False)

    @property
    def full_financing(self) -> FullFinancingTerms:
        """Contribution and ordinary subsidy of one person and year together."""
        return FullFinancingTerms(contribution=self.contribution, subsidy=self.subsidy[University.NONE])


def financing_terms(area: Area, year: int, *, assume_lists: bool = False) -> FinancingTerms:
    """All of a year's financing.

    With `assume_lists` a county on no list has the ordinary split though a list is not complete; its entry is then assumed.

    Raises NotOnFile where a key has no block for the year; NoSuchEntry, EntryRefuses where a subsidy or the contribution is
    missing; CountyUnlisted where a county's split cannot be known. Aid and catastrophic funding that an entry refuses are NOT_ON_FILE, and the entry is among the sources.
    """
    ordinary, of_subsidy = subsidy_params(area, year, assume_lists=assume_lists)
    contribution, _ = contribution_params(area, year)
    sources = _sources(area, first_day_of(year))
    sources |= {ORDINARY_KEY: of_subsidy}
    floor = sources.get("catastrophic_funding_floor")
    return FinancingTerms(
        area=area,
        year=year,
        subsidy=tuple(
            subsidy_params(area, year, university)[0]
            if university != University.NONE and key in sources
            else ordinary
            for university, key in SUBSIDY_KEYS.items()
        ),
        contribution=contribution,
        aid=tuple(
            _known(EnrolmentAidParams, area, sources.get(key) or sources.get("enrolment_aid"))
            for key in AID_KEYS.values()
        ),
        catastrophic_funding=CatastrophicFundingTerms(
            funding=_known(CatastrophicFundingParams, area, sources.get("catastrophic_funding")),
            floor=_known(CatastrophicFundingFloorParams, area, floor),
        ),
        sources=sources,
    )


def subsidy_params(
    area: Area, year: int, university: University = University.NONE, *, assume_lists: bool = False
) -> tuple[SubsidyParams, Entry]:
    """The subsidy of a year and its entry. Raises CountyUnlisted, NotOnFile, NoSuchEntry, EntryRefuses."""
    if university != University.NONE:
        return _asked(SubsidyParams, area, year, SUBSIDY_KEYS[university])
    try:
        return _asked(SubsidyParams, area, year, _ordinary_key(area))
    except CountyUnlisted as unlisted:
        if not assume_lists:
            raise
        split, entry = _asked(SubsidyParams, area, year, ORDINARY_KEY)
        return split, replace(entry, standing=Standing.ASSUMED, note=f"{entry.note}；{unlisted.assumed}")


def _ordinary_key(area: Area) -> str:
    """The key of an area's subsidy: its own, that of a list of counties it is on, else the one for all others."""
    if (SECTION, ORDINARY_KEY) in area.chain[0].entries and area.chain[0].code == area.code:
        return ORDINARY_KEY
    lists = [(pack, name, rows) for pack in area.chain for name, rows in _county_lists(pack).items()]
    for _, name, rows in lists:
        if area.code in rows.get("counties", ()):
            return COUNTY_LIST_KEY + name
    for pack, name, rows in lists:
        if not rows.get("complete", False) and not area.code.endswith("00"):
            raise CountyUnlisted(area, pack, name, rows)
    return ORDINARY_KEY


def _county_lists(pack: Pack) -> dict[str, dict[str, Any]]:
    return dict(pack.facts.get("county_lists", {}))


def contribution_params(area: Area, year: int) -> tuple[ContributionParams, Entry]:
    """The contribution of a benefit year and its entry. Raises NotOnFile, NoSuchEntry, EntryRefuses."""
    return _asked(ContributionParams, area, year, "contribution")


def aid_params(area: Area, year: int, group: ContributionGroup) -> tuple[EnrolmentAidParams, Entry]:
    """The enrolment aid of a benefit year and its entry; students have the ordinary one where there is none of their own.

    Raises NotOnFile, NoSuchEntry, EntryRefuses.
    """
    own = AID_KEYS[group] in area.keys(SECTION)
    return _asked(EnrolmentAidParams, area, year, AID_KEYS[group] if own else "enrolment_aid")


def tier_place(area: Area, tier: str) -> int:
    """The place of a contribution tier (`1`, `2`) in the pack's list. Raises NoSuchTier."""
    known = area.codes("contribution_tiers")
    if tier not in known:
        raise NoSuchTier(area, tier, known)
    return known.index(tier)


def first_day_of(year: int) -> date:
    """The day by which a benefit year's blocks are looked up. Raises NoSuchYear."""
    try:
        return date(year, 1, 1)
    except (ValueError, OverflowError):
        raise NoSuchYear(year) from None


def _asked(kind: type[T], area: Area, year: int, key: str) -> tuple[T, Entry]:
    entry = area.entry(SECTION, key, first_day_of(year))
    return params(kind, entry, area), entry


def _sources(area: Area, day: date) -> dict[str, Entry]:
    known = area.keys(SECTION)
    keys = [*SUBSIDY_KEYS.values(), "contribution", *AID_KEYS.values(), *CATASTROPHIC_KEYS]
    return {key: area.block(SECTION, key, day) for key in keys if key in known}


def _known(kind: type[T], area: Area, entry: Entry | None) -> T:
    return absent(kind) if entry is None or entry.refuses else params(kind, entry, area)
