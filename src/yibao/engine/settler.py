"""Settles tables of coded claims one after the other, as if they were one, and adds up what they come to.

The last person's claims of a table are settled again with the next, so a person may lie across tables.
"""

import json
from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from yibao.benefits.terms import VisitKind
from yibao.engine.batch import OnFile, ready
from yibao.engine.compiled import kernel_once
from yibao.engine.recipes import SETTLE_PAYERS
from yibao.engine.scan import Ready, is_frozen_for, outputs_for, run
from yibao.kernel.shapes import CATEGORIES

ORIGIN = ("file", "row")
"""In claims that were put in order first: the place of their file in the order given, and the row there, from 1."""

KEPT = ("person", "claim_id", *ORIGIN)
"""Columns that go from the claims into the result, where they are."""

PAID = tuple(path.removeprefix("payers.") for path in SETTLE_PAYERS.outputs if path.endswith("_fen"))
AMOUNTS = tuple(name for name in SETTLE_PAYERS.columns if name.endswith("_fen"))


class Totals(NamedTuple):
    """What settled claims add up to: `sums` counts claims, the total and each payer (fen), `refused` claims by Refusal.

    `used` counts claims by the place of their period, VisitKind and category, which is what their standing depends on.
    """

    sums: Counter[str]
    refused: Counter[int]
    used: Counter[tuple[int, int, int]]

    def add(self, other: "Totals") -> None:
        """Takes the totals of other claims in."""
        self.sums.update(other.sums)
        self.refused.update(other.refused)
        self.used.update(other.used)

    def text(self) -> str:
        """As JSON, for a footer."""
        used = [[*key, count] for key, count in sorted(self.used.items())]
        return json.dumps({"sums": self.sums, "refused": self.refused, "used": used})


def nothing_settled() -> Totals:
    """Totals of no claims."""
    return Totals(Counter(), Counter(), Counter())


def totals_of(text: str | bytes) -> Totals:
    """Totals out of a footer."""
    read = json.loads(text)
    refused = Counter({int(code): count for code, count in read["refused"].items()})
    used = Counter({(period, kind, category): n for period, kind, category, n in read["used"]})
    return Totals(Counter(read["sums"]), refused, used)


class OutOfOrder(ValueError):
    """Claims that do not ascend by person and benefit year although they should."""

    def __init__(self, person: int) -> None:
        self.person = person
        super().__init__(
            f"人员 {person} 的就诊不在次序里：文件在结算当中被改动了吗？请重新运行 (out of order: run again)"
        )

    def __reduce__(self) -> tuple[type["OutOfOrder"], tuple[int]]:
        """From one process to another."""
        return OutOfOrder, (self.person,)


