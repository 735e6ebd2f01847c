"""E-mails to decide on, gathered by what happened and by what they belong to."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import event, insert, update

from newsletter.delivery import mailboxes, queue
from newsletter.delivery.models import STREAMS, Attempt, Delivery
from newsletter.delivery.queue import Order
from newsletter.insights import undecided

EVERY = frozenset(STREAMS)
_numbers = count(1)


@pytest.fixture
def trouble(story):
    """`trouble("failed", "550 …", "hard", "deferred", days=2)`: an e-mail that ended so, so long ago; its number.

    After its state and reason come the verdicts of the refusals that it met, in order; "" for one that says nothing.
    """

    def put(state, reason=None, *verdicts, campaign="welcome", stream="marketing", person=1, **ago) -> int:
        now = story.clock.now() - timedelta(**ago)
        with story.house.database.writing.begin() as session:
            address = f"reader{next(_numbers)}@example.com"
            box = mailboxes.find_or_add(session, address, address, now)
            order = Order(
                f"trouble:{address}",
                stream,
                box.id,
                "version:1",
                {},
                now,
                now + timedelta(days=3),
                person,
                campaign,
            )
            (number,) = queue.put(session, [order], now)
            session.execute(update(Delivery).where(Delivery.id == number).values(state=state, reason=reason))
            for verdict in verdicts:
                values = {"epoch": 1, "at": now, "outcome": "refused", "said": "", "verdict": verdict or None}
                session.execute(insert(Attempt).values(delivery_id=number, **values))
        return number

    return put


def groups(story, streams=EVERY):
    with story.house.database.reading() as session:
        return undecided.groups(session, streams, story.clock.now())


def test_each_group_says_what_happened_to_how_many_and_how_many_can_go_again(story, trouble) -> None:
    trouble("unknown")
    trouble("unknown", days=2)
    trouble("unknown", days=4)  # too late
    trouble("unknown", person=None, hours=1)  # her data was deleted
    trouble("unknown", campaign=None, stream="account", days=1)
    trouble("failed", "550 5.7.1 policy", "block")
    trouble("poison", "stopped after 3 failures of the program itself")
    trouble("failed", "missing first_name")
    trouble("failed", "missing first_name", campaign="spring-guide")
    trouble("failed", "the address cannot be written in a header")
    trouble("failed", "552 5.2.2 full", "full")
    trouble("failed", "554 no", "")
    trouble("failed", "550 5.1.1 nobody", "soft", "hard")
    trouble("failed", "550 5.2.1 disabled", "disabled")
    for state in ("sent", "queued", "expired", "canceled", "skipped"):
        trouble(state)
    found = [
        (group.kind, group.of, group.campaign and group.campaign.name, group.number, group.good, group.reason)
        for group in groups(story)
    ]
    assert found == [
        ("unknown", "welcome", "Welcome", 4, 2, ""),
        ("unknown", "~account", None, 1, 1, ""),
        ("block", "welcome", "Welcome", 1, 1, ""),
        ("poison", "welcome", "Welcome", 1, 1, ""),
        ("missing", "spring-guide", None, 1, 1, "missing first_name"),
        ("missing", "welcome", "Welcome", 1, 1, "missing first_name"),
        ("unwritable", "welcome", "Welcome", 1, 1, "the address cannot be written in a header"),
        ("failed", "welcome", "Welcome", 2, 2, ""),
        ("gone", "welcome", "Welcome", 2, 2, ""),
    ]
    assert groups(story)[0].oldest == story.clock.now() - timedelta(days=4)
    story.clock.advance(days=27)
    assert [(group.kind, group.number) for group in groups(story)][:2] == [("unknown", 3), ("unknown", 1)]
    story.clock.advance(days=4)
    assert groups(story) == []


def test_of_a_group_there_are_its_e_mails_and_no_others_newest_first(story, trouble) -> None:
    first, second = trouble("unknown"), trouble("unknown")
    account = trouble("unknown", campaign=None, stream="account")
    trouble("unknown", campaign="spring-guide")
    trouble("poison", "stopped")
    with story.house.database.reading() as session:
        now = story.clock.now()
        mine = undecided.find(session, EVERY, "unknown", "welcome", now)
        none = undecided.find(session, EVERY, "unknown", "~account", now)
        assert mine is not None
        assert none is not None
        assert undecided.find(session, EVERY, "gone", "welcome", now) is None
        assert undecided.find(session, EVERY, "unknown", "nothing", now) is None
        assert sorted(undecided.ids(session, EVERY, mine, now)) == [first, second]
        assert undecided.ids(session, EVERY, none, now) == [account]
        assert [fate.id for fate in undecided.fates(session, EVERY, mine, now, 10)] == [second, first]
        (newest,) = undecided.fates(session, EVERY, mine, now, 1)
    assert newest.address.endswith("@example.com")
    assert newest.reason == ""


def test_streams_that_are_not_asked_for_are_not_there(story, trouble) -> None:
    trouble("unknown", campaign="aftercare", stream="care")
    assert [group.of for group in groups(story)] == ["aftercare"]
    assert groups(story, EVERY - {"care"}) == []


def test_it_takes_as_many_statements_for_many_as_for_one(story, trouble) -> None:
    def asked() -> int:
        seen: list[str] = []
        with story.house.database.reading() as session:
            engine = session.get_bind()
            note = lambda _c, _cursor, statement, *_: seen.append(statement)  # noqa: E731
            event.listen(engine, "before_cursor_execute", note)
            undecided.groups(session, EVERY, story.clock.now())
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    trouble("unknown")
    few = asked()
    for campaign in ("welcome", "spring-guide", "summer-guide"):
        trouble("unknown", campaign=campaign)
        trouble("failed", "missing first_name", campaign=campaign)
    assert asked() == few > 0
