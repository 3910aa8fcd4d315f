"""Hospital benefit (住院待遇): what the basic fund pays toward the in-scope cost of one stay.

Bands lie on the stay's in-scope cost and the first starts at the stay's own deductible, so a halved deductible widens
the first band. Nothing of an unused deductible is carried to the next stay. Rates are the table's for the institution
class unless the care path sets its own.

carries_out: BEN-02, BEN-13
"""

from typing import Annotated, NamedTuple

from yibao.benefits.params import STAYS, HospitalParams
from yibao.kernel.money import rounded_fen, share_fen
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
    stays_before: int,
    continues_episode: int,
    episode_deductible_fen: int,
    in_scope_fen: int,
    cap_left_fen: int,
) -> HospitalBenefit:
    """What the pooled fund pays (统筹基金支付) toward one stay, up to what is left of the annual cap."""
    deductible_fen = stay_deductible_fen(
        params,
        institution_class=institution_class,
        care_path=care_path,
        stays_before=stays_before,
        continues_episode=continues_episode,
        episode_deductible_fen=episode_deductible_fen,
    )
    at_rate_fen = banded_fen(
        params,
        institution_class=institution_class,
        care_path=care_path,
        deductible_fen=deductible_fen,
        in_scope_fen=in_scope_fen,
    )
    return HospitalBenefit(
        stay_number=stays_before + 1,
        deductible_fen=deductible_fen,
        deductible_used_fen=min(deductible_fen, in_scope_fen),
        above_deductible_fen=max(in_scope_fen - deductible_fen, 0),
        rate_bp=band_rate_bp(params, institution_class=institution_class, care_path=care_path, band=0),
        at_rate_fen=at_rate_fen,
        cap_left_fen=cap_left_fen,
        pays_fen=min(at_rate_fen, cap_left_fen),
    )


def stay_deductible_fen(
    params: HospitalParams,
    *,
    institution_class: int,
    care_path: int,
    stays_before: int,
    continues_episode: int,
    episode_deductible_fen: int,
) -> int:
    """The deductible (起付标准) of the n-th stay; a referred episode goes on with what it has already borne."""
    at_class = institution_class
    if params.path_class[care_path] != NOT_ON_FILE:
        at_class = params.path_class[care_path]
    share_bp = params.repeat_bp[min(stays_before, STAYS - 1)]
    deductible_fen = share_fen(params.deductible_fen[at_class], share_bp)
    if continues_episode == 1 and params.referral_keeps_deductible == 1:
        deductible_fen = max(params.deductible_fen[at_class] - episode_deductible_fen, 0)
    return deductible_fen


def banded_fen(
    params: HospitalParams, *, institution_class: int, care_path: int, deductible_fen: int, in_scope_fen: int
) -> int:
    """The in-scope cost above the deductible, each band at its rate, rounded once after the bands are added."""
    weighted = 0
    for band in range(BANDS):
        from_fen = max(params.band_from_fen[institution_class * BANDS + band], deductible_fen)
        if band == 0:
            from_fen = deductible_fen
        to_fen = in_scope_fen
        if band + 1 < BANDS:
            to_fen = min(
                in_scope_fen, max(params.band_from_fen[institution_class * BANDS + band + 1], deductible_fen)
            )
        rate_bp = band_rate_bp(params, institution_class=institution_class, care_path=care_path, band=band)
        weighted += max(to_fen - from_fen, 0) * rate_bp
    return rounded_fen(weighted)


def band_rate_bp(params: HospitalParams, *, institution_class: int, care_path: int, band: int) -> int:
    """The rate of a band: the care path's own where it has one, else the table's less the care path's cut."""
    if params.path_rate_bp[care_path] != NOT_ON_FILE:
        return params.path_rate_bp[care_path]
    return max(params.band_rate_bp[institution_class * BANDS + band] - params.path_cut_bp[care_path], 0)
