"""People as the command line lists and shows them."""

from __future__ import annotations

import pytest

from newsletter.audience import people
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.models import Subscriber
from newsletter.campaigns import leaving
from tests.audience.desk import READER, TAP


def test_a_person_is_shown_with_what_she_agreed_to(desk):
    desk.ask(first_name="Visitor 014", time_zone="America/New_York", topics=("tips",))
    desk.clock.advance(minutes=1)
    desk.tap()
    card = desk.card()
    assert {"email", "first_name", "time_zone", "status", "topics", "consents"} <= card.keys()
    assert [(each["act"], each["at"], each["how"]) for each in card["consents"]] == [
        ("requested", "2026-03-02T09:30:00+00:00", "form"),
        ("confirmed", "2026-03-02T09:31:00+00:00", "confirm-page"),
    ]


def test_the_topics_are_those_in_the_state_that_the_status_names(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    desk.ask(topics=("news",))
    assert (desk.card()["status"], desk.card()["topics"]) == ("confirmed", ["tips"])
    with desk.database.writing.begin() as session:
        leaving.leave(session, desk.person().mailbox_id, desk.clock.now(), TAP)
    assert (desk.card()["status"], desk.card()["topics"]) == ("unsubscribed", [])


def test_the_list_is_turned_page_by_page(desk):
    for number in range(5):
        desk.ask(f"reader{number}@example.com", topics=("news", "tips"))
    seen, after = [], 0
    with desk.database.reading() as session:
        while page := people.listed(session, after=after, most=2):
            assert len(page) <= 2
            seen += [each["email"] for each in page]
            after = page[-1]["id"]
    assert seen == [f"reader{number}@example.com" for number in range(5)]


def test_a_line_of_the_list_says_who_and_what_but_not_the_consents(desk):
    desk.ask(topics=("news", "tips"))
    with desk.database.reading() as session:
        (line,) = people.listed(session)
    assert line == {
        "id": desk.person().id,
        "email": READER,
        "first_name": None,
        "time_zone": None,
        "status": "pending",
        "topics": ["tips", "news"],
        "source": "form:site",
        "created_at": "2026-03-02T09:30:00+00:00",
    }


def test_an_empty_house_lists_nobody(desk):
    with desk.database.reading() as session:
        assert people.listed(session) == []
        assert people.named(session, READER) == []


def test_a_couple_shares_an_address_and_both_are_named(desk):
    asked = desk.ask()
    with desk.database.writing.begin() as session:
        session.add(
            Subscriber(
                mailbox_id=asked.mailbox_id, signed_up=False, source="clinic", created_at=desk.clock.now()
            )
        )
    with desk.database.reading() as session:
        couple = people.named(session, " READER@example.com ")
        assert [each.signed_up for each in couple] == [True, False]
        assert people.shown(session, couple[1])["status"] == "unsubscribed"


def test_a_name_that_is_no_address_is_refused(desk):
    with desk.database.reading() as session, pytest.raises(AddressRefused):
        people.named(session, "reader")
