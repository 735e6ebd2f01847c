"""The last look before hand-over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Update, select, text, update

from newsletter import clock as clocks
from newsletter.audience import holds
from newsletter.audience.models import Hold, Subscriber, Subscription
from newsletter.campaigns import dispatch
from newsletter.campaigns.gate import gate
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.delivery import leases, mailboxes
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import Delivery
from newsletter.settings import Settings
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story, telling


@pytest.fixture
def claimed(story: Story, beginnings: Beginnings) -> Claimed:
    """The second letter, in a sender's hands."""

    def tell() -> None:
        story.sign_up()
        story.confirm()
        story.clock.advance(days=3)
        with story.house.database.writing.begin() as session:
            dispatch.queue_due(session, story.clock.now())

    beginnings.once(story, "the second letter is due", tell)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        [one] = leases.claim(session, "a sender", now, now + leases.LEASE, 10)
    return one


def verdict(story: Story, claimed: Claimed) -> tuple[str, str] | None:
    with story.house.database.writing.begin() as session:
        found = gate(session, [claimed], story.clock.now()).get(claimed.id)
    return (found.kind, found.reason) if found else None


def test_a_letter_that_is_wanted_passes(story: Story, claimed: Claimed) -> None:
    assert verdict(story, claimed) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (update(Subscription).values(state="unsubscribed"), ("skipped", "not subscribed any more")),
        (update(Enrollment).values(state="exited", reason="a reason"), ("canceled", "a reason")),
        (update(Enrollment).values(state="paused"), ("wait", "paused")),
        (update(Sequence).values(state="paused"), ("wait", "paused")),
        (update(Sequence).values(topics=["another"]), ("skipped", "not subscribed any more")),
    ],
)
def test_what_changed_since_it_was_queued_is_seen(
    story: Story, claimed: Claimed, change: Update, expected: tuple[str, str]
) -> None:
    with story.house.database.writing.begin() as session:
        session.execute(change)
    assert verdict(story, claimed) == expected


def move(story: Story) -> int:
    """She has another mailbox now; its id."""
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        other = mailboxes.find_or_add(session, "new@example.com", "new@example.com", now)
        session.execute(update(Subscriber).values(mailbox_id=other.id))
        return other.id


def hold(story: Story, *, kind: str = "break", **span: float) -> datetime:
    """She is held back from now on; until when."""
    now = story.clock.now()
    until = now + timedelta(**span)
    with story.house.database.writing.begin() as session:
        person = session.scalars(select(Subscriber.id)).one()
        session.add(Hold(subscriber_id=person, kind=kind, until=until, created_at=now))
    return until


def row(story: Story, claimed: Claimed) -> Delivery:
    with story.house.database.reading() as session:
        return session.get_one(Delivery, claimed.id)


def test_a_letter_to_an_address_she_has_left_is_written_again_for_the_new_one(
    story: Story, claimed: Claimed
) -> None:
    box = move(story)
    assert verdict(story, claimed) == ("wait", "her address has changed")
    assert row(story, claimed).mailbox_id == box
    assert verdict(story, replace(claimed, mailbox_id=box)) is None


def test_a_letter_that_was_queued_for_the_old_address_after_the_move_arrives_at_the_new_one(
    story: Story, claimed: Claimed
) -> None:
    move(story)
    with story.house.database.writing.begin() as session:
        leases.give_back(session, claimed)
    story.rounds.until_idle()
    assert (row(story, claimed).state, row(story, claimed).epoch) == ("sent", 3)
    assert story.subjects("new@example.com") == ["The letter second"]
    assert "The letter second" not in story.subjects()


def test_a_break_that_outlasts_the_letter_ends_it(story: Story, claimed: Claimed) -> None:
    hold(story, days=30)
    assert verdict(story, claimed) == ("skipped", "on a break until 4 April")


