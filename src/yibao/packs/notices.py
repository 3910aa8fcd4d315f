"""Notices (通知): what each is called, and the texts of them that a user has at hand.

The project does not reprint notices. A user who has a text adds it once (`packs.new_notice` registers one that is not on
file); it is known again by the words it begins and
ends with and by its hash, and kept in the user's data folder, where `policy check` looks quotes up.
"""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yibao.packs.entries import PolicyFailure
from yibao.packs.policies import policies_folder, read_yaml
from yibao.packs.quotes import corrected, normalised, text_hash


@dataclass(frozen=True)
class Notice:
    """One notice; `area` is the division code it governs, `issued_on` None where its text shows no date."""

    notice_no: str
    title: str
    area: str
    issuers: tuple[str, ...]
    issued_on: date | None
    follows: tuple[str, ...]
    supersedes: str
    complete: bool
    note: str
    begins: str
    ends: str
    sha256: str
    slips: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class NoticeText:
    """The normalised text of a notice; `as_read` says whether it is the very text that the project was made from."""

    notice: Notice
    text: str
    as_read: bool


class NoticeNotRecognised(PolicyFailure):
    """A file that holds none of the notices on file."""

    def __init__(self, path: Path, known: list[str]) -> None:
        super().__init__(
            f"{path} 不是在册的任何一份通知；在册文号：{'、'.join(known)}。请确认文件是通知全文、编码为 UTF-8；"
            f"还没有登记的通知先登记：yibao notice register {path} --number 文号 --title 标题 --issuer 发文机关 --area 地区代码 "
            f"--date 日期 (not the full text of a notice on file)"
        )


class NoticeDiffers(PolicyFailure):
    """A file that begins and ends as a notice does but whose text is another."""

    def __init__(self, path: Path, found: NoticeText) -> None:
        super().__init__(
            f"{path} 像是 {found.notice.notice_no}，但正文与在册文本不同（指纹 {text_hash(found.text)[:12]}，应为 "
            f"{found.notice.sha256[:12]}），没有收下。文本若是正确的，请用 yibao policy check --texts 核对引文 "
            f"(text differs from the one on file)"
        )


class NoticeUnreadable(PolicyFailure):
    """A file that cannot be read as text."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"{path} 读不出文字：{reason}。请另存为 UTF-8 的 .txt (not readable as UTF-8 text)")


def notices(folder: Path | None = None) -> dict[str, Notice]:
    """The notices on file, by number. Raises PolicyFailure where notices.yaml cannot be read."""
    at = folder or policies_folder()
    if not (at / "notices.yaml").exists():
        return {}
    slips = read_yaml(at / "errata.yaml") if (at / "errata.yaml").exists() else {}
    return {
        str(n): _notice(str(n), row, slips.get(n, {})) for n, row in read_yaml(at / "notices.yaml").items()
    }


def user_folder() -> Path:
    """The user's data folder: YIBAO_HOME where set, else the place that desktops keep such data."""
    named = os.environ.get("YIBAO_HOME")
    return Path(named) if named else Path.home() / ".local" / "share" / "yibao"


def add(path: Path, folder: Path | None = None) -> NoticeText:
    """Keeps the text of a notice in the user's data folder. Raises NoticeNotRecognised, NoticeDiffers, NoticeUnreadable."""
    known = notices(folder)
    found = recognised(path, known)
    if found is None:
        raise NoticeNotRecognised(path, list(known))
    if not found.as_read:
        raise NoticeDiffers(path, found)
    kept = user_folder() / "notices"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{found.notice.notice_no}.txt").write_text(found.text, encoding="utf-8")
    return found


def texts_at_hand(texts: Path | None = None, folder: Path | None = None) -> dict[str, NoticeText]:
    """The texts of a folder of raw files and those the user has added, by number; the added ones win."""
    known = notices(folder)
    found: dict[str, NoticeText] = {}
    for place in (texts, user_folder() / "notices"):
        if place is not None and place.is_dir():
            for path in sorted(place.glob("*.txt")):
                text = recognised(path, known)
                if text is not None:
                    found[text.notice.notice_no] = text
    return found


def _notice(notice_no: str, row: dict[str, Any], slips: dict[str, str]) -> Notice:
    return Notice(
        notice_no=notice_no,
        title=str(row["title"]),
        area=str(row["area"]),
        issuers=tuple(row["issuers"]),
        issued_on=row.get("issued_on"),
        follows=tuple(row.get("follows", ())),
        supersedes=str(row.get("supersedes", "")),
        complete=bool(row.get("complete", True)),
        note=str(row.get("note", "")),
        begins=str(row["begins"]),
        ends=str(row["ends"]),
        sha256=str(row["sha256"]),
        slips=tuple((str(wrong), str(right)) for wrong, right in slips.items()),
    )


def level_text(path: Path) -> str:
    """The normalised text of a file. Raises NoticeUnreadable."""
    try:
        return normalised(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as bad:
        raise NoticeUnreadable(path, bad) from None


def recognised(path: Path, known: dict[str, Notice]) -> NoticeText | None:
    """The notice that a file holds, cut out of whatever frame it came in; None where it holds none."""
    level = level_text(path)
    for notice in known.values():
        text = corrected(level, dict(notice.slips))
        starts_at = text.find(normalised(notice.begins))
        ends_at = text.find(normalised(notice.ends), max(starts_at, 0))
        if starts_at >= 0 and ends_at >= 0:
            cut = text[starts_at : ends_at + len(normalised(notice.ends))]
            return NoticeText(notice, cut, text_hash(cut) == notice.sha256)
    return None
