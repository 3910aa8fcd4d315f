"""Whoever is younger than fourteen pays no deductible in hospital, at any class."""

from yibao.benefits.params import HospitalParams
from yibao.benefits.rules.stay_deductible import stay_deductible_fen as deductible_today_fen

CHILD_BELOW_AGE = 14


def stay_deductible_fen(
    params: HospitalParams,
    *,
    institution_class: int,
    care_path: int,
    age: int,
    stays_before: int,
    continues_episode: int,
    year_stay: int,
    deductible_before_fen: int,
) -> int:
    """The deductible of a stay: none for a child, today's for everyone else."""
    today_fen = deductible_today_fen(
        params,
        institution_class=institution_class,
        care_path=care_path,
        age=age,
        stays_before=stays_before,
        continues_episode=continues_episode,
        year_stay=year_stay,
        deductible_before_fen=deductible_before_fen,
    )
    return 0 if age < CHILD_BELOW_AGE else today_fen
