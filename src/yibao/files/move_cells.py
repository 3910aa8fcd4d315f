"""Cells that several files of a move have: whom a row is about, and texts of a longest length."""

from typing import NamedTuple

import polars as pl

from yibao.enrolment.documents import DOCUMENT_WORDS
from yibao.enrolment.terms import IdentityKind
from yibao.files.cells import Part, word
from yibao.files.identity import identity_problems
from yibao.files.log import masked
from yibao.files.words import Vocabulary

LONGEST_NUMBER = 32
LONGEST_REFERENCE = 64
CHECK_NUMBER = "请核对证件上的号码 (check the document)"
HIDDEN = ("name", "address", "registered_address")
"""Columns whose text no finding shows."""

DOCUMENT_KINDS = Vocabulary(
    "证件类型",
    {word: int(kind) for kind, words in DOCUMENT_WORDS.items() for word in (kind.name, words)}
    | {"身份证": 0, "居民身份证": 0, "出生证": int(IdentityKind.BIRTH_CERTIFICATE)},
    "、".join(DOCUMENT_WORDS.values()),
)


class Keys(NamedTuple):
    """Whom each row is about: what the system before called them, and the document; empty where not given."""

    person_no: pl.Series
    kind: pl.Series
    country: pl.Series
    number: pl.Series


def keys_of(part: Part, *, of_people: bool) -> Keys:
    """Whom each row is about. A row of another file than that of people needs one of the two, and one is enough."""
    person_no = text(part, "person_no", longest=LONGEST_REFERENCE)
    part.refuse(
        person_no.str.contains(r"^[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]$"),
        "person_no",
        "人员编号不能是身份证号 (an identity number is no key)",
        "请写原系统的人员编号；身份证号写在 identity_no 列 (use another id)",
        values=masked(person_no),
    )
    identity = part.text("identity_no").str.to_uppercase()
    problems = identity_problems(identity)
    part.refuse(
        problems.is_not_null(), "identity_no", problems.fill_null(""), CHECK_NUMBER,
        kind="身份证号有误 (identity number is wrong)", values=masked(identity),
    )  # fmt: skip
    other = text(part, "document_no", longest=LONGEST_NUMBER, hidden=True).str.to_uppercase()
    kind = word(part, "document_kind", DOCUMENT_KINDS, empty=0)
    plain = identity.is_null()
    part.refuse(
        plain & (other != "") & (kind == 0),
        "document_kind",
        "没有写是什么证件 (kind of document missing)",
        f"请写 {DOCUMENT_KINDS.shown}",
    )
    missing = plain & (other == "")
    if of_people:
        part.refuse(missing, "identity_no", "没有身份证号，也没有其他证件 (no document)", "请填上一种证件")
    else:
        missing &= person_no == ""
        part.refuse(missing, "person_no", "没有写是谁 (nobody named)", "请填上原系统人员编号或身份证号")
    country = text(part, "document_country", longest=3).str.to_uppercase()
    nothing = pl.repeat("", len(part), eager=True)
    kind = pl.select(pl.when(plain).then(kind.fill_null(0)).otherwise(0)).to_series()
    country = pl.select(pl.when(plain).then(country).otherwise(nothing)).to_series()
    number = pl.select(pl.when(plain).then(other).otherwise(identity)).to_series().fill_null("")
    if not of_people:  # one way to name a person is enough, and the same in every row
        by_document = person_no == ""
        kind = pl.select(pl.when(by_document).then(kind).otherwise(0)).to_series()
        country = pl.select(pl.when(by_document).then(country).otherwise(nothing)).to_series()
        number = pl.select(pl.when(by_document).then(number).otherwise(nothing)).to_series()
    return Keys(person_no, kind, country, number)


def text(part: Part, name: str, *, longest: int, needed: bool = False, hidden: bool = False) -> pl.Series:
    """A column of text, "" where empty. Too long a text is a finding."""
    found = part.text(name)
    hidden = hidden or name in HIDDEN
    values = pl.repeat("", len(part), eager=True) if hidden else None
    if needed:
        part.refuse(found.is_null(), name, "没有填写 (empty)", "请填上 (fill it in)")
    unseen = found.str.contains(r"\p{Cc}")
    part.refuse(
        unseen, name, "含有不可见的控制字符 (control characters)", "请删去 (take them out)", values=values
    )
    words = f"超过 {longest} 个字符 (too long)"
    part.refuse(found.str.len_chars() > longest, name, words, "请缩短 (make it shorter)", values=values)
    return found.fill_null("")
