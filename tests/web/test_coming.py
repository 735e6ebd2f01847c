from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.web.site.coming import said

HERE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 5, 22, 30, tzinfo=HERE)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 3, 5, 22, 30, tzinfo=HERE), "Today"),
        (datetime(2026, 3, 5, 23, 15, tzinfo=HERE), "Today 23:15"),
        (datetime(2026, 3, 7, 10, 0, tzinfo=HERE), "Saturday 10:00"),
        (datetime(2026, 3, 11, 10, 0, tzinfo=HERE), "Wednesday 10:00"),
        (datetime(2026, 3, 12, 10, 0, tzinfo=HERE), "Thursday 12 Mar, 10:00"),
        (datetime(2027, 1, 2, 9, 5, tzinfo=HERE), "Saturday 2 Jan, 09:05"),
    ],
)
def test_a_moment_is_said_as_a_person_would(at, words):
    assert said(at, NOW) == words


def test_the_day_is_the_reader_s_own():
    """23:30 in New York is tomorrow in Kathmandu already."""
    kathmandu = datetime(2026, 3, 6, 10, 0, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert said(kathmandu, NOW) == "Today 10:00"
