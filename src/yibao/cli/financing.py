"""`yibao subsidy` and `yibao bill`: what governments pay for one person, and what the person pays, with what each rests on.

carries_out: FIN-04, FIN-06, FIN-11, FIN-12, FIN-13, FIN-14
"""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from yibao.financing.terms import Payer, University
    from yibao.packs.entries import Entry

AreaOption = Annotated[str, typer.Option(help="6 位行政区划代码 (division code)")]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出 JSON (JSON only)")]


def subsidy(
    area: AreaOption,
    year: Annotated[str, typer.Option(metavar="YEAR", help="补助年度，如 2022 (fund year)")],
    university: Annotated[
        str, typer.Option(help="大学生学校隶属：ministry、province、city（部属、省属、市属）")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """财政补助分级负担：一人一年各级财政各补助多少 (the fiscal subsidy of one person by level of government)."""
    from yibao.financing.rules.subsidy import subsidy_split
    from yibao.financing.terms import LEVEL_WORDS, SubsidyLevel
    from yibao.kernel.money import yuan, yuan_grouped
    from yibao.packs.financing import subsidy_params
    from yibao.packs.policies import policies

    at = policies().area(area)
    params, entry = subsidy_params(at, _year(year), _university(university))
    split = subsidy_split(params)
    parts = {
        SubsidyLevel.CENTRAL: split.central_fen,
        SubsidyLevel.PROVINCIAL: split.provincial_fen,
        SubsidyLevel.MUNICIPAL: split.municipal_fen,
        SubsidyLevel.COUNTY: split.county_fen,
        SubsidyLevel.MUNICIPAL_AND_COUNTY: split.municipal_and_county_fen,
        SubsidyLevel.LOCAL: split.local_fen,
    }
    only_if_paid = (SubsidyLevel.MUNICIPAL_AND_COUNTY, SubsidyLevel.LOCAL)
    shown = {level: fen for level, fen in parts.items() if fen or level not in only_if_paid}
    if as_json:
        _print_json({level.name.lower(): yuan(fen) for level, fen in shown.items()})
        _say_standing([entry], to_stderr=True)
        return
    rows = [(LEVEL_WORDS[level], yuan_grouped(fen)) for level, fen in shown.items() if fen]
    rows.append((("合计（人均财政补助标准）", "standard"), yuan_grouped(split.standard_fen)))
    _print_table(f"{at.name} {area} {year} 年 {entry.label}", rows)
    _print_entry(entry, entry.quotes)
    _say_standing([entry])


def bill(
    area: AreaOption,
    benefit_year: Annotated[
        str, typer.Option(metavar="YEAR", help="待遇年度，如 2023；学年以其结束的年份为名 (benefit year)")
    ],
    category: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="人员身份类别，可重复；英文名或中文 (category, repeatable)"),
    ] = None,
    tier: Annotated[str, typer.Option(help="缴费档次 1 或 2 (contribution tier)")] = "1",
    student: Annotated[bool, typer.Option("--student", help="大学生 (student)")] = False,
    as_json: JsonOption = False,
) -> None:
    """个人缴费与资助参保：应缴多少、谁资助、个人实缴多少 (one person's contribution, the aid by payer, what the person pays)."""
    from yibao.assistance.terms import CATEGORY_WORDS, Category
    from yibao.cli.categories import category_named, tags_of
    from yibao.financing.rules.contribution import contribution
    from yibao.financing.rules.enrolment_aid import enrolment_aid
    from yibao.financing.terms import PAYER_WORDS, ContributionGroup, Payer
    from yibao.kernel.money import yuan, yuan_grouped
    from yibao.packs.benefit_years import years_named
    from yibao.packs.financing import TierNotOnFile, aid_params, contribution_params, tier_place
    from yibao.packs.policies import policies

    at = policies().area(area)
    tags = tags_of([category_named(code) for code in category or []])
    group = ContributionGroup.STUDENT if student else ContributionGroup.RESIDENT
    params, entry = contribution_params(at, _year(benefit_year))
    standard = contribution(params, group=group, tier=tier_place(at, tier))
    if standard.on_file == 0:
        raise TierNotOnFile(at, _year(benefit_year), tier, "大学生" if student else "居民", entry)
    days = years_named(at, _year(benefit_year), student=student)
    entries, payers, person_fen, aided = [entry], {}, standard.standard_fen, Category.ORDINARY
    if tags:
        terms, aid_entry = aid_params(at, _year(benefit_year), group)
        aid = enrolment_aid(
            terms, category_tags=tags, household_tags=0, contribution_fen=standard.standard_fen
        )
        paid = {
            Payer.ASSISTANCE_FUND: aid.assistance_fund_fen,
            Payer.MUNICIPAL: aid.municipal_fen,
            Payer.COUNTY: aid.county_fen,
        }
        payers = {payer: fen for payer, fen in paid.items() if fen}
        entries, person_fen, aided = [entry, aid_entry], aid.person_pays_fen, Category(aid.category)
    if as_json:
        answer: dict[str, object] = {
            "contribution": yuan(standard.standard_fen),
            "person": yuan(person_fen),
            "payers": {payer.name.lower(): yuan(fen) for payer, fen in payers.items()},
        }
        if student and days:
            answer |= {"first_day": str(days[0].first_day), "last_day": str(days[0].last_day)}
        _print_json(answer)
        _say_standing(entries, to_stderr=True)
        return
    rows = [(("个人缴费标准", "contribution"), yuan_grouped(standard.standard_fen))]
    rows += [(PAYER_WORDS[payer], yuan_grouped(fen)) for payer, fen in payers.items()]
    rows.append((("个人实缴", "the person pays"), yuan_grouped(person_fen)))
    chinese, english = CATEGORY_WORDS[aided]
    who = f"{chinese} ({english})" if payers else "无 (no aid)"
    _print_table(f"{at.name} {area} {benefit_year} 年度 个人缴费；资助身份：{who}", rows)
    if days:
        whose = "大学生" if student else "居民"
        typer.echo(f"{whose}待遇年度 (benefit year)：{days[0].first_day}—{days[0].last_day}")
    _print_entry(entry, entry.quotes)
    for aid_entry in entries[1:]:
        _print_entry(aid_entry, _quotes_of(aid_entry, payers, person_fen))
    _say_standing(entries)


