"""Financing that follows income (动态筹资) as a reform: contributions and subsidies by the rule `income_linked`.

The rule gives the standards when disposable income a head goes from one amount to another; here they become changes of the
area's entries, and of each county's that has one of its own. A level's printed part of a subsidy grows with the standard, a
share stays a share. What a reader would get wrong: enrolment aid is a fixed amount in its entry and stays as it is.

carries_out: FIN-10
"""

import re
from typing import NamedTuple

from yibao.financing.params import ContributionParams, IncomeLinkedParams
from yibao.financing.rules.income_linked import IncomeLinked, income_linked, linked_fen
from yibao.kernel.money import AmountUnreadable, fen_of, fraction_of, yuan
from yibao.packs.build import params
from yibao.packs.change_text import Change, ChangesUnfit
from yibao.packs.entries import Entry
from yibao.packs.financing import COUNTY_LIST_KEY, first_day_of, subsidy_params
from yibao.packs.policies import Area, Policies

SECTION = "financing"
GROUPS = ("resident", "student")
PARTS = ("central", "provincial", "municipal", "county", "municipal_and_county")


class Incomes(NamedTuple):
    """Disposable income a head (居民人均可支配收入) of the year before and of the year that standards are to follow."""

    before_fen: int
    after_fen: int


class Linked(NamedTuple):
    """The changes that follow from an income, the working for the first tier, and the entry of the rule's figures."""

    changes: list[Change]
    working: IncomeLinked
    entry: Entry


def incomes_of(text: str) -> Incomes:
    """`29178..31000`, yuan or with a unit. Raises ChangesUnfit."""
    low, dots, high = text.partition("..")
    try:
        found = Incomes(fen_of(low), fen_of(high))
    except AmountUnreadable:
        found = Incomes(0, 0)
    if not dots or min(found) <= 0:
        raise ChangesUnfit([f"--linked-income {text!r}：请写成 29178..31000，元，都大于零 (two incomes)"])
    return found


def income_linked_changes(policies: Policies, area: Area, year: int, incomes: Incomes) -> Linked:
    """The standards of a benefit year when they follow income. Raises NoSuchEntry, NotOnFile, EntryRefuses."""
    day = first_day_of(year)
    entry = area.entry(SECTION, "income_linked", day)
    terms = params(IncomeLinkedParams, entry, area)
    changes = _contributions(area, year, terms, incomes)
    for code in (area.code, *area.codes("counties")):
        changes += _subsidies(policies.area(code), "" if code == area.code else code, year, terms, incomes)
    contribution = params(ContributionParams, area.entry(SECTION, "contribution", day), area)
    working = income_linked(
        terms,
        contribution_fen=contribution.resident_fen[0],
        subsidy_fen=subsidy_params(area, year)[0].standard_fen,
        income_before_fen=incomes.before_fen,
        income_fen=incomes.after_fen,
    )
    return Linked(changes, working, entry)


def _contributions(area: Area, year: int, terms: IncomeLinkedParams, incomes: Incomes) -> list[Change]:
    entry = area.entry(SECTION, "contribution", first_day_of(year))
    found = []
    for group in GROUPS:
        for tier, printed in dict(entry.values[group]).items():
            found.append(
                _change("", "contribution", (group, str(tier)), _now(terms, fen_of(printed), incomes))
            )
    return found


def _subsidies(area: Area, code: str, year: int, terms: IncomeLinkedParams, incomes: Incomes) -> list[Change]:
    """The changed standards of the subsidies that an area has; a county's own only, where `code` names one."""
    found = []
    for key in area.keys(SECTION):
        if re.fullmatch(rf"subsidy(_student_\w+)?|{COUNTY_LIST_KEY}\w+", key):
            own = (SECTION, key) in area.chain[0].entries and area.chain[0].code == area.code
            block = area.block(SECTION, key, first_day_of(year))
            if block.refuses or (code and not own):
                continue
            standard_fen = fen_of(block.values["standard"])
            now_fen = _now(terms, standard_fen, incomes)
            found.append(_change(code, key, ("standard",), now_fen))
            for part in PARTS:
                printed = str(block.values.get(part, "0%"))
                if not printed.strip().endswith("%"):
                    part_fen = fraction_of(fen_of(printed), now_fen, standard_fen)
                    found.append(_change(code, key, (part,), part_fen))
    return found


def _now(terms: IncomeLinkedParams, standard_fen: int, incomes: Incomes) -> int:
    return linked_fen(
        terms, standard_fen=standard_fen, income_before_fen=incomes.before_fen, income_fen=incomes.after_fen
    )


def _change(code: str, key: str, path: tuple[str, ...], amount_fen: int) -> Change:
    printed = f"{yuan(amount_fen).removesuffix('.00')} 元"
    return Change(SECTION, key, path, printed, origin="与可支配收入挂钩", area_code=code)