class Settler:
    """Settles tables one after the other, as if they were one.

    The last person's claims are kept, and settled again in front of the same person's next ones: their year so far.
    """

    def __init__(self, terms: OnFile) -> None:
        self.terms = terms
        self.totals = nothing_settled()
        self.recipe = terms.frozen or SETTLE_PAYERS
        self.loaded = kernel_once(self.recipe)
        self._kept: Ready | None = None
        self._last = (np.iinfo(np.int32).min, np.iinfo(np.int16).min)

    def check(self, claims: pa.Table) -> Ready:
        """The columns, fit for the kernel. Raises ColumnsUnfit with every problem of the table."""
        return ready(SETTLE_PAYERS, self.terms, claims, ordered=False)

    def settle(self, claims: pa.Table, fit: Ready) -> pa.Table:
        """What `engine.batch.settle_table` gives, after the columns of KEPT. Raises OutOfOrder."""
        if not claims.num_rows:
            return settled_schema(claims.schema).empty_table()
        self._refuse_out_of_order(fit)
        outputs = self._outputs(fit)
        names = [path.removeprefix("payers.") for path in SETTLE_PAYERS.outputs]
        results = dict(zip(names, outputs, strict=True))
        self.totals.add(_totals(fit, results))
        kept = {name: claims.column(name) for name in KEPT if name in claims.column_names}
        return pa.table({**kept, "person": fit.person, **results, "period": fit.period})

    def _outputs(self, fit: Ready) -> list[np.ndarray]:
        """The amounts of each row; rows of the person before are settled after those that were kept."""
        count = len(fit.person)
        outputs = outputs_for(self.recipe, count)
        again = self._kept is not None and int(self._kept.person[0]) == int(fit.person[0])
        same = int(np.searchsorted(fit.person, fit.person[0], side="right")) if again else 0
        if again and self._kept is not None:
            joined = _joined(self._kept, _rows(fit, 0, same))
            for whole, own in zip(outputs, self._run(joined), strict=True):
                whole[:same] = own[-same:]
        if same < count:
            self._run(_rows(fit, same, count), into=[whole[same:] for whole in outputs])
            begins = int(np.searchsorted(fit.person, fit.person[-1], side="left"))
            self._kept = _joined(_rows(fit, max(begins, same), count))
        else:
            self._kept = joined
        return outputs

    def _run(self, fit: Ready, into: list[np.ndarray] | None = None) -> list[np.ndarray]:
        """By the frozen kernel where it holds of the rows, which is all of them but for absurd sums; else by that for all."""
        frozen = self.recipe.frozen
        recipe = self.recipe if frozen is None or is_frozen_for(frozen, fit) else SETTLE_PAYERS
        return run(recipe, fit, threads=1, into=into)

    def _refuse_out_of_order(self, fit: Ready) -> None:
        person, year = np.r_[self._last[0], fit.person], np.r_[self._last[1], fit.year]
        back = (person[1:] < person[:-1]) | ((person[1:] == person[:-1]) & (year[1:] < year[:-1]))
        if back.any():
            raise OutOfOrder(int(fit.person[int(np.argmax(back))]))
        self._last = (int(person[-1]), int(year[-1]))


def _rows(fit: Ready, begin: int, end: int) -> Ready:
    """Some rows of fit columns, without a copy."""
    return fit._replace(
        columns={name: values[begin:end] for name, values in fit.columns.items()},
        person=fit.person[begin:end],
        year=fit.year[begin:end],
        period=fit.period[begin:end],
    )


def _joined(*parts: Ready) -> Ready:
    """Fit columns one after the other, in memory of their own."""
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    person, year, period = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("person", "year", "period")
    )
    limits = {
        name: (min(part.limits[name][0] for part in parts), max(part.limits[name][1] for part in parts))
        for name in columns
    }
    most = sum(part.year_fen for part in parts)
    return Ready(columns, person, year, period, parts[-1].rows, limits, most)


def settled_schema(claims: pa.Schema) -> pa.Schema:
    """The columns of a result, from those of its claims."""
    kept = [pa.field(name, claims.field(name).type) for name in KEPT if name in claims.names]
    kept[0] = pa.field("person", pa.int32())
    paths = SETTLE_PAYERS.outputs.items()
    outputs = [pa.field(p.removeprefix("payers."), pa.from_numpy_dtype(np.dtype(kind))) for p, kind in paths]
    return pa.schema([*kept, *outputs, pa.field("period", pa.int16())])


def _totals(fit: Ready, results: dict[str, np.ndarray]) -> Totals:
    sums = Counter({name: int(results[name].sum()) for name in PAID})
    total_fen = sum(int(fit.columns[name].sum()) for name in AMOUNTS)
    assert sums.total() == total_fen, "payers do not add up to the bills"
    kind, category = fit.columns["kind"].astype(np.int32), fit.columns["category"]
    key = (fit.period * np.int32(len(VisitKind)) + kind) * np.int32(CATEGORIES) + category
    used = np.bincount(key)
    places = [(int(at), int(used[at])) for at in np.flatnonzero(used)]
    return Totals(
        sums + Counter({"claims": len(fit.person), "total_fen": total_fen}),
        Counter({code: int(n) for code, n in enumerate(np.bincount(results["refusal"])) if n and code}),
        Counter(
            {(*divmod(at // CATEGORIES, len(VisitKind)), at % CATEGORIES): count for at, count in places}
        ),
    )
