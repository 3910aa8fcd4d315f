"""Finding the person of a row without a usable number (无号匹配), and two records of one person (疑似同一人).

Splink compares name, birthday, sex, county, address, household and what is left of a number, on DuckDB in memory: nothing is
written to disk and nothing trained, for every parameter stands in `matching.yaml`. Three bands come out: sure, to be
looked at by an officer, and none. What a reader would get wrong: who has another valid number is another person, so a
row with a valid number never matches somebody whose own number is valid.

carries_out: ENR-11
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from yibao.enrolment.models import Address, Identity, Person
from yibao.enrolment.terms import IdentityKind, MatchedBy, RowVerdict
from yibao.journeys.lists.listing_plan import AT_ONCE, Head, Matched
from yibao.journeys.lists.listing_rows import RowFacts, plain_name
from yibao.kernel.codes import identity_problem
from yibao.rights.areas import rows_inside

WHOLE_BP = 10_000
MOST_CANDIDATES = 5
"""People an officer is shown for one row."""

_SAME = {
    "name": "name_l = name_r",
    "born_on": "born_on_l = born_on_r",
    "number": "tail_l = tail_r",
    "sex": "sex_l = sex_r",
    "county": "county_l = county_r",
    "address": "address_l = address_r",
    "household": "household_l = household_r",
}
_NEAR = {
    "name.one_character": "damerau_levenshtein(name_l, name_r) <= 1 AND length(name_l) > 1 AND length(name_r) > 1",
    "born_on.one_digit": "damerau_levenshtein(born_on_l, born_on_r) <= 1",
    "born_on.same_year": "left(born_on_l, 4) = left(born_on_r, 4)",
    "number.one_digit": "damerau_levenshtein(tail_l, tail_r) <= 1",
    "number.two_digits": "damerau_levenshtein(tail_l, tail_r) <= 2",
    "address.like": "jaro_winkler_similarity(address_l, address_r) >= 0.9",
}
_COLUMNS = {"number": "tail"}
_BLOCKS = (
    "l.born_on = r.born_on AND l.sex = r.sex",
    "l.name = r.name",
    "l.tail = r.tail",
    "l.household = r.household",
    "l.surname = r.surname AND l.sex = r.sex AND l.county = r.county AND left(l.born_on, 4) = left(r.born_on, 4)",
)
"""People that come up for comparison: they share one of these."""


@dataclass(frozen=True)
class Described:
    """A record as it is compared; "" or None where it does not say. `number` as it was written, right or wrong."""

    key: int
    name: str
    born_on: date | None
    sex: int
    county: str
    address: str
    number: str
    household: int | None = None


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person, and how sure that is."""

    left: int
    right: int
    score_bp: int


def linked(head: Head, rows: Sequence[RowFacts]) -> dict[int, Matched]:
    """Whose rows without a person are, by all but the number: sure, to be looked at, or nobody."""
    pool = described_people(head.area_code)
    households = _households(head.area_code, rows)
    given = [_of_row(facts, households.get(facts.householder_no)) for facts in rows]
    valid = {person.key for person in pool if person.number and not identity_problem(person.number)}
    found: dict[int, list[Pair]] = {}
    for pair in pairs_between(given, pool):
        found.setdefault(pair.left, []).append(pair)
    return {
        facts.row: _band(
            [p for p in found.get(facts.row, ()) if not (facts.number and p.right in valid)],
            bool(facts.number),
        )
        for facts in rows
    }


def pairs_between(left: Sequence[Described], right: Sequence[Described]) -> list[Pair]:
    """Records of two sets that may be of one person, from `look` upwards, the surest first."""
    if not left or not right:
        return []
    return _predicted([left, right], "link_only")


def pairs_within(records: Sequence[Described]) -> list[Pair]:
    """Records of one set that may be of one person, from `look` upwards, the surest first."""
    return _predicted([records], "dedupe_only") if len(records) > 1 else []


def described_people(area_code: str) -> list[Described]:
    """The people enrolled in an area, as they are compared."""
    inside = rows_inside(Person.objects, (area_code,), "county_code")
    held = Identity.objects.filter(person__in=inside, kind=IdentityKind.IDENTITY_NUMBER)
    numbers = dict(held.order_by("-id").values_list("person_id", "number"))
    living = Address.objects.filter(person__in=inside, last_day=None).exclude(text="")
    texts = dict(living.order_by("-id").values_list("person_id", "text"))
    people = inside.order_by("id").values_list("id", "name", "born_on", "sex", "county_code", "household_id")
    return [
        Described(
            key,
            plain_name(name),
            born_on,
            sex,
            county[:6],
            texts.get(key, ""),
            numbers.get(key, ""),
            household,
        )
        for key, name, born_on, sex, county, household in people
    ]


