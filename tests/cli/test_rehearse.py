from __future__ import annotations

import json
from datetime import datetime

import pytest
from icalendar import Calendar

from newsletter.campaigns.filing import starter
from tests.cli.conftest import both

ANCHOR = ("--zone", "America/New_York", "--anchor", "2026-03-05T22:30")


def test_without_a_database_the_starter_files_are_rehearsed(run):
    """From a fresh checkout; New York changes its clocks on 8 March 2026."""
    coming = run.json("rehearse", "welcome", *ANCHOR)
    assert [each["at"] for each in coming[:3]] == [
        "2026-03-05T22:30:00-05:00",
        "2026-03-07T10:00:00-05:00",
        "2026-03-10T10:00:00-04:00",
    ]
    assert len(coming) == 6
    assert set(coming[0]) >= {"step", "occurrence", "subject", "at", "until", "only_if"}


@both
def test_the_live_timeline_is_rehearsed_where_there_is_one(house, run):
    coming = run.json("rehearse", "hello", *ANCHOR)
    assert [(each["step"], each["at"]) for each in coming] == [
        ("first", "2026-03-05T22:30:00-05:00"),
        ("second", "2026-03-07T10:00:00-05:00"),
    ]


def test_the_database_wins_over_the_starter_files(house, run, hello):
    mine = hello.rename(hello.parent / "welcome")
    with house.database.writing.begin() as session:
        starter.load(session, house.clock.now(), mine)
    assert len(run.json("rehearse", "welcome", *ANCHOR)) == 2


@both
def test_nothing_is_sent_and_nothing_is_written(house, run):
    run("rehearse", "hello")
    assert run.json("inbox", "list") == []
    assert run.json("deliveries", "list") == []


@pytest.mark.parametrize(
    ("zone", "offset"), [("Australia/Lord_Howe", "+11:00"), ("Asia/Kathmandu", "+05:45"), ("UTC", "+00:00")]
)
def test_hours_are_local_wherever_she_lives(house, run, zone, offset):
    second = run.json("rehearse", "hello", "--zone", zone, "--anchor", "2026-03-05T22:30")[1]
    assert second["at"] == f"2026-03-07T10:00:00{offset}"


def test_an_anchor_with_an_offset_is_an_instant(house, run):
    first = run.json("rehearse", "hello", "--zone", "America/New_York", "--anchor", "2026-03-06T03:30Z")[0]
    assert first["at"] == "2026-03-05T22:30:00-05:00"


def test_by_default_she_confirms_now_at_the_clinic(house, run):
    run("clock", "advance", "30d")
    first = datetime.fromisoformat(run.json("rehearse", "hello")[0]["at"])
    assert abs((first - house.clock.now()).total_seconds()) < 120
    assert first.utcoffset() == house.clock.now().astimezone(house.settings.clinic.zone).utcoffset()


def test_a_calendar_program_accepts_the_ics(house, run):
    file = run("rehearse", "hello", *ANCHOR, "--ics").stdout_bytes
    events = Calendar.from_ical(file).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["The first letter", "The second letter"]
    assert events[0]["DTSTART"].dt.isoformat() == "2026-03-06T03:30:00+00:00"
    assert str(events[0]["UID"]) == "first.0.hello@letters.clinic.example"


def test_people_read_a_table(house, run):
    head, first, second = run("rehearse", "hello", *ANCHOR).stdout.splitlines()
    assert "When (America/New_York)" in head
    assert first.startswith("1  Thu 2026-03-05 22:30 -0500  The first letter")
    assert second.startswith("2  Sat 2026-03-07 10:00 -0500  The second letter")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("goodbye",), "there is no sequence “goodbye”"),
        (("../welcome",), "there is no sequence"),
        (("hello", "--zone", "Mars/Olympus"), "not an IANA zone"),
        (("hello", "--anchor", "tomorrow"), "not a moment"),
        (("hello", "--sessions", "4"), "--sessions is for care"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused(house, run, arguments, says):
    assert says in run.refused("rehearse", *arguments)


def test_two_formats_at_once_are_a_usage_error(run):
    run("rehearse", "welcome", "--ics", "--json", status=2)


def test_every_letter_has_a_subject_in_the_starter_files(run):
    assert all(each["subject"] for each in json.loads(run("rehearse", "welcome", "--json").stdout))
