"""The workload as policy functions of ttsim: a function of one claim where one suffices, of whole columns for sums of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from person_runs import Runs
from ttsim.tt import (
    ConsecutiveIntLookupTableParamValue,
    InputOutputUnits,
    TTSIMUnit,
    get_consecutive_int_lookup_table_param_value,
    param_function,
    policy_function,
    policy_input,
)
from ttsim.typing import IntColumn

if TYPE_CHECKING:
    from types import ModuleType

NUMBER = TTSIMUnit.DIMENSIONLESS
ONE_CLAIM = {"unit": NUMBER, "verify_units": False}
COLUMNS = {"vectorization_strategy": "not_required", **ONE_CLAIM}
TABLE = {"unit": InputOutputUnits(input_unit=NUMBER, output_unit=NUMBER), "verify_units": False}


@policy_input(unit=NUMBER)
def insured() -> int:
    """Whose claim it is."""


@policy_input(unit=NUMBER)
def institution_class() -> int:
    """Code of the institution class."""


@policy_input(unit=NUMBER)
def category() -> int:
    """Code of the person's category."""


@policy_input(unit=NUMBER)
def own_expense() -> int:
    """Fen out of scope."""


@policy_input(unit=NUMBER)
def initial_self_pay() -> int:
    """Fen borne first."""


@policy_input(unit=NUMBER)
def in_scope() -> int:
    """Fen in scope."""


@policy_function(**COLUMNS)
def stays_before(insured: IntColumn) -> IntColumn:
    return Runs(insured).earlier(np.ones(len(insured), np.int64))


@policy_function(**ONE_CLAIM)
def deductible(
    institution_class: int,
    stays_before: int,
    deductible_table: ConsecutiveIntLookupTableParamValue,
    later_deductible_table: ConsecutiveIntLookupTableParamValue,
) -> int:
    if stays_before == 0:
        return deductible_table.look_up(institution_class)
    else:
        return later_deductible_table.look_up(institution_class)


@policy_function(**ONE_CLAIM)
def due(
    in_scope: int,
    deductible: int,
    institution_class: int,
    rate_table: ConsecutiveIntLookupTableParamValue,
    xnp: ModuleType,
) -> int:
    return (xnp.maximum(in_scope - deductible, 0) * rate_table.look_up(institution_class) + 5000) // 10000


@policy_function(**COLUMNS)
def due_before(due: IntColumn, insured: IntColumn) -> IntColumn:
    return Runs(insured).earlier(due)


@policy_function(**ONE_CLAIM)
def basic(due: int, due_before: int, basic_cap_fen: int, xnp: ModuleType) -> int:
    return xnp.minimum(due_before + due, basic_cap_fen) - xnp.minimum(due_before, basic_cap_fen)


@policy_function(**ONE_CLAIM)
def own(in_scope: int, basic: int) -> int:
    return in_scope - basic


@policy_function(**COLUMNS)
def own_before(own: IntColumn, insured: IntColumn) -> IntColumn:
    return Runs(insured).earlier(own)


@policy_function(**ONE_CLAIM)
def catastrophic(
    own: int,
    own_before: int,
    category: int,
    catastrophic_second_fen: int,
    catastrophic_deductible_table: ConsecutiveIntLookupTableParamValue,
    catastrophic_first_table: ConsecutiveIntLookupTableParamValue,
    catastrophic_second_table: ConsecutiveIntLookupTableParamValue,
    catastrophic_cap_table: ConsecutiveIntLookupTableParamValue,
    xnp: ModuleType,
) -> int:
    second = catastrophic_second_fen
    low = catastrophic_deductible_table.look_up(category)
    first_bp = catastrophic_first_table.look_up(category)
    second_bp = catastrophic_second_table.look_up(category)
    cap = catastrophic_cap_table.look_up(category)
    own_after = own_before + own
    first_before = xnp.maximum(xnp.minimum(own_before, second) - low, 0) * first_bp
    first_after = xnp.maximum(xnp.minimum(own_after, second) - low, 0) * first_bp
    yields_before = (first_before + xnp.maximum(own_before - second, 0) * second_bp + 5000) // 10000
    yields_after = (first_after + xnp.maximum(own_after - second, 0) * second_bp + 5000) // 10000
    return xnp.minimum(yields_after, cap) - xnp.minimum(yields_before, cap)


@policy_function(**ONE_CLAIM)
def remains(own: int, catastrophic: int) -> int:
    return own - catastrophic


@policy_function(**COLUMNS)
def remains_before(remains: IntColumn, insured: IntColumn) -> IntColumn:
    return Runs(insured).earlier(remains)


@policy_function(**ONE_CLAIM)
def assistance(
    remains: int,
    remains_before: int,
    category: int,
    assistance_deductible_table: ConsecutiveIntLookupTableParamValue,
    assistance_rate_table: ConsecutiveIntLookupTableParamValue,
    assistance_cap_table: ConsecutiveIntLookupTableParamValue,
    xnp: ModuleType,
) -> int:
    low = assistance_deductible_table.look_up(category)
    rate_bp = assistance_rate_table.look_up(category)
    cap = assistance_cap_table.look_up(category)
    yields_before = (xnp.maximum(remains_before - low, 0) * rate_bp + 5000) // 10000
    yields_after = (xnp.maximum(remains_before + remains - low, 0) * rate_bp + 5000) // 10000
    return xnp.minimum(yields_after, cap) - xnp.minimum(yields_before, cap)


@policy_function(**ONE_CLAIM)
def bears(own_expense: int, initial_self_pay: int, remains: int, assistance: int) -> int:
    return own_expense + initial_self_pay + remains - assistance


@param_function(**TABLE)
def deductible_table(deductible_fen: dict[int, int], xnp: ModuleType) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=deductible_fen, xnp=xnp)


@param_function(**TABLE)
def later_deductible_table(
    later_deductible_fen: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=later_deductible_fen, xnp=xnp)


@param_function(**TABLE)
def rate_table(rate_bp: dict[int, int], xnp: ModuleType) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=rate_bp, xnp=xnp)


@param_function(**TABLE)
def catastrophic_deductible_table(
    catastrophic_deductible_fen: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=catastrophic_deductible_fen, xnp=xnp)


@param_function(**TABLE)
def catastrophic_first_table(
    catastrophic_first_bp: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=catastrophic_first_bp, xnp=xnp)


@param_function(**TABLE)
def catastrophic_second_table(
    catastrophic_second_bp: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=catastrophic_second_bp, xnp=xnp)


@param_function(**TABLE)
def catastrophic_cap_table(
    catastrophic_cap_fen: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=catastrophic_cap_fen, xnp=xnp)


@param_function(**TABLE)
def assistance_deductible_table(
    assistance_deductible_fen: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=assistance_deductible_fen, xnp=xnp)


@param_function(**TABLE)
def assistance_rate_table(
    assistance_rate_bp: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=assistance_rate_bp, xnp=xnp)


@param_function(**TABLE)
def assistance_cap_table(
    assistance_cap_fen: dict[int, int], xnp: ModuleType
) -> ConsecutiveIntLookupTableParamValue:
    return get_consecutive_int_lookup_table_param_value(raw=assistance_cap_fen, xnp=xnp)
