"""The files of years so far and of open settlements of a move (接管年度累计、可撤销的结算文件), a part at a time.

A year goes on as the engine's vector, so that a million of them are read as columns and never as objects.
"""

from datetime import date

import numpy as np
import polars as pl

from yibao.engine.terms import YearSoFar
from yibao.files.cells import Part, Unreadable, day, each, money, money_column, money_or_none, word
from yibao.files.formulas import refuse_formula_texts
from yibao.files.move_cells import LONGEST_REFERENCE, keys_of, text
from yibao.files.move_layouts import ADDED, PAID, QUOTA_CELLS_IN, WHO
from yibao.files.words import KINDS
from yibao.kernel.money import LARGEST_FEN
from yibao.packs.policies import Area

TEXTS = (*(column.name for column in WHO), "settlement_no")
QUOTAS = "quota_paid_fen"
MOST_STAYS = 366
FROM_THE_OLD_SYSTEM = "请按原系统核对 (check with the system before)"


def years_part(part: Part, area: Area, day_of_move: date) -> dict[str, pl.Series]:
    """The cells of some years so far, by the fields of ImportedYear but the row's number."""
    refuse_formula_texts(part, TEXTS)
    return {**keys_of(part, of_people=False)._asdict(), "so_far": _vectors(part, "", day_of_move)}


def settlements_part(part: Part, area: Area, day_of_move: date) -> dict[str, pl.Series]:
    """The cells of some open settlements, by the fields of ImportedSettlement but the row's number."""
    refuse_formula_texts(part, TEXTS)
    keys = keys_of(part, of_people=False)
    served, settled = day(part, "served_on", needed=True), day(part, "settled_on", needed=True)
    late = "在接管日之后 (after the move)"
    part.refuse(served > day_of_move, "served_on", late, FROM_THE_OLD_SYSTEM)
    part.refuse(settled > day_of_move, "settled_on", late, FROM_THE_OLD_SYSTEM)
    paid = {f"{name}_fen": money(part, name).fill_null(0) for name in PAID}
    unequal = paid["total_fen"] != pl.select(pl.sum_horizontal(list(paid.values())[1:])).to_series()
    words = "七个支付方之和不等于总额 (does not add up)"
    part.refuse(unequal & ~pl.Series(part.bad), money_column(part, "total"), words, FROM_THE_OLD_SYSTEM)
    return {
        **keys._asdict(),
        "reference": text(part, "settlement_no", longest=LONGEST_REFERENCE, needed=True),
        "visit_kind": word(part, "kind", KINDS, empty=None),
        "served_on": served,
        "settled_on": settled,
        **paid,
        "change": _vectors(part, ADDED, day_of_move),
    }


def _vectors(part: Part, before: str, day_of_move: date) -> pl.Series:
    """The fields of YearSoFar, as the bytes that `settlement.vectors` packs them to."""
    columns: list[np.ndarray] = []
    for name in YearSoFar._fields:
        if name == QUOTAS:
            columns += [_amount(part, before + cell) for cell in QUOTA_CELLS_IN]
            columns.append(np.zeros(len(part), np.int64))  # the cell of what has no quota
        elif name.endswith("_fen"):
            columns.append(_amount(part, before + name.removesuffix("_fen")))
        elif name == "pooling_day":
            columns.append(_day(part, before + name, day_of_move))
        else:
            columns.append(_count(part, before + name))
    rows = np.ascontiguousarray(np.stack(columns, axis=1), dtype="<i8")
    return pl.Series([row.tobytes() for row in rows], dtype=pl.Binary)


def _amount(part: Part, name: str) -> np.ndarray:
    """An amount in fen, 0 where it is not given."""
    column = money_column(part, name)
    if not part.has(column):
        return np.zeros(len(part), np.int64)
    found = money_or_none(part, name)
    out_of_range = (found < 0) | (found > LARGEST_FEN)
    part.refuse(out_of_range, column, "金额为负或过大 (out of range)", FROM_THE_OLD_SYSTEM)
    return found.fill_null(0).to_numpy()


def _day(part: Part, name: str, day_of_move: date) -> np.ndarray:
    found = day(part, name, needed=False)
    part.refuse(found > day_of_move, name, "在接管日之后 (after the move)", FROM_THE_OLD_SYSTEM)
    return found.cast(pl.Int32).cast(pl.Int64).fill_null(0).to_numpy()


def _count(part: Part, name: str) -> np.ndarray:
    return each(part, name, _count_read, kind="次数读不懂 (not a count)", empty=0).fill_null(0).to_numpy()


def _count_read(written: str) -> int:
    if not (written.isdecimal() and int(written) <= MOST_STAYS):
        raise Unreadable("不是次数 (not a count)", f"请写 0 至 {MOST_STAYS} 的整数 (a whole number)")
    return int(written)