@cache
def parameters() -> dict[str, Any]:
    """The parameters of matching, as the file has them."""
    return dict(
        yaml.safe_load(files("yibao.journeys.lists").joinpath("matching.yaml").read_text(encoding="utf-8"))
    )


def _households(area_code: str, rows: Sequence[RowFacts]) -> dict[str, int]:
    """The household of each householder whose number rows give, where it is on file in the area."""
    wanted = sorted({facts.householder_no for facts in rows if facts.householder_no})
    found: dict[str, int] = {}
    for begin in range(0, len(wanted), AT_ONCE):
        held = Identity.objects.filter(
            kind=IdentityKind.IDENTITY_NUMBER, number__in=wanted[begin : begin + AT_ONCE]
        )
        inside = rows_inside(held, (area_code,), "person__county_code").exclude(person__household=None)
        found |= dict(inside.values_list("number", "person__household_id"))
    return found


def _of_row(facts: RowFacts, household: int | None) -> Described:
    return Described(
        facts.row,
        facts.name,
        facts.born_on,
        facts.sex,
        facts.county[:6],
        facts.address,
        facts.number_given,
        household,
    )


def _band(pairs: Sequence[Pair], numbered: bool) -> Matched:
    """The band of a row by the people it may be of. A row whose own number is valid is never taken without an officer."""
    if not pairs:
        return Matched()
    first = pairs[0]
    if first.score_bp >= _bp("sure") and len(pairs) == 1 and not numbered:
        return Matched(first.right, MatchedBy.LINKED, first.score_bp)
    candidates = tuple((pair.right, pair.score_bp) for pair in pairs[:MOST_CANDIDATES])
    return Matched(candidates=candidates, verdict=RowVerdict.AMBIGUOUS)


def _bp(name: str) -> int:
    return round(parameters()[name] * WHOLE_BP)


def _predicted(sets: Sequence[Sequence[Described]], link_type: str) -> list[Pair]:
    """Splink's pairs. It is loaded here, for whoever imports no list needs neither it nor DuckDB."""
    import duckdb
    import pyarrow as pa
    from splink import Linker, SettingsCreator
    from splink.backends.duckdb import DuckDBAPI

    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    try:
        connection.execute("SET temp_directory = ''")
        database = DuckDBAPI(connection=connection)
        tables = [
            database.register(pa.table(_arrays(records)), table_name=f"records_{at}")
            for at, records in enumerate(sets)
        ]
        settings = SettingsCreator(
            link_type=link_type,  # type: ignore[arg-type]
            unique_id_column_name="key",
            comparisons=[_comparison(name) for name in _SAME],
            blocking_rules_to_generate_predictions=[{"blocking_rule": rule} for rule in _BLOCKS],
            probability_two_random_records_match=parameters()["before"],
            retain_matching_columns=False,
        )
        linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level=None)
        scored = linker.inference.predict(
            threshold_match_probability=parameters()["look"], warning_mode="never"
        )
        found = [
            Pair(int(row["key_l"]), int(row["key_r"]), round(row["match_probability"] * WHOLE_BP))
            for row in scored.as_record_list()
        ]
    finally:
        connection.close()
    return sorted(found, key=lambda pair: (-pair.score_bp, pair.left, pair.right))


def _comparison(name: str) -> dict[str, Any]:
    """A comparison of Splink, its levels with the shares that the file gives."""
    column = _COLUMNS.get(name, name)
    missing = f"{column}_l IS NULL OR {column}_r IS NULL"
    levels: list[dict[str, Any]] = [
        {"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level, shares in parameters()[name].items():
        if level == "why":
            continue
        condition = _SAME[name] if level == "same" else _NEAR.get(f"{name}.{level}", "ELSE")
        levels.append(
            {
                "sql_condition": condition,
                "label_for_charts": level,
                "m_probability": shares["one"],
                "u_probability": shares["two"],
            }
        )
    return {"output_column_name": name, "comparison_levels": levels}


def _arrays(records: Iterable[Described]) -> dict[str, Any]:
    """Records as columns; the tail is the place and the last four of a number, apart from the birthday between them."""
    import pyarrow as pa

    found: dict[str, list[Any]] = {
        name: []
        for name in ("key", "name", "surname", "born_on", "sex", "county", "address", "tail", "household")
    }
    for record in records:
        found["key"].append(record.key)
        found["name"].append(record.name or None)
        found["surname"].append(record.name[:1] or None)
        found["born_on"].append(None if record.born_on is None else f"{record.born_on:%Y%m%d}")
        found["sex"].append(record.sex or None)
        found["county"].append(record.county or None)
        found["address"].append(plain_name(record.address) or None)
        found["household"].append(record.household)
        found["tail"].append(record.number[:6] + record.number[-4:] if len(record.number) > 10 else None)
    kinds = dict.fromkeys(("key", "sex", "household"), pa.int64())
    return {name: pa.array(column, kinds.get(name, pa.string())) for name, column in found.items()}
