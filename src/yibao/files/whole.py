"""A folder of results that appears whole or not at all: written beside its place under another name, then renamed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class OutputRefused(ValueError):
    """A place where results may not be put."""


def findings_beside(out: Path) -> Path:
    """Where the findings go when there is no folder of results."""
    return out.with_name(f"{out.name}-findings.csv")


@contextmanager
def whole_folder(out: Path, ours: frozenset[str]) -> Iterator[Path]:
    """A draft folder that becomes `out` at the end, and is gone where anything is raised, Ctrl-C included.

    `out` is replaced where it holds nothing but files of the names in `ours`. Raises OutputRefused.
    """
    out = out.absolute()
    refuse_place(out, ours)
    made = _make_parents(out.parent)
    draft = out.with_name(f".{out.name}.partial-{os.getpid()}")
    try:
        draft.mkdir()
        yield draft
        _swap(draft, out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        for folder in made:
            if not any(folder.iterdir()):
                folder.rmdir()
        raise


def refuse_place(out: Path, ours: frozenset[str]) -> None:
    """Raises OutputRefused where something stands there that is not an earlier result."""
    if out.is_dir() and not out.is_symlink():
        strangers = sorted({path.name for path in out.iterdir()} - ours)
        if strangers:
            raise OutputRefused(
                f"{out} 里有别的文件：{'、'.join(strangers[:5])}。请用 --out 指定另一个文件夹 (folder holds other files)"
            )
    elif os.path.lexists(out):
        raise OutputRefused(f"{out} 已存在，不是文件夹。请用 --out 指定另一个位置 (not a folder)")


def _make_parents(parent: Path) -> list[Path]:
    """Makes the folders above, and gives those that were not there, innermost first."""
    made = []
    at = parent
    while not at.exists():
        made.append(at)
        at = at.parent
    parent.mkdir(parents=True, exist_ok=True)
    return made


def _swap(draft: Path, out: Path) -> None:
    """Puts the draft in the place of an earlier result, if there is one."""
    if not out.exists():
        draft.rename(out)
        return
    earlier = out.with_name(f".{out.name}.replaced-{os.getpid()}")
    out.rename(earlier)
    try:
        draft.rename(out)
    except BaseException:
        if not out.exists():
            earlier.rename(out)
        raise
    shutil.rmtree(earlier, ignore_errors=True)
