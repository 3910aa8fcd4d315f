"""Transfer of an insurance relation (转移接续): which agency has it, whether it is in time, and where the balance goes.

Both limits are working days, which the caller counts; the agency joined starts to count when the one left has sent the form.
A balance always goes somewhere whole: a death comes before emigration, and emigration before a move.

carries_out: ENR-10
"""

from typing import Annotated, NamedTuple

from yibao.enrolment.params import AccountBalanceParams, TransferParams
from yibao.enrolment.terms import TransferStage
from yibao.kernel.time_limits import TimeLimit, time_limit


class TransferProgress(NamedTuple):
    """The stage of a transfer and that stage's limit; a finished one shows how late either agency was."""

    stage: Annotated[int, "转移环节"]
    leaving_days_late: Annotated[int, "转出地超期工作日"]
    arriving_days_late: Annotated[int, "转入地超期工作日"]
    limit: TimeLimit


class AccountBalance(NamedTuple):
    """Where a balance goes; the four parts add up to it."""

    moves_fen: Annotated[int, "随同转移"]
    to_person_fen: Annotated[int, "一次性返还本人"]
    to_heirs_fen: Annotated[int, "一次性拨付合法继承人"]
    stays_fen: Annotated[int, "留在原账户"]


def transfer_progress(
    params: TransferParams,
    *,
    leaving_working_days: int,
    leaving_done: int,
    arriving_working_days: int,
    arriving_done: int,
) -> TransferProgress:
    """How a transfer stands to its limits, in working days that each agency has had it."""
    leaving = time_limit(
        limit_days=params.leaving_working_days, used_days=leaving_working_days, done=leaving_done
    )
    if leaving_done == 0:
        return TransferProgress(
            stage=TransferStage.LEAVING,
            leaving_days_late=leaving.days_late,
            arriving_days_late=0,
            limit=leaving,
        )
    arriving = time_limit(
        limit_days=params.arriving_working_days, used_days=arriving_working_days, done=arriving_done
    )
    return TransferProgress(
        stage=TransferStage.FINISHED if arriving_done == 1 else TransferStage.ARRIVING,
        leaving_days_late=leaving.days_late,
        arriving_days_late=arriving.days_late,
        limit=arriving,
    )


def account_balance(
    params: AccountBalanceParams, *, balance_fen: int, movable: int, emigrated: int, died: int
) -> AccountBalance:
    """Where the balance of an account goes (个人账户余额): along, to the person, to the heirs, or nowhere."""
    moves_fen = 0
    to_person_fen = 0
    to_heirs_fen = 0
    if died == 1:
        to_heirs_fen = balance_fen if params.to_heirs_on_death == 1 else 0
    elif emigrated == 1:
        to_person_fen = balance_fen if params.paid_on_emigration == 1 else 0
    elif movable == 1:
        moves_fen = balance_fen if params.moves == 1 else 0
    else:
        to_person_fen = balance_fen if params.paid_if_not_movable == 1 else 0
    return AccountBalance(
        moves_fen=moves_fen,
        to_person_fen=to_person_fen,
        to_heirs_fen=to_heirs_fen,
        stays_fen=balance_fen - moves_fen - to_person_fen - to_heirs_fen,
    )
