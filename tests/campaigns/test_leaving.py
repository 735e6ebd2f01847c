"""The only door out: everything ends in one transaction, as often as asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience.consent import Evidence
from newsletter.audience.models import Consent, Subscription
from newsletter.campaigns import dispatch, enrollment, leaving
from newsletter.campaigns.models import Enrollment
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery
from tests.walks.story import Story

ONE_CLICK = Evidence("one-click", ip="192.0.2.7", user_agent="a mail program")


def leave(story: Story) -> int:
    with story.house.database.writing.begin() as session:
        return leaving.leave(session, story.person().mailbox_id, story.clock.now(), ONE_CLICK)


def test_leaving_ends_every_topic_and_keeps_the_act_with_its_evidence(story: Story) -> None:
    story.sign_up()
    story.confirm()
    assert leave(story) == 3
    with story.house.database.reading() as session:
        assert set(session.scalars(select(Subscription.state))) == {"unsubscribed"}
        last = session.scalars(select(Consent).order_by(Consent.id.desc())).first()
    assert last is not None
    assert (last.act, last.how, last.ip) == ("withdrawn", "one-click", "192.0.2.7")
    assert last.topics == ["news", "resources", "tips"]


def test_leaving_twice_changes_nothing_the_second_time(story: Story) -> None:
    story.sign_up()
    story.confirm()
    leave(story)
    with story.house.database.reading() as session:
        before = len(session.scalars(select(Consent)).all())
    assert leave(story) == 0
    with story.house.database.reading() as session:
        assert len(session.scalars(select(Consent)).all()) == before


def test_leaving_while_still_pending_means_that_nothing_was_agreed(story: Story) -> None:
    story.sign_up()
    assert leave(story) == 3
    story.live(days=30)
    assert story.subjects() == []


def test_a_letter_in_the_queue_is_canceled_and_the_sequence_exited(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.clock.advance(days=3)
    with story.house.database.writing.begin() as session:
        dispatch.queue_due(session, story.clock.now())
    leave(story)
    story.live(days=30)
    assert story.subjects() == ["The letter hello"]
    with story.house.database.reading() as session:
        second = session.scalars(select(Delivery).where(Delivery.step == "second")).one()
        left = session.scalars(select(Enrollment)).one()
    assert (second.state, second.reason) == ("canceled", enrollment.LEFT)
    assert (left.state, left.next_due_at) == ("exited", None)


def test_a_mailbox_that_nobody_has_any_more_is_left_without_a_word(story: Story) -> None:
    with story.house.database.writing.begin() as session:
        assert leaving.leave(session, 4711, story.clock.now(), ONE_CLICK) == 0


@pytest.mark.parametrize(("stream", "forbidden"), [("marketing", True), ("care", True), ("account", False)])
def test_no_e_mails_at_all_means_every_stream_but_the_letter_that_leads_back(
    story: Story, stream: str, *, forbidden: bool
) -> None:
    story.sign_up()
    story.confirm()
    mailbox = story.person().mailbox_id
    with story.house.database.writing.begin() as session:
        leaving.stop_everything(session, mailbox, story.clock.now(), ONE_CLICK)
    with story.house.database.reading() as session:
        stop = suppression.stops(session, [mailbox])[mailbox]
    assert bool(suppression.forbids(stop, stream)) is forbidden


def test_who_comes_back_in_time_goes_on_where_she_was(story: Story) -> None:
    story.sign_up()
    story.confirm()
    leave(story)
    story.clock.advance(days=2)
    story.sign_up()
    story.confirm()
    story.live(days=10)
    assert story.subjects() == ["The letter hello", "The letter second", "The letter third"]


def test_who_comes_back_long_after_begins_again(story: Story) -> None:
    story.sign_up()
    story.confirm()
    leave(story)
    story.clock.advance(days=40)
    story.sign_up()
    story.confirm()
    assert story.subjects() == ["The letter hello", "The letter hello"]
