"""`yibao policy new-year` and `new-area`: a folder of one's own for what the policies do not have yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao.cli.policy import JsonOption, PoliciesOption, print_json, print_table, table_of

if TYPE_CHECKING:
    from yibao.packs.carried_block import Carried
    from yibao.packs.new_area import Written
    from yibao.packs.new_year import ToFill


def new_year_command(
    area: Annotated[str, typer.Argument(help="6 位地区代码 (area)")],
    year: Annotated[int, typer.Argument(help="新的年度，如 2024 (year)")],
    to: Annotated[Path | None, typer.Option("--to", help="写到哪个新文件夹 (new folder)")] = None,
    assume: Annotated[
        bool,
        typer.Option(
            "--assume",
            help="不留空：沿用上一年的数字，逐块记为假定 (carry last year's figures on, as assumed)",
        ),
    ] = False,
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """复制政策到自己的文件夹，新年度的数字留空待填 (copy the policies, next year's figures left open)."""
    from yibao.packs.new_year import assumed_year, new_year
    from yibao.packs.notices import user_folder
    from yibao.packs.policies import policies as read

    folder = to or user_folder() / f"policies-{year}"
    if assume:
        return _carried(assumed_year(read(policies), area, year, folder), year, folder, as_json=as_json)
    return _to_fill(new_year(read(policies), area, year, folder), year, folder, as_json=as_json)


def _to_fill(open_figures: "list[ToFill]", year: int, folder: Path, *, as_json: bool) -> None:
    if as_json:
        return print_json({"folder": folder, "to_fill": [figure._asdict() for figure in open_figures]})
    table = table_of("文件", "条目", "待填的数字", title=f"{folder}：{year} 年待填 {len(open_figures)} 项")
    by_entry: dict[tuple[str, str], list[str]] = {}
    for figure in open_figures:
        by_entry.setdefault((figure.file, figure.entry), []).append(figure.figure)
    for (file, name), figures in by_entry.items():
        table.add_row(file, name, "、".join(figures))
    print_table(table)
    return typer.echo(
        f"填好数字、文号和引文后：yibao policy check --policies {folder} (fill in, then check)\n"
        "没有文件又要先算的，另建文件夹时加 --assume，沿用上一年的数字 (or carry last year's on)"
    )


def _carried(carried_on: "list[Carried]", year: int, folder: Path, *, as_json: bool) -> None:
    if as_json:
        rows = [{**one._asdict(), "moved": [day._asdict() for day in one.moved]} for one in carried_on]
        return print_json({"folder": folder, "carried": rows})
    refusing = sum(not one.figures for one in carried_on)
    table = table_of(
        "文件",
        "条目",
        "沿用哪天起的一块",
        "数字",
        "随年度顺延的日期",
        title=f"{folder}：{year} 年沿用 {len(carried_on)} 块，都记为假定",
    )
    for one in carried_on:
        days = "\n".join(f"{day.figure} {day.was} → {day.becomes}" for day in one.moved)
        table.add_row(one.file, one.entry, str(one.from_day), "、".join(one.figures) or "没有数字", days)
    print_table(table)
    return typer.echo(
        f"共 {len(carried_on)} 块，其中 {refusing} 块上一年就没有数字。拿到文件后逐块换成文件的数字；核对："
        f"yibao policy check --policies {folder} (carried on as assumed; replace each block as its document comes)"
    )


def new_area_command(
    code: Annotated[str, typer.Argument(help="6 位行政区划代码 (division code)")],
    name: Annotated[str, typer.Option("--name", help="名称，如 某市 (name)")],
    name_en: Annotated[
        str, typer.Option("--name-en", help="英文名，文件夹名由它而来 (English name, names the folder)")
    ] = "",
    parent: Annotated[
        str, typer.Option("--parent", help="上级代码；不写取在册的市、省，再取国家 (code of the area above)")
    ] = "",
    year: Annotated[
        list[int] | None, typer.Option("--year", help="年度，可写几次；不写为上级的年度 (years, repeatable)")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="先把全部政策复制到这个新文件夹，写在那里 (into a copy of all)"),
    ] = None,
    policies: PoliciesOption = None,
    as_json: JsonOption = False,
) -> None:
    """写出新地区的文件夹：各条目都不予办理并注明怎么填 (a new area's folder, every entry refusing until filled in)."""
    from yibao.packs.new_area import NewArea, new_area
    from yibao.packs.policies import policies as read
    from yibao.reports.figure_words import FIGURE_WORDS

    said = NewArea(code.strip(), name.strip(), name_en.strip(), parent.strip(), tuple(year or ()))
    done = new_area(read(policies), said, {key: words[0] for key, words in FIGURE_WORDS.items()}, to)
    return _written(done, said.code, as_json=as_json)


def _written(done: "Written", code: str, *, as_json: bool) -> None:
    if as_json:
        return print_json(done._asdict())
    typer.echo(f"已写入 {done.folder} (written)")
    table = table_of("文件", "不予办理，待填", "沿用上级", title="条目 (entries)")
    for section, keys in done.refusing.items():
        table.add_row(f"{section}.yaml" if keys else "", "、".join(keys), "、".join(done.inherited[section]))
    print_table(table)
    from yibao.packs.policies import policies_folder

    folder = done.folder.parent
    yibao = "yibao" if folder == policies_folder() else f"yibao --policies {folder}"
    return typer.echo(
        f"先看 {done.folder / 'pack.yaml'} 的机构类别和县区，再逐块填数字；每填一块核对一次：\n"
        f"{yibao} policy check\n"
        f"看现在的样子：{yibao} policy show {code} (fill in, block by block, and check)"
    )