def test_a_short_hold_lets_it_wait_for_its_own_hour_of_the_day_after(story: Story, claimed: Claimed) -> None:
    hold(story, kind="healing", hours=20)  # until Friday, 00:30 in New York; due on Wednesday at ten
    with story.house.database.writing.begin() as session:
        found = gate(session, [claimed], story.clock.now())[claimed.id]
    assert (found.kind, found.reason) == ("wait", "held back by the clinic until 6 March")
    assert found.until == datetime(2026, 3, 6, 10, tzinfo=ZoneInfo("America/New_York"))


def test_what_waits_for_the_end_of_a_hold_is_not_looked_at_before(story: Story, claimed: Claimed) -> None:
    hold(story, kind="healing", hours=20)
    with story.house.database.writing.begin() as session:
        leases.give_back(session, claimed)
    story.rounds.until_idle()
    waiting = row(story, claimed)
    assert (waiting.state, waiting.epoch) == ("queued", 2)
    assert waiting.reason == "held back by the clinic until 6 March"
    story.live(days=2)
    assert row(story, claimed).epoch == 3
    assert "Fri 06 Mar 10:00  The letter second" in story.inbox()


def test_a_hold_that_is_over_or_was_ended_holds_nothing(story: Story, claimed: Claimed) -> None:
    hold(story, hours=-1)
    assert verdict(story, claimed) is None
    hold(story, kind="healing", days=9)
    with story.house.database.writing.begin() as session:
        session.execute(update(Hold).values(ended_at=story.clock.now()))
    assert verdict(story, claimed) is None


def test_a_hold_outranks_a_pause_where_the_letter_cannot_wait(story: Story, claimed: Claimed) -> None:
    hold(story, days=30)
    with story.house.database.writing.begin() as session:
        session.execute(update(Sequence).values(state="paused"))
    assert verdict(story, claimed) == ("skipped", "on a break until 4 April")


@pytest.mark.parametrize("stream", ["account", "care"])
def test_a_break_holds_back_no_letter_of_another_kind(story: Story, claimed: Claimed, stream: str) -> None:
    hold(story, days=30)
    with story.house.database.writing.begin() as session:
        assert gate(session, [replace(claimed, stream=stream, dedupe_key="another")], story.clock.now()) == {}


def test_a_break_that_commits_while_the_gate_waits_for_the_mailbox_stops_the_letter(
    postgres_database: Database, settings: Settings, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    with telling(postgres_database, settings, clock, write_folder("welcome")) as story:
        story.sign_up()
        story.confirm()
        clock.advance(days=3)
        story.rounds.queue()
        person = story.person()
        with ThreadPoolExecutor(1) as pool:
            with postgres_database.writing.begin() as session:
                holds.take_break(session, person.id, 1, clock.now(), ZoneInfo("America/New_York"))
                sending = pool.submit(story.rounds.postman.round)
                waits_for_a_lock(postgres_database)
                assert not sending.done()
            sending.result(30)
        with postgres_database.reading() as session:
            mine = session.scalars(select(Delivery).where(Delivery.step == "second")).one()
        assert (mine.state, mine.reason) == ("skipped", "on a break until 5 April")
        assert story.subjects() == ["The letter hello"]


def waits_for_a_lock(database: Database) -> None:
    """Return as soon as some session waits for another one's row."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while True:
        with database.reading() as session:
            if session.scalar(waiting):
                return
        clocks.pause(0.01)


def test_a_letter_of_no_sequence_is_not_its_business(story: Story, claimed: Claimed) -> None:
    with story.house.database.writing.begin() as session:
        session.execute(update(Enrollment).values(state="exited"))
        stranger = replace(claimed, dedupe_key="confirm:1:1")
        assert gate(session, [stranger], story.clock.now()) == {}
        assert session.scalars(select(Enrollment.state)).one() == "exited"


def test_a_letter_that_was_deferred_does_not_arrive_after_its_successor(
    story: Story, claimed: Claimed
) -> None:
    with story.house.database.writing.begin() as session:
        session.execute(update(Delivery).values(state="handoff"))  # a slow server holds it
    story.clock.advance(days=3)
    with story.house.database.writing.begin() as session:
        dispatch.queue_due(session, story.clock.now())
    assert verdict(story, claimed) == ("superseded", "a newer letter is due")
