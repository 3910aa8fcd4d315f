"""What facts of a person cannot be (资料核对): every problem in words, without the name or the number itself."""

from datetime import date

from yibao.enrolment.orders import Change, Document, NewDocument, Place, Recognition, Registration
from yibao.enrolment.terms import IdentityKind
from yibao.kernel.codes import identity_problem, is_division_code

OLDEST_BIRTH = date(1880, 1, 1)
SEXES = (1, 2)
_TOWNSHIP_DIGITS = (6, 9, 12)
_LONGEST_NAME = 64
_LONGEST_NUMBER = 32


def registration_problems(order: Registration, today: date) -> list[str]:
    """Everything that is wrong with a registration."""
    found = [*_name(order.name), *_sex(order.sex), *_birth(order.born_on, today), *_county(order.county_code)]
    found += _happened(order.happened_on, order.born_on, today) + _reason(order.reason)
    if not order.documents:
        found.append("至少要有一种身份凭证")
    for document in order.documents:
        found += _document(document, order.born_on, order.sex)
    for place in order.addresses:
        found += _place(place)
    for cover in order.covers:
        if cover.first_day > cover.last_day:
            found.append(f"参保期 {cover.first_day} 晚于 {cover.last_day}")
        if cover.first_day < order.born_on:
            found.append(f"参保期 {cover.first_day} 早于出生日期")
    return found


def change_problems(order: Change, born_on: date, died_on: date | None, today: date) -> list[str]:
    """Everything that is wrong with a change of facts."""
    birth = order.born_on or born_on
    found = _happened(order.happened_on, birth, today) + _reason(order.reason)
    found += [] if order.name is None else _name(order.name)
    found += [] if order.sex is None else _sex(order.sex)
    found += [] if order.born_on is None else _birth(order.born_on, today)
    found += [] if order.county_code is None else _county(order.county_code)
    found += [] if order.address is None else _place(order.address)
    if died_on is not None and birth > died_on:
        found.append("出生日期晚于死亡日期")
    return found


def document_problems(order: NewDocument, born_on: date, sex: int, today: date) -> list[str]:
    """Everything that is wrong with a document that comes later: an identity number has to agree with birth and sex."""
    found = _happened(order.happened_on, born_on, today) + _reason(order.reason)
    return found + _document(order.document, born_on, sex)


def recognition_problems(order: Recognition, born_on: date, today: date) -> list[str]:
    """Everything that is wrong with a certification; it may begin before today, and not after it."""
    found = _reason(order.reason)
    if order.last_day is not None and order.last_day < order.first_day:
        found.append(f"认定终止日 {order.last_day} 早于起始日 {order.first_day}")
    if order.first_day > today:
        found.append(f"认定起始日 {order.first_day} 在今天之后")
    if order.first_day < born_on:
        found.append(f"认定起始日 {order.first_day} 早于出生日期")
    return found


def _document(document: Document, born_on: date, sex: int) -> list[str]:
    if not document.number or len(document.number) > _LONGEST_NUMBER:
        return ["证件号码为空或过长"]
    if document.kind is not IdentityKind.IDENTITY_NUMBER:
        return []
    problem = identity_problem(document.number)
    if problem:
        return [f"公民身份号码有误：{problem}"]
    found = []
    if document.number[6:14] != born_on.strftime("%Y%m%d"):
        found.append("公民身份号码与出生日期不一致")
    if (int(document.number[16]) % 2 == 1) != (sex == 1):
        found.append("公民身份号码与性别不一致")
    return found


def _name(name: str) -> list[str]:
    return [] if name.strip() and len(name) <= _LONGEST_NAME else ["姓名为空或过长"]


def _sex(sex: int) -> list[str]:
    return [] if sex in SEXES else ["性别应为 1（男）或 2（女）"]


def _birth(born_on: date, today: date) -> list[str]:
    if born_on > today:
        return ["出生日期在今天之后"]
    return [] if born_on >= OLDEST_BIRTH else ["出生日期过早"]


def _county(code: str) -> list[str]:
    return [] if is_division_code(code) else ["参保县（市、区）应为 6 位区划代码"]


def _happened(day: date, born_on: date, today: date) -> list[str]:
    found = [] if day <= today else [f"发生日期 {day} 在今天之后"]
    return found if day >= born_on else [*found, f"发生日期 {day} 在出生之前"]


def _reason(reason: str) -> list[str]:
    return [] if reason.strip() else ["请写明事由"]


def _place(place: Place) -> list[str]:
    code = place.division_code
    sound = len(code) in _TOWNSHIP_DIGITS and code.isdigit() and is_division_code(code[:6])
    return [] if sound else ["地址的区划代码应为 6、9 或 12 位数字"]
