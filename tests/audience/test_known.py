from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from newsletter.audience import known
from newsletter.audience.models import Subscriber, Subscription
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox
from tests.audience.desk import READER

OTHER = "visitor014@example.com"


def settle(desk, *addresses):
    with desk.database.writing.begin() as session:
        return known.settle(session, {each.lower(): each for each in addresses}, desk.clock.now())


def test_mailboxes_that_are_missing_are_made_as_they_were_written(desk):
    made, before = settle(desk, "Reader@example.com", OTHER)
    assert set(made) == {READER, OTHER}
    assert before == {}
    with desk.database.reading() as session:
        rows = select(Mailbox.address_key, Mailbox.address, Mailbox.created_at).order_by(Mailbox.address)
        assert [tuple(row) for row in session.execute(rows)] == [
            (READER, "Reader@example.com", desk.clock.now()),
            (OTHER, OTHER, desk.clock.now()),
        ]


def test_who_is_made_once_is_known_after(desk):
    made, _ = settle(desk, READER)
    again, before = settle(desk, READER, OTHER)
    assert set(again) == {OTHER}
    assert before[READER].mailbox_id == made[READER]
    assert (before[READER].person_id, before[READER].status, before[READER].forbidden) == (None, None, None)


def test_nobody_asked_for_is_nobody_found(desk):
    desk.ask()
    assert settle(desk) == ({}, {})


def test_a_person_is_known_with_her_state_and_what_we_hold(desk):
    desk.ask(first_name="Visitor 014", time_zone="Asia/Kathmandu")
    _, before = settle(desk, READER)
    assert (before[READER].status, before[READER].confirmed_at) == ("pending", None)
    desk.tap()
    with desk.database.writing.begin() as session:
        person = session.scalars(select(Subscriber)).one()
        person.tags, person.fields = ["vip"], {"plan": "gold"}
    _, before = settle(desk, READER)
    found = before[READER]
    assert (found.person_id, found.status, found.confirmed_at) == (person.id, "confirmed", desk.clock.now())
    assert (found.first_name, found.time_zone) == ("Visitor 014", "Asia/Kathmandu")
    assert (found.tags, found.fields) == (["vip"], {"plan": "gold"})


def test_the_newest_of_her_confirmations_counts(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    desk.clock.advance(days=3)
    desk.ask(topics=("news",))
    desk.tap()
    _, before = settle(desk, READER)
    assert before[READER].confirmed_at == desk.clock.now()


def test_somebody_who_left_is_known_as_that(desk):
    desk.ask()
    desk.tap()
    with desk.database.writing.begin() as session:
        for held in session.scalars(select(Subscription)):
            held.state, held.ended_at = "unsubscribed", desk.clock.now()
    assert settle(desk, READER)[1][READER].status == "unsubscribed"


def test_a_person_who_did_not_sign_up_is_not_the_one(desk):
    settle(desk, READER)
    with desk.database.writing.begin() as session:
        box = session.scalars(select(Mailbox)).one()
        now = desk.clock.now()
        session.add(Subscriber(mailbox_id=box.id, signed_up=False, source="desk", arrivals=0, created_at=now))
    assert settle(desk, READER)[1][READER].person_id is None


def test_stops_of_today_forbid_and_those_of_ever_are_told(desk):
    settle(desk, READER)
    with desk.database.writing.begin() as session:
        box = session.scalars(select(Mailbox)).one()
        suppression.suppress(session, box.id, "marketing", "left elsewhere", desk.clock.now())
    found = settle(desk, READER)[1][READER]
    assert (found.forbidden, found.stops) == ("left elsewhere", {("marketing", "left elsewhere")})
    with desk.database.writing.begin() as session:
        suppression.release(session, box.id, desk.clock.now() + timedelta(days=1), "she asked")
    found = settle(desk, READER)[1][READER]
    assert (found.forbidden, found.stops) == (None, {("marketing", "left elsewhere")})


def test_a_mailbox_that_was_emptied_while_we_waited_is_neither_made_nor_known(desk, monkeypatch):
    settle(desk, READER)
    real = mailboxes.lock

    def empties_first(session, mailbox_ids):
        real(session, mailbox_ids)
        for mailbox_id in set(mailbox_ids):
            mailboxes.bury(session, mailbox_id, "a fingerprint")

    monkeypatch.setattr(mailboxes, "lock", empties_first)
    assert settle(desk, READER) == ({}, {})