def _year(text: str) -> int:
    from yibao.packs.financing import NoSuchYear

    if not (text.isascii() and text.isdigit()):
        raise NoSuchYear(text)
    return int(text)


def _university(text: str) -> "University":
    from yibao.financing.terms import UNIVERSITY_WORDS, University
    from yibao.packs.entries import PolicyFailure

    for university, words in UNIVERSITY_WORDS.items():
        if text.strip().upper() == university.name or text.strip() == words[0]:
            return university
    if text.strip():
        raise PolicyFailure(
            f"没有学校隶属 {text!r}；可用：ministry 部属、province 省属、city 市属 (unknown university)"
        )
    return University.NONE


def _quotes_of(entry: "Entry", payers: "dict[Payer, int]", person_fen: int) -> tuple[str, ...]:
    """The quotes of an aid entry that carry an amount paid here; all of them where none names it."""
    from yibao.financing.terms import Payer

    by_fund = Payer.ASSISTANCE_FUND in payers
    of_payer = [quote for quote in entry.quotes if ("财政" not in quote) == by_fund]
    printed = tuple(q for q in of_payer if any(f"{fen // 100}元" in q for fen in payers.values()))
    in_full = tuple(q for q in of_payer if "全额" in q and person_fen == 0)
    return printed or in_full or entry.quotes


def _print_json(answer: dict[str, object]) -> None:
    import json

    typer.echo(json.dumps(answer, ensure_ascii=False, separators=(",", ":")))


def _print_table(title: str, rows: list[tuple[tuple[str, str], str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    typer.echo(title)
    table = Table()
    table.add_column("项目 (item)")
    table.add_column("元 (yuan)", justify="right")
    for (chinese, english), amount in rows:
        table.add_row(f"{chinese} ({english})", amount)
    Console().print(table)


def _print_entry(entry: "Entry", quotes: tuple[str, ...]) -> None:
    from yibao.kernel.standing import STANDING_WORDS

    typer.echo(
        f"依据 (entry)：{entry.id} {entry.label}；{entry.cite or entry.source}；{STANDING_WORDS[entry.standing][0]}"
    )
    for quote in quotes:
        typer.echo(f"  “{quote}”")


def _say_standing(entries: "list[Entry]", *, to_stderr: bool = False) -> None:
    """Says in words what rests on less than an official document."""
    from yibao.kernel.standing import STANDING_WORDS, Standing

    for entry in entries:
        if entry.standing > Standing.OFFICIAL:
            chinese, english = STANDING_WORDS[entry.standing]
            typer.echo(f"注意：{entry.id} 是{chinese} ({english})。{entry.note}", err=to_stderr)
