"""Reversals (冲销) in a claims file: which claim a row takes back, what keeps it from doing so, and its facts.

A reversal row says its own id, the person, the claim it reverses, and when it was settled or, by its place in the file,
after what. Everything else is that of the claim reversed; where the row repeats it, it has to be the same.

What a reader would get wrong: a reversal that is not settled leaves its claim standing, so a reversal of an earlier claim
may become one out of order by it; and the benefit year of a reversal is that of the claim, whenever it was settled.

carries_out: BEN-13
"""

import polars as pl
import pyarrow as pa

from yibao.files.cells import Part, day, moment, money_column, money_or_none, word, yes_no
from yibao.files.claim_cells import Lists, delivery_of, disease_of, institution_code, institution_county
from yibao.files.columns import MONEY
from yibao.files.days import counties_on_file, reversal_in
from yibao.files.words import EXCLUSIONS, KINDS, PATHS, SPECIAL_FUNDS
from yibao.packs.policies import Area

COPIED = (
    "institution",
    "kind",
    "care_path",
    "served_on",
    "disease",
    "delivery",
    "exclusion",
    "special_fund",
    "continues_episode",
    "properly_referred",
    *(f"{name}_fen" for name in MONEY),
)
"""What a reversal has from the claim it reverses."""

NOT_SAID = -1
"""A cell of a reversal that is empty, where its column holds words."""

FIX_ID = "请核对被冲销的结算号 (check the id)"
REPEAT = "请空着，或写得与被冲销的一笔相同，金额不写负数 (leave it empty, or repeat it)"


