"""Texts of notices: levelled, known again by number and hash, kept in the user's folder; others are refused."""

import pytest

from yibao.packs.notices import (
    NoticeDiffers,
    NoticeNotRecognised,
    NoticeUnreadable,
    add,
    notices,
    texts_at_hand,
)
from yibao.packs.quotes import corrected, normalised, quotes_found, text_hash

TEXT = "测发[2022]1号各县:补助不低于610元,补助610元,乙县488元。特此通知。"


def test_copies_that_differ_in_form_are_the_same_text():
    assert normalised("# 测 发〔2022〕1号 【甲】“乙”（6％）") == '测发[2022]1号[甲]"乙"(6%)'
    assert normalised("６１０ 元\n，") == "610元,"


def test_slips_of_the_scan_are_put_right():
    assert corrected("大原市補助", {"大 原市": "太原市"}) == "太原市補助"


def test_a_quote_is_found_across_line_breaks_and_not_where_a_figure_differs():
    level = normalised("标准 提高 30元,\n\n达到 610 元")
    assert quotes_found(("提高30元，达到610元", "达到611元"), level) == ("提高30元，达到610元",)


@pytest.fixture
def known(write):
    """The small folder with the hash of its notice."""
    return write({"notices.yaml": ("sha256: ''", f"sha256: {text_hash(TEXT)}")})


def test_a_notice_is_cut_out_of_its_frame_and_kept(known, texts, home):
    found = add(texts / "one.txt", known)
    assert found.text == TEXT
    assert (home / "notices" / "测发〔2022〕1号.txt").read_text("utf-8") == TEXT
    assert texts_at_hand(None, known)["测发〔2022〕1号"].as_read


def test_a_text_of_no_notice_is_refused_and_nothing_is_kept(known, tmp_path, home):
    other = tmp_path / "other.txt"
    other.write_text("某局关于别的事的通知", "utf-8")
    with pytest.raises(NoticeNotRecognised, match="不是在册的任何一份通知；在册文号：测发〔2022〕1号"):
        add(other, known)
    assert not home.exists()


def test_a_text_that_was_changed_is_refused(known, texts, tmp_path, home):
    changed = tmp_path / "changed.txt"
    changed.write_text((texts / "one.txt").read_text("utf-8").replace("488", "489"), "utf-8")
    with pytest.raises(NoticeDiffers, match="正文与在册文本不同"):
        add(changed, known)
    assert not home.exists()


def test_a_file_that_is_no_text_is_refused(known, tmp_path):
    picture = tmp_path / "scan.txt"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(NoticeUnreadable, match="另存为 UTF-8"):
        add(picture, known)
    with pytest.raises(NoticeUnreadable):
        add(tmp_path / "nowhere.txt", known)


def test_the_five_notices_are_on_file_with_their_hashes():
    found = notices()
    assert len(found) == 5
    assert all(len(notice.sha256) == 64 for notice in found.values())
    assert {str(notice.issued_on) for notice in found.values()} == {"None", "2022-10-25", "2022-09-14"}
