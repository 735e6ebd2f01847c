"""Two times: the story's, which practice may turn forward, and the machine's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import clock as clocks
from newsletter.clock import ClockRefused, FrozenClock, SandboxClock, SystemClock, span, spell


@pytest.fixture
def sandbox(tmp_path: Path) -> SandboxClock:
    return SandboxClock(tmp_path / "clock.json")


def test_in_production_the_story_is_now():
    clock = SystemClock()
    before = clock.machine()
    assert before <= clock.now() <= clock.machine()
    assert clock.now().utcoffset() == timedelta(0)


def test_a_sandbox_never_turned_is_the_machine_s_time(sandbox):
    assert sandbox.offset() == timedelta(0)
    before = sandbox.machine()
    assert before <= sandbox.now() <= sandbox.machine()
    assert not sandbox.path.exists()


def test_turned_forward_it_runs_ahead_and_the_machine_does_not(sandbox):
    goal = sandbox.now() + timedelta(days=3)
    sandbox.turn_to(goal)
    assert sandbox.now() >= goal
    assert sandbox.now() - sandbox.machine() > timedelta(days=2)
    assert sandbox.machine() < goal


def test_it_never_runs_backward(sandbox):
    sandbox.turn_to(sandbox.now() + timedelta(days=3))
    offset = sandbox.offset()
    with pytest.raises(ClockRefused, match=r"never runs backward.*clock reset"):
        sandbox.turn_to(sandbox.now() - timedelta(seconds=1))
    assert sandbox.offset() == offset


def test_a_moment_before_now_is_refused_on_an_untouched_clock_too(sandbox):
    with pytest.raises(ClockRefused):
        sandbox.turn_to(sandbox.machine() - timedelta(minutes=1))
    assert not sandbox.path.exists()


def test_reset_is_the_one_way_back(sandbox):
    sandbox.turn_to(sandbox.now() + timedelta(days=300))
    sandbox.reset()
    assert sandbox.offset() == timedelta(0)


def test_two_processes_on_one_folder_live_in_one_story(sandbox):
    other = SandboxClock(sandbox.path)
    assert other.offset() == timedelta(0)
    for days in (1, 2, 3):
        sandbox.turn_to(sandbox.machine() + timedelta(days=days))
        assert other.offset() == sandbox.offset()
    sandbox.reset()
    assert other.offset() == timedelta(0)


def test_a_turn_replaces_the_file_in_one_step(sandbox):
    sandbox.turn_to(sandbox.now() + timedelta(days=1))
    assert [path.name for path in sandbox.path.parent.iterdir()] == ["clock.json"]
    assert json.loads(sandbox.path.read_text())["ahead_by_seconds"] == pytest.approx(86_400, abs=5)


def test_a_frozen_clock_stands_until_it_is_advanced():
    start = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    clock = FrozenClock(start)
    assert clock.now() == clock.machine() == start
    assert clock.advance(days=3, hours=1) == clock.now() == start + timedelta(days=3, hours=1)


def test_a_frozen_clock_may_hold_the_two_times_apart():
    start, real = datetime(2026, 3, 2, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    clock = FrozenClock(start, real)
    clock.advance(hours=2)
    assert (clock.now(), clock.machine()) == (start + timedelta(hours=2), real + timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("3d", timedelta(days=3)),
        ("12h", timedelta(hours=12)),
        ("90m", timedelta(minutes=90)),
        ("1w 2d 6h", timedelta(days=9, hours=6)),
        ("1w2d", timedelta(days=9)),
        (" 2 D ", timedelta(days=2)),
        ("0m", timedelta(0)),
    ],
)
def test_a_span_is_read_as_people_write_it(text, length):
    assert span(text) == length


@pytest.mark.parametrize(
    "text", ["", "soon", "3", "d", "-3d", "3d soon", "3.5d", "3y", "1e9d", "9" * 5000 + "d", "3d;"]
)
def test_what_is_no_span_is_answered_with_one(text):
    with pytest.raises(ClockRefused, match="right would be 3d, 12h, 90m or 1w"):
        span(text)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "0m"),
        (timedelta(seconds=59), "0m"),
        (timedelta(days=3, hours=4), "3d 4h"),
        (timedelta(days=24), "24d"),
        (timedelta(minutes=61), "1h 1m"),
    ],
)
def test_a_length_is_spelled_to_the_minute(length, text):
    assert spell(length) == text


@given(st.integers(0, 60 * 24 * 3000))
def test_reading_what_was_spelled_gives_it_back(minutes):
    length = timedelta(minutes=minutes)
    assert span(spell(length)) == length


def test_ticks_never_run_backward():
    first = clocks.ticks()
    clocks.pause(0)
    assert clocks.ticks() >= first


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"ahead_by_seconds": "soon"}', '{"ahead_by_seconds": 1e400}']
)
def test_a_damaged_file_is_named_and_a_reset_mends_it(tmp_path, damage):
    clock = SandboxClock(tmp_path / "clock.json")
    (tmp_path / "clock.json").write_text(damage)
    with pytest.raises(ClockRefused, match="is damaged; `newsletter clock reset`"):
        clock.now()
    clock.reset()
    assert clock.offset() == timedelta(0)
