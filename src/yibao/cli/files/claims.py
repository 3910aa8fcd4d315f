"""The claims file (结算文件) as the table CLAIMS, sorted by person, benefit year and order of settlement.

Rows are read and checked part by part; what takes the whole file to see (an id given twice, whom a claim is of, sums of a
year) is checked at the end. `year_incomplete` marks the claims of people of whom another row of the file is bad.
"""

from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from yibao.benefits.terms import VisitKind
from yibao.cli.files.cells import Part, Unreadable, day, each, moment, money, parts_of, word, yes_no
from yibao.cli.files.columns import CLAIM_LAYOUT, MONEY
from yibao.cli.files.days import DaysOnFile, days_on_file
from yibao.cli.files.institutions import NO_COUNTY, class_code, county_number
from yibao.cli.files.log import FindingLog, Where
from yibao.cli.files.source import Progress, Source, file_name, open_source, quiet
from yibao.cli.files.tables import as_table, joined, repeated
from yibao.cli.files.words import (
    DELIVERIES,
    EXCLUSIONS,
    KINDS,
    PATHS,
    TWO_DISEASES,
    Vocabulary,
    chronic_diseases,
    counties,
    institution_classes,
)
from yibao.kernel.days import day_number
from yibao.kernel.findings import Finding
from yibao.kernel.money import LARGEST_FEN, yuan
from yibao.packs.policies import Area
from yibao.simulate.tables import CLAIMS

READ = pa.schema([*CLAIMS, ("row", pa.int64()), ("year_incomplete", pa.bool_())])
"""CLAIMS, with the row of the file and whether the person's year lacks a bad row."""

LARGEST_YEAR_FEN = 10**14
"""What one person's claims may add up to: a thousandth of what 64 bits hold once rates are multiplied in."""

_CODES = ("kind", "care_path", "disease", "delivery", "exclusion", "continues_episode", "properly_referred")


class Lists(NamedTuple):
    """What the words of a claims file are looked up in."""

    classes: Vocabulary
    counties: Vocabulary
    chronic: Vocabulary
    institutions: dict[str, int]
    class_codes: list[str]
    days: DaysOnFile
    from_file: bool
    checked: bool


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
    frame = joined([_row_part(part, lists) for part in parts_of(source, log)])
    if source is None or frame is None:
        return as_table(None, READ), log.findings(file_name(path))
    good = _with_people(frame, people, source, log, checked=checked)
    return as_table(good, READ), log.findings(file_name(path))


