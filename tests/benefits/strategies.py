"""Params and amounts for the properties of benefits: Taiyuan's own shapes, with any figures in them."""

from hypothesis import strategies as st

from yibao.benefits.params import CatastrophicParams, HospitalParams
from yibao.kernel.money import UNREACHED_FEN
from yibao.kernel.shapes import BANDS, INSTITUTION_CLASSES, NOT_ON_FILE

FEN = st.one_of(st.integers(0, 300), st.integers(0, 1_000_000), st.integers(0, 10**10))
RATE = st.integers(0, 10_000)


@st.composite
def bands(draw, count: int = 1) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Starts and rates of `count` schedules of up to eight bands, each starting at 0."""
    starts: list[int] = []
    rates: list[int] = []
    for _ in range(count):
        inner = sorted(draw(st.sets(st.integers(1, 10**7), max_size=BANDS - 1)))
        own = draw(st.lists(RATE, min_size=len(inner) + 1, max_size=len(inner) + 1))
        spare = BANDS - len(own)
        starts += [0, *inner] + [UNREACHED_FEN] * spare
        rates += own + [own[-1]] * spare
    return tuple(starts), tuple(rates)


@st.composite
def hospital_params(draw) -> HospitalParams:
    starts, rates = draw(bands(2))
    empty = (NOT_ON_FILE,) * ((INSTITUTION_CLASSES - 2) * BANDS)
    repeat = draw(st.lists(RATE, min_size=4, max_size=4))
    return HospitalParams(
        deductible_fen=(*draw(st.tuples(FEN, FEN)), *(NOT_ON_FILE,) * (INSTITUTION_CLASSES - 2)),
        band_from_fen=(*starts, *empty),
        band_rate_bp=(*rates, *empty),
        repeat_bp=tuple(repeat),
        path_rate_bp=(NOT_ON_FILE, NOT_ON_FILE, draw(RATE), NOT_ON_FILE, draw(RATE)),
        path_cut_bp=(0, 0, 0, draw(RATE), 0),
        path_class=(NOT_ON_FILE, NOT_ON_FILE, NOT_ON_FILE, NOT_ON_FILE, 1),
        referral_keeps_deductible=draw(st.integers(0, 1)),
    )


@st.composite
def catastrophic_params(draw) -> CatastrophicParams:
    starts, rates = draw(bands())
    return CatastrophicParams(
        deductible_fen=draw(FEN),
        band_from_fen=starts,
        band_rate_bp=rates,
        bands_from_zero=draw(st.integers(0, 1)),
        annual_cap_fen=draw(st.one_of(FEN, st.just(UNREACHED_FEN))),
        counts_initial_self_pay=0,
        counts_chronic=1,
        counts_outpatient=0,
        counts_maternity=0,
    )
