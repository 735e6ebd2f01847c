"""What is forgotten about people when its time is over: exactly that, and nothing a day too soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from newsletter.audience import retention
from newsletter.audience.models import Consent, Subscriber, Subscription

READER = "reader@example.com"
FROM = {"ip": "198.51.100.7", "user_agent": "a phone", "page": "https://site.example/"}


def forget(desk: Any, days: float, limit: int = 1_000) -> int:
    before = desk.clock.now() - timedelta(days=days)
    with desk.database.writing.begin() as session:
        waits = retention.any_traces(session, before)
        forgotten = retention.forget_traces(session, before, limit)
    assert waits == bool(forgotten)
    return forgotten


def acts(desk: Any) -> list[Consent]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Consent).order_by(Consent.id)))


def waiting(desk: Any, days: float = 30, **more: Any) -> dict[int, int]:
    with desk.database.reading() as session:
        return retention.never_confirmed(
            session, desk.clock.now() - timedelta(days=days), more.pop("limit", 100), **more
        )


def test_from_where_she_agreed_is_forgotten_and_that_she_agreed_is_not(desk):
    desk.ask(**FROM)
    desk.clock.advance(days=366)
    [before] = acts(desk)
    assert forget(desk, 365) == 1
    [after] = acts(desk)
    assert (after.ip, after.user_agent) == (None, None)
    for name in ("subscriber_id", "act", "stream", "topics", "wording_id", "how", "page", "at"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_day_too_soon_nothing_is_forgotten(desk):
    desk.ask(**FROM)
    desk.clock.advance(days=364)
    assert forget(desk, 365) == 0
    assert acts(desk)[0].ip == FROM["ip"]


def test_a_browser_without_an_address_is_forgotten_too(desk):
    desk.ask(user_agent="a phone")
    desk.clock.advance(days=366)
    assert forget(desk, 365) == 1
    assert forget(desk, 365) == 0, "what is forgotten is not looked at again"


def test_traces_go_in_slices(desk):
    for number in range(5):
        desk.ask(f"visitor-{number}@example.com", **FROM)
    desk.clock.advance(days=366)
    assert [forget(desk, 365, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_who_never_confirmed_is_found_after_thirty_days(desk):
    asked = desk.ask()
    desk.clock.advance(days=29)
    assert waiting(desk) == {}
    desk.clock.advance(days=2)
    assert waiting(desk) == {desk.person().id: asked.mailbox_id}


def test_who_asked_again_meanwhile_waits_on(desk):
    desk.ask(topics=("tips",))
    desk.clock.advance(days=31)
    desk.ask(topics=("news",))
    assert waiting(desk) == {}
    desk.clock.advance(days=31)
    assert set(waiting(desk)) == {desk.person().id}


def test_who_confirmed_is_never_among_them(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    desk.ask(topics=("tips", "news"))
    desk.clock.advance(days=400)
    assert waiting(desk) == {}


def test_who_came_back_after_leaving_and_did_not_confirm_again_keeps_her_history(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    with desk.database.writing.begin() as session:
        session.execute(update(Subscription).values(state="pending"))
    desk.clock.advance(days=31)
    assert waiting(desk) == {}


def test_who_was_in_a_list_and_confirmed_elsewhere_is_never_among_them(desk):
    """Her arrivals are not counted, but there is an act of consent that says so."""
    desk.ask()
    desk.tap()
    with desk.database.writing.begin() as session:
        session.execute(update(Subscriber).values(arrivals=0))
        session.execute(update(Subscription).values(state="pending"))
    desk.clock.advance(days=31)
    assert waiting(desk) == {}


@pytest.mark.parametrize("state", ["confirmed", "unsubscribed"])
def test_one_topic_in_another_state_is_enough_to_stay(desk, state):
    desk.ask(topics=("tips", "news"))
    with desk.database.writing.begin() as session:
        first = session.scalars(select(Subscription).order_by(Subscription.id)).first()
        first.state = state
    desk.clock.advance(days=31)
    assert waiting(desk) == {}


def test_somebody_without_any_topic_is_not_looked_at(desk):
    """A patient, say: she never asked for letters, and is none of this rule's business."""
    desk.ask()
    with desk.database.writing.begin() as session:
        person = session.scalars(select(Subscriber)).one()
        session.add(
            Subscriber(
                mailbox_id=person.mailbox_id, signed_up=False, source="clinic", created_at=desk.clock.now()
            )
        )
    desk.clock.advance(days=31)
    assert set(waiting(desk)) == {person.id}


def test_they_can_be_asked_for_by_number(desk):
    for number in range(4):
        desk.ask(f"visitor-{number}@example.com")
    desk.clock.advance(days=31)
    everybody = waiting(desk)
    assert len(everybody) == 4
    some = sorted(everybody)[1:3]
    assert sorted(waiting(desk, among=some)) == some
    assert sorted(waiting(desk, limit=1)) == sorted(everybody)[:1]
    assert waiting(desk, among=[]) == {}
