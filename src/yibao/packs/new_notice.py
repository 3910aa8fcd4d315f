"""A new notice (登记通知): a row of notices.yaml from a text and what a clerk knows of it, and the text kept.

The words it begins and ends with and the hash are read off the text, so nobody counts characters. A row is appended as text:
what stands in the file stays as it is.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from yibao.kernel.codes import is_division_code
from yibao.packs.entries import PolicyFailure
from yibao.packs.notices import Notice, NoticeText, add, level_text, notices, recognised
from yibao.packs.policies import NATIONAL
from yibao.packs.quotes import LONGEST_QUOTE, normalised, text_hash

SHORTEST_END = 12
"""Characters of its end that a notice is known by, where the same words do not come earlier."""


@dataclass(frozen=True)
class NewNotice:
    """What a clerk says of a notice; `issued_on` None where its text shows no date, `begins` and `ends` empty where the
    file holds the notice alone.
    """

    notice_no: str
    title: str
    area: str
    issuers: tuple[str, ...]
    issued_on: date | None = None
    follows: tuple[str, ...] = ()
    complete: bool = True
    note: str = ""
    begins: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Registered:
    """A notice that was registered, its text, and what the text does not show of what was said of it."""

    text: NoticeText
    file: Path
    remarks: list[str]


class NoticeUnfit(PolicyFailure):
    """What was said of a notice cannot stand in notices.yaml; all of it at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("没有登记：" + "；".join(problems) + " (not registered)")


class NoticeRegistered(PolicyFailure):
    """A text that is a notice on file already."""

    def __init__(self, path: Path, notice: Notice) -> None:
        super().__init__(
            f"{path} 已经在册，是 {notice.notice_no}《{notice.title}》，没有再登记。若是另一份通知，请用 --begins 写它开头的几个字"
            "（连同文号），使两份认得开 (that text is on file)"
        )


class NoticesNotWritable(PolicyFailure):
    """notices.yaml cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"写不了 {path}：{reason}。请把政策文件夹复制到自己可写的地方，再用 --policies 指给它 (cannot write)"
        )


def register(path: Path, said: NewNotice, folder: Path) -> Registered:
    """Adds a notice to notices.yaml of a folder of policies and keeps its text in the user's data folder.

    Raises NoticeUnfit, NoticeRegistered, NoticeUnreadable, NoticesNotWritable; then nothing was written.
    """
    known = notices(folder)
    text, problems = _cut(path, said)
    problems = [*_problems(said, known), *problems]
    if problems:
        raise NoticeUnfit(problems)
    found = recognised(path, known)
    if found is not None:
        raise NoticeRegistered(path, found.notice)
    row = _row(said, text)
    file = folder / "notices.yaml"
    before = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if file.exists() else ""
    written = yaml.safe_dump(
        {said.notice_no: row}, allow_unicode=True, sort_keys=False, default_flow_style=None, width=10**6
    )
    try:
        file.write_text(before + written, encoding="utf-8")
    except OSError as refused:
        raise NoticesNotWritable(file, str(refused.strerror)) from None
    return Registered(add(path, folder), file, _remarks(said, text))


def _cut(path: Path, said: NewNotice) -> tuple[str, list[str]]:
    """The normalised text of the notice alone, and why it cannot be cut out of its file."""
    level = level_text(path)
    if not level:
        return "", [f"{path} 里没有文字"]
    starts_at = level.find(normalised(said.begins))
    if starts_at < 0:
        return level, [f"{path} 里找不到 --begins 的“{said.begins}”"]
    end = normalised(said.ends)
    ends_at = level.find(end, starts_at) if end else len(level)
    if ends_at < 0:
        return level, [f"{path} 里“{said.begins}”之后找不到 --ends 的“{said.ends}”"]
    return level[starts_at : ends_at + len(end)], []


def _problems(said: NewNotice, known: dict[str, Notice]) -> list[str]:
    found = []
    if not said.notice_no or any(mark.isspace() or mark in "/\\" for mark in said.notice_no):
        found.append(
            f"文号 {said.notice_no!r} 不能空，也不能有空格和斜杠：cite 里第一个空格之前是文号，之后是节"
        )
    if said.notice_no in known:
        found.append(f"文号 {said.notice_no} 已在 notices.yaml 里（《{known[said.notice_no].title}》）")
    if said.area != NATIONAL and not is_division_code(said.area):
        found.append(f"地区 {said.area!r} 不是六位行政区划代码（全国写 {NATIONAL}）")
    if not said.title.strip():
        found.append("标题是空的")
    if not [issuer for issuer in said.issuers if issuer.strip()]:
        found.append("没有写发文机关")
    return found


def _row(said: NewNotice, text: str) -> dict[str, Any]:
    row: dict[str, Any] = {"title": said.title, "area": said.area, "issuers": list(said.issuers)}
    if said.issued_on is not None:
        row["issued_on"] = said.issued_on
    if said.follows:
        row["follows"] = list(said.follows)
    row["complete"] = said.complete
    if said.note:
        row["note"] = said.note
    row["begins"] = normalised(said.begins) or text[:LONGEST_QUOTE]
    row["ends"] = normalised(said.ends) or _end(text)
    row["sha256"] = text_hash(text)
    return row


def _end(text: str) -> str:
    """The last words of a text, as many as it takes for them to come nowhere earlier."""
    for size in range(SHORTEST_END, len(text)):
        if text.find(text[-size:]) == len(text) - size:
            return text[-size:]
    return text


def _remarks(said: NewNotice, text: str) -> list[str]:
    """What the text does not show; it may be right all the same, for a copy may lack its head or its date."""
    day = said.issued_on
    shown = {"文号": said.notice_no, "标题": said.title}
    if day is not None:
        shown["日期"] = f"{day.year}年{day.month}月{day.day}日"
    return [
        f"正文里没有见到{what} {words}，请核对"
        for what, words in shown.items()
        if normalised(words) not in text
    ]
