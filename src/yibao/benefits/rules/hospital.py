"""Hospital benefit (住院待遇): what the basic fund pays toward the in-scope cost of one stay.

Bands lie on the stay's in-scope cost and the first starts at the stay's own deductible, so a halved deductible widens
the first band. Nothing of an unused deductible is carried to the next stay. Rates are the table's for the institution
class, raised for a tier and for children, unless the care path sets its own. The deductible itself: stay_deductible.

A special disease settled as a stay (`year_stay`) is one stay that lasts the year: bands run over the year's cost, the
deductible is borne once, and who moves up to a class with a higher one bears the difference.

carries_out: BEN-02, BEN-09, BEN-13
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import HospitalParams
from yibao.benefits.rules.stay_deductible import stay_deductible_fen
from yibao.kernel.money import WHOLE_BP, rounded_fen
from yibao.kernel.shapes import BANDS, NOT_ON_FILE


class HospitalBenefit(NamedTuple):
    """The working of one stay, in the order it is reached."""

    stay_number: Annotated[int, "本年度第几次住院"]
    deductible_fen: Annotated[int, "起付标准"]
    deductible_used_fen: Annotated[int, "实际支付起付线"]
    above_deductible_fen: Annotated[int, "起付标准以上部分"]
    rate_bp: Annotated[int, "首段支付比例"]
    at_rate_fen: Annotated[int, "按比例计算"]
    cap_left_fen: Annotated[int, "基本医保年度限额余额"]
    pays_fen: Annotated[int, "统筹基金支付"]


def hospital_benefit(
    params: HospitalParams,
    *,
    institution_class: int,
    care_path: int,
    tier: int,
    age: int,
    stays_before: int,
    continues_episode: int,
    year_stay: int,
    cost_before_fen: int,
    deductible_before_fen: int,
    in_scope_fen: int,
    cap_left_fen: int,
) -> HospitalBenefit:
    """What the pooled fund pays (统筹基金支付) toward one stay, up to what is left of the annual cap.

    `deductible_before_fen` is what the episode, or the year's stay of a special disease, has borne of it;
    `cost_before_fen` what that stay of the year has cost, 0 for any other.
    """
    deductible_fen = stay_deductible_fen(
        params,
        institution_class=institution_class,
        care_path=care_path,
        age=age,
        stays_before=stays_before,
        continues_episode=continues_episode,
        year_stay=year_stay,
        deductible_before_fen=deductible_before_fen,
    )
    used_fen = min(deductible_fen, in_scope_fen)
    at_rate_fen = banded_fen(
        params,
        institution_class=institution_class,
        care_path=care_path,
        tier=tier,
        age=age,
        from_fen=cost_before_fen + used_fen,
        to_fen=cost_before_fen + in_scope_fen,
    )
    return HospitalBenefit(
        stay_number=0 if year_stay == 1 else stays_before + 1,
        deductible_fen=deductible_fen,
        deductible_used_fen=used_fen,
        above_deductible_fen=in_scope_fen - used_fen,
        rate_bp=band_rate_bp(
            params, institution_class=institution_class, care_path=care_path, tier=tier, age=age, band=0
        ),
        at_rate_fen=at_rate_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(at_rate_fen, cap_left_fen),
    )


def banded_fen(
    params: HospitalParams,
    *,
    institution_class: int,
    care_path: int,
    tier: int,
    age: int,
    from_fen: int,
    to_fen: int,
) -> int:
    """The cost between two lines, each band of it at its rate, rounded once after the bands are added."""
    weighted = 0
    for band in range(BANDS):
        begins_fen = from_fen
        if band > 0:
            begins_fen = max(params.band_from_fen[institution_class * BANDS + band], from_fen)
        ends_fen = to_fen
        if band + 1 < BANDS:
            ends_fen = min(max(params.band_from_fen[institution_class * BANDS + band + 1], from_fen), to_fen)
        rate_bp = band_rate_bp(
            params, institution_class=institution_class, care_path=care_path, tier=tier, age=age, band=band
        )
        weighted += max(ends_fen - begins_fen, 0) * rate_bp
    return rounded_fen(weighted)


def band_rate_bp(
    params: HospitalParams, *, institution_class: int, care_path: int, tier: int, age: int, band: int
) -> int:
    """The rate of a band: the care path's own, else the table's, raised for tier and age, less the care path's cut."""
    if params.path_rate_bp[care_path] != NOT_ON_FILE:
        return params.path_rate_bp[care_path]
    bonus_bp = params.tier_bonus_bp[tier]
    if age < params.child_below_age:
        bonus_bp = bonus_bp + params.child_bonus_bp
    rate_bp = params.band_rate_bp[institution_class * BANDS + band] + bonus_bp - params.path_cut_bp[care_path]
    return min(max(rate_bp, 0), WHOLE_BP)
