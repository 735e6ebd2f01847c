from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.delivery import ledger, mailboxes, queue
from newsletter.delivery.ledger import Wanted
from newsletter.delivery.models import Attempt
from newsletter.delivery.queue import Order
from newsletter.errors import NotFound, Refused


@pytest.fixture
def filled(database, clock):
    """Three deliveries to two mailboxes, of two campaigns."""
    now = clock.now()
    with database.writing.begin() as session:
        for number, (address, campaign) in enumerate(
            [
                ("reader@example.com", "hello"),
                ("visitor014@example.com", "hello"),
                ("reader@example.com", "bye"),
            ],
            start=1,
        ):
            mailbox = mailboxes.find_or_add(session, address.title(), address, now)
            due = now + timedelta(hours=number)
            order = Order(
                f"k{number}",
                "marketing",
                mailbox.id,
                "version:1",
                {},
                due,
                due + timedelta(days=1),
                campaign=campaign,
            )
            queue.put(session, [order], now)
    return database


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), [1, 2, 3]),
        (Wanted(campaign="hello"), [1, 2]),
        (Wanted(address_key="reader@example.com"), [1, 3]),
        (Wanted(campaign="hello", address_key="reader@example.com"), [1]),
        (Wanted(state="queued"), [1, 2, 3]),
        (Wanted(state="sent"), []),
        (Wanted(campaign="hell"), []),
    ],
)
def test_lines_are_narrowed_and_the_older_come_first(filled, wanted, ids):
    with filled.reading() as session:
        assert [line.id for line in ledger.lines(session, wanted)] == ids


def test_a_limit_keeps_the_newest(filled):
    with filled.reading() as session:
        assert [line.id for line in ledger.lines(session, Wanted(), 2)] == [2, 3]


def test_a_line_says_when_it_was_meant_to_leave_and_to_whom(filled, clock):
    with filled.reading() as session:
        line = ledger.line(session, 2)
    assert (line.to, line.due_at) == ("Visitor014@Example.Com", clock.now() + timedelta(hours=2))
    assert (line.state, line.tries, line.sent_at, line.message_id) == ("queued", 0, None, None)


def test_conversations_come_in_order(filled, clock):
    with filled.writing.begin() as session:
        for epoch, outcome in enumerate(["deferred", "accepted"]):
            session.add(Attempt(delivery_id=2, epoch=epoch, at=clock.now(), outcome=outcome))
            session.flush()
    with filled.reading() as session:
        assert [each.outcome for each in ledger.attempts(session, 2)] == ["deferred", "accepted"]
        assert ledger.attempts(session, 1) == []


def test_what_is_not_there_is_said(filled):
    with filled.reading() as session, pytest.raises(NotFound, match="no delivery 9"):
        ledger.line(session, 9)


def test_a_state_that_is_none_is_refused():
    with pytest.raises(Refused, match="right would be one of queued"):
        Wanted(state="lost")
