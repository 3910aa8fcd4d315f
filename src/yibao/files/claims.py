"""The claims file (结算文件) as the table CLAIMS, sorted by person, benefit year and order of settlement.

Rows are read and checked part by part; what takes the whole file to see (an id given twice, whom a claim is of, sums of a
year) is checked at the end, and so are reversals (`reversals`). `year_incomplete` marks the claims of people of whom another row of the file is bad.
"""

from pathlib import Path

import polars as pl
import pyarrow as pa

from yibao.files.cells import parts_of, together
from yibao.files.claim_cells import Lists, claim_part
from yibao.files.columns import CLAIM_LAYOUT, MONEY
from yibao.files.days import days_on_file
from yibao.files.log import FindingLog, Where
from yibao.files.reversals import out_of_order, reversal_part, with_originals
from yibao.files.source import Progress, Source, file_name, open_source, quiet
from yibao.files.tables import as_table, repeated
from yibao.files.words import chronic_diseases, counties, institution_classes
from yibao.kernel.findings import Finding
from yibao.kernel.money import yuan
from yibao.packs.policies import Area
from yibao.simulate.tables import CLAIMS

READ = pa.schema([*CLAIMS, ("row", pa.int64()), ("year_incomplete", pa.bool_())])
"""CLAIMS, with the row of the file and whether the person's year lacks a bad row."""

LARGEST_YEAR_FEN = 10**14
"""What one person's claims may add up to: a thousandth of what 64 bits hold once rates are multiplied in."""


def read_claims(
    path: Path,
    area: Area,
    people: pa.Table,
    institutions: pa.Table,
    log: FindingLog | None = None,
    progress: Progress = quiet,
    *,
    from_file: bool = True,
    checked: bool = True,
) -> tuple[pa.Table, list[Finding]]:
    """The good rows of a claims file as READ, and what is wrong with the rest.

    `institutions` holds the rows of the institutions file, then those of `institutions_by_class`; without a file
    (`from_file` false) a claim has to name its institution's class. Where the people or the institutions file cannot be
    used, `checked` is false and nothing is said of whoever and whatever is not in it.
    """
    log = log or FindingLog()
    source = open_source(path, CLAIM_LAYOUT, log, progress)
    known = {code: at for at, code in enumerate(institutions.column("institution_code").to_pylist())}
    lists = Lists(
        classes=institution_classes(area),
        counties=counties(area),
        chronic=chronic_diseases(area),
        institutions=known,
        class_codes=area.codes("institution_classes"),
        days=days_on_file(area),
        from_file=from_file,
        checked=checked,
    )
    ordinary, reversals = [], []
    for part in parts_of(source, log):
        is_reversal = part.text("reverses").is_not_null()
        if is_reversal.any():
            reversals.append(part.only(is_reversal))
            part = part.only(~is_reversal)
        ordinary.append(claim_part(part, lists))
    if source is None or not ordinary:
        return as_table(None, READ), log.findings(file_name(path))
    frame = pl.concat(ordinary).with_columns(reverses=pl.lit(None, dtype=pl.String))
    late = together(reversals) if reversals else None
    del ordinary, reversals
    if late is not None:
        frame = pl.concat([frame, reversal_part(late)], how="diagonal")
    frame = _with_people(frame, people, source, log, checked=checked)
    further = frame["person"].clear()
    if late is not None:
        frame, further = with_originals(frame, late, lists, institutions)
        frame = out_of_order(frame, late, area, people)
    frame = _good(frame, further)
    return as_table(frame, READ), log.findings(file_name(path))


def _with_people(
    frame: pl.DataFrame, people: pa.Table, source: Source, log: FindingLog, *, checked: bool
) -> pl.DataFrame:
    """All rows with the row of their person; people not on file, impossible years and ids given twice are findings."""
    own = pl.DataFrame(
        {
            "person_id": pl.from_arrow(people.column("person_id")),
            "born_on": pl.from_arrow(people.column("born_on")),
            "person": pl.Series(range(people.num_rows), dtype=pl.Int32),
        }
    )
    found = frame.select("person_id").join(own, on="person_id", how="left", maintain_order="left")
    frame = frame.with_columns(found["person"])
    stranger = frame["person"].is_null() & frame["person_id"].is_not_null()
    remedy = "请在人员文件中补上此人，或改正编号；人员文件那一行有问题的先改好 (add the person)"
    message = "人员文件中没有此人，或那一行有问题 (person not on file)"
    if checked:
        _tell(frame, stranger, "person_id", message, remedy, source, log)
    unborn = (frame["served_on"] < found["born_on"]).fill_null(False)
    _tell(
        frame,
        unborn,
        "served_on",
        "早于出生日期 (before birth)",
        "请核对两个日期 (check both days)",
        source,
        log,
    )
    whole = pl.sum_horizontal(pl.col(f"{name}_fen").fill_null(0) for name in MONEY)
    excessive = frame.select(whole.cast(pl.Float64).sum().over("person") > LARGEST_YEAR_FEN).to_series()
    excessive &= frame["person"].is_not_null()
    message = f"此人全部费用合计超过 {yuan(LARGEST_YEAR_FEN)} 元 (too large)"
    _tell(frame, excessive, "person_id", message, "请核对金额 (check the amounts)", source, log)
    twice = repeated(frame, "claim_id", source.file, log, source.headings["claim_id"])
    return frame.with_columns(bad=frame["bad"] | stranger | unborn | excessive | twice)


def _good(frame: pl.DataFrame, further: pl.Series) -> pl.DataFrame:
    """The good rows, sorted, with whose year lacks a row: people with a bad one, and `further` ones."""
    bad = frame["bad"]
    lost = pl.concat([frame["person"].filter(bad), further]).drop_nulls().unique()
    frame = frame.drop("person_id", "bad").with_columns(
        year_incomplete=pl.col("person").is_in(lost.implode())
    )
    order = [pl.col("person"), pl.col("served_on").dt.year(), pl.col("settled_at"), pl.col("row")]
    return frame.filter(~bad).sort(order) if bad.any() else frame.sort(order)


def _tell(
    found: pl.DataFrame,
    where: pl.Series,
    name: str,
    message: str,
    remedy: str,
    source: Source,
    log: FindingLog,
) -> None:
    rows = found.filter(where)
    at = Where(source.file, source.headings.get(name, name), rows["row"], rows[name].cast(pl.String))
    log.many(at, message, remedy, kind=message)


def incomplete_years(claims: pa.Table, people: pa.Table, file: str, log: FindingLog) -> None:
    """A finding for each person some of whose rows were left out: what was settled rests on an incomplete year."""
    frame = pl.from_arrow(claims.select(["person", "row", "year_incomplete"]))
    assert isinstance(frame, pl.DataFrame)
    first = frame.filter("year_incomplete").group_by("person").agg(pl.col("row").min()).sort("row")
    ids = pl.from_arrow(people.column("person_id"))
    assert isinstance(ids, pl.Series)
    log.many(
        Where(file, "person_id", first["row"], ids.gather(first["person"])),
        "此人另有未结算的问题行，年度累计不全，已结算的各笔可能不准 (year incomplete)",
        "请改好问题行后把整个文件重新结算 (settle the whole file again)",
        kind="年度累计不全 (year incomplete)",
    )
