"""The bank's file (银行代发文件) and what comes back (回盘): fixed columns, a line of totals, every problem of a file at once.

The same batch makes the same bytes for ever, so its hash says whether a file is the one that was handed out. The columns are
ours: a bank that wants others is given them from these. In what comes back only the columns of RETURN_HEADS are read.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from datetime import date

from yibao.kernel.findings import Finding
from yibao.kernel.money import AmountUnreadable, fen_of, yuan
from yibao.payment.models import Batch, BatchLine
from yibao.payment.orders import ReturnedLine
from yibao.payment.terms import CAUSE_WORDS, FORM_WORDS, RESULT_WORDS, AccountForm, BankResult, PayableCause

FILE_HEADS = ("序号", "户名", "开户银行", "账户类型", "账号", "金额（元）", "用途")
RETURN_HEADS = ("序号", "金额（元）", "结果", "退回原因", "交易日期", "银行流水号")
TOTALS = "合计"
ENCODINGS = ("utf-8-sig", "gb18030")
REMEDY = "请核对银行回盘，改正后重新读入 (correct the file and read it again)"


def bank_cells(batch: Batch) -> list[list[str]]:
    """The rows of a batch for the bank: headings, a row a line, and how many they are and what they come to."""
    lines = BatchLine.objects.filter(batch=batch).select_related("account", "item").order_by("pk")
    rows = [
        [
            str(line.pk),
            line.account.holder,
            line.account.bank,
            FORM_WORDS[AccountForm(line.account.form)][0],
            line.account.account_no,
            yuan(line.amount_fen),
            f"{CAUSE_WORDS[PayableCause(line.item.cause)][0]} {batch.period}-{batch.pk}",
        ]
        for line in lines
    ]
    total_fen = sum(fen_of(row[5]) for row in rows)
    return [list(FILE_HEADS), *rows, [TOTALS, f"{len(rows)} 笔", "", "", "", yuan(total_fen), ""]]


def bank_csv(batch: Batch) -> bytes:
    """The file of a batch as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(bank_cells(batch))
    return text.getvalue().encode("utf-8-sig")


def bank_excel(batch: Batch) -> bytes:
    """The same rows as a workbook, every cell as text: a number of nineteen digits is no number to table software."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("代发明细")
        for place, row in enumerate(bank_cells(batch)):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
    return content.getvalue()


def hash_of(content: bytes) -> str:
    """The hash that a file is known by."""
    return hashlib.sha256(content).hexdigest()


def read_return(content: bytes, name: str) -> tuple[list[ReturnedLine], list[Finding]]:
    """The lines of a bank's file, CSV or workbook, and everything that cannot be read in it."""
    cells = _cells(content)
    if cells is None:
        return [], [
            Finding(name, 0, "", "", "文件不是 CSV 或 Excel，或编码无法识别 (not a CSV or workbook)", REMEDY)
        ]
    missing = [head for head in RETURN_HEADS[:3] + RETURN_HEADS[4:5] if head not in cells[0]]
    if missing:
        return [], [Finding(name, 1, "、".join(missing), "", "缺少列 (columns are missing)", REMEDY)]
    places = {head: cells[0].index(head) for head in RETURN_HEADS if head in cells[0]}
    lines, found = [], []
    for number, row in enumerate(cells[1:], start=2):
        of = {head: row[place].strip() if place < len(row) else "" for head, place in places.items()}
        if any(of.values()) and of["序号"] != TOTALS:
            line, problems = _line(of)
            found += [Finding(name, number, head, of[head], said, REMEDY) for head, said in problems]
            if line is not None:
                lines.append(line)
    return lines, found


def _line(of: dict[str, str]) -> tuple[ReturnedLine | None, list[tuple[str, str]]]:
    results = {words[0]: result for result, words in RESULT_WORDS.items()}
    problems = []
    if not (of["序号"].isascii() and of["序号"].isdigit()):
        problems.append(("序号", "应为代发文件中的序号 (not a number)"))
    if of["结果"] not in results:
        problems.append(("结果", f"应为 {'、'.join(results)} (unknown result)"))
    amount_fen, bank_day = 0, date.min
    try:
        amount_fen = fen_of(of["金额（元）"])
    except AmountUnreadable:
        problems.append(("金额（元）", "金额无法识别 (amount not understood)"))
    try:
        bank_day = date.fromisoformat(of["交易日期"].replace("/", "-"))
    except ValueError:
        problems.append(("交易日期", "应写成如 2023-05-31 (not a day)"))
    reason = of.get("退回原因", "")
    if of["结果"] == RESULT_WORDS[BankResult.SENT_BACK][0] and not reason:
        problems.append(("结果", "退回的缺少退回原因 (a reason is missing)"))
    if problems:
        return None, problems
    result, bank_no = results[of["结果"]], of.get("银行流水号", "")
    return ReturnedLine(int(of["序号"]), amount_fen, result, bank_day, reason, bank_no), []


def _cells(content: bytes) -> Sequence[Sequence[str]] | None:
    """The cells of a file as text; None where it cannot be read or is empty."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        import fastexcel

        try:
            sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string").to_polars()
        except (fastexcel.FastExcelError, ValueError):
            return None
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.rows()] or None
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return list(csv.reader(io.StringIO(text))) or None
    return None
