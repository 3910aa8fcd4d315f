"""DuckDB: SQL with window functions over a table in memory."""

import os

import duckdb
import numpy as np
import pyarrow as pa

PAYS = ("basic", "catastrophic", "assistance", "bears")


def prepare(claims, figures):
    """Loads the claims, with their order, into a table; the query is run to NumPy columns and put in order after it."""
    base = duckdb.connect(config={"threads": int(os.environ.get("THREADS", "1"))})
    incoming = pa.table({"place": np.arange(len(claims["person"])), **claims})
    base.register("incoming", incoming)
    base.execute("create table claims as select * from incoming")
    text = query(figures)
    order = []

    def run():
        settled = base.execute(text).fetchnumpy()
        order[:] = [settled["place"]]
        return [settled[pay] for pay in PAYS]

    def in_order(pays):
        back = np.argsort(order[0], kind="stable")
        return [np.asarray(pay)[back] for pay in pays]

    run.in_order = in_order
    return run


def query(figures):
    """The settlement as one statement, one common table expression a step."""
    second = f"{figures['catastrophic_second_fen']}::bigint"
    of_class = {
        n: looked_up("institution_class", figures[n]) for n in figures if isinstance(figures[n], list)
    }
    of_category = {n: looked_up("category", figures[n]) for n in figures if isinstance(figures[n], list)}

    def catastrophic(year):
        first = f"greatest(least({year}, {second}) - {of_category['catastrophic_deductible_fen']}, 0)"
        above = f"greatest({year} - {second}, 0)"
        return rounded(
            f"{first} * {of_category['catastrophic_first_bp']} + {above} * {of_category['catastrophic_second_bp']}"
        )

    def assistance(year):
        part = f"greatest({year} - {of_category['assistance_deductible_fen']}, 0)"
        return rounded(f"{part} * {of_category['assistance_rate_bp']}")

    deductible = (
        f"case when nth = 1 then {of_class['deductible_fen']} else {of_class['later_deductible_fen']} end"
    )
    steps = {
        "due": rounded(f"greatest(in_scope - {deductible}, 0) * {of_class['rate_bp']}"),
        "due_before": earlier("due"),
        "basic": raised("due_before", "due_before + due", figures["basic_cap_fen"]),
        "own": "in_scope - basic",
        "own_before": earlier("own"),
        "catastrophic": raised(
            catastrophic("own_before"),
            catastrophic("(own_before + own)"),
            of_category["catastrophic_cap_fen"],
        ),
        "remains": "own - catastrophic",
        "remains_before": earlier("remains"),
        "assistance": raised(
            assistance("remains_before"),
            assistance("(remains_before + remains)"),
            of_category["assistance_cap_fen"],
        ),
        "bears": "own_expense + initial_self_pay + remains - assistance",
    }
    tables = [
        "numbered as (select *, row_number() over (partition by person order by place) as nth from claims)"
    ]
    last = "numbered"
    for name, step in steps.items():
        tables.append(f"with_{name} as (select *, {step} as {name} from {last})")
        last = f"with_{name}"
    return f"with {', '.join(tables)} select place, {', '.join(PAYS)} from {last}"


def earlier(amount):
    """The sum of the person's earlier amounts; a sum of 64-bit numbers would otherwise be of 128."""
    window = "partition by person order by place rows between unbounded preceding and current row"
    return f"(sum({amount}) over ({window}) - {amount})::bigint"


def raised(before, after, cap):
    """What a payment adds where the year's payments stop at a cap."""
    return f"least({after}, {cap}) - least({before}, {cap})"


def rounded(weighted):
    """Fen times basis points as whole fen, half up."""
    return f"(({weighted} + 5000) // 10000)"


def looked_up(column, table):
    """A table's number for a code."""
    cases = " ".join(f"when {code} then {figure}" for code, figure in enumerate(table))
    return f"(case {column} {cases} end)::bigint"
