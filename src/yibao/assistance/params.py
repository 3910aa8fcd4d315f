"""Parameters of assistance: one NamedTuple an entry of policy."""

from typing import Annotated, NamedTuple

from yibao.assistance.terms import Category
from yibao.kernel.shapes import CATEGORIES, NOT_ON_FILE, Members, Ranked


class DirectParams(NamedTuple):
    """Direct assistance (直接救助) of one category; one annual cap for outpatient and inpatient.

    `counts_outpatient`: outpatient care of a long illness is assisted too, at `outpatient_rate_bp` where it is on file,
    else at `rate_bp`. It shares the year's deductible with inpatient cost, or bears none where
    `outpatient_bears_deductible` is 0; then it does not fill up the deductible of stays either.
    """

    deductible_fen: int
    rate_bp: int
    annual_cap_fen: int
    counts_outpatient: int
    outpatient_rate_bp: int = NOT_ON_FILE
    outpatient_bears_deductible: int = 1


class TopUpParams(NamedTuple):
    """Top-up assistance (倾斜救助), after three layers, for people properly referred inside the province."""

    deductible_fen: int
    rate_bp: int
    annual_cap_fen: int
    uses_assistance_cap: int
    categories: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]


class RankingParams(NamedTuple):
    """The ranked list (身份顺位) by which one category is chosen for all layers of a settlement."""

    ranked: Annotated[tuple[int, ...], Ranked(Category, CATEGORIES)]


class EarlyWarningParams(NamedTuple):
    """High-burden early warning (高额费用负担患者预警): lines on the year's in-scope burden by group."""

    low_income_line_fen: int
    other_line_fen: int
    low_income: Annotated[tuple[int, ...], Members(Category, CATEGORIES)]
