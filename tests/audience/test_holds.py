"""A break: taken, replaced, ended, over by itself; and the clinic's own days beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from newsletter.audience import holds
from newsletter.audience.holds import Held
from newsletter.audience.models import Hold, Subscriber
from newsletter.errors import NotFound, Refused

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def reader(desk):
    desk.ask()
    return desk.tap().subscriber_id


def take(desk, reader, months=1, zone=NEW_YORK):
    with desk.database.writing.begin() as session:
        return holds.take_break(session, reader, months, desk.clock.now(), zone)


def end(desk, reader):
    with desk.database.writing.begin() as session:
        return holds.end_break(session, reader, desk.clock.now())


def until(desk, reader):
    with desk.database.reading() as session:
        return holds.on_break_until(session, reader, desk.clock.now())


def held(desk, *readers):
    with desk.database.reading() as session:
        return holds.held(session, readers, desk.clock.now())


def heal(desk, reader, **span):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        session.add(Hold(subscriber_id=reader, kind="healing", until=now + timedelta(**span), created_at=now))


@pytest.mark.parametrize(
    ("now", "months", "zone", "expected"),
    [
        ("2026-03-02 09:30", 1, "America/New_York", "2026-04-02 00:00"),
        ("2026-03-02 09:30", 3, "America/New_York", "2026-06-02 00:00"),
        ("2026-03-02 02:30", 1, "America/New_York", "2026-04-01 00:00"),  # still the 1st there
        ("2026-03-02 19:30", 1, "Asia/Kathmandu", "2026-04-03 00:00"),  # the 3rd there already
        ("2026-01-31 12:00", 1, "UTC", "2026-02-28 00:00"),
        ("2028-01-31 12:00", 1, "UTC", "2028-02-29 00:00"),
        ("2026-11-30 12:00", 3, "UTC", "2027-02-28 00:00"),
        ("2026-12-15 12:00", 1, "UTC", "2027-01-15 00:00"),
        ("2026-02-28 12:00", 1, "Asia/Beirut", "2026-03-28 00:00"),
        ("2026-03-06 12:00", 1, "Africa/Cairo", "2026-04-06 00:00"),
        ("2026-03-24 12:00", 1, "Africa/Cairo", "2026-04-24 01:00"),  # a midnight that the clocks skip
    ],
)
def test_a_break_ends_at_midnight_of_the_same_day_of_a_later_month(now, months, zone, expected):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    local = holds.back_on(months, moment, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert f"{local:%Y-%m-%d %H:%M}" == expected


def test_a_break_holds_until_it_is_over_and_then_nothing_has_to_happen(desk, reader):
    assert held(desk, reader) == {}
    last = take(desk, reader)
    assert held(desk, reader) == {reader: Held("break", last)}
    assert until(desk, reader) == last
    desk.clock.advance(days=31)
    assert held(desk, reader) == {}
    assert until(desk, reader) is None


def test_a_second_break_replaces_the_first(desk, reader):
    take(desk, reader, 3)
    last = take(desk, reader, 1)
    assert held(desk, reader)[reader].until == last
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == 2


def test_a_new_break_after_one_that_ended_by_itself(desk, reader):
    take(desk, reader)
    desk.clock.advance(days=60)
    assert until(desk, reader) is None
    assert until(desk, reader) != take(desk, reader)
    assert until(desk, reader) is not None


def test_a_break_that_is_ended_holds_nothing_and_ending_twice_is_once(desk, reader):
    take(desk, reader)
    assert end(desk, reader)
    assert held(desk, reader) == {}
    assert not end(desk, reader)
    with desk.database.reading() as session:
        assert session.scalars(select(Hold.ended_at)).one() == desk.clock.now()


def test_of_two_holds_the_longer_counts_and_the_page_knows_only_the_break(desk, reader):
    heal(desk, reader, days=7)
    assert held(desk, reader)[reader].kind == "healing"
    assert until(desk, reader) is None
    last = take(desk, reader)
    assert held(desk, reader)[reader] == Held("break", last)
    end(desk, reader)
    assert held(desk, reader)[reader].kind == "healing"


def test_ending_a_break_ends_nothing_of_the_clinic(desk, reader):
    heal(desk, reader, days=7)
    assert not end(desk, reader)
    assert held(desk, reader)[reader].kind == "healing"


def test_one_reader_s_break_holds_nobody_else(desk, reader):
    desk.ask("visitor014@example.com")
    other = desk.tap("visitor014@example.com").subscriber_id
    take(desk, reader)
    assert set(held(desk, reader, other)) == {reader}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("break", "on a break until 3 April"), ("healing", "held back by the clinic until 3 April")],
)
def test_a_hold_says_why_in_a_person_s_words(kind, expected):
    midnight = datetime(2026, 4, 3, tzinfo=NEW_YORK)
    assert Held(kind, midnight.astimezone(UTC)).reason(NEW_YORK) == expected


def test_as_a_condition_it_finds_who_is_held_past_a_moment(desk, reader):
    last = take(desk, reader)

    def found(moment, *kinds):
        with desk.database.reading() as session:
            return session.scalars(select(Subscriber.id).where(holds.past(moment, *kinds))).all()

    assert found(last) == [reader]
    assert found(last + timedelta(seconds=1)) == []
    assert found(last, ["healing"]) == []
    assert found(last, ["break"]) == [reader]
    end(desk, reader)
    assert found(last) == []


@pytest.mark.parametrize("months", [0, 2, 12, -1])
def test_other_lengths_are_refused(desk, reader, months):
    with pytest.raises(Refused, match="1 month or 3 months"):
        take(desk, reader, months)


def test_nobody_takes_no_break(desk):
    for change in (take, end):
        with pytest.raises(NotFound, match="on our list any more"):
            change(desk, 999)