def _row_part(part: Part, lists: Lists) -> pl.DataFrame:
    for name in ("claim_id", "person_id"):
        part.refuse(part.text(name).is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
    kind = word(part, "kind", KINDS, empty=None)
    served = day(part, "served_on", needed=True)
    _on_file(part, served, lists.days)
    settled = moment(part, "settled_at")
    remedy = "请核对两个日期；住院以出院日为就医日期 (check both days)"
    part.refuse(settled.dt.date() < served, "settled_at", "早于就医日期 (before the day of service)", remedy)
    remedy = "请把冲销的和被冲销的两行都去掉后再结算 (take both rows out)"
    part.refuse(part.text("reverses").is_not_null(), "reverses", "批量结算不处理冲销 (reversals)", remedy)
    cells = {
        "row": part.numbers,
        "claim_id": part.text("claim_id"),
        "person_id": part.text("person_id"),
        "institution": _institution(part, kind, lists).cast(pl.Int32),
        "kind": kind,
        "care_path": word(part, "care_path", PATHS, empty=0),
        "served_on": served,
        "settled_at": pl.select(pl.coalesce(settled, served.cast(pl.Datetime("us")))).to_series(),
        "disease": _disease(part, kind, lists.chronic),
        "delivery": _delivery(part, kind),
        "exclusion": word(part, "exclusion", EXCLUSIONS, empty=0),
        "continues_episode": yes_no(part, "continues_episode", empty=0),
        "properly_referred": yes_no(part, "properly_referred", empty=0),
        **_amounts(part),
    }
    frame = pl.DataFrame({**cells, "bad": part.bad})
    return frame.with_columns(pl.col(_CODES).cast(pl.Int8), pl.col("settled_at").dt.cast_time_unit("ms"))


def _on_file(part: Part, served: pl.Series, days: DaysOnFile) -> None:
    """A day for which the area has no policy is a finding; the policy's own words say which days there are."""
    distinct = served.drop_nulls().unique()
    reasons = {found: reason for found in distinct if (reason := days.reason(day_number(found)))}
    if reasons:
        off = served.is_in(pl.Series(list(reasons), dtype=pl.Date).implode())
        messages = served.replace_strict(
            pl.Series(list(reasons), dtype=pl.Date), pl.Series(list(reasons.values())), default=""
        )
        remedy = f"请核对日期；政策在册日期：{days.words}；确要结算的，请补充政策条目 (check the day)"
        part.refuse(off, "served_on", messages, remedy, kind="政策没有这一天 (day not on file)")


def _institution(part: Part, kind: pl.Series, lists: Lists) -> pl.Series:
    """The row of INSTITUTIONS of each claim: by its code, else the stand-in of its class and county."""

    def by_code(text: str) -> int:
        if not lists.from_file:
            raise Unreadable(
                "没有给出机构文件 (no institutions file)",
                "请用 --institutions 给出，或改写 institution_class 列",
            )
        if text not in lists.institutions and not lists.checked:
            return 0
        if text not in lists.institutions:
            raise Unreadable(
                "机构文件中没有这个代码，或那一行有问题 (unknown institution)",
                "请核对代码，或在机构文件中补上",
            )
        return lists.institutions[text]

    code = part.text("institution_code")
    found = each(part, "institution_code", by_code, kind="机构代码不认识 (unknown institution)", empty=-1)
    if not part.has("institution_class"):
        part.refuse(code.is_null(), "institution_code", "没有填写 (empty)", "请填上 (fill it in)")
        return found
    neither = code.is_null() & part.text("institution_class").is_null()
    part.refuse(
        neither, "institution_class", "机构代码和机构类别都没有填写 (empty)", "请填上其中一项 (fill one in)"
    )
    at_class = word(part, "institution_class", lists.classes, empty=0).fill_null(0)
    county = each(
        part,
        "institution_county",
        lambda text: county_number(text, lists.counties),
        kind="县区不认识 (unknown county)",
        empty=0,
    )
    nowhere = code.is_null() & part.text("institution_county").is_null() & (kind == VisitKind.OUTPATIENT)
    remedy = "请填上机构所在县区；普通门诊统筹要看是否在参保县域内 (name the county)"
    part.refuse(nowhere, "institution_county", "普通门诊没有写机构所在县区 (no county)", remedy)
    pairs = pl.select(pl.format("{}@{}", at_class, county.fill_null(0))).to_series()
    stand_ins = pairs.replace_strict({p: _stand_in(p, lists) for p in pairs.unique()}, return_dtype=pl.Int64)
    return pl.select(pl.when(code.is_null()).then(stand_ins).otherwise(found)).to_series()


def _stand_in(pair: str, lists: Lists) -> int:
    at_class, county = pair.split("@")
    code = lists.class_codes[int(at_class)]
    outside = lists.institutions[class_code(code, NO_COUNTY)]
    return lists.institutions.get(class_code(code, county), outside)


def _disease(part: Part, kind: pl.Series, chronic: Vocabulary) -> pl.Series:
    """The disease of a chronic or two-disease claim, each looked up in its own list; -1 for other kinds."""
    text = part.text("disease")
    found = pl.repeat(-1, len(part), dtype=pl.Int64, eager=True)
    for of_kind, words in ((VisitKind.CHRONIC, chronic), (VisitKind.TWO_DISEASES, TWO_DISEASES)):
        here = (kind == of_kind).fill_null(False)
        part.refuse(
            here & text.is_null(), "disease", "没有写病种 (no disease)", f"请填上；可用：{words.shown}"
        )
        own = pl.select(pl.when(here).then(text)).to_series()
        numbers = word(part, "disease", words, empty=-1, of=own)
        found = pl.select(pl.when(here).then(numbers).otherwise(found)).to_series()
    return found


def _delivery(part: Part, kind: pl.Series) -> pl.Series:
    here = (kind == VisitKind.MATERNITY).fill_null(False)
    text = part.text("delivery")
    part.refuse(
        here & text.is_null(), "delivery", "没有写生育类别 (no delivery)", f"请填上；可用：{DELIVERIES.shown}"
    )
    own = pl.select(pl.when(here).then(text)).to_series()
    return word(part, "delivery", DELIVERIES, empty=-1, of=own)


def _amounts(part: Part) -> dict[str, pl.Series]:
    """The five amounts; they have to add up to the total where the file has one."""
    amounts = {name: money(part, name) for name in MONEY}
    whole = sum(amounts.values(), pl.repeat(0, len(part), dtype=pl.Int64, eager=True))
    total = money(part, "total")
    column = "total" if part.has("total") else "total_fen"
    differs = whole != total
    if differs.fill_null(False).any():
        words = pl.select(
            pl.format("五项之和 {} 元与总额不符 (parts do not add up)", _yuan(whole.fill_null(0)))
        ).to_series()
        remedy = "请核对五项金额与总额；总额应为五项之和 (check the parts)"
        part.refuse(differs, column, words, remedy, kind="五项之和与总额不符 (parts do not add up)")
    remedy = "请核对金额 (check the amounts)"
    part.refuse(
        whole > LARGEST_FEN,
        "class_a" if part.has("class_a") else "class_a_fen",
        f"五项之和超过 {yuan(LARGEST_FEN)} 元 (too large)",
        remedy,
        values=_yuan(whole.fill_null(0)),
    )
    return {f"{name}_fen": amount for name, amount in amounts.items()}


def _yuan(amounts: pl.Series) -> pl.Series:
    return (amounts // 100).cast(pl.String) + "." + (amounts % 100).cast(pl.String).str.zfill(2)


def _with_people(
    frame: pl.DataFrame, people: pa.Table, source: Source, log: FindingLog, *, checked: bool
) -> pl.DataFrame:
    """The good rows with the row of their person, sorted; people not on file and impossible years are findings."""
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
    bad = frame["bad"] | stranger | unborn | excessive | twice
    lost = frame.select("person").filter(bad).to_series().drop_nulls().unique()
    frame = frame.drop("person_id", "bad").with_columns(
        year_incomplete=pl.col("person").is_in(lost.implode()), reverses=pl.lit(None, dtype=pl.String)
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
