"""Time limits: late by exactly the days above the limit, and never late where no limit is on file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.kernel.shapes import NOT_ON_FILE
from yibao.kernel.time_limits import Timeliness, time_limit

pytestmark = pytest.mark.property

LIMITS = st.integers(0, 400)
USED = st.integers(-400, 800)
FLAG = st.integers(0, 1)


@given(LIMITS, USED, FLAG)
def test_late_by_what_lies_above_the_limit_and_its_last_day_is_inside(limit, used, done):
    found = time_limit(limit_days=limit, used_days=used, done=done)
    assert found.days_late == max(used - limit, 0)
    assert (found.state in (Timeliness.LATE, Timeliness.OVERDUE)) == (used > limit)
    assert (found.state in (Timeliness.IN_TIME, Timeliness.LATE)) == (done == 1)
    assert found.days_left == (0 if done else max(limit - used, 0))


@given(USED, FLAG)
def test_a_limit_that_is_not_on_file_asks_nothing(used, done):
    assert time_limit(limit_days=NOT_ON_FILE, used_days=used, done=done) == (0, 0, Timeliness.NOT_ASKED)
