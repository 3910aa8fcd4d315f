"""The compiled kernel: a composition of rules and all it reaches, written out into one text and compiled by Numba.

The text is named by the hash of itself, so a changed rule or constant is another file and can never be answered from an
old cache (Numba's own cache does not see a change in another file). Params do not travel as tuples: they are flat int64
rows, and `params.hospital.deductible_fen[i]` is one load at a fixed place. A recipe may be `Frozen` instead: then the
figures stand in the text, with what is known of the claims, and what they rule out is not written at all.
"""

import contextlib
import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_type_hints

from yibao.engine.flat import Field, leaves, size_of, width_of
from yibao.engine.steps import Step, lines, names_in, needed
from yibao.engine.straight import Straight
from yibao.engine.values import TABLES, Num, Place, Record, Value, added, coded, decided, known, ranged, times

HEADER = (
    '"""Written by yibao.engine.compiled; do not edit."""\n\nimport numpy\nfrom numba import njit, types\n'
)


class Frozen(NamedTuple):
    """What a kernel may take for granted: the rows of params, one after the other, and the range of each fact.

    No amount of a person's year so far is larger than `year_fen`, either way.
    """

    rows: tuple[int, ...]
    ranges: dict[str, tuple[int, int]]
    year_fen: int


class Recipe(NamedTuple):
    """What a kernel is made from: a composition, how its columns are typed, and which results it writes out.

    `columns` gives the NumPy type of each field of the record that the composition settles, `ranges` what each may be;
    `outputs` the dotted paths of its result, with their types. `state` is the type carried from row to row, or None.
    """

    composition: Callable[..., Any]
    params: type[Any]
    state: type[Any] | None
    record: type[Any]
    result: type[Any]
    columns: dict[str, str]
    outputs: dict[str, str]
    ranges: dict[str, tuple[int, int]]
    frozen: Frozen | None = None


class Kernel(NamedTuple):
    """A loaded kernel: `scan` over rows, the columns it reads, and the outputs that are one number whatever the claim."""

    scan: Callable[..., None]
    reads: tuple[str, ...]
    constant: dict[str, int]
    width: int
    name: str


class KernelText(NamedTuple):
    """The text of a kernel, and what a caller of its `scan` has to know."""

    text: str
    reads: tuple[str, ...]
    constant: dict[str, int]


_LOADED: list[tuple[Recipe, Kernel]] = []


def kernel(recipe: Recipe) -> Kernel:
    """The kernel of a recipe: compiled when its text is new, loaded from the cache otherwise, once a process.

    A recipe is known by itself: who changes a rule in a running process makes another (`recipe._replace()`).
    """
    for made_from, loaded in _LOADED:
        if made_from is recipe:
            return loaded
    written = kernel_written(recipe)
    name = "yibao_kernel_" + hashlib.sha256(written.text.encode()).hexdigest()[:16]
    module = sys.modules.get(name) or _module(name, written.text)
    loaded = Kernel(module.scan, written.reads, written.constant, width_of(recipe.params), name)
    _LOADED.append((recipe, loaded))
    return loaded


def kernel_once(recipe: Recipe) -> Kernel:
    """The kernel, built by one process where several would at the same time: the others wait and load it."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:  # no such locks here: each builds its own, and the last one written stays
        return kernel(recipe)
    with (folder / "building").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return kernel(recipe)


def kernel_text(recipe: Recipe) -> str:
    """The whole text of a kernel."""
    return kernel_written(recipe).text


def cache_folder() -> Path:
    """Where kernels are kept: YIBAO_KERNELS, else beside the environment, else the user's cache."""
    named = os.environ.get("YIBAO_KERNELS")
    if named:
        return Path(named)
    beside = Path(sys.prefix) / "kernel"
    writable = os.access(beside if beside.exists() else beside.parent, os.W_OK)
    return beside if writable else Path.home() / ".cache" / "yibao" / "kernel"


def _module(name: str, text: str) -> ModuleType:
    path = cache_folder() / f"{name}.py"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.rename(path)  # two workers may arrive at once: whole or not at all
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Numba's cache imports the module by name when it loads
    spec.loader.exec_module(module)
    return module


