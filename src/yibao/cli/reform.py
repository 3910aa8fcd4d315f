"""`yibao reform`: what a change of policy does to the funds, the institutions and people, on the same people and claims.

carries_out: BEN-01
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from yibao.cli.year import Told
    from yibao.engine.rule_set import RuleSet
    from yibao.packs.change_text import Read
    from yibao.packs.policies import Area
    from yibao.reports.reform_report import ReformReport
    from yibao.simulate.reform import Data, Reform
    from yibao.simulate.reform_grid import Axis
    from yibao.simulate.reform_income import Incomes
    from yibao.simulate.reform_pooling import Pooled
    from yibao.simulate.reform_response import Response

UNSOUND = 1
"""Exit code where nothing was made."""


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    area: str
    year: int
    people: int
    seed: int
    data: Path | None
    incomes: Path | None
    changes: tuple[str, ...]
    opening_reserve: str | None
    out: Path | None
    grid: tuple[str, ...]
    rules: tuple[Path, ...]
    response: str | None
    linked_income: str | None
    pooling: bool
    assume_lists: bool

    def command(self) -> str:
        """The command line that gives the same."""
        from shlex import quote

        source = f"--data {self.data}" if self.data else f"--people {self.people} --seed {self.seed}"
        words = [f"yibao reform --area {self.area} --year {self.year} {source}"]
        words += [f"--incomes {self.incomes}"] if self.incomes else []
        words += [f"--change {quote(change)}" for change in self.changes]
        words += [f"--rule {quote(str(rule))}" for rule in self.rules]
        words += [f"--response {quote(self.response)}"] if self.response else []
        words += [f"--linked-income {quote(self.linked_income)}"] if self.linked_income else []
        words += ["--pooling"] if self.pooling else []
        words += ["--assume-lists"] if self.assume_lists else []
        words += [f"--grid {quote(axis)}" for axis in self.grid]
        words += [f"--opening-reserve {self.opening_reserve}"] if self.opening_reserve else []
        words += [f"--out {self.out}"] if self.out else []
        return " ".join(words)


def reform(
    area: Annotated[
        str | None,
        typer.Option(
            "--area", metavar="CODE", help="统筹地区；不写为国家政策包里的 first_shown (pooling area)"
        ),
    ] = None,
    year: Annotated[int, typer.Option("--year", help="待遇年度 (benefit year)")] = 2023,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change",
            metavar="KEY=VALUE|FILE",
            help="改一个数字，如 benefits.hospital.rate.<类别>=70%；或一个 YAML 文件；可多次 (a change of policy)",
        ),
    ] = None,
    rule: Annotated[
        list[Path] | None,
        typer.Option(
            "--rule", metavar="FILE.py", help="改规则：文件中的函数代替同名规则；可多次 (a changed rule)"
        ),
    ] = None,
    response: Annotated[
        str | None,
        typer.Option(
            "--response",
            metavar="E",
            help="就医反应（假定）：医疗费对个人负担比例的弹性，如 -0.2 或 hospital=-0.1,outpatient=-0.3；不写为没有",
        ),
    ] = None,
    linked_income: Annotated[
        str | None,
        typer.Option(
            "--linked-income",
            metavar="A..B",
            help="筹资与人均可支配收入（元）挂钩：从 A 到 B，如 29178..31000 (financing follows income)",
        ),
    ] = None,
    pooling: Annotated[
        bool, typer.Option("--pooling", help="按县（市、区）测算调剂金 (an adjustment fund of the counties)")
    ] = False,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            "--grid",
            metavar="KEY=A..B:STEP",
            help="一两个数字取一串值，如 benefits.catastrophic.rate=60%..80%:5%，或 键=a,b,c (a grid)",
        ),
    ] = None,
    people: Annotated[int, typer.Option("--people", min=1, help="生成多少人 (people to generate)")] = 50_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="随机种子 (seed)")] = 1,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="自己的数据：内有 people、institutions、claims 三个文件 (your own data)",
        ),
    ] = None,
    incomes: Annotated[
        Path | None,
        typer.Option(
            "--incomes", metavar="FILE", help="人均可支配收入、家庭编号，按人 (incomes, households)"
        ),
    ] = None,
    opening_reserve: Annotated[
        str | None,
        typer.Option(
            "--opening-reserve", metavar="YUAN", help="基金期初结余（元）；不给时按全国比例假定 (yuan)"
        ),
    ] = None,
    assume_lists: Annotated[
        bool,
        typer.Option(
            "--assume-lists",
            help="县（市）名单没有补全时，不在名单内的按普通分担测算，标为假定 (unlisted counties: the ordinary split)",
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="结果文件夹；不写只在屏幕上列出 (results)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，金额以分为单位 (print JSON)")] = False,
) -> None:
    """同一批人、现行政策与改革方案各结算一遍，差额到分 (the same people under today's and a changed policy)."""
    from yibao.cli.year import TablesUnfit
    from yibao.engine.rule_file import RuleFileUnfit
    from yibao.engine.year import AlreadyPosted, LaterOnesStand, NotPosted
    from yibao.files.whole import OutputRefused
    from yibao.packs.policies import policies
    from yibao.simulate.reform_check import RulesDiffer

    place = policies().area(area or policies().first_shown)
    asked = Asked(
        area=place.code,
        year=year,
        people=people,
        seed=seed,
        data=data,
        incomes=incomes,
        changes=tuple(change or ()),
        opening_reserve=opening_reserve,
        out=out,
        grid=tuple(grid or ()),
        rules=tuple(rule or ()),
        response=response,
        linked_income=linked_income,
        pooling=pooling,
        assume_lists=assume_lists,
    )
    try:
        report = _run(place, asked)
    except (
        OutputRefused,
        TablesUnfit,
        RuleFileUnfit,
        RulesDiffer,
        NotPosted,
        LaterOnesStand,
        AlreadyPosted,
    ) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(UNSOUND) from None
    except OSError as failed:
        typer.echo(
            f"读写失败：{failed.filename or ''} {failed.strerror or failed} (cannot read or write)", err=True
        )
        raise typer.Exit(UNSOUND) from None
    if as_json:
        from yibao.cli.policy import print_json
        from yibao.reports.reform_json import facts

        return print_json(facts(report))
    from yibao.cli.reform_table import print_reform

    return print_reform(report, out)


@dataclass(frozen=True)
class Plan:
    """What was asked for, read and found fit."""

    read: "Read"
    axes: "tuple[Axis, ...]"
    rules: "RuleSet"
    response: "Response | None"
    linked_income: "Incomes | None"
    reserve_fen: int | None


def _plan(place: "Area", asked: Asked) -> Plan:
    """Reads all that was asked. Raises ChangesUnfit with every problem, RuleFileUnfit, AmountUnreadable."""
    from yibao.engine.rule_file import rules_of_files
    from yibao.engine.rule_set import TODAY
    from yibao.kernel.money import fen_of
    from yibao.packs.change_text import ChangesUnfit, Read, read_changes
    from yibao.simulate.reform_grid import axes_of, refuse_cells
    from yibao.simulate.reform_income import incomes_of
    from yibao.simulate.reform_response import response_of

    read = read_changes(place, asked.changes)
    axes: tuple[Axis, ...] = ()
    response, problems = None, list(read.problems)
    try:
        axes = axes_of(asked.grid)
    except ChangesUnfit as unfit:
        problems += unfit.problems
    try:
        response = response_of(asked.response) if asked.response else None
    except ChangesUnfit as unfit:
        problems += unfit.problems
    incomes = None
    try:
        incomes = incomes_of(asked.linked_income) if asked.linked_income else None
    except ChangesUnfit as unfit:
        problems += unfit.problems
    refuse_cells(place, asked.year, Read(read.changes, problems), axes)
    return Plan(
        read=read,
        axes=axes,
        rules=rules_of_files(list(asked.rules)) if asked.rules else TODAY,
        response=response,
        linked_income=incomes,
        reserve_fen=None if asked.opening_reserve is None else fen_of(asked.opening_reserve),
    )


def _run(place: "Area", asked: Asked) -> "ReformReport":
    """Settles both sides and the grid, and writes the results where a folder is named."""
    from contextlib import nullcontext

    from rich.console import Console

    from yibao.cli.year import Told, stage_bars
    from yibao.files.whole import whole_folder
    from yibao.reports.reform_files import OURS, write_reform
    from yibao.simulate.reform import STAGES, reform
    from yibao.simulate.reform_grid import grid

    plan = _plan(place, asked)
    if plan.rules.replaced:
        typer.echo("新规则第一次用时要编译，约半分钟 (compiling the new rule)", err=True)
    words = {"generate": "生成人员与就诊"} | {name: of[0] for name, of in STAGES.items()}
    folder = whole_folder(asked.out, OURS) if asked.out else nullcontext()
    with folder as draft, stage_bars(Console(stderr=True)) as bars:
        told = Told(bars, words | {"grid": "方案网格"})
        found = reform(
            place,
            asked.year,
            _data(place, asked, told),
            plan.read,
            rules=plan.rules,
            response=plan.response,
            linked_income=plan.linked_income,
            opening_reserve_fen=plan.reserve_fen,
            assume_lists=asked.assume_lists,
            progress=told,
        )
        cells = grid(found, plan.axes, progress=told).cells if plan.axes else None
        report = _report(found, asked, cells, tuple(axis.name for axis in plan.axes))
        if draft is not None:
            write_reform(report, draft)
    return report


def _data(place: "Area", asked: Asked, told: "Told") -> "Data":
    """Generated tables, or those of a folder, with incomes where a file has them. Findings stop the run."""
    from yibao.cli.year import generated
    from yibao.simulate.reform import Data

    if asked.data is None:
        made = generated(place, asked.year, people=asked.people, seed=asked.seed, told=told)
        data = Data(made.people, made.institutions, made.claims, True, tuple(made.origin.assumptions))
    else:
        data = _brought(place, asked, told)
    return data if asked.incomes is None else _with_incomes(data, asked)


def _brought(place: "Area", asked: Asked, told: "Told") -> "Data":
    from tempfile import TemporaryDirectory

    from yibao.cli.year import read_folder
    from yibao.simulate.reform import Data
    from yibao.simulate.tables import PEOPLE

    assert asked.data is not None
    with TemporaryDirectory() as draft:
        made = read_folder(place, asked.data, asked.out or Path("reform"), Path(draft), told)
    people = made.people
    if "covered_from" in people.column_names and people.column("paid_on").null_count < people.num_rows:
        people = people.select(PEOPLE.names)
    return Data(people, made.institutions, made.claims)


def _with_incomes(data: "Data", asked: Asked) -> "Data":
    from dataclasses import replace

    from yibao.files.incomes import read_incomes
    from yibao.files.log import FindingLog

    assert asked.incomes is not None
    log = FindingLog()
    found = read_incomes(asked.incomes, data.people, log)
    if log.stopped or log.count:
        for finding in log.findings()[:20]:
            typer.echo(finding.sentence(), err=True)
        typer.echo(f"没有运行：收入文件有 {log.count} 处问题 (not run: mend the file)", err=True)
        raise typer.Exit(UNSOUND)
    return replace(data, income_fen=found.income_fen, household=found.household)


def _report(
    found: "Reform", asked: Asked, cells: "pl.DataFrame | None", axes: tuple[str, ...]
) -> "ReformReport":
    from yibao.cli.year import package_version
    from yibao.reports.reform_report import ReformReport, Reproduction
    from yibao.reports.year_gathered import area_words

    reproduction = Reproduction(
        command=asked.command(),
        seed=-1 if asked.data else asked.seed,
        version=package_version(),
        input_name=str(asked.data or ""),
        rules_before=_rules_hash(None),
        rules_after=_rules_hash(found),
    )
    return ReformReport(
        found, reproduction, area_words(found.area), cells, axes, _pooled(found) if asked.pooling else None
    )


def _pooled(found: "Reform") -> "tuple[Pooled, Pooled]":
    """The adjustment fund of the counties, today and after the reform."""
    from yibao.simulate.reform_pooling import county_accounts, pooled

    today, after = (
        pooled(area, county_accounts(side), side)
        for area, side in ((found.area, found.before), (found.overlay.area, found.after))
    )
    return today, after


def _rules_hash(found: "Reform | None") -> str:
    """The hash in the name of the compiled rules."""
    from yibao.engine.compiled import kernel
    from yibao.engine.rule_set import TODAY

    recipe = (TODAY if found is None else found.rules).settle_payers
    return kernel(recipe).name.removeprefix("yibao_kernel_")
