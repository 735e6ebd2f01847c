"""A browser's zone is believed only if it is one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from newsletter.audience.zones import known


@pytest.mark.parametrize(
    "name", ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Kyiv", "UTC", "Etc/GMT+5"]
)
def test_an_iana_zone_is_kept(name):
    assert known(name) == name
    assert ZoneInfo(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        None,
        "Mars/Olympus",
        "america/new_york",
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "Factory",
        "UTC\x00",
        "GMT+25",
        "x" * 10_000,
    ],
)
def test_everything_else_is_the_clinic_s(name):
    assert known(name) is None
