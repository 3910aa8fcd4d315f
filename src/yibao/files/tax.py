"""The tax bureau's daily file (税务日对账文件): one payment or reversal a row; every problem of it is a finding.

The number of the channel is what a payment is known by. Whose it is, the number of the bill says, or the identity number and
the benefit year; identity numbers are looked up and go no further.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

import polars as pl

from yibao.files.cells import Part, Unreadable, day, each, money, money_column, parts_of, word
from yibao.files.columns import Column, Layout
from yibao.files.identity import identity_problems
from yibao.files.log import FindingLog
from yibao.files.source import open_source
from yibao.files.tables import joined
from yibao.files.words import CHANNELS, TAX_STATES

TAX_LAYOUT = Layout(
    "税务日对账文件 (tax file)",
    (
        Column("external_no", "渠道流水号", ("流水号", "税票号码", "电子税票号", "缴费流水号"), "缴费的编号"),
        Column("amount", "金额", ("缴费金额", "实缴金额", "入库金额"), "元；冲正也写正数"),
        Column("amount_fen", "金额分", (), "整数，分；与上一列二选一"),
        Column(
            "channel", "渠道", ("缴费渠道", "缴费方式"), "ONLINE 线上、COUNTER 窗口、AGENTS_CASH 代办现金"
        ),
        Column("paid_on", "缴费日期", ("入库日期", "日期"), "日期；冲正写冲正的日期"),
        Column("benefit_year", "待遇年度", ("年度", "所属年度", "费款所属期"), "如 2023"),
        Column("bill_id", "应缴编号", ("应征编号", "应缴号"), "本系统应缴的编号"),
        Column("identity_no", "身份证号", ("公民身份号码", "证件号码"), "没有应缴编号时写"),
        Column("county_code", "县区代码", ("行政区划", "行政区划代码"), "六位代码；不写则按应缴"),
        Column("state", "状态", ("入库状态", "冲正标志"), "缴费、冲正；不写为缴费"),
    ),
    needed=(
        ("external_no",),
        ("amount", "amount_fen"),
        ("channel",),
        ("paid_on",),
        ("benefit_year",),
        ("bill_id", "identity_no"),
    ),
    either=(("amount", "amount_fen"),),
)

LONGEST_NUMBER = 64
YEARS = range(2000, 2100)


class TaxFileRead(NamedTuple):
    """A file as it was read: the hash of its bytes, and one row a payment; none where there is a problem."""

    content_hash: str
    rows: pl.DataFrame


def read_tax_file(path: Path, log: FindingLog) -> TaxFileRead | None:
    """The rows of a tax file. What is wrong is in the log, all of it; then there is nothing to be booked: None."""
    source = open_source(path, TAX_LAYOUT, log)
    frame = joined([_rows(part) for part in parts_of(source, log)])
    if frame is None or log.count:
        return None
    return TaxFileRead(hashlib.sha256(path.read_bytes()).hexdigest(), frame)


def _rows(part: Part) -> pl.DataFrame:
    number, bill, identity = part.text("external_no"), part.text("bill_id"), part.text("identity_no")
    part.refuse(number.is_null(), "external_no", "没有填写 (empty)", "请填上 (fill it in)")
    part.refuse(
        number.str.len_chars() > LONGEST_NUMBER,
        "external_no",
        f"超过 {LONGEST_NUMBER} 个字符 (too long)",
        "请核对 (check it)",
    )
    part.refuse(
        bill.is_null() & identity.is_null(),
        "bill_id" if part.has("bill_id") else "identity_no",
        "应缴编号和身份证号都没有 (whose is it?)",
        "请填上其中一个 (fill in one of them)",
    )
    problems = identity_problems(identity)
    part.refuse(
        problems.is_not_null(), "identity_no", problems.fill_null(""), "请核对 (check it)", kind="证件"
    )
    county = part.text("county_code")
    part.refuse(
        county.is_not_null() & ~county.fill_null("").str.contains(r"^[0-9]{6}([0-9]{3}){0,2}$"),
        "county_code",
        "不是区划代码 (not a division code)",
        "请写六位代码，或空着 (six digits)",
    )
    amount = money(part, "amount")
    part.refuse(
        amount <= 0,
        money_column(part, "amount"),
        "金额不大于零 (not above zero)",
        "冲正请写正数并在状态列注明",
    )
    return pl.DataFrame(
        {
            "row": part.numbers,
            "external_no": number,
            "amount_fen": amount,
            "channel": word(part, "channel", CHANNELS, empty=None),
            "paid_on": day(part, "paid_on", needed=True),
            "benefit_year": each(part, "benefit_year", _year, kind="年度读不懂 (not a year)", empty=None),
            "bill_id": each(part, "bill_id", _whole, kind="编号读不懂 (not a number)", empty=0),
            "identity_no": identity.fill_null(""),
            "county_code": county.fill_null(""),
            "taken_back": word(part, "state", TAX_STATES, empty=0),
        }
    )


def _year(text: str) -> int:
    year = _whole(text)
    if year not in YEARS:
        raise Unreadable(f"年度 {text} 不合理 (impossible year)", "请写成 2023")
    return year


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Unreadable("不是编号 (not a number)", "请只写数字 (digits only)")
    return int(text)
