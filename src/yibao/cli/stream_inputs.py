"""What `settle-stream` is given: files, areas and a folder for results; what cannot be is refused with what to do."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yibao.engine.batch import Facts, Period
    from yibao.packs.settlement import SettlementTerms

FINDINGS, SUMMARY, LOCK = "findings.csv", "summary.json", ".lock"


class StreamRefused(ValueError):
    """Files, a folder or a choice that this command cannot work with; says what to do."""


def files_of(given: Sequence[Path]) -> list[Path]:
    """The files named, and those of the folders named, each of another name. Raises StreamRefused."""
    files = [path for one in given for path in (sorted(one.glob("*.parquet")) if one.is_dir() else [one])]
    missing = [str(path) for path in files if not path.is_file()]
    if missing or not files:
        where = "、".join(missing or map(str, given))
        raise StreamRefused(f"没有 Parquet 文件：{where}。请检查路径 (no such file)")
    names = [path.stem for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StreamRefused(
            f"有同名的文件：{'、'.join(twice)}。结果按文件名存放，请改名或分别结算 (files of one name)"
        )
    return files


def columns_of(files: Sequence[Path]) -> frozenset[str]:
    """The columns that any of the files has; what is wrong with a file is told later, with all else."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found: set[str] = set()
    for file in files:
        with suppress(OSError, pa.ArrowException):
            found |= set(pq.read_schema(file).names)
    return frozenset(found)


def facts_of(words: Sequence[str]) -> "Facts":
    """Facts that hold for every claim whose file leaves the column out: `name=number`, a day also as a date.

    Raises StreamRefused with every word that cannot be.
    """
    from yibao.engine.ranges import range_of
    from yibao.engine.terms import Claim
    from yibao.kernel.days import DayUnreadable, day_from, day_number

    found: Facts = {}
    wrong = []
    for word in words:
        name, _, text = word.partition("=")
        if name not in Claim._fields or name in found:
            wrong.append(f"{word}：没有这一列，或写了两次 (no such column, or twice)")
            continue
        low, high = range_of(name)
        try:
            value = day_number(day_from(text)) if name == "day" and "-" in text else int(text)
        except (ValueError, DayUnreadable):
            wrong.append(f"{word}：应写成 {name}=整数 (a whole number)")
            continue
        if low <= value <= high:
            found[name] = value
        else:
            wrong.append(f"{word}：应在 {low} 与 {high} 之间 (out of range)")
    if wrong:
        raise StreamRefused("；".join(wrong))
    return found


def terms_of(codes: Sequence[str], *, by_division: bool) -> "tuple[list[SettlementTerms], list[Period]]":
    """The terms on file of the areas, and of their counties with terms of their own where claims name a division."""
    from yibao.engine.batch import ANYWHERE, Period
    from yibao.files.days import SECTIONS, days_on_file
    from yibao.kernel.days import day_number
    from yibao.packs.policies import policies

    if len(codes) > 1 and not by_division:
        raise StreamRefused(
            "给了几个地区，文件里没有 division 列（六位代码的整数），不知道每笔是哪个地区的 (which area?)"
        )
    areas = [policies().area(code) for code in codes]
    if by_division:
        known = policies()
        areas += [
            known.area(code)
            for code, pack in known.packs.items()
            if code not in codes
            and any(section in SECTIONS for section, _ in pack.entries)
            and any(above.code in codes for above in known.area(code).chain[1:])
        ]
    found = [(area, of) for area in areas for of in days_on_file(area).on_file()]
    if not found:
        raise StreamRefused(f"{'、'.join(codes)} 没有可以结算的政策在册 (no terms on file)")
    periods = [
        Period(
            day_number(of.first_day),
            day_number(of.last_day),
            of.params,
            int(area.code) if by_division else ANYWHERE,
        )
        for area, of in found
    ]
    return [of for _, of in found], periods


@contextmanager
def results_folder(out: Path, files: Sequence[Path], ours: frozenset[str]) -> Iterator[None]:
    """The folder of results, made and held for this run alone.

    Raises StreamRefused where it holds anything but results, of the names in `ours` or put in order.
    """
    from yibao.engine.stream import STAMP, footer
    from yibao.engine.whole_persons import SORTED

    if out.exists() and not out.is_dir():
        raise StreamRefused(f"{out} 已存在，不是文件夹。请用 --out 指定另一个位置 (not a folder)")
    if any(path.parent.resolve() == out.resolve() for path in files):
        raise StreamRefused(
            f"{out} 是文件所在的文件夹。请用 --out 指定另一个位置 (results beside the claims)"
        )
    out.mkdir(parents=True, exist_ok=True)
    with (out / LOCK).open("a") as lock:
        _alone(lock, out)
        strangers = []
        for path in sorted(out.iterdir()):
            if ".partial-" in path.name:  # left by a run that was killed
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            elif path.name.startswith("."):
                continue
            elif (path.suffix == ".parquet" and STAMP not in (footer(path) or {})) or (
                path.name not in {*ours, FINDINGS, SUMMARY} and not path.name.startswith(SORTED)
            ):
                strangers.append(path.name)
        if strangers:
            raise StreamRefused(
                f"{out} 里有别的文件：{'、'.join(strangers[:5])}。请用 --out 指定另一个文件夹 (folder holds other files)"
            )
        for name in (FINDINGS, SUMMARY):
            (out / name).unlink(missing_ok=True)
        yield


def _alone(lock: Any, out: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StreamRefused(f"另一个结算正在写 {out}。请等它结束 (another run writes there)") from None
