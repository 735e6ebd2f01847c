"""A browser's zone is believed only if it is one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from newsletter.audience.zones import COMMON, known, offered, place


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


@pytest.mark.parametrize(
    ("name", "city"),
    [
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("Asia/Kathmandu", "Kathmandu"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_called_by_its_city(name, city):
    assert place(name) == city


def test_what_is_offered_can_be_chosen_and_is_listed_by_city():
    for part, zones in offered().items():
        assert {zone for zone, _ in zones} == set(COMMON[part])
        assert [city for _, city in zones] == sorted(place(zone) for zone, _ in zones)
        assert all(known(zone) for zone, _ in zones)


def test_a_zone_that_this_installation_does_not_know_is_not_offered(monkeypatch):
    monkeypatch.setitem(COMMON, "Elsewhere", ("Mars/Olympus", "Europe/London"))
    assert offered()["Elsewhere"] == [("Europe/London", "London")]
