"""Whom a year is financed for (参保人数与筹资总额): covered people of a pooling area, counted by what decides their money.

Somebody is counted once, however often covered in the year. Who has a bill counts in the county it was made by and with
its contribution; who was covered without one counts where enrolled, with the contribution of the year's entry. What a
reader would get wrong: who gets no subsidy still counts for the contribution.

carries_out: FIN-06, FIN-07, FIN-08, FIN-09
"""

from typing import NamedTuple

from yibao.enrolment.terms import Scheme
from yibao.financing.rules.contribution import contribution
from yibao.financing.rules.subsidy import SubsidySplit, subsidy_split
from yibao.financing.terms import SubsidyLevel
from yibao.packs.financing import FinancingTerms, financing_terms
from yibao.packs.policies import policies
from yibao.tables.rows import selected

COUNTED = """
SELECT COALESCE(b.terms_code, SUBSTR(p.county_code, 1, 6)), COALESCE(b.university, 0), COALESCE(b.subsidised, TRUE),
    c.paying_group, c.tier, COUNT(*), COUNT(b.id), COALESCE(SUM(b.contribution_fen), 0)
FROM (
    SELECT person_id, MAX("group") AS paying_group, MAX(tier) AS tier FROM enrolment_coverage
    WHERE NOT void AND scheme = %s AND benefit_year = %s AND area_code = %s GROUP BY person_id
) c
JOIN enrolment_person p ON p.id = c.person_id
LEFT JOIN financing_contributionbill b ON b.person_id = c.person_id AND b.benefit_year = %s AND NOT b.void
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


class Financed(NamedTuple):
    """People of a county who are financed alike; `billed` of them have a bill, and `billed_fen` is what it asks."""

    county_code: str
    university: int
    subsidised: bool
    group: int
    tier: int
    people: int
    billed: int
    billed_fen: int


class LevelDue(NamedTuple):
    """What one level owes for a county's people."""

    county_code: str
    level: SubsidyLevel
    people: int
    due_fen: int


class YearFinancing(NamedTuple):
    """A year's total financing (当年筹资总额) of a pooling area."""

    people: int
    contribution_fen: int
    subsidy_fen: int

    @property
    def financing_fen(self) -> int:
        """Personal and fiscal part together."""
        return self.contribution_fen + self.subsidy_fen


def financed_people(books_code: str, benefit_year: int) -> list[Financed]:
    """The covered people of a pooling area and year, by county and what decides their money."""
    rows = selected(COUNTED, [Scheme.RESIDENT, benefit_year, books_code, benefit_year])
    return [
        Financed(county, university, bool(subsidised), group, tier, people, billed, int(billed_fen))
        for county, university, subsidised, group, tier, people, billed, billed_fen in rows
    ]


def subsidy_due(books_code: str, benefit_year: int) -> list[LevelDue]:
    """What each level owes, county by county. Raises the failures of `packs` where a split is not on file."""
    due: dict[tuple[str, SubsidyLevel], tuple[int, int]] = {}
    for one in financed_people(books_code, benefit_year):
        if one.subsidised:
            for level, amount_fen in level_parts(_split(one, benefit_year)).items():
                if amount_fen:
                    people, due_fen = due.get((one.county_code, level), (0, 0))
                    due[one.county_code, level] = people + one.people, due_fen + one.people * amount_fen
    return [LevelDue(county, level, *amounts) for (county, level), amounts in sorted(due.items())]


def year_financing(books_code: str, benefit_year: int) -> YearFinancing:
    """The total financing of a pooling area and year. Raises the failures of `packs` where a standard is not on file."""
    people, contribution_fen, subsidy_fen = 0, 0, 0
    for one in financed_people(books_code, benefit_year):
        people += one.people
        terms = _terms(one.county_code, benefit_year)
        standard = contribution(terms.contribution, group=one.group, tier=one.tier)
        contribution_fen += one.billed_fen + (one.people - one.billed) * standard.standard_fen
        if one.subsidised:
            subsidy_fen += one.people * terms.subsidy[one.university].standard_fen
    return YearFinancing(people, contribution_fen, subsidy_fen)


def level_parts(split: SubsidySplit) -> dict[SubsidyLevel, int]:
    """A person's subsidy by level."""
    return {
        SubsidyLevel.CENTRAL: split.central_fen,
        SubsidyLevel.PROVINCIAL: split.provincial_fen,
        SubsidyLevel.MUNICIPAL: split.municipal_fen,
        SubsidyLevel.COUNTY: split.county_fen,
        SubsidyLevel.MUNICIPAL_AND_COUNTY: split.municipal_and_county_fen,
        SubsidyLevel.LOCAL: split.local_fen,
    }


def _split(one: Financed, benefit_year: int) -> SubsidySplit:
    return subsidy_split(_terms(one.county_code, benefit_year).subsidy[one.university])


def _terms(county_code: str, benefit_year: int) -> FinancingTerms:
    return financing_terms(policies().area(county_code), benefit_year)
