"""The facts of each claim (就诊资格): claims joined with people, register and enrolment, as `engine.batch` settles them.

Everything a rule asks about a claim on its day is answered here once, in columns: settled as which category, covered,
waiting, designated, in the county, certified. What a reader would get wrong: the *day* is that of service or discharge,
the *order* is that of settlement; and an institution that gives no outpatient pooling though its class may is not
designated for an outpatient visit.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.assistance.params import RankingParams
from yibao.assistance.terms import Category
from yibao.benefits.terms import TwoDisease, VisitKind
from yibao.engine.terms import CHRONIC_SLOTS, OLDEST, Claim
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE
from yibao.packs.policies import Area
from yibao.packs.settlement import SettlementTerms
from yibao.simulate.tables import CLAIMS

NOT_CERTIFIED = -1

KINDS_OF_DISEASE = (TwoDisease.HYPERTENSION, TwoDisease.DIABETES_TYPE_1, TwoDisease.DIABETES_OTHER)

MOMENTS = 2**32
"""Seconds that a person's claims may lie apart: so person and moment make one number to sort by."""


def two_diseases_listed(area: Area, year: int) -> list[TwoDisease]:
    """What the area certifies under the two diseases in a year: the kinds of disease, or grades of patients where its quotas go by
    them; the kinds of disease where its terms are not on file."""
    entry = area.block("benefits", "two_diseases", date(year, 12, 31))
    quotas = (entry.values or {}).get("annual_quota", {}) if entry else {}
    return [one for one in TwoDisease if one.name in quotas] or list(KINDS_OF_DISEASE)


def in_order(claims: pa.Table) -> pa.Table:
    """Claims by person and order of settlement; claims of one moment keep the order they came in. Others' columns go."""
    own = claims.select(CLAIMS.names).cast(CLAIMS)
    if not own.num_rows:
        return own
    moment = numbers(own, "settled_at")
    after = moment - moment.min()
    assert after.max() < MOMENTS, "settled_at lies further apart than a century"
    key = numbers(own, "person").astype(np.int64) * MOMENTS + after
    if (key[1:] >= key[:-1]).all():
        return own
    return own.take(pa.array(np.argsort(key, kind="stable")))


def claim_facts(
    terms: Sequence[SettlementTerms],
    people: pa.Table,
    institutions: pa.Table,
    enrolled: pa.Table,
    claims: pa.Table,
    *,
    first_day: date,
) -> pa.Table:
    """The table that `engine.batch.settle_events` takes, one row a claim, by person and order of settlement.

    Columns are `claim_id`, `reverses`, `person`, `benefit_year` and every field of `engine.terms.Claim`. `terms` are of
    one ranking for each day; `first_day` is that of the benefit year, from which months are counted.
    """
    ordered = in_order(claims)
    person, place = numbers(ordered, "person"), numbers(ordered, "institution")
    day, kind = numbers(ordered, "served_on"), numbers(ordered, "kind")
    slot = disease_slot(people, person, kind, numbers(ordered, "disease"))
    certified = (slot != NOT_CERTIFIED) | _has_disease(people, person, kind, numbers(ordered, "disease"))
    covered, waiting = cover(enrolled, person, day)
    columns = {
        "kind": kind,
        "day": day,
        "month": _month(day, first_day),
        "institution_class": numbers(institutions, "institution_class")[place],
        "care_path": numbers(ordered, "care_path"),
        "category": category_on(terms, numbers(people, "category_tags")[person], day),
        "covered": covered,
        "waiting": waiting,
        "exclusion": numbers(ordered, "exclusion"),
        "special_fund": numbers(ordered, "special_fund"),
        "designated": designated(institutions, place, day)
        & ~_without_pooling(terms, institutions, place, kind, day),
        "in_county": _same_county(people, person, institutions, place),
        "first_choice": numbers(people, "first_choice")[person] == place,
        "certified": certified,
        "contracted": numbers(people, "contracted")[person],
        "continues_episode": numbers(ordered, "continues_episode"),
        "properly_referred": numbers(ordered, "properly_referred"),
        "disease": np.maximum(numbers(ordered, "disease"), 0),
        "slot": np.maximum(slot, 0),
        "delivery": np.maximum(numbers(ordered, "delivery"), 0),
        "tier": numbers(people, "tier")[person],
        "age": _age(numbers(people, "born_on")[person], day),
    }
    narrow = {name: values.astype(np.int32 if name == "day" else np.int8) for name, values in columns.items()}
    narrow["disease_tags"] = _disease_tags(people)[person]
    amounts = {name: ordered.column(name) for name in Claim._fields if name.endswith("_fen")}
    head = {name: ordered.column(name) for name in ("claim_id", "reverses", "person")}
    year = np.full(len(day), first_day.year, np.int16)
    return pa.table({**head, "benefit_year": year, **narrow, **amounts})


