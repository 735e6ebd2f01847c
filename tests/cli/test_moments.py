from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.cli.moments import read_moment, read_zone
from newsletter.errors import Refused

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-05T22:30", "2026-03-05T22:30:00-05:00"),
        ("2026-03-05 22:30", "2026-03-05T22:30:00-05:00"),
        ("2026-03-05", "2026-03-05T00:00:00-05:00"),
        ("2026-03-05T22:30Z", "2026-03-05T22:30:00+00:00"),
        ("2026-03-05T22:30:07.9+05:45", "2026-03-05T22:30:07+05:45"),
        ("2026-03-08T02:30", "2026-03-08T03:00:00-04:00"),  # does not exist: after the gap
        ("2026-11-01T01:30", "2026-11-01T01:30:00-04:00"),  # exists twice: the first
    ],
)
def test_a_moment_without_an_offset_is_on_the_zones_wall_clock(text, instant):
    assert read_moment(text, NEW_YORK).isoformat() == instant


@pytest.mark.parametrize("text", ["soon", "", "2026-13-01", "25:00", "2026-03-05T25:00", "x" * 10_000])
def test_what_is_no_moment_is_refused_with_one_that_is(text):
    with pytest.raises(Refused, match=r"right would be 2026-03-05T22:30") as refusal:
        read_moment(text, NEW_YORK)
    assert len(refusal.value.line) < 200


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_a_moment_beyond_the_calendars_edge_is_refused(text):
    with pytest.raises(Refused, match="outside the calendar"):
        read_moment(text, NEW_YORK)


def test_a_zone_is_found_by_its_iana_name():
    assert read_zone("Australia/Lord_Howe").utcoffset(
        read_moment("2026-01-01", read_zone("Australia/Lord_Howe"))
    ) == timedelta(hours=11)


@pytest.mark.parametrize("name", ["New York", "../../etc/passwd", "", "/etc/localtime", "a\0b"])
def test_what_is_no_zone_is_refused(name):
    with pytest.raises(Refused, match="IANA zone"):
        read_zone(name)
