"""The compiled kernel: a composition of rules and all it reaches, gathered into one text and compiled by Numba.

The text is named by the hash of itself, so a changed rule or constant is another file and can never be answered from an
old cache (Numba's own cache does not see a change in another file). Params and the year so far do not travel as tuples:
they are flat int64 rows, and `params.hospital.deductible_fen[i]` becomes one load at a fixed place. Everything else of a
rule stays as it is written.
"""

import contextlib
import hashlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from yibao.engine.flat import leaves, size_of, width_of
from yibao.engine.gather import Gathered, gather

HEADER = '"""Written by yibao.engine.compiled; do not edit."""\n\nfrom collections import namedtuple\n\nimport numpy\nfrom numba import njit, types\n'


class Recipe(NamedTuple):
    """What a kernel is made from: a composition, how its columns are typed, and which results it writes out.

    `columns` gives the NumPy type of each field of the record that the composition settles; `outputs` the dotted paths
    of its result, with their types. `state` is the type carried from row to row, or None.
    """

    composition: Callable[..., Any]
    params: type[Any]
    state: type[Any] | None
    record: type[Any]
    result: type[Any]
    columns: dict[str, str]
    outputs: dict[str, str]


class Kernel(NamedTuple):
    """A loaded kernel: `scan` over rows, and how wide the row of params and the state are."""

    scan: Callable[..., None]
    recipe: Recipe
    width: int
    state_width: int
    name: str


_LOADED: dict[str, Kernel] = {}


def kernel(recipe: Recipe) -> Kernel:
    """The kernel of a recipe: compiled when its text is new, loaded from the cache otherwise, once a process."""
    text = kernel_text(recipe)
    name = "yibao_kernel_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    if name not in _LOADED:
        module = _module(name, text.replace("KERNEL_HASH", name.removeprefix("yibao_kernel_")))
        state_width = STATE_HEAD + (size_of(recipe.state) if recipe.state else 0)
        _LOADED[name] = Kernel(module.scan, recipe, width_of(recipe.params), state_width, name)
    return _LOADED[name]


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


STATE_HEAD = 2
"""The state begins with the person and the benefit year it belongs to."""


def kernel_text(recipe: Recipe) -> str:
    """The whole text of a kernel, with KERNEL_HASH where its own hash belongs."""
    flat_roots = [recipe.params] + ([recipe.state] if recipe.state else [])
    gathered = gather(recipe.composition, flat_roots)
    return "\n\n".join([HEADER, *gathered.classes, *gathered.functions, _scan_text(recipe, gathered)]) + "\n"


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


def _scan_text(recipe: Recipe, gathered: Gathered) -> str:
    fields = list(inspect.get_annotations(recipe.record))
    head = ["begin", "end", "person", "year", "period", "rows", "state"]
    columns = [f"c_{name}" for name in fields]
    outs = [f"o_{i}" for i in range(len(recipe.outputs))]
    kinds = [
        "int64",
        "int64",
        _column("int32"),
        _column("int16"),
        _column("int16"),
        _column("int64"),
        "int64[::1]",
    ]
    kinds += [_column(recipe.columns[name]) for name in fields]
    kinds += [f"types.{kind}[::1]" for kind in recipe.outputs.values()]
    signature = ", ".join(k if k.startswith("types.") else f"types.{k}" for k in kinds)
    lines = [
        f"@njit(types.void({signature}), nogil=True, cache=True, error_model='numpy')",
        f"def scan({', '.join(head + columns + outs)}):",
        *_loop(recipe, gathered, fields),
    ]
    return "\n".join(lines)


def _column(kind: str) -> str:
    return f"types.Array(types.{kind}, 1, 'C', readonly=True)"


def _loop(recipe: Recipe, gathered: Gathered, fields: list[str]) -> list[str]:
    width = width_of(recipe.params)
    record = f"{gathered.class_name(recipe.record)}({', '.join(f'numpy.int64(c_{f}[i])' for f in fields)})"
    state = ["state", str(STATE_HEAD)] if recipe.state else []
    call = ", ".join(["rows", f"period[i] * {width}", *state, "record"])
    lines = ["    for i in range(begin, end):"]
    if recipe.state:
        lines += [
            "        if person[i] != state[0] or year[i] != state[1]:",
            "            state[:] = 0",
            "            state[0] = person[i]",
            "            state[1] = year[i]",
        ]
    lines += [
        f"        record = {record}",
        f"        found = {gathered.function_name(recipe.composition)}({call})",
        *(f"        o_{at}[i] = found.{path}" for at, path in enumerate(recipe.outputs)),
    ]
    return lines + (_advance(recipe.state) if recipe.state else [])


def _advance(state: type[Any]) -> list[str]:
    lines = []
    for name, place, size in leaves(state):
        if size == 1:
            lines.append(f"        state[{STATE_HEAD + place}] += found.change.{name}")
        else:
            lines.append(
                f"        state[{STATE_HEAD + place} + found.change.quota_cell] += found.change.quota_fen"
            )
    return lines


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
