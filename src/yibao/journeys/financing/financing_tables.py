"""Tables of financing as people read them (筹资台账): feedback to the tax bureau, arrival by level, claims, cash with agents.

carries_out: FIN-07, FIN-19, FIN-21
"""

from yibao.assistance.terms import CATEGORY_WORDS, Category
from yibao.financing.terms import (
    CHANNEL_WORDS,
    LEVEL_WORDS,
    PAYER_WORDS,
    TAX_VERDICT_WORDS,
)
from yibao.journeys.financing.agents_cash import AgentCash, InTransit
from yibao.journeys.financing.appropriating import LevelStanding
from yibao.journeys.financing.claiming_aid import ClaimLine, ClaimState, Unclaimed
from yibao.journeys.financing.giving_back import Held
from yibao.journeys.financing.reconciling import Reconciled
from yibao.kernel.time_limits import Timeliness
from yibao.packs.policies import policies
from yibao.reports.money_table import Kind, MoneyTable

STATE_WORDS: dict[Timeliness, str] = {
    Timeliness.NOT_ASKED: "未规定期限",
    Timeliness.RUNNING: "期限内",
    Timeliness.IN_TIME: "按期",
    Timeliness.LATE: "逾期后完成",
    Timeliness.OVERDUE: "逾期",
}

CHANGE_WORDS = {"added": "新增", "changed": "改动", "withdrawn": "撤去"}


def feedback_table(said: Reconciled) -> MoneyTable:
    """What became of each row of a tax file, and what the file lacks: goes back to the tax bureau."""
    columns = (
        ("行号", Kind.TEXT),
        ("渠道流水号", Kind.TEXT),
        ("渠道", Kind.TEXT),
        ("缴费日期", Kind.TEXT),
        ("金额（元）", Kind.FEN),
        ("应缴编号", Kind.TEXT),
        ("对账结果", Kind.TEXT),
        ("说明", Kind.TEXT),
    )
    rows: list[tuple[object, ...]] = [
        (
            row.row or "",
            row.external_no,
            CHANNEL_WORDS[row.channel][0],
            row.paid_on,
            row.amount_fen,
            row.bill_id or "",
            TAX_VERDICT_WORDS[row.verdict][0],
            row.reason,
        )
        for row in said.rows
    ]
    return MoneyTable(f"{said.area_code} {said.day} 税务对账反馈（{said.name}）", columns, rows)


def totals_table(said: Reconciled) -> MoneyTable:
    """A day by channel: booked, in the file, arrived in the treasury."""
    columns = (
        ("渠道", Kind.TEXT),
        ("本系统入账（元）", Kind.FEN),
        ("税务文件（元）", Kind.FEN),
        ("国库入库（元）", Kind.FEN),
        ("入账未入库（元）", Kind.FEN),
    )
    rows: list[tuple[object, ...]] = [
        (
            CHANNEL_WORDS[one.channel][0],
            one.booked_fen,
            one.file_fen,
            one.arrived_fen,
            one.outstanding_fen,
        )
        for one in said.totals
    ]
    return MoneyTable(f"{said.day} 分渠道日合计", columns, rows)


def changes_table(said: Reconciled) -> MoneyTable:
    """What a corrected file of a day says otherwise than the one before it."""
    columns = (
        ("更正", Kind.TEXT),
        ("渠道流水号", Kind.TEXT),
        ("原金额（元）", Kind.FEN),
        ("现金额（元）", Kind.FEN),
    )
    rows: list[tuple[object, ...]] = [
        (CHANGE_WORDS[one.kind], one.external_no, one.before_fen, one.after_fen) for one in said.changes
    ]
    return MoneyTable(f"{said.day} 更正文件与前一份的差异", columns, rows)


def arrivals_table(title: str, standing: list[LevelStanding]) -> MoneyTable:
    """The subsidy by county and level: due, budgeted, appropriated, arrived, outstanding, and whether it is overdue."""
    columns = (
        ("县（市、区）", Kind.TEXT),
        ("级次", Kind.TEXT),
        ("参保人数", Kind.COUNT),
        ("应负担（元）", Kind.FEN),
        ("列入预算（元）", Kind.FEN),
        ("已拨付（元）", Kind.FEN),
        ("已到位（元）", Kind.FEN),
        ("未到位（元）", Kind.FEN),
        ("逾期天数", Kind.COUNT),
        ("状态", Kind.TEXT),
    )
    rows: list[tuple[object, ...]] = [
        (
            county_name(one.county_code),
            LEVEL_WORDS[one.level][0],
            one.people,
            one.due_fen,
            one.budgeted_fen,
            one.appropriated_fen,
            one.arrived_fen,
            one.outstanding_fen,
            one.days_late,
            STATE_WORDS[one.state],
        )
        for one in standing
    ]
    if standing:
        rows.append(
            (
                "合计",
                "",
                "",
                sum(one.due_fen for one in standing),
                sum(one.budgeted_fen for one in standing),
                sum(one.appropriated_fen for one in standing),
                sum(one.arrived_fen for one in standing),
                sum(one.outstanding_fen for one in standing),
                "",
                "",
            )
        )
    return MoneyTable(title, columns, rows)


