"""Polars expressions: a person's earlier amounts are a running sum less what it stood at where the person begins."""

import polars as pl

PAYS = ("basic", "catastrophic", "assistance", "bears")


def prepare(claims, figures):
    """The claims as a frame; the plan is made and collected at every run, as a user's would be."""
    frame = pl.DataFrame(claims).lazy()

    def run():
        settled = plan(frame, figures).collect()
        return [settled[pay].to_numpy() for pay in PAYS]

    return run


def plan(frame, figures):
    """The four pays. Every cap and deductible is a clamp of a running sum, which is all that columns can say."""
    of_class = {name: looked_up("institution_class", figures[name]) for name in BY_CLASS}
    of_category = {name: looked_up("category", figures[name]) for name in BY_CATEGORY}
    deductible = (
        pl.when(begins()).then(of_class["deductible_fen"]).otherwise(of_class["later_deductible_fen"])
    )
    second = number(figures["catastrophic_second_fen"])

    def catastrophic(year):
        first_part = above(pl.min_horizontal(year, second), of_category["catastrophic_deductible_fen"])
        weighted = first_part * of_category["catastrophic_first_bp"]
        return rounded(weighted + above(year, second) * of_category["catastrophic_second_bp"])

    def assistance(year):
        part = above(year, of_category["assistance_deductible_fen"])
        return rounded(part * of_category["assistance_rate_bp"])

    return (
        frame.with_columns(due=rounded(above(pl.col("in_scope"), deductible) * of_class["rate_bp"]))
        .with_columns(before=earlier("due"))
        .with_columns(
            basic=raised(pl.col("before"), pl.col("before") + pl.col("due"), number(figures["basic_cap_fen"]))
        )
        .with_columns(own=pl.col("in_scope") - pl.col("basic"))
        .with_columns(before=earlier("own"))
        .with_columns(
            catastrophic=raised(
                catastrophic(pl.col("before")),
                catastrophic(pl.col("before") + pl.col("own")),
                of_category["catastrophic_cap_fen"],
            )
        )
        .with_columns(left=pl.col("own") - pl.col("catastrophic"))
        .with_columns(before=earlier("left"))
        .with_columns(
            assistance=raised(
                assistance(pl.col("before")),
                assistance(pl.col("before") + pl.col("left")),
                of_category["assistance_cap_fen"],
            )
        )
        .with_columns(
            bears=pl.col("own_expense") + pl.col("initial_self_pay") + pl.col("left") - pl.col("assistance")
        )
        .select(PAYS)
    )


BY_CLASS = ("deductible_fen", "later_deductible_fen", "rate_bp")
BY_CATEGORY = (
    "catastrophic_deductible_fen",
    "catastrophic_first_bp",
    "catastrophic_second_bp",
    "catastrophic_cap_fen",
    "assistance_deductible_fen",
    "assistance_rate_bp",
    "assistance_cap_fen",
)


def begins():
    """Where a person's first stay is."""
    return pl.col("person") != pl.col("person").shift(1, fill_value=-1)


def earlier(amount):
    """The sum of the person's earlier amounts."""
    running = pl.col(amount).cum_sum() - pl.col(amount)
    return running - pl.when(begins()).then(running).otherwise(None).forward_fill()


def raised(before, after, cap):
    """What a payment adds where the year's payments stop at a cap."""
    return pl.min_horizontal(after, cap) - pl.min_horizontal(before, cap)


def above(amount, line):
    """The part of an amount above a line."""
    return pl.max_horizontal(amount - line, number(0))


def rounded(weighted):
    """Fen times basis points as whole fen, half up."""
    return (weighted + 5000) // 10000


def number(value):
    """A whole number of 64 bits."""
    return pl.lit(value, pl.Int64)


def looked_up(column, table):
    """A table's number for a code: a chain of when and then, which is faster here than a join or a replacement."""
    chain = number(table[-1])
    for code in range(len(table) - 2, -1, -1):
        chain = pl.when(pl.col(column) == code).then(number(table[code])).otherwise(chain)
    return chain