def reversal_part(part: Part) -> pl.DataFrame:
    """The rows of reversals: `row`, the ids, `settled_at` (null where empty) and whether the row is `bad`."""
    for name in ("claim_id", "person_id"):
        part.refuse(part.text(name).is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
    cells = {
        "row": part.numbers,
        **{name: part.text(name) for name in ("claim_id", "person_id", "reverses")},
        "settled_at": moment(part, "settled_at").dt.cast_time_unit("ms"),
    }
    return pl.DataFrame({**cells, "bad": part.bad})


def with_originals(
    frame: pl.DataFrame, part: Part, lists: Lists, institutions: pa.Table
) -> tuple[pl.DataFrame, pl.Series]:
    """All rows, reversals with the facts of what they reverse, and further persons whose year lacks a bad reversal.

    `frame` has every claim of the file with `person` and `bad`; `part` the rows of the reversals as the file has them,
    in the order of the frame.
    """
    own = frame.filter(pl.col("reverses").is_not_null())
    of = _originals(frame, own)
    linked = _linked(part, own, of)
    _refuse_differences(part, of, linked, lists, institutions)
    own = own.with_columns(of[name] for name in COPIED)
    rest = frame.filter(pl.col("reverses").is_null())
    own = own.with_columns(settled_at=_moments(rest, own, of))
    _refuse_order(part, own, of, linked)
    own = own.with_columns(bad=own["bad"] | pl.Series(part.bad))
    mistaken = (own["person_id"] != of["person_id"]).fill_null(False)
    return pl.concat([rest, own]), of["person"].filter(mistaken)


def _originals(frame: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """The claim that each reversal names, row for row; null where the file has no such claim."""
    named = frame.filter(pl.col("claim_id").is_in(own["reverses"].unique().implode()))
    named = named.with_columns(is_reversal=pl.col("reverses").is_not_null()).drop("reverses")
    named = named.unique("claim_id", keep="first", maintain_order=True)
    return own.select("reverses").join(
        named, left_on="reverses", right_on="claim_id", how="left", maintain_order="left"
    )


def _linked(part: Part, own: pl.DataFrame, of: pl.DataFrame) -> pl.Series:
    """Which reversals name a claim of the same person that is no reversal itself."""
    itself = (own["reverses"] == own["claim_id"]).fill_null(False)
    unknown = of["row"].is_null()
    again = of["is_reversal"].fill_null(False) & ~itself
    other = (own["person_id"] != of["person_id"]).fill_null(False) & ~again & ~itself
    part.refuse(itself, "reverses", "冲销的是它自己 (reverses itself)", FIX_ID)
    message = "结算文件中没有被冲销的这一笔 (unknown claim)"
    part.refuse(unknown, "reverses", message, "请核对结算号；被冲销的一笔也要在文件里 (add the claim)")
    remedy = "冲销不能再冲销；要恢复的，请用新的结算号重新结算 (settle it again)"
    part.refuse(again, "reverses", "被冲销的是一笔冲销 (reverses a reversal)", remedy)
    message = "被冲销的是另一人的结算 (claim of another person)"
    part.refuse(other, "reverses", message, "请核对结算号和人员编号 (check both ids)")
    linked = ~(itself | unknown | again | other)
    message_of = _of_row("被冲销的第 {} 行有问题，没有结算 (reverses a bad row)", of)
    remedy = "请先改好被冲销的那一行 (mend that row)"
    kind = "被冲销的一笔有问题 (reverses a bad row)"
    part.refuse(linked & of["bad"], "reverses", message_of, remedy, kind=kind)
    return linked


def _moments(rest: pl.DataFrame, own: pl.DataFrame, of: pl.DataFrame) -> pl.Series:
    """When each reversal was settled; one that does not say so right after the person's rows above it in the file."""
    silent = own["settled_at"].is_null()
    if not silent.any():
        return own["settled_at"]
    whose = own["person"].filter(silent).drop_nulls().unique().implode()
    wanted = [pl.col("row"), pl.col("person"), pl.col("served_on").dt.year().alias("year"), "settled_at"]
    theirs = pl.concat([f.filter(pl.col("person").is_in(whose)).select(wanted) for f in (rest, own)])
    above = pl.col("settled_at").cum_max().forward_fill().over("person", "year").alias("above")
    placed = theirs.sort("row").select("row", above)
    found = own.select("row").join(placed, on="row", how="left", maintain_order="left")["above"]
    return pl.select(pl.coalesce(own["settled_at"], found, of["settled_at"])).to_series()


def _refuse_order(part: Part, own: pl.DataFrame, of: pl.DataFrame, linked: pl.Series) -> None:
    """Reversals before their claim, and second reversals of one claim."""
    after = (of["settled_at"] > own["settled_at"]) | (
        (of["settled_at"] == own["settled_at"]) & (of["row"] > own["row"])
    )
    part.refuse(
        linked & after,
        "settled_at",
        _of_row("冲销早于被冲销的第 {} 行的结算 (settled later than its reversal)", of),
        "请核对结算时间，写到时分秒；没有时间的，请把冲销排在被冲销的一笔之后 (check the moment or the order)",
        kind="冲销早于被冲销的结算 (settled later than its reversal)",
    )
    first = own.filter(linked).sort("settled_at", "row", nulls_last=True).unique("reverses", keep="first")
    first_row = own.select("reverses").join(
        first.select("reverses", "row"), on="reverses", how="left", maintain_order="left"
    )["row"]
    part.refuse(
        linked & (first_row != own["row"]),
        "reverses",
        pl.select(pl.format("这一笔已由第 {} 行冲销 (reversed twice)", first_row)).to_series(),
        "一笔只能冲销一次；请去掉一行，或核对结算号 (take one out)",
        kind="重复冲销 (reversed twice)",
    )


def _refuse_differences(
    part: Part, of: pl.DataFrame, linked: pl.Series, lists: Lists, institutions: pa.Table
) -> None:
    """Whatever a reversal repeats of its claim has to be the same."""
    said = {
        "kind": word(part, "kind", KINDS, empty=NOT_SAID),
        "care_path": word(part, "care_path", PATHS, empty=NOT_SAID),
        "served_on": day(part, "served_on", needed=False),
        "exclusion": word(part, "exclusion", EXCLUSIONS, empty=NOT_SAID),
        "special_fund": word(part, "special_fund", SPECIAL_FUNDS, empty=NOT_SAID),
        "continues_episode": yes_no(part, "continues_episode", empty=NOT_SAID),
        "properly_referred": yes_no(part, "properly_referred", empty=NOT_SAID),
        "disease": disease_of(part, _kind_where_said(part, "disease", of, linked), lists.chronic),
        "delivery": delivery_of(part, _kind_where_said(part, "delivery", of, linked)),
    }
    for name, found in said.items():
        _refuse_other(part, name, linked & (found != of[name]), of)
    for name in (*MONEY, "total"):
        column = money_column(part, name)
        if part.has(column):
            whole = pl.sum_horizontal(f"{one}_fen" for one in MONEY)
            meant = of.select(whole).to_series() if name == "total" else of[f"{name}_fen"]
            _refuse_other(part, column, linked & (money_or_none(part, name) != meant), of)
    _refuse_other_place(part, of, linked, lists, institutions)


def _kind_where_said(part: Part, name: str, of: pl.DataFrame, linked: pl.Series) -> pl.Series:
    """The kind of the claim reversed, where the reversal fills in a column that only some kinds have."""
    return pl.select(pl.when(linked & part.text(name).is_not_null()).then(of["kind"])).to_series()


def _refuse_other_place(
    part: Part, of: pl.DataFrame, linked: pl.Series, lists: Lists, institutions: pa.Table
) -> None:
    """The institution by its code, else by class and county, as the claim names it."""
    code = institution_code(part, lists)
    _refuse_other(part, "institution_code", linked & (code != of["institution"]), of)
    by_class = linked & part.text("institution_code").is_null()
    place = of["institution"]
    at_class = word(part, "institution_class", lists.classes, empty=NOT_SAID)
    own_class = _series(institutions.column("institution_class")).gather(place)
    _refuse_other(part, "institution_class", by_class & (at_class != own_class), of)
    county = institution_county(part, lists, empty=NOT_SAID)
    codes = institutions.column("county_code").cast(pa.string())
    own_county = _series(codes).gather(place).cast(pl.Int64)
    _refuse_other(part, "institution_county", by_class & (county != own_county), of)


def _refuse_other(part: Part, name: str, differs: pl.Series, of: pl.DataFrame) -> None:
    where = differs & part.text(name).is_not_null()
    kind = "与被冲销的一笔不同 (differs from what it reverses)"
    part.refuse(
        where, name, _of_row("与被冲销的第 {} 行不同 (differs from what it reverses)", of), REPEAT, kind=kind
    )


def _of_row(words: str, of: pl.DataFrame) -> pl.Series:
    """A sentence for each reversal, with the row of what it reverses."""
    return pl.select(pl.format(words, of["row"])).to_series()


def out_of_order(frame: pl.DataFrame, part: Part, area: Area, people: pa.Table) -> pl.DataFrame:
    """All rows, with reversals `bad` that the area's `reversal` entry lets happen only after those of later claims."""
    whose = frame.filter(~pl.col("bad") & pl.col("reverses").is_not_null() & pl.col("person").is_not_null())
    counties, of_person = counties_on_file(area, people)
    years = pl.col("served_on").dt.year().cast(pl.Int64).alias("year")
    strict = [
        (person, year)
        for person, year in whose.select("person", years).unique().iter_rows()
        if reversal_in(counties[of_person[person]].on_file(), year).allows_earlier == 0
    ]
    if not strict:
        return frame
    keys = pl.DataFrame(strict, schema={"person": pl.Int32, "year": pl.Int64}, orient="row")
    theirs = frame.filter(~pl.col("bad")).with_columns(years).join(keys, on=["person", "year"], how="semi")
    theirs = theirs.sort("person", "year", "settled_at", "row")
    blocked = _blocked(theirs.select("person", "year", "row", "claim_id", "reverses"))
    if not blocked:
        return frame
    later = part.numbers.replace_strict(
        list(blocked), list(blocked.values()), default=None, return_dtype=pl.String
    )
    part.refuse(
        later.is_not_null(),
        "reverses",
        pl.select(
            pl.format("之后还有结算 {} 没有冲销，或冲销的行有问题 (later ones stand)", later)
        ).to_series(),
        "本地区须从最后一笔起逐笔冲销；请先冲销以后各笔 (reverse the later ones first)",
        kind="以后的结算还没有冲销 (later ones stand)",
    )
    return frame.with_columns(bad=pl.col("bad") | pl.col("row").is_in(list(blocked)))


def _blocked(theirs: pl.DataFrame) -> dict[int, str]:
    """Rows of reversals whose claim is not the last that stands → the ids of those after it."""
    found: dict[int, str] = {}
    standing: dict[tuple[int, int], list[str]] = {}
    for person, year, row, claim_id, reverses in theirs.iter_rows():
        ids = standing.setdefault((person, year), [])
        if reverses is None:
            ids.append(claim_id)
        elif ids[-1] == reverses:
            ids.pop()
        else:
            found[row] = "、".join(ids[ids.index(reverses) + 1 :])
    return found


def _series(column: pa.ChunkedArray) -> pl.Series:
    series = pl.from_arrow(column)
    assert isinstance(series, pl.Series)
    return series
