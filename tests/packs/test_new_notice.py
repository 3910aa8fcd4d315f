"""A new notice: its row from the text and what a clerk knows, appended; its text kept, its quotes found from then on."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from yibao.cli.notice import notice_app
from yibao.packs.check import check
from yibao.packs.new_notice import NewNotice, NoticeRegistered, NoticesNotWritable, NoticeUnfit, register
from yibao.packs.notices import NoticeNotRecognised, add, notices, texts_at_hand
from yibao.packs.policies import policies
from yibao.packs.quotes import normalised, text_hash

TEXT = (
    "某市医疗保障局 关于2023年 居民医保的通知\n测发〔2023〕9号\n各县：\n一、标准。特此通知。补助标准为640元。\n"
    "二、其他。\n某市医疗保障局\n2023年1月5日"
)
SAID = NewNotice(
    "测发〔2023〕9号", "关于2023年居民医保的通知", "990100", ("某市医疗保障局",), date(2023, 1, 5)
)
CITY = "990100_city/financing.yaml"


@pytest.fixture
def text(tmp_path):
    """A file with the new notice alone."""
    path = tmp_path / "new.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_a_notice_is_registered_and_its_quotes_are_found(write, text):
    cited = (
        "    quote: 补助610元\n",
        "    quote: 补助610元\n    last_day: 2022-12-31\n  2023-01-01:\n    standard: 640 元\n    central: 60%\n"
        "    county: 40%\n    cite: 测发〔2023〕9号 一\n    quote: 补助标准为640元\n",
    )
    folder = write({CITY: cited})
    before = (folder / "notices.yaml").read_text("utf-8")
    assert [found.message for found in check(policies(folder)).errors] == ["文号不在 notices.yaml 里"]
    done = register(text, SAID, folder)
    assert done.remarks == []
    report = check(policies(folder))
    assert (report.errors, report.verified) == ([], 1)
    assert (folder / "notices.yaml").read_text("utf-8").startswith(before)
    notice = notices(folder)["测发〔2023〕9号"]
    said = (SAID.title, SAID.area, SAID.issuers, SAID.issued_on)
    assert (notice.title, notice.area, notice.issuers, notice.issued_on) == said
    assert notice.sha256 == text_hash(normalised(TEXT))
    assert list(texts_at_hand(None, folder)) == ["测发〔2023〕9号"]


def test_words_that_come_twice_do_not_end_it_early(write, tmp_path):
    path = tmp_path / "twice.txt"
    end = "请各县认真贯彻执行本通知的各项要求。"
    path.write_text(f"测发〔2023〕9号 {end} 一、标准640元。 {end}", "utf-8")
    done = register(path, SAID, write())
    assert done.text.text == normalised(f"测发〔2023〕9号{end}一、标准640元。{end}")


def test_it_is_cut_out_of_a_page_by_its_first_and_last_words(write, tmp_path):
    page = tmp_path / "page.txt"
    page.write_text(f"首页 > 政策\n{TEXT}\n上一篇 下一篇", "utf-8")
    done = register(
        page,
        NewNotice(
            *(SAID.notice_no, SAID.title, SAID.area, SAID.issuers),
            begins="某市医疗保障局 关于",
            ends="1月5日",
        ),
        write(),
    )
    assert done.text.text == normalised(TEXT)
    assert done.text.notice.issued_on is None


def test_what_the_text_does_not_show_is_said(write, text):
    said = NewNotice("测发〔2023〕8号", "关于居民医保的通知", "990100", ("某局",), date(2023, 1, 6))
    assert register(text, said, write()).remarks == [
        "正文里没有见到文号 测发〔2023〕8号，请核对",
        "正文里没有见到标题 关于居民医保的通知，请核对",
        "正文里没有见到日期 2023年1月6日，请核对",
    ]


def test_everything_wrong_is_said_at_once_and_nothing_is_written(write, text, home):
    folder = write()
    before = (folder / "notices.yaml").read_text("utf-8")
    with pytest.raises(NoticeUnfit) as wrong:
        register(text, NewNotice("测发 9号", "", "99", ("",), begins="没有的话"), folder)
    for words in (
        "文号 '测发 9号'",
        "地区 '99'",
        "标题是空的",
        "没有写发文机关",
        "找不到 --begins 的“没有的话”",
    ):
        assert words in str(wrong.value)
    with pytest.raises(NoticeUnfit, match=r"测发〔2022〕1号 已在 notices\.yaml 里（《测试通知》）"):
        register(text, NewNotice("测发〔2022〕1号", "某通知", "990100", ("某局",), ends="别的"), folder)
    assert (folder / "notices.yaml").read_text("utf-8") == before
    assert not home.exists()


def test_a_text_on_file_is_not_registered_twice(write, text):
    folder = write()
    register(text, SAID, folder)
    again = NewNotice("测发〔2023〕10号", SAID.title, SAID.area, SAID.issuers)
    with pytest.raises(NoticeRegistered, match="已经在册，是 测发〔2023〕9号"):
        register(text, again, folder)


def test_a_folder_that_cannot_be_written_is_said(write, text, home):
    folder = write()
    (folder / "notices.yaml").unlink()
    (folder / "notices.yaml").symlink_to(folder / "nowhere" / "notices.yaml")
    with pytest.raises(NoticesNotWritable, match=r"写不了 .*复制到自己可写的地方"):
        register(text, SAID, folder)
    assert not home.exists()


def test_the_commands_say_what_to_do(write, text):
    folder = write()
    with pytest.raises(NoticeNotRecognised, match="还没有登记的通知先登记：yibao notice register"):
        add(text, folder)
    words = [
        *("register", str(text), "--number", SAID.notice_no, "--title", "另一个标题", "--area", "990100"),
        *(
            "--issuer",
            "某市医疗保障局",
            "--issuer",
            "某市财政局",
            "--date",
            "2023-01-05",
            "--policies",
            str(folder),
        ),
    ]
    said = CliRunner().invoke(notice_app, words).output
    assert said.startswith("已登记 测发〔2023〕9号《另一个标题》")
    assert "注意：正文里没有见到标题 另一个标题，请核对" in said
    assert "cite: 测发〔2023〕9号 一(一)" in said
    listed = CliRunner().invoke(notice_app, ["list", "--policies", str(folder), "--json"]).output
    row = json.loads(listed)[-1]
    assert (row["issuers"], row["issued_on"], row["text_at_hand"]) == (
        ["某市医疗保障局", "某市财政局"],
        "2023-01-05",
        True,
    )
