"""`yibao notice …`: the notices on file, new ones registered, and the texts of them that the user has added."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yibao.cli.policy import JsonOption, PoliciesOption, print_json, print_table, table_of

notice_app = typer.Typer(
    help="通知：登记、收下原文、列出 (the notices and their texts)", no_args_is_help=True
)


@notice_app.command("add")
def add_command(
    file: Annotated[Path, typer.Argument(help="通知全文，UTF-8 文本 (full text of a notice)")],
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """收下一份在册通知的全文，供核对引文 (keep the text of a notice on file, to check quotes against)."""
    from yibao.packs.notices import add, user_folder

    found = add(file, policies)
    kept = user_folder() / "notices"
    if as_json:
        return print_json(
            {"notice_no": found.notice.notice_no, "characters": len(found.text), "folder": kept}
        )
    return typer.echo(f"已收下 {found.notice.notice_no}《{found.notice.title}》，存于 {kept} (text kept)")


@notice_app.command("register")
def register_command(
    file: Annotated[Path, typer.Argument(help="通知全文，UTF-8 文本 (full text of the notice)")],
    number: Annotated[str, typer.Option("--number", help="文号，如 某医保发〔2023〕1号 (number)")],
    title: Annotated[str, typer.Option("--title", help="标题 (title)")],
    issuer: Annotated[
        list[str], typer.Option("--issuer", help="发文机关，几个就写几次 (issuer, repeatable)")
    ],
    area: Annotated[str, typer.Option("--area", help="管辖地区的 6 位代码，全国写 000000 (area it governs)")],
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="发文日期；正文没有落款日期的不写 (date of issue)"),
    ] = None,
    follows: Annotated[
        list[str] | None, typer.Option("--follows", help="所依据的文号，可写几次 (notice it follows)")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="说明，如文本从哪里来、缺什么 (note)")] = "",
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="文本不全 (the text is not complete)")
    ] = False,
    begins: Annotated[
        str, typer.Option("--begins", help="文件里还有别的内容时：通知开头的几个字 (its first words)")
    ] = "",
    ends: Annotated[str, typer.Option("--ends", help="同上：通知最后的几个字 (its last words)")] = "",
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一份新通知：写进政策文件夹的 notices.yaml，并收下全文 (register a new notice, and keep its text)."""
    from yibao.packs.new_notice import NewNotice, register
    from yibao.packs.policies import policies_folder
    from yibao.packs.quotes import LONGEST_QUOTE

    said = NewNotice(
        notice_no=number.strip(),
        title=title.strip(),
        area=area,
        issuers=tuple(name.strip() for name in issuer),
        issued_on=day.date() if day else None,
        follows=tuple(follows or ()),
        complete=not incomplete,
        note=note,
        begins=begins,
        ends=ends,
    )
    done = register(file, said, policies or policies_folder())
    notice = done.text.notice
    if as_json:
        return print_json(
            {
                "notice_no": notice.notice_no,
                "file": done.file,
                "characters": len(done.text.text),
                "begins": notice.begins,
                "ends": notice.ends,
                "sha256": notice.sha256,
                "remarks": done.remarks,
            }
        )
    typer.echo(
        f"已登记 {notice.notice_no}《{notice.title}》：{done.file}，正文 {len(done.text.text)} 字，"
        f"指纹 {notice.sha256[:12]} (registered, and its text kept)"
    )
    for remark in done.remarks:
        typer.echo(f"注意：{remark} (not seen in the text)")
    return typer.echo(
        f"引用时写 cite: {notice.notice_no} 一(一)（空格后是节）和 quote:（不超过{LONGEST_QUOTE}字的原文）(how to cite it)"
    )


@notice_app.command("list")
def list_command(
    policies: PoliciesOption = None,
    texts: Annotated[
        Path | None, typer.Option("--texts", help="另看这个文件夹里的原文 (folder of texts)")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """列出在册通知，以及手头有没有原文 (notices on file, and whether their text is at hand)."""
    from yibao.packs.notices import notices, texts_at_hand

    known = notices(policies)
    at_hand = texts_at_hand(texts, policies)
    if as_json:
        return print_json(
            [
                {
                    "notice_no": notice.notice_no,
                    "title": notice.title,
                    "area": notice.area,
                    "issuers": list(notice.issuers),
                    "issued_on": notice.issued_on,
                    "follows": list(notice.follows),
                    "text_at_hand": notice.notice_no in at_hand,
                }
                for notice in known.values()
            ]
        )
    table = table_of("文号", "标题", "发文机关", "日期", "依据", "手头原文", title="通知 (notices)")
    for notice in known.values():
        held = at_hand.get(notice.notice_no)
        words = "没有" if held is None else ("有" if held.as_read else "有，文本不同")
        table.add_row(
            notice.notice_no,
            notice.title,
            "、".join(notice.issuers),
            str(notice.issued_on or "文本未见"),
            "、".join(notice.follows),
            words,
        )
    return print_table(table)
