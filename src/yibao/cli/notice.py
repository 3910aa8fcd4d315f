"""`yibao notice …`: the notices on file, and the texts of them that the user has added."""

from pathlib import Path
from typing import Annotated

import typer

from yibao.cli.policy import JsonOption, PoliciesOption, print_json, print_table, table_of

notice_app = typer.Typer(help="通知原文：登记、列出 (texts of the notices)", no_args_is_help=True)


@notice_app.command("add")
def add_command(
    file: Annotated[Path, typer.Argument(help="通知全文，UTF-8 文本 (full text of a notice)")],
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """收下一份通知全文，供核对引文 (keep the text of a notice, to check quotes against)."""
    from yibao.packs.notices import add, user_folder

    found = add(file, policies)
    kept = user_folder() / "notices"
    if as_json:
        return print_json(
            {"notice_no": found.notice.notice_no, "characters": len(found.text), "folder": kept}
        )
    return typer.echo(f"已收下 {found.notice.notice_no}《{found.notice.title}》，存于 {kept} (text kept)")


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
