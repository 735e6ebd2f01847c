"""The last look before hand-over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Update, select, update

from newsletter.audience.models import Subscriber, Subscription
from newsletter.campaigns import dispatch
from newsletter.campaigns.gate import gate
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.delivery import leases, mailboxes
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import Delivery
from tests.walks.story import Story


@pytest.fixture
def claimed(story: Story) -> Claimed:
    """The second letter, in a sender's hands."""
    story.sign_up()
    story.confirm()
    story.clock.advance(days=3)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        dispatch.queue_due(session, now)
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


def test_a_letter_to_an_address_she_no_longer_has_is_canceled(story: Story, claimed: Claimed) -> None:
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        other = mailboxes.find_or_add(session, "new@example.com", "new@example.com", now)
        session.execute(update(Subscriber).values(mailbox_id=other.id))
    assert verdict(story, claimed) == ("canceled", "her address has changed")


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