def _age(born: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whole years of age on a day, from day numbers."""
    first, last = (d.astype("datetime64[D]") for d in (born, day))
    years = last.astype("datetime64[Y]").astype(np.int64) - first.astype("datetime64[Y]").astype(np.int64)
    return np.clip(years - (_in_year(last) < _in_year(first)), 0, OLDEST)


def _in_year(day: np.ndarray) -> np.ndarray:
    """Month and day of month as one number, so that birthdays compare."""
    month = day.astype("datetime64[M]")
    return (month.astype(np.int64) % 12) * 32 + (day - month.astype("datetime64[D]")).astype(np.int64)


def _disease_tags(people: pa.Table) -> np.ndarray:
    """Bit n is the n-th chronic disease of the pack's list, for each person."""
    found = np.zeros(people.num_rows, np.int64)
    for slot in range(1, CHRONIC_SLOTS + 1):
        disease = numbers(people, f"chronic_{slot}").astype(np.int64)
        found |= np.where(disease >= 0, np.left_shift(1, np.maximum(disease, 0)), 0)
    return found


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column as NumPy numbers: days as day numbers, moments as seconds."""
    values = table.column(name).combine_chunks()
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())
    return np.asarray(values.to_numpy(zero_copy_only=False))


def days(table: pa.Table, name: str, empty: int) -> np.ndarray:
    """A column of days as day numbers, with a number for what is null."""
    column = table.column(name).combine_chunks().cast(pa.int32())
    return np.asarray(pc.fill_null(column, empty).to_numpy(zero_copy_only=False))


def county_codes(people: pa.Table) -> pa.DictionaryArray:
    """The counties of people as one array with one dictionary."""
    return people.column("county_code").unify_dictionaries().combine_chunks()


def settlement_category(params: RankingParams, tags: np.ndarray) -> np.ndarray:
    """`assistance.rules.category.settlement_category` for many at once: the first of the ranked list that is held."""
    found = np.zeros(len(tags), np.int8)
    for place in range(CATEGORIES):
        category = params.ranked[place]
        if category != Category.ORDINARY:
            found[(found == Category.ORDINARY) & ((tags >> category) & 1 == 1)] = category
    return found


def category_on(terms: Sequence[SettlementTerms], tags: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The settlement category of each claim by the ranking in force on its day; ORDINARY where none is."""
    found = np.zeros(len(tags), np.int8)
    for of in terms:
        here = (day >= _number(of.first_day)) & (day <= _number(of.last_day))
        found[here] = settlement_category(of.ranking, tags[here])
    return found


def cover(enrolled: pa.Table, person: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each person is covered on the day, and whether the waiting period still runs; both ends are inside."""
    never, ever = np.iinfo(np.int32).min, np.iinfo(np.int32).max
    first, last = days(enrolled, "covered_from", ever), days(enrolled, "covered_to", never)
    waits = days(enrolled, "waiting_to", never)
    covered = (numbers(enrolled, "eligible")[person] == 1) & (day >= first[person]) & (day <= last[person])
    return covered, day <= waits[person]


def designated(institutions: pa.Table, place: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Whether each institution is designated on the day; both ends are inside."""
    first = days(institutions, "designated_from", np.iinfo(np.int32).min)
    last = days(institutions, "designated_to", np.iinfo(np.int32).max)
    return (day >= first[place]) & (day <= last[place])


def disease_slot(people: pa.Table, person: np.ndarray, kind: np.ndarray, disease: np.ndarray) -> np.ndarray:
    """Which of the person's certified chronic diseases a chronic claim is for; NOT_CERTIFIED where none."""
    found = np.full(len(person), NOT_CERTIFIED, np.int8)
    asks = np.flatnonzero((kind == VisitKind.CHRONIC) & (disease >= 0))
    for slot in reversed(range(CHRONIC_SLOTS)):
        held = numbers(people, f"chronic_{slot + 1}")[person[asks]] == disease[asks]
        found[asks[held]] = slot
    return found


def _without_pooling(
    terms: Sequence[SettlementTerms],
    institutions: pa.Table,
    place: np.ndarray,
    kind: np.ndarray,
    day: np.ndarray,
) -> np.ndarray:
    """Outpatient visits to an institution that gives no pooling though its class may; one whose class may not is refused by it."""
    found = np.zeros(len(place), bool)
    none = (kind == VisitKind.OUTPATIENT) & (numbers(institutions, "gives_pooling")[place] == 0)
    at_class = numbers(institutions, "institution_class")[place]
    for of in terms:
        may = np.array(of.params.pooling.class_a_rate_bp) != NOT_ON_FILE
        found |= none & may[at_class] & (day >= _number(of.first_day)) & (day <= _number(of.last_day))
    return found


def _has_disease(people: pa.Table, person: np.ndarray, kind: np.ndarray, disease: np.ndarray) -> np.ndarray:
    """Whether a claim for two-disease drugs is of a disease the person is certified for."""
    bit = np.maximum(disease, 0)
    held = (numbers(people, "two_diseases")[person] >> bit) & 1 == 1
    return (kind == VisitKind.TWO_DISEASES) & (disease >= 0) & held


def _same_county(
    people: pa.Table, person: np.ndarray, institutions: pa.Table, place: np.ndarray
) -> np.ndarray:
    """Whether the institution stands in the person's county of enrolment."""
    theirs, its = county_codes(people), institutions.column("county_code")
    names = its.combine_chunks().cast(pa.string())
    codes = theirs.dictionary
    number = np.asarray(pc.fill_null(pc.index_in(names, codes), -1))
    own = np.asarray(pc.fill_null(theirs.indices, -2))
    return own[person] == number[place]


def _month(day: np.ndarray, first_day: date) -> np.ndarray:
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return month - np.datetime64(first_day, "M").astype(np.int64)


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
