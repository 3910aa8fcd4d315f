"""The cells of a claims file (结算文件) read row by row: what each claim says of itself, with a finding for what it cannot say.

An institution is named by its code in the institutions file, or by its class (and county) where there is no such file.
"""

from typing import NamedTuple

import polars as pl

from yibao.benefits.terms import VisitKind
from yibao.files.cells import Part, Unreadable, day, each, moment, money, money_column, word, yes_no
from yibao.files.columns import MONEY
from yibao.files.days import DaysOnFile
from yibao.files.institutions import NO_COUNTY, class_code, county_number
from yibao.files.words import (
    DELIVERIES,
    EXCLUSIONS,
    KINDS,
    PATHS,
    SPECIAL_FUNDS,
    TWO_DISEASES,
    Vocabulary,
)
from yibao.kernel.days import day_number
from yibao.kernel.money import LARGEST_FEN, yuan

_CODES = (
    "kind",
    "care_path",
    "disease",
    "delivery",
    "exclusion",
    "special_fund",
    "continues_episode",
    "properly_referred",
)


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


def claim_part(part: Part, lists: Lists) -> pl.DataFrame:
    """The rows of ordinary claims: the columns of CLAIMS, with `row`, `person_id` and whether the row is `bad`."""
    for name in ("claim_id", "person_id"):
        part.refuse(part.text(name).is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
    kind = word(part, "kind", KINDS, empty=None)
    served = day(part, "served_on", needed=True)
    _on_file(part, served, lists.days)
    settled = moment(part, "settled_at")
    remedy = "请核对两个日期；住院以出院日为就医日期 (check both days)"
    part.refuse(settled.dt.date() < served, "settled_at", "早于就医日期 (before the day of service)", remedy)
    cells = {
        "row": part.numbers,
        "claim_id": part.text("claim_id"),
        "person_id": part.text("person_id"),
        "institution": _institution(part, kind, lists).cast(pl.Int32),
        "kind": kind,
        "care_path": word(part, "care_path", PATHS, empty=0),
        "served_on": served,
        "settled_at": pl.select(pl.coalesce(settled, served.cast(pl.Datetime("us")))).to_series(),
        "disease": disease_of(part, kind, lists.chronic),
        "delivery": delivery_of(part, kind),
        "exclusion": word(part, "exclusion", EXCLUSIONS, empty=0),
        "special_fund": word(part, "special_fund", SPECIAL_FUNDS, empty=0),
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

    code = part.text("institution_code")
    found = institution_code(part, lists)
    if not part.has("institution_class"):
        part.refuse(code.is_null(), "institution_code", "没有填写 (empty)", "请填上 (fill it in)")
        return found
    neither = code.is_null() & part.text("institution_class").is_null()
    part.refuse(
        neither, "institution_class", "机构代码和机构类别都没有填写 (empty)", "请填上其中一项 (fill one in)"
    )
    at_class = word(part, "institution_class", lists.classes, empty=0).fill_null(0)
    county = institution_county(part, lists, empty=0)
    nowhere = code.is_null() & part.text("institution_county").is_null() & (kind == VisitKind.OUTPATIENT)
    remedy = "请填上机构所在县区；普通门诊统筹要看是否在参保县域内 (name the county)"
    part.refuse(nowhere, "institution_county", "普通门诊没有写机构所在县区 (no county)", remedy)
    pairs = pl.select(pl.format("{}@{}", at_class, county.fill_null(0))).to_series()
    stand_ins = pairs.replace_strict({p: _stand_in(p, lists) for p in pairs.unique()}, return_dtype=pl.Int64)
    return pl.select(pl.when(code.is_null()).then(stand_ins).otherwise(found)).to_series()


def institution_code(part: Part, lists: Lists) -> pl.Series:
    """The row of INSTITUTIONS by the code of the institutions file; -1 where the cell is empty."""

    def read(text: str) -> int:
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

    return each(part, "institution_code", read, kind="机构代码不认识 (unknown institution)", empty=-1)


def institution_county(part: Part, lists: Lists, *, empty: int) -> pl.Series:
    """The county of an institution as a number."""
    return each(
        part,
        "institution_county",
        lambda text: county_number(text, lists.counties),
        kind="县区不认识 (unknown county)",
        empty=empty,
    )


def _stand_in(pair: str, lists: Lists) -> int:
    at_class, county = pair.split("@")
    code = lists.class_codes[int(at_class)]
    outside = lists.institutions[class_code(code, NO_COUNTY)]
    return lists.institutions.get(class_code(code, county), outside)


def disease_of(part: Part, kind: pl.Series, chronic: Vocabulary) -> pl.Series:
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


def delivery_of(part: Part, kind: pl.Series) -> pl.Series:
    """The delivery of a maternity claim; -1 for other kinds."""
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
    column = money_column(part, "total")
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
        money_column(part, "class_a"),
        f"五项之和超过 {yuan(LARGEST_FEN)} 元 (too large)",
        remedy,
        values=_yuan(whole.fill_null(0)),
    )
    return {f"{name}_fen": amount for name, amount in amounts.items()}


def _yuan(amounts: pl.Series) -> pl.Series:
    return (amounts // 100).cast(pl.String) + "." + (amounts % 100).cast(pl.String).str.zfill(2)
