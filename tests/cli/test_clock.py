from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from newsletter.delivery.models import PracticeLetter
from tests.cli.conftest import both


def test_it_starts_as_the_machines(house, run):
    shown = run.json("clock", "show")
    assert list(shown) == ["now", "turned_by"]
    assert shown["turned_by"] == "0m"
    assert datetime.fromisoformat(shown["now"]).utcoffset() == timedelta(0)
    assert "as on the machine" in run("clock", "show").stdout


def test_advance_turns_it_and_says_by_how_much(house, run):
    before = datetime.fromisoformat(run.json("clock", "show")["now"])
    after = run.json("clock", "advance", "1w 2d")
    assert after["turned_by"] == "9d"
    assert datetime.fromisoformat(after["now"]) - before >= timedelta(days=9)
    assert "turned by 9d" in run("clock", "show").stdout


@both
def test_advance_lives_through_the_time(house, run, sign_up):
    """Each letter is dated by the hour at which it was due, not by the end of the leap."""
    sign_up(time_zone="Asia/Kathmandu")
    run("clock", "advance", "10d")
    with house.database.reading() as session:
        letters = {letter.subject: letter.received_at for letter in session.query(PracticeLetter)}
    assert list(letters)[1:] == ["The first letter", "The second letter"]
    second = letters["The second letter"] + timedelta(hours=5, minutes=45)
    assert (second.hour, second.minute) == (10, 0)
    assert second < house.clock.now() - timedelta(days=6)


def test_set_jumps_as_if_the_machine_had_been_off(house, run, sign_up):
    sign_up()
    run("tick", "--until-idle")
    goal = house.clock.now().astimezone(house.settings.clinic.zone) + timedelta(days=30)
    run("clock", "set", f"{goal:%Y-%m-%dT%H:%M}")
    run("tick", "--until-idle")
    assert [each["subject"] for each in run.json("inbox", "list")][1:] == ["The first letter"]
    late = [each for each in run.json("campaigns", "status", "hello")["steps"] if each["step"] == "second"]
    assert late[0]["outcomes"] == {"skipped": 1}


def test_set_reads_the_clinics_wall_clock(house, run):
    goal = (
        (house.clock.now() + timedelta(days=3))
        .astimezone(house.settings.clinic.zone)
        .replace(second=0, microsecond=0)
    )
    now = datetime.fromisoformat(run.json("clock", "set", f"{goal:%Y-%m-%dT%H:%M}")["now"])
    assert timedelta(0) <= now - goal < timedelta(minutes=1)


def test_it_never_runs_backward_except_by_reset(house, run):
    run("clock", "advance", "3d")
    assert "never runs backward" in run.refused("clock", "set", f"{house.clock.machine():%Y-%m-%dT%H:%MZ}")
    assert run.json("clock", "reset")["turned_by"] == "0m"


@pytest.mark.parametrize("span", ["soon", "3 fortnights", "d", "1.5d", "³d"])
def test_a_span_that_is_none_is_refused_with_one_that_is(house, run, span):
    assert "right would be 3d" in run.refused("clock", "advance", span)
    assert run.json("clock", "show")["turned_by"] == "0m"


@pytest.mark.parametrize(
    ("verb", "far"), [("advance", "999999w"), ("advance", "11000d"), ("set", "9000-01-01T00:00Z")]
)
def test_it_turns_by_ten_years_at_most(house, run, verb, far):
    assert "ten years" in run.refused("clock", verb, far)


@pytest.mark.parametrize("arguments", [("show",), ("advance", "1d"), ("set", "2030-01-01"), ("reset",)])
def test_outside_practice_it_is_refused(house, run, environment, arguments, tmp_path):
    environment |= {
        "NEWSLETTER_MAIL_URL": f"maildir://{tmp_path}/mail",
        "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
        "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
        "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street",
    }
    assert "practice only" in run.refused("clock", *arguments)
