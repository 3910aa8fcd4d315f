"""Every example settles to the amounts reckoned by hand beside it, on the scalar path and on the compiled one.

Each pooling area on file, and the district with terms of its own, shows every kind of claim; a kind that a place has no
figures for is shown as the refusal that it is.

carries_out: BEN-02, BEN-03, BEN-04, BEN-05, BEN-06, BEN-07, BEN-08, BEN-09, BEN-10, BEN-11, BEN-12, BEN-13, AID-01, AID-02, AID-04, ENR-01, ENR-06, PAY-02, PAY-08, FND-05
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from yibao.assistance.terms import Category
from yibao.benefits.terms import Delivery, Refusal, SpecialFund, VisitKind
from yibao.cli.case_claim import Prepared, prepare
from yibao.cli.settle import settled
from yibao.engine.batch import Period
from yibao.engine.terms import NOTHING_YET, Claim, Payers
from yibao.kernel.days import day_number, day_of
from yibao.kernel.money import fen_of
from yibao.packs.policies import policies
from yibao.reports.slip import Slip

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = Path(__file__).parent / "expected"
CLAUSES = Path(__file__).parents[2] / "docs" / "clauses.yaml"
AREAS = sorted(path.stem for path in EXPECTED.glob("*.yaml"))
SHOWN = {
    "140100", "220200", "220323", "220623", "220721", "222400", "410100", "411600", "500000", "500112",
}  # fmt: skip
"""Every pooling area on file and the district with terms of its own. Yangqu and Loufan are settled as Taiyuan's, the
nation and the provinces are frames that nobody is enrolled in; a new area may come before its examples."""


class Known(NamedTuple):
    """What an example comes to."""

    payers: Payers
    refusal: Refusal


@cache
def known(area: str) -> dict[str, Known]:
    rows = yaml.safe_load((EXPECTED / f"{area}.yaml").read_text("utf-8"))
    return {name: known_of(dict(row)) for name, row in rows.items()}


def known_of(row: dict[str, Any]) -> Known:
    refusal = Refusal[row.pop("refused", "NONE")]
    assert {f"{payer}_fen" for payer in row} <= set(Payers._fields), row
    return Known(Payers(*(fen_of(row.get(name[:-4], "0 元")) for name in Payers._fields)), refusal)


ALL = [(area, name) for area in AREAS for name in known(area)]
by_example = pytest.mark.parametrize(("area", "name"), ALL, ids=["-".join(one) for one in ALL])
by_area = pytest.mark.parametrize("area", AREAS)


@cache
def sound(area: str, name: str) -> Prepared:
    prepared = prepare(EXAMPLES / area / f"{name}.yaml", policies())
    assert isinstance(prepared, Prepared), prepared
    assert prepared.area.code == area
    return prepared


def test_every_area_on_file_has_examples():
    assert SHOWN <= set(AREAS) <= set(policies().packs)
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == AREAS


@by_area
def test_every_example_has_its_amounts(area):
    assert sorted(path.stem for path in (EXAMPLES / area).glob("*.yaml")) == sorted(known(area))


def test_the_page_links_every_example_once():
    page = (EXAMPLES / "README.md").read_text("utf-8")
    linked = re.findall(r"\]\((\d{6}/\w+\.yaml)\)", page)
    assert sorted(linked) == sorted(f"{area}/{name}.yaml" for area, name in ALL)


@by_example
def test_example(area, name):
    made = settled(sound(area, name))
    assert made.settlement.payers == known(area)[name].payers
    assert made.settlement.refusal == known(area)[name].refusal
    assert (made.refusal is not None) == name.startswith("refused")


@by_example
def test_the_header_says_in_both_languages_what_it_shows_and_by_which_clauses(area, name):
    text = (EXAMPLES / area / f"{name}.yaml").read_text("utf-8")
    chinese, english, clauses, worked = text.splitlines()[:4]
    assert re.match(r"# .*[\u4e00-\u9fff].*。$", chinese)
    assert re.match(r"# [A-Z0-9].*\.$", english)
    named = clauses.removeprefix("# 条款 Clauses: ").split(", ")
    assert set(named) <= clause_ids(), clauses
    assert worked.startswith("# 算式 Worked: ")


@cache
def clause_ids() -> set[str]:
    return {row["id"] for row in yaml.safe_load(CLAUSES.read_text("utf-8"))}


@by_area
def test_the_compiled_path_pays_the_same(area):
    import pyarrow as pa

    from yibao.engine.batch import settle_table

    rows: list[tuple[int, Claim]] = []
    last: dict[str, int] = {}
    periods = {}
    for person, name in enumerate(known(area)):
        prepared = sound(area, name)
        assert prepared.start == NOTHING_YET, "the batch begins each year at nothing"
        claims = [*(filed.claim for filed in prepared.earlier), prepared.claim]
        rows += [(person, claim) for claim in claims]
        last[name] = len(rows) - 1
        for claim in claims:
            terms = prepared.terms_on(day_of(claim.day))
            periods[terms.first_day] = Period(
                day_number(terms.first_day), day_number(terms.last_day), terms.params
            )
    small = {name: pa.int8() for name in Claim._fields if not name.endswith("_fen")} | {"day": pa.int32()}
    columns = {
        name: pa.array([int(getattr(claim, name)) for _, claim in rows], small.get(name, pa.int64()))
        for name in Claim._fields
    }
    table = pa.table({"person": pa.array([p for p, _ in rows], pa.int32()), **columns})
    found = settle_table([periods[day] for day in sorted(periods)], table).to_pylist()
    for name, row in last.items():
        assert tuple(found[row][field] for field in Payers._fields) == known(area)[name].payers, name


def paid(visit: VisitKind) -> Callable[[Prepared, Slip], bool]:
    """Examples of a kind of visit that an ordinary resident is paid for, with no special fund."""
    return lambda case, made: (
        case.claim.kind == visit
        and case.claim.category == Category.ORDINARY
        and made.refusal is None
        and case.claim.special_fund == SpecialFund.NONE
    )


def minor(case: Prepared, made: Slip) -> bool:
    return paid(VisitKind.HOSPITAL)(case, made) and case.claim.age < 18


def later_stay(case: Prepared, made: Slip) -> bool:
    return paid(VisitKind.HOSPITAL)(case, made) and made.settlement.basic.hospital.stay_number > 1


def assisted_stay(case: Prepared, made: Slip) -> bool:
    return case.claim.kind == VisitKind.HOSPITAL and made.settlement.payers.assistance_fen > 0


def outpatient_of_the_assisted(case: Prepared, made: Slip) -> bool:
    """Long outpatient care of a person whom assistance is for: paid, or said not to count."""
    counts = case.terms.params.direct[case.claim.category].counts_outpatient == 1
    pays = made.settlement.payers.assistance_fen > 0
    return (
        case.claim.kind == VisitKind.CHRONIC and case.claim.category != Category.ORDINARY and pays == counts
    )


def of_fund(fund: SpecialFund) -> Callable[[Prepared, Slip], bool]:
    return lambda case, made: case.claim.special_fund == fund and made.settlement.payers.special_fund_fen > 0


def refused(*reasons: Refusal) -> Callable[[Prepared, Slip], bool]:
    return lambda case, made: made.settlement.refusal in reasons


def refused_for_want_of_figures(visit: VisitKind) -> Callable[[Prepared, Slip], bool]:
    return lambda case, made: case.claim.kind == visit and made.settlement.refusal == Refusal.NOT_ON_FILE


def special_as_stay(case: Prepared, made: Slip) -> bool:
    """A special disease settled as a stay that lasts the year, at least the second time."""
    return made.settlement.basic.year_stay == 1 and len(case.earlier) > 0


EVERYWHERE: dict[str, Callable[[Prepared, Slip], bool]] = {
    "outpatient pooling": paid(VisitKind.OUTPATIENT),
    "chronic disease": lambda case, made: (
        paid(VisitKind.CHRONIC)(case, made) and made.settlement.basic.year_stay == 0
    ),
    "hospital": paid(VisitKind.HOSPITAL),
    "hospital of a minor": minor,
    "later stay": later_stay,
    "hospital assisted": assisted_stay,
    "outpatient care of the assisted": outpatient_of_the_assisted,
    "COVID-19 treatment": of_fund(SpecialFund.COVID_TREATMENT),
    "COVID-19 vaccination": of_fund(SpecialFund.COVID_VACCINATION),
    "refusal": refused(*(set(Refusal) - {Refusal.NONE, Refusal.NOT_ON_FILE, Refusal.NOT_ALLOWED_HERE})),
    "refusal for want of a figure": refused(Refusal.NOT_ON_FILE),
}


@by_area
def test_every_kind_is_shown(area):
    wanted = dict(EVERYWHERE)
    terms = sound(area, "hospital_ordinary").terms
    params = terms.params
    for visit, given in (
        (VisitKind.TWO_DISEASES, not terms.sources["two_diseases"].refuses),
        (VisitKind.MATERNITY, not terms.sources["maternity"].refuses),
    ):
        wanted[visit.name] = paid(visit) if given else refused_for_want_of_figures(visit)
    if any(params.chronic.as_hospital):
        wanted["special disease as a stay"] = special_as_stay
    if len(terms.area.codes("contribution_tiers")) > 1:
        wanted["hospital of the second tier"] = lambda case, made: (
            paid(VisitKind.HOSPITAL)(case, made) and case.claim.tier == 1
        )
        wanted["outpatient pooling of the second tier"] = lambda case, made: (
            paid(VisitKind.OUTPATIENT)(case, made) and case.claim.tier == 1
        )
    if params.hospital.repeat_bp[1] < params.hospital.repeat_bp[0]:
        wanted["halved deductible"] = lambda case, made: (
            later_stay(case, made)
            and made.settlement.basic.hospital.deductible_fen
            < case.terms.params.hospital.deductible_fen[case.claim.institution_class]
        )
    made = [(sound(area, name), settled(sound(area, name))) for name in known(area)]
    assert [kind for kind, shows in wanted.items() if not any(shows(*one) for one in made)] == []


@by_area
def test_the_two_diseases_that_the_notice_adds_are_shown_before_and_after(area):
    """The diseases that the notice of Jilin adds are paid for from 2023-01-01 on, and refused before."""
    added = [d["code"] for d in policies().area(area).listed("chronic_diseases") if d["code"] in ADDED]
    of_disease = {
        code: [
            name
            for name in known(area)
            if sound(area, name).case.visit.kind is VisitKind.CHRONIC
            and sound(area, name).area.codes("chronic_diseases")[sound(area, name).claim.disease] == code
        ]
        for code in added
    }
    for code, names in of_disease.items():
        assert [n for n in names if not n.startswith("refused")], code
    assert not added or any(name.startswith("refused") for names in of_disease.values() for name in names)
    for name in (name for names in of_disease.values() for name in names):
        assert name.startswith("refused") == (sound(area, name).case.visit.day.year == 2022)


ADDED = {"child_autism", "kawasaki_disease"}


def test_the_same_bill_in_yubei_and_elsewhere_in_chongqing_differs_by_the_district_terms():
    bills = [sound(area, "hospital_assisted").claim for area in ("500000", "500112")]
    assert bills[0]._replace(in_county=0) == bills[1]._replace(in_county=0)
    city, district = (known(area)["hospital_assisted"].payers for area in ("500000", "500112"))
    assert (
        city.assistance_fen < district.assistance_fen and city.catastrophic_fen == district.catastrophic_fen
    )


def test_a_caesarean_section_is_refused_only_where_no_figure_is_on_file():
    for area, name in ALL:
        claim = sound(area, name).claim
        if claim.kind == VisitKind.MATERNITY and claim.delivery == Delivery.CAESAREAN:
            quota = sound(area, name).terms.params.maternity.quota_fen[Delivery.CAESAREAN]
            assert (quota < 0) == (known(area)[name].refusal == Refusal.NOT_ON_FILE)
