"""Clicks in total, and signs by delivery for readers who agreed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from newsletter.delivery import retention, signs
from newsletter.delivery.models import Delivery, Event, LinkClicks


@pytest.fixture
def number(office) -> int:
    """A delivery that was handed over an hour ago."""
    made = office.put(campaign="spring")
    sent(office, made)
    office.clock.advance(hours=1)
    return made


def sent(office: Any, number: int) -> None:
    office.force(number, state="sent", sent_at=office.clock.now())


def click(office: Any, number: int, link: int = 1, *, by_program: bool = False) -> None:
    with office.database.writing.begin() as session:
        signs.clicked(session, number, link, office.clock.now(), by_program=by_program)


def opening(office: Any, number: int, *, by_program: bool = False) -> None:
    with office.database.writing.begin() as session:
        signs.opened(session, number, office.clock.now(), by_program=by_program)


def totals(office: Any) -> dict[int, tuple[int, int]]:
    """Link -> how many clicks by people, and by machines."""
    with office.database.reading() as session:
        rows = session.scalars(select(LinkClicks).where(LinkClicks.campaign == "spring"))
        return {row.link: (row.times, row.by_machine) for row in rows}


def kept(office: Any) -> list[tuple[str, int, int, bool]]:
    with office.database.reading() as session:
        rows = session.scalars(select(Event).order_by(Event.link))
        return [(row.kind, row.link, row.times, row.by_machine) for row in rows]


def test_clicks_of_nobody_in_particular_add_up_by_link_and_day(office):
    with office.database.writing.begin() as session:
        for link, by_machine in ((1, False), (1, False), (2, True)):
            signs.count(session, "spring", "version:1", link, office.clock.now(), by_machine=by_machine)
    assert totals(office) == {1: (2, 0), 2: (0, 1)}
    office.clock.advance(days=1)
    with office.database.writing.begin() as session:
        signs.count(session, "spring", "version:1", 1, office.clock.now(), by_machine=False)
    with office.database.reading() as session:
        assert [row.times for row in session.scalars(select(LinkClicks).order_by(LinkClicks.id))] == [2, 0, 1]
    assert kept(office) == []


def test_a_reader_who_agreed_is_counted_once_for_each_link_and_in_the_total(office, number):
    click(office, number)
    office.clock.advance(minutes=1)
    click(office, number)
    office.clock.advance(minutes=1)
    click(office, number, 2)
    assert kept(office) == [("clicked", 1, 2, False), ("clicked", 2, 1, False)]
    assert totals(office) == {1: (2, 0), 2: (1, 0)}


def test_two_links_within_a_second_are_a_program_s_also_the_first(office, number):
    for link in (1, 2, 3):
        click(office, number, link)
        office.clock.advance(seconds=0.3)
    assert kept(office) == [("clicked", link, 1, True) for link in (1, 2, 3)]
    assert totals(office) == {1: (0, 1), 2: (0, 1), 3: (0, 1)}


def test_a_person_s_click_counts_after_a_program_s_and_a_program_s_adds_nothing_to_it(office, number):
    click(office, number, by_program=True)
    click(office, number, by_program=True)
    assert kept(office) == [("clicked", 1, 2, True)]
    office.clock.advance(hours=2)
    click(office, number)
    click(office, number, by_program=True)
    assert kept(office) == [("clicked", 1, 1, False)]
    with office.database.reading() as session:
        assert session.scalars(select(Event.at)).one() == office.clock.now()
    assert totals(office) == {1: (1, 3)}


@pytest.mark.parametrize(("seconds", "by_machine"), [(2, True), (6, False)])
def test_what_comes_within_seconds_of_the_hand_over_is_a_program_s(office, seconds, by_machine):
    number = office.put(campaign="spring")
    sent(office, number)
    office.clock.advance(seconds=seconds)
    click(office, number)
    opening(office, number)
    assert {each[3] for each in kept(office)} == {by_machine}


def test_a_letter_that_is_only_being_handed_over_was_read_by_nobody_yet(office):
    click(office, office.put(campaign="spring"))
    assert kept(office) == [("clicked", 1, 1, True)]


def test_an_opening_is_kept_once_and_is_no_click(office, number):
    opening(office, number)
    opening(office, number)
    assert kept(office) == [("opened", 0, 2, False)]
    assert totals(office) == {}


def test_a_delivery_that_is_gone_counts_nothing(office):
    click(office, 999)
    opening(office, 999)
    assert (kept(office), totals(office)) == ([], {})


def test_what_is_forgotten_of_a_delivery_are_its_signs_and_never_the_total(office, number):
    other = office.put("other@example.com", campaign="spring")
    sent(office, other)
    office.clock.advance(hours=1)
    click(office, number)
    click(office, other)
    with office.database.writing.begin() as session:
        retention.empty(session, Delivery.id == number)
    with office.database.reading() as session:
        assert session.scalars(select(Event.delivery_id)).all() == [other]
    assert totals(office) == {1: (2, 0)}