def claims_table(title: str, claims: list[ClaimState]) -> MoneyTable:
    """Claims of aid by payer: claimed, received, and the difference."""
    columns = (
        ("编号", Kind.TEXT),
        ("支付方", Kind.TEXT),
        ("地区", Kind.TEXT),
        ("起始日", Kind.TEXT),
        ("终止日", Kind.TEXT),
        ("文号", Kind.TEXT),
        ("送达日期", Kind.TEXT),
        ("人数", Kind.COUNT),
        ("申领（元）", Kind.FEN),
        ("到账（元）", Kind.FEN),
        ("差额（元）", Kind.FEN),
    )
    rows: list[tuple[object, ...]] = [
        (
            one.claim_id,
            PAYER_WORDS[one.payer][0],
            county_name(one.area_code),
            one.first_day,
            one.last_day,
            one.document_no,
            one.sent_on,
            one.people,
            one.claimed_fen,
            one.received_fen,
            one.outstanding_fen,
        )
        for one in claims
    ]
    return MoneyTable(title, columns, rows)


def unclaimed_table(rows: list[Unclaimed]) -> MoneyTable:
    """Aid that stands in no claim yet."""
    columns = (
        ("待遇年度", Kind.TEXT),
        ("支付方", Kind.TEXT),
        ("人数", Kind.COUNT),
        ("未申领（元）", Kind.FEN),
    )
    return MoneyTable(
        "尚未申领的资助",
        columns,
        [(one.benefit_year, PAYER_WORDS[one.payer][0], one.people, one.amount_fen) for one in rows],
    )


def claim_list(title: str, lines: list[ClaimLine]) -> MoneyTable:
    """The list of one claim, people by id."""
    columns = (
        ("人员编号", Kind.TEXT),
        ("应缴编号", Kind.TEXT),
        ("县（市、区）", Kind.TEXT),
        ("资助身份", Kind.TEXT),
        ("入账日期", Kind.TEXT),
        ("资助（元）", Kind.FEN),
    )
    rows: list[tuple[object, ...]] = [
        (
            one.person_id,
            one.bill_id,
            county_name(one.county_code),
            CATEGORY_WORDS[Category(one.category)][0],
            one.posted_on,
            one.amount_fen,
        )
        for one in lines
    ]
    return MoneyTable(title, columns, rows)


def cash_table(rows: list[AgentCash]) -> MoneyTable:
    """Cash that agents hold, the most overdue first."""
    columns = (
        ("代办编号", Kind.TEXT),
        ("代办人", Kind.TEXT),
        ("地区", Kind.TEXT),
        ("未缴存收据", Kind.COUNT),
        ("未缴存（元）", Kind.FEN),
        ("待报解（元）", Kind.FEN),
        ("最早收款", Kind.TEXT),
        ("逾期天数", Kind.COUNT),
        ("状态", Kind.TEXT),
    )
    cells: list[tuple[object, ...]] = [
        (
            one.code,
            one.name,
            one.area_code,
            one.receipts,
            one.with_agent_fen,
            one.in_transit_fen,
            one.oldest_taken_on or "",
            one.days_late,
            STATE_WORDS[one.state],
        )
        for one in rows
    ]
    return MoneyTable("代办人手中的现金", columns, cells)


def transit_table(rows: list[InTransit]) -> MoneyTable:
    """Batches in the transit account."""
    columns = (
        ("缴存编号", Kind.TEXT),
        ("代办编号", Kind.TEXT),
        ("收据", Kind.COUNT),
        ("金额（元）", Kind.FEN),
        ("缴存日期", Kind.TEXT),
        ("缴款单号", Kind.TEXT),
    )
    cells: list[tuple[object, ...]] = [
        (one.batch_id, one.code, one.receipts, one.amount_fen, one.handed_on, one.deposit_no) for one in rows
    ]
    return MoneyTable("待报解账户中的缴存", columns, cells)


def held_table(rows: list[Held]) -> MoneyTable:
    """Overpayments that wait to be given back or set off, people by id."""
    columns = (
        ("多缴编号", Kind.TEXT),
        ("人员编号", Kind.TEXT),
        ("应缴编号", Kind.TEXT),
        ("县（市、区）", Kind.TEXT),
        ("金额（元）", Kind.FEN),
        ("渠道", Kind.TEXT),
        ("渠道流水号", Kind.TEXT),
        ("收款日期", Kind.TEXT),
    )
    cells: list[tuple[object, ...]] = [
        (
            one.overpayment_id,
            one.person_id,
            one.bill_id,
            county_name(one.county_code),
            one.amount_fen,
            CHANNEL_WORDS[one.channel][0],
            one.external_no,
            one.received_on,
        )
        for one in rows
    ]
    return MoneyTable("待退、待抵的多缴", columns, cells)


def county_name(code: str) -> str:
    """The Chinese name of an area."""
    return policies().area(code).name