class _Figures:
    """Loads of params and of the year so far: as text, or as figures where they are frozen.

    `gains` is what each sum of the year is known to gain from a claim, whatever the claim: the sum of what is never
    negative is not negative, and of what is always nought it is nought.
    """

    def __init__(self, recipe: Recipe, gains: dict[str, tuple[int, int]]) -> None:
        self.recipe = recipe
        self.gains = gains
        self.width = width_of(recipe.params)
        self.sums: dict[int, str] = {}
        if recipe.state is not None:
            self.sums = {place: name for name, place, size in leaves(recipe.state) if size == 1}

    def loaded(self, place: Place) -> Num:
        """What lies at a place."""
        if place.row == "state":
            return self.of_year(place)
        if self.recipe.frozen is not None:
            found = self.frozen(place, self.recipe.frozen.rows)
            if found is not None:
                return found
        at = _place(place)
        if at.low < 0:
            return Num(f"rows[numpy.int64(row_at) + {at.text}]")
        return Num(f"rows[row_at + numpy.uint64({at.text})]")

    def of_year(self, place: Place) -> Num:
        """A sum of the year so far, or one of its cells."""
        if place.terms or place.at not in self.sums:
            at = _place(place._replace(at=place.at - len(self.sums)))
            return self.within(f"cells[{_unsigned(at)}]", "quota_fen")
        name = self.sums[place.at]
        return self.within(f"sum_{name}", name)

    def within(self, text: str, name: str) -> Num:
        """A number of the year so far, in the range that is known of it."""
        if self.recipe.frozen is None:
            return Num(text)
        most = self.recipe.frozen.year_fen if name.endswith("_fen") else 2**31 - 1
        low, high = self.gains.get(name, (-1, 1))
        return ranged(text, 0 if low >= 0 else -most, 0 if high <= 0 else most)

    def frozen(self, place: Place, rows: tuple[int, ...]) -> Num | None:
        """A figure that codes decide; None where something else picks it, or too many codes."""
        period = known(0)
        if len(rows) > self.width:
            period = coded(Num("period_now", 0, len(rows) // self.width - 1))

        def figure(period: int, *codes: int) -> int:
            at = place.at + period * self.width
            for code, term in zip(codes, place.terms, strict=True):
                if not 0 <= code < term.length:
                    return 0  # a combination that a condition before the look-up has excluded
                at += code * term.size
            return rows[at]

        return decided(figure, period, *(term.code for term in place.terms))


def _place(place: Place) -> Num:
    """How far from the start of its row something lies, as text."""
    at = known(place.at)
    for term in place.terms:
        at = added(at, times(term.code, known(term.size)))
    return at


def _unsigned(at: Num) -> str:
    """An index; one that cannot be negative says so, and is not looked at for its sign."""
    return f"numpy.uint64({at.text})" if at.low >= 0 and not at.is_known else at.text


def kernel_written(recipe: Recipe) -> KernelText:
    """The text of a kernel, what it reads and what it need not write."""
    straight, found = _followed(recipe)
    outputs = {path: _at(found, path) for path in recipe.outputs}
    constant = {path: value.low for path, value in outputs.items() if value.is_known}
    changes = _changes(recipe, found) if recipe.state else {}
    steps, used = _live(straight.steps, [v for v in outputs.values() if not v.is_known], changes)
    reads = tuple(name for name in recipe.columns if f"{name}_now" in used)
    names = ["begin", "end", "person", "year", "period", "rows", *(f"c_{n}" for n in reads)]
    kinds = ["uint64", "uint64", _column("int32"), _column("int16"), _column("int16"), _column("int64")]
    kinds += [_column(recipe.columns[name]) for name in reads]
    written = [path for path in recipe.outputs if path not in constant]
    outs = [f"o_{at}" for at in range(len(written))]
    kinds += [f"{recipe.outputs[path]}[::1]" for path in written]
    signature = ", ".join(f"types.{kind}" for kind in kinds)
    body = [
        f"@njit(types.void({signature}), nogil=True, cache=True, error_model='numpy')",
        f"def scan({', '.join(names + outs)}):",
        *_before(recipe, changes, used),
        "    for i in range(begin, end):",
        *_begins(recipe, changes, used),
        *(f"        {name}_now = numpy.int64(c_{name}[i])" for name in reads),
        *_row(recipe, used),
        *lines(steps, "        "),
        *(f"        {out}[i] = {outputs[path].text}" for out, path in zip(outs, written, strict=True)),
        *_advance(changes, used),
    ]
    tables = [f"{n} = numpy.array({list(TABLES[n])!r}, numpy.int64)" for n in sorted(used & TABLES.keys())]
    text = "\n\n".join([HEADER, *tables, "\n".join(body)]) + "\n"
    return KernelText(text, reads, constant)


def _followed(recipe: Recipe) -> tuple[Straight, Value]:
    """The steps of a composition and its result; followed again as long as that tells more of the year's sums."""
    gains: dict[str, tuple[int, int]] = {}
    while True:
        straight = Straight(_Figures(recipe, gains).loaded, is_frozen=recipe.frozen is not None)
        found = straight.called(recipe.composition, _arguments(recipe))
        if recipe.frozen is None or recipe.state is None:
            return straight, found
        told = {
            name: (0 if value.low >= 0 else -1, 0 if value.high <= 0 else 1)
            for name, value in _changes(recipe, found).items()
        }
        if told == gains:
            return straight, found
        gains = told


def _column(kind: str) -> str:
    return f"Array(types.{kind}, 1, 'C', readonly=True)"


def _arguments(recipe: Recipe) -> dict[str, Value]:
    """The arguments of the composition: params and the year so far as rows, the record as one name a column."""
    given: dict[str, Value] = {}
    for name, kind in get_type_hints(recipe.composition).items():
        if name == "return":
            continue
        if kind is recipe.record:
            given[name] = Record({field: _fact(recipe, field) for field in recipe.columns})
        else:
            row = "state" if kind is recipe.state else "params"
            given[name] = Place(row, 0, (), Field(0, 1, 0, kind, False))
    return given


def _fact(recipe: Recipe, name: str) -> Num:
    ranges = recipe.ranges | (recipe.frozen.ranges if recipe.frozen else {})
    low, high = ranges[name]
    fact = known(low) if low == high else Num(f"{name}_now", low, high)
    return coded(fact) if recipe.frozen else fact


def _at(found: Value, path: str) -> Num:
    for name in path.split("."):
        assert isinstance(found, Record)
        found = found.fields[name]
    assert isinstance(found, Num)
    return found


def _changes(recipe: Recipe, found: Value) -> dict[str, Num]:
    """What each sum of the year so far gains; the quota's cell and its amount under the names of the change."""
    assert isinstance(found, Record)
    change = found.fields["change"]
    assert isinstance(change, Record)
    return {name: value for name, value in change.fields.items() if isinstance(value, Num)}


def _live(steps: list[Step], outputs: list[Num], changes: dict[str, Num]) -> tuple[list[Step], set[str]]:
    """The steps that the outputs rest on, this year's later ones too, and every name that these use."""
    live = set().union(*(names_in(value.text) for value in outputs)) if outputs else set()
    while True:
        used = set(live)
        kept = needed(steps, used)
        for name, value in changes.items():
            if _kept(name, used):
                used |= names_in(value.text)
        if used <= live:
            return kept, used
        live |= used


def _kept(name: str, used: set[str]) -> bool:
    """Whether a sum is carried on: only where a step reads it. A quota's two names stand for its cell."""
    return "cells" in used if name in ("quota_cell", "quota_fen") else f"sum_{name}" in used


def _before(recipe: Recipe, changes: dict[str, Num], used: set[str]) -> list[str]:
    """What stands before the first claim: nobody's year."""
    if not recipe.state:
        return []
    written = ["    whose = numpy.int64(-1)", "    when = numpy.int64(0)"]
    written += [f"    sum_{name} = numpy.int64(0)" for name in changes if f"sum_{name}" in used]
    if "cells" in used:
        cells = size_of(recipe.state) - sum(1 for *_, size in leaves(recipe.state) if size == 1)
        written.append(f"    cells = numpy.zeros({cells}, numpy.int64)")
    return written


def _begins(recipe: Recipe, changes: dict[str, Num], used: set[str]) -> list[str]:
    """The year so far starts again where the person or the benefit year changes."""
    if not recipe.state:
        return []
    written = [
        "        if person[i] != whose or year[i] != when:",
        "            whose = numpy.int64(person[i])",
        "            when = numpy.int64(year[i])",
    ]
    written += [f"            sum_{name} = numpy.int64(0)" for name in changes if f"sum_{name}" in used]
    return [*written, "            cells[:] = 0"] if "cells" in used else written


def _row(recipe: Recipe, used: set[str]) -> list[str]:
    written = ["        period_now = numpy.int64(period[i])"] if "period_now" in used else []
    if "row_at" in used:
        written.append(f"        row_at = numpy.uint64(period[i]) * numpy.uint64({width_of(recipe.params)})")
    return written


def _advance(changes: dict[str, Num], used: set[str]) -> list[str]:
    """The year so far gains what the claim changed; all are reckoned before one is written."""
    kept = [name for name in changes if _kept(name, used) and not name.startswith("quota_")]
    written = [f"        next_{name} = sum_{name} + {changes[name].text}" for name in kept]
    if "cells" in used:
        cell, gain = changes["quota_cell"], changes["quota_fen"]
        written.append(f"        cells[{_unsigned(cell)}] += {gain.text}")
    return [*written, *(f"        sum_{name} = next_{name}" for name in kept)]


def main() -> None:
    """Builds the kernels that a user needs (done at installation), saying which."""
    from yibao.engine.recipes import RECIPES

    with contextlib.suppress(BrokenPipeError):
        for title, recipe in RECIPES.items():
            built = kernel(recipe)
            print(
                f"{title}: {built.name}（{len(recipe.outputs)} 列结果，参数 {built.width} 个数）", flush=True
            )


if __name__ == "__main__":
    main()
