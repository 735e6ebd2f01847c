"""Who agreed to be counted, in which words, and what taking it back forgets."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience import counting, people, wordings
from newsletter.audience.consent import Evidence
from newsletter.delivery import signs
from newsletter.delivery.models import Delivery, Event, LinkClicks
from newsletter.errors import NotFound

PAGE = Evidence("preferences", "/preferences", "198.51.100.7", "A reader's phone")


@pytest.fixture
def reader(desk):
    """The id of a reader who confirmed, and got one letter an hour ago."""
    desk.ask()
    number = desk.tap().subscriber_id
    with desk.database.writing.begin() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.person_id == number)).first()
        delivery.campaign, delivery.sent_at = "welcome", desk.clock.now()
    desk.clock.advance(hours=1)
    return number


def choose(desk, reader, *, yes):
    with desk.database.writing.begin() as session:
        return counting.choose(session, reader, PAGE, desk.clock.now(), yes=yes)


def acts(desk, reader):
    with desk.database.reading() as session:
        every = people.consents(session, reader)
    return [(act["act"], act["topics"], act["wording"]) for act in every if act["stream"] == counting.STREAM]


def agreed(desk, *ids):
    with desk.database.reading() as session:
        return counting.agreed(session, ids)


def test_nobody_is_counted_who_has_not_said_so(desk, reader):
    assert agreed(desk, reader) == set()
    assert acts(desk, reader) == []
    assert not choose(desk, reader, yes=False)
    assert acts(desk, reader) == []


def test_a_yes_is_kept_with_the_words_that_were_asked(desk, reader):
    assert choose(desk, reader, yes=True)
    assert not choose(desk, reader, yes=True)
    assert acts(desk, reader) == [("confirmed", [], wordings.COUNTING.text)]
    assert agreed(desk, reader, 999) == {reader}


def test_taking_it_back_forgets_what_was_counted_of_her_and_of_nobody_else(desk, reader):
    choose(desk, reader, yes=True)
    with desk.database.writing.begin() as session:
        [number] = session.scalars(select(Delivery.id).where(Delivery.person_id == reader))
        signs.clicked(session, number, 1, desk.clock.now(), by_program=False)
    assert choose(desk, reader, yes=False)
    assert agreed(desk, reader) == set()
    assert acts(desk, reader) == [("confirmed", [], wordings.COUNTING.text), ("withdrawn", [], None)]
    with desk.database.reading() as session:
        assert session.scalars(select(Event)).all() == []
        assert session.scalars(select(LinkClicks.times)).all() == [1]


def test_somebody_who_is_gone_is_not_found(desk):
    with pytest.raises(NotFound):
        choose(desk, 999, yes=True)
