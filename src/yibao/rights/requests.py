"""A caller's key (幂等键): the same key and body give the same answer, byte for byte, for ever; another body is refused.

The key is claimed first, in the transaction of what is asked for: a second request under it waits until the first is
through, and then gets its answer; where the first failed nothing is kept, and the key is free.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone

from yibao.rights.models import Request
from yibao.tables.rows import executed

LONGEST_KEY = 128
BUSY_STATES = ("55P03", "40P01", "40001")
"""PostgreSQL's words for a lock not available, a deadlock and a failed serialisation."""


class KeyReused(ValueError):
    """A key that was used for something else."""

    def __init__(self, key: str, action: str) -> None:
        self.key = key
        super().__init__(
            f"幂等键 {key!r} 已用于另一项请求（{action}），内容不同；未作任何更改，请换一个键 (key used for another body)"
        )


class KeyUnfit(ValueError):
    """A key that is empty or too long."""

    def __init__(self, key: str) -> None:
        super().__init__(f"幂等键应为 1–{LONGEST_KEY} 个字符，现为 {len(key)} 个 (key is empty or too long)")


class TryAgain(RuntimeError):
    """Somebody else holds what is needed, or two waited for each other; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "同一人员或账目正由他人办理，暂时不能办理；未作任何更改，请稍后用同一个幂等键重试 (busy: try again under the same key)"
        )


def once(caller: str, key: str, action: str, body: object, do: Callable[[], object]) -> str:
    """Does something at most once under a caller's key; the answer as canonical JSON.

    Raises KeyReused, KeyUnfit, and TryAgain where a lock could not be had.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise KeyUnfit(key)
    body_hash = hashlib.sha256(f"{action}\n{canonical(body)}".encode()).hexdigest()
    try:
        return _once(caller, key, action, body_hash, do)
    except OperationalError as cut:
        if _is_busy(cut):
            raise TryAgain from None
        raise


def _once(caller: str, key: str, action: str, body_hash: str, do: Callable[[], object]) -> str:
    with transaction.atomic():
        if not _claimed(caller, key, action, body_hash):
            kept = Request.objects.get(caller=caller, key=key)
            if kept.body_hash != body_hash:
                raise KeyReused(key, kept.action)
            assert kept.reply is not None, "a request is committed with its answer"
            return str(kept.reply)
        reply = canonical(do())
        executed("UPDATE rights_request SET reply = %s WHERE caller = %s AND key = %s", [reply, caller, key])
        return reply


def canonical(value: object) -> str:
    """A value as JSON that is the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _is_busy(cut: OperationalError) -> bool:
    """Whether a lock was not to be had in time, or two transactions waited for each other."""
    return getattr(cut.__cause__, "sqlstate", None) in BUSY_STATES or str(cut) == "database is locked"


def _claimed(caller: str, key: str, action: str, body_hash: str) -> bool:
    claimed = executed(
        "INSERT INTO rights_request (caller, key, action, body_hash, recorded_at) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (caller, key) DO NOTHING",
        [caller, key, action, body_hash, timezone.now()],
    )
    return claimed == 1
