"""A department's list from a workbook or a CSV file: its rows as text, and which cells hold a formula.

A workbook gives the last value of a formula, not that it is one; where a sheet of a workbook has formulas is read
from the sheet itself. An old binary workbook (.xls) does not say, and is taken as it is shown.
"""

import hashlib
import zipfile
from pathlib import Path

from yibao.files.cells import parts_of
from yibao.files.columns import Column, Layout
from yibao.files.excel_file import LARGEST_UNPACKED
from yibao.files.formulas import first_sheet, formulas_of
from yibao.files.log import FindingLog
from yibao.files.source import file_name, open_source
from yibao.journeys.lists.listing_rows import COLUMN_WORDS, GivenRow
from yibao.kernel.findings import Finding

OTHER_HEADINGS = {
    "name": ("患者姓名", "人员姓名"),
    "identity_no": ("公民身份号码", "身份证号码", "证件号码", "居民身份证号"),
    "born_on": ("出生年月日", "出生日"),
    "county": ("县区", "所在县区", "区划代码", "行政区划代码"),
    "address": ("家庭住址", "住址", "居住地址", "户籍地址"),
    "householder_no": ("户主证件号码", "户主身份证号码", "户主公民身份号码"),
    "category": ("人员类别", "救助身份", "认定类别", "对象类别"),
    "disease": ("疾病", "病种名称", "患病名称"),
    "first_day": ("认定日期", "起始日", "纳入日期", "参保起始日"),
    "last_day": ("终止日", "退出日期", "参保终止日"),
    "happened_on": ("死亡日期", "停保日期"),
    "document_no": ("文号", "证号", "认定文号"),
    "scheme": ("险种类型", "参保险种"),
    "elsewhere": ("统筹地区", "参保统筹区"),
}

LAYOUT = Layout(
    "部门名单 (a department's list)",
    tuple(Column(name, words, OTHER_HEADINGS.get(name, ())) for name, words in COLUMN_WORDS.items()),
    needed=(("name",), ("identity_no", "born_on")),
)


def read_list(path: Path) -> tuple[tuple[GivenRow, ...], list[Finding]]:
    """The rows of a list, and what keeps the file from being read; wrong cells are told by the dry run."""
    log = FindingLog()
    source = open_source(path, LAYOUT, log)
    if source is None:
        return (), log.findings(file_name(path))
    names = {heading: name for name, heading in source.headings.items()}
    formulas = formula_cells(path)
    places = _places(path, source.headings)
    rows: list[GivenRow] = []
    for part in parts_of(source, log):
        columns = {name: part.text(name).fill_null("").to_list() for name in names.values()}
        for at, number in enumerate(part.numbers.to_list()):
            cells = {name: column[at] for name, column in columns.items() if column[at]}
            marked = tuple(name for name, place in places.items() if (number, place) in formulas)
            rows.append(GivenRow(int(number), **cells, formulas=marked))
    return tuple(rows), log.findings(file_name(path))


def hash_of_file(path: Path) -> str:
    """The hash by which a file is known again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def formula_cells(path: Path) -> set[tuple[int, int]]:
    """The cells of the first sheet of a workbook that hold a formula: row as a person counts it, column from 0."""
    if not zipfile.is_zipfile(path):
        return set()
    with zipfile.ZipFile(path) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > LARGEST_UNPACKED:
            return set()
        sheet = first_sheet(packed)
        found = list(formulas_of(packed, sheet)) if sheet in packed.namelist() else []
    return {(row, _column(letters)) for letters, row in found}


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _places(path: Path, headings: dict[str, str]) -> dict[str, int]:
    """The place of each column in the file, asked for only where a workbook may hold formulas."""
    from yibao.files import excel_file

    if not zipfile.is_zipfile(path):
        return {}
    at = {heading: place for place, heading in enumerate(excel_file.opened(path).headings)}
    return {name: at[heading] for name, heading in headings.items()}
