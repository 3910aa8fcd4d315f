"""Time limits of the assistance service list (救助服务事项清单): whether an item is handled in time.

Working days, which the caller counts from acceptance. An item whose limit is on no file is never late, and says so.

carries_out: AID-07
"""

from yibao.assistance.params import ServiceLimitsParams
from yibao.kernel.time_limits import TimeLimit, time_limit


def service_limit(params: ServiceLimitsParams, *, service: int, working_days: int, done: int) -> TimeLimit:
    """How an accepted AssistanceService stands to its limit (经办时限)."""
    return time_limit(limit_days=params.working_days[service], used_days=working_days, done=done)
