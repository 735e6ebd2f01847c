"""Who gets an issue while some are held back: counted as it is sent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import exists, select, update

from benchmarks.crowd import Crowd, fill
from newsletter.audience.models import Hold, Subscriber, Subscription
from newsletter.campaigns import audience_of
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Broadcast
from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery, Suppression
from tests.campaigns.test_broadcasts import people, send, state, states, write
from tests.walks.story import Story

LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)


def hold(story: Story, person: int, kind: str = "break", **span: float) -> None:
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        session.add(Hold(subscriber_id=person, kind=kind, until=now + timedelta(**span), created_at=now))


def count(story: Story) -> tuple[int, int, dict[str, int]]:
    """Who gets it, out of how many, and who does not; both ways of counting agree."""
    with story.house.database.reading() as session:
        issue = session.scalars(select(Broadcast)).one()
        people = audience_of.count(session, issue, story.clock.now())
        everyone = audience_of.Whom("gossip"), issue
        assert audience_of.gets(session, everyone, story.clock.now()) == [0, people.gets]
    return people.gets, people.everybody, people.left_out


def due(story: Story) -> dict[int | None, str]:
    with story.house.database.reading() as session:
        rows = session.execute(
            select(Delivery.person_id, Delivery.send_after).where(Delivery.campaign.is_not(None))
        )
        return {person: f"{at:%a %d %H:%M}" for person, at in rows}


def test_who_is_held_back_for_long_is_left_out_by_name(story: Story) -> None:
    write(story)
    readers = people(story, 6, "resources")
    hold(story, readers[0], days=30)
    hold(story, readers[1], "healing", days=7)
    hold(story, readers[2], days=30)
    hold(story, readers[2], "healing", days=7)
    hold(story, readers[3], hours=20)
    assert count(story) == (3, 6, {"on a break": 2, "held back by the clinic": 1})
    send(story, undo=timedelta())
    story.rounds.until_idle()
    story.live(days=3)
    assert states(story) == {"sent": 3}
    assert state(story) == "sent"


def test_nobody_is_counted_under_two_reasons(story: Story) -> None:
    write(story)
    readers = people(story, 3, "resources")
    for reader in readers[:2]:
        hold(story, reader, days=30)
    with story.house.database.writing.begin() as session:
        box = session.get_one(Subscriber, readers[0]).mailbox_id
        suppression.suppress(session, box, "all", "hard bounce", story.clock.now())
    assert count(story) == (1, 3, {"do not mail": 1, "on a break": 1})


def test_a_hold_that_is_over_or_ended_leaves_nobody_out(story: Story) -> None:
    write(story)
    readers = people(story, 2, "resources")
    hold(story, readers[0], hours=-1)
    hold(story, readers[1], days=30)
    with story.house.database.writing.begin() as session:
        ended = update(Hold).where(Hold.subscriber_id == readers[1])
        session.execute(ended.values(ended_at=story.clock.now()))
    assert count(story) == (2, 2, {})


def test_who_is_held_for_less_gets_it_after_that_at_the_same_hour(story: Story) -> None:
    write(story)
    readers = people(story, 2, "resources", zones=("America/New_York",))
    hold(story, readers[0], hours=20)  # until Tuesday 05:30 UTC; the issue begins on Monday at 09:30
    send(story, undo=timedelta())
    story.rounds.until_idle()
    assert due(story) == {readers[0]: "Tue 03 09:30", readers[1]: "Mon 02 09:30"}
    assert states(story) == {"sent": 1, "queued": 1}
    story.live(days=2)
    assert states(story) == {"sent": 2}


@pytest.mark.parametrize(("hours", "gets"), [(47, True), (48, False), (49, False)])
def test_the_border_is_the_issue_s_own_expiry(story: Story, hours: int, gets: bool) -> None:
    write(story)
    reader, _ = people(story, 2, "resources")
    hold(story, reader, hours=hours)
    assert count(story)[0] == 1 + gets
    send(story, undo=timedelta())
    story.rounds.until_idle()
    story.live(days=5)
    assert states(story) == {"sent": 1 + gets}


def test_a_break_taken_after_the_issue_was_queued_stops_it(story: Story) -> None:
    write(story)
    readers = people(story, 2, "resources")
    send(story, undo=timedelta())
    story.rounds.fan_out()
    hold(story, readers[0], days=30)
    story.rounds.until_idle()
    assert states(story) == {"sent": 1, "skipped": 1}
    assert state(story) == "sent"


def test_at_each_reader_s_hour_who_is_held_for_less_gets_it_at_hers(story: Story) -> None:
    write(story)
    readers = people(story, 1, "resources", zones=("Asia/Kathmandu",))
    send(story, at=datetime(2026, 3, 3, tzinfo=UTC), local_hour=10)
    hold(story, readers[0], hours=30)
    story.live(days=5)
    assert due(story) == {readers[0]: "Wed 04 04:15"}
    assert states(story) == {"sent": 1}


def test_whom_a_list_brings_while_an_issue_goes_out_is_not_among_its_people(story: Story) -> None:
    """She confirmed elsewhere long ago; what counts here is that she came after the issue had begun."""
    write(story)
    people(story, 2, "resources")
    send(story, undo=timedelta())
    story.live(minutes=1)
    at = story.clock.now() - timedelta(seconds=30)
    late = people(story, 1, "resources", "tips")
    with story.house.database.writing.begin() as session:
        session.execute(
            update(Subscription).where(Subscription.subscriber_id == late[0]).values(confirmed_at=LONG_AGO)
        )
    with story.house.database.reading() as session:
        issue = session.scalars(select(Broadcast)).one()
        among = select(Subscriber.id).where(audience_of.chosen(issue, at))
        assert late[0] not in set(session.scalars(among))
        assert audience_of.count(session, issue, at).everybody == 2
        assert audience_of.count(session, issue, story.clock.now()).everybody == 3


@pytest.mark.parametrize(
    "whom", [("tips", ()), ("tips", ("news",)), ("tips", ("news", "resources")), ("x", ())]
)
def test_a_crowd_is_counted_as_each_of_it_would_be(database: Database, clock: FrozenClock, whom) -> None:
    """Beside the conditions by which an issue is sent, asked of one person after the other, now and long before."""
    with database.writing.begin() as session:
        starter.load(session, clock.now())
    fill(database, Crowd(600, 6_000, clock.now()))
    audience = audience_of.Whom(*whom)
    with database.reading() as session:
        for at in (clock.now(), clock.now() - timedelta(days=12), clock.now() - timedelta(days=500)):
            stopped = exists().where(
                Suppression.mailbox_id == Subscriber.mailbox_id, Suppression.released_at.is_(None)
            )
            asked = (stopped, audience_of.is_held(at, ["break"]), audience_of.is_held(at))
            people = session.execute(
                select(*asked).select_from(Subscriber).where(audience_of.chosen(audience, at))
            ).all()
            fates = Counter(
                "stopped" if row[0] else "break" if row[1] else "healing" if row[2] else None
                for row in people
            )
            told = audience_of.count(session, audience, at)
            assert told.gets == fates[None]
            assert {cause: told.causes[cause] for cause in audience_of.FATES} == {
                cause: fates[cause] for cause in audience_of.FATES
            }
            assert told.everybody == told.gets + sum(told.causes.values())
            several = [audience, audience_of.Whom("news"), audience_of.Whom("tips")]
            alone = [audience_of.count(session, each, at).gets for each in several]
            assert audience_of.gets(session, several, at) == alone
            assert audience_of.gets(session, several[1:], at) == alone[1:]
            assert (told.gets > 0) == (whom[0] == "tips")
