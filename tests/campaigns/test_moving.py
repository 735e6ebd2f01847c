"""Another time zone, or the end of a break: what is still to come is planned anew, what was decided stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from newsletter.audience import holds, preferences
from newsletter.audience.models import Hold
from newsletter.campaigns import moving
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from tests.walks.story import Story

KATHMANDU = "Asia/Kathmandu"


@pytest.fixture
def reader(story: Story) -> int:
    """In New York; confirmed on Monday 2 March at 04:30, the first of three letters has come."""
    story.sign_up()
    story.confirm()
    return story.person().id


def to(story: Story, reader: int, zone: str) -> int:
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        preferences.set_time_zone(session, reader, zone)
        return moving.follow_zone(session, reader, zone, now)


def replan(story: Story, reader: int) -> None:
    with story.house.database.writing.begin() as session:
        holds.end_break(session, reader, story.clock.now())
        moving.replan(session, reader, story.clock.now())


def way(story: Story) -> Enrollment:
    with story.house.database.reading() as session:
        return session.scalars(select(Enrollment)).one()


def test_the_sequence_follows_her_to_another_zone(story: Story, reader: int) -> None:
    assert to(story, reader, KATHMANDU) == 1
    assert way(story).zone == KATHMANDU
    story.live(days=10)
    assert story.inbox(zone=KATHMANDU)[2:] == [
        "Wed 04 Mar 10:00  The letter second",
        "Sat 07 Mar 10:00  The letter third",
    ]


def test_what_was_decided_stays_and_nothing_comes_twice(story: Story, reader: int) -> None:
    story.live(days=3)
    with story.house.database.reading() as session:
        before = session.execute(select(StepRun.step_key, StepRun.planned_at)).all()
    to(story, reader, KATHMANDU)
    to(story, reader, "America/Los_Angeles")
    story.live(days=10)
    assert [line[18:] for line in story.inbox()[1:]] == [
        "The letter hello",
        "The letter second",
        "The letter third",
    ]
    with story.house.database.reading() as session:
        assert session.execute(select(StepRun.step_key, StepRun.planned_at)).all()[: len(before)] == before


def test_an_hour_that_is_past_in_the_new_zone_comes_round_the_next_day(story: Story, reader: int) -> None:
    story.live(days=2, hours=4)  # Wednesday, 08:30 in New York: due in 90 minutes; in Kathmandu it is evening
    to(story, reader, KATHMANDU)
    story.live(days=4)
    assert story.inbox(zone=KATHMANDU)[2] == "Thu 05 Mar 10:00  The letter second"


def test_the_other_way_round_the_hour_comes_later(story: Story, reader: int) -> None:
    to(story, reader, "Pacific/Honolulu")
    story.live(days=10)
    assert [line[:16] for line in story.inbox(zone="Pacific/Honolulu")[2:]] == [
        "Tue 03 Mar 10:00",  # she confirmed on Sunday evening there
        "Fri 06 Mar 10:00",
    ]


def test_a_letter_that_is_past_everything_in_the_new_zone_is_set_aside(story: Story, reader: int) -> None:
    story.live(days=2)
    story.clock.advance(days=3, hours=5)  # the machine was off: the third is due in half an hour
    to(story, reader, KATHMANDU)
    story.live(days=10)
    assert "second skipped: too late to be useful" in story.runs()
    assert story.inbox(zone=KATHMANDU)[-1] == "Sun 08 Mar 10:00  The letter third"


def test_a_paused_sequence_moves_too(story: Story, reader: int) -> None:
    with story.house.database.writing.begin() as session:
        session.execute(update(Sequence).values(state="paused"))
    assert to(story, reader, KATHMANDU) == 1
    assert way(story).zone == KATHMANDU


def test_who_is_in_no_sequence_any_more_keeps_what_was(story: Story, reader: int) -> None:
    story.live(days=20)
    assert way(story).state == "complete"
    assert to(story, reader, KATHMANDU) == 0
    assert way(story).zone == "America/New_York"


def test_of_what_a_break_held_back_the_letter_comes_at_its_own_hour_when_she_ends_it(
    story: Story, reader: int
) -> None:
    story.live(days=4)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        last = now + timedelta(days=3)
        session.add(Hold(subscriber_id=reader, kind="break", until=last, created_at=now))
    story.live(days=2)  # Sunday, 05:30: the third was due on Saturday, and waits for Monday
    assert "third" not in str(story.runs())
    replan(story, reader)
    story.live(days=2)
    assert story.inbox()[-1] == "Sun 08 Mar 10:00  The letter third"


def test_the_next_look_is_the_earliest(story: Story, reader: int) -> None:
    with story.house.database.reading() as session:
        assert moving.next_look(session, reader) == way(story).next_due_at
        assert moving.next_look(session, 999) is None
    story.live(days=20)
    with story.house.database.reading() as session:
        assert moving.next_look(session, reader) is None
