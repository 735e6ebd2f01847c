"""Anybody may type anybody's address: what the limits let through, and that nobody is shown an error."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsletter.audience import letters
from newsletter.audience.models import Subscriber
from newsletter.campaigns import leaving
from newsletter.delivery.models import Delivery
from newsletter.limits import Limit
from newsletter.links import LinkLapsed, Purpose
from tests.audience.desk import TAP, open_desk

TOPICS = ("resources", "tips", "news")


def count(desk, table):
    with desk.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_after_two_minutes_she_may_ask_for_the_letter_again_once(desk):
    asked = desk.ask()
    desk.clock.advance(seconds=119)
    assert not desk.again(asked.mailbox_id)
    desk.clock.advance(seconds=1)
    assert desk.again(asked.mailbox_id)
    desk.clock.advance(minutes=2)
    assert not desk.again(asked.mailbox_id)
    assert desk.letters() == ["confirm", "confirm"]


def test_a_lapsed_link_knows_whom_to_send_a_new_one(desk):
    desk.ask()
    token = desk.orders()[0].fields["confirm_url"].rpartition("/")[2]
    desk.clock.advance(days=8)
    with pytest.raises(LinkLapsed) as lapsed:
        desk.links.read(Purpose.CONFIRM, token, desk.clock.now())
    assert desk.again(lapsed.value.ids[0])
    assert desk.tap().first_time


def test_asking_again_for_nobody_sends_nothing(desk):
    assert not desk.again(999)


def test_asking_again_after_leaving_sends_nothing(desk):
    asked = desk.ask()
    with desk.database.writing.begin() as session:
        leaving.leave(session, asked.mailbox_id, desk.clock.now(), TAP)
    desk.clock.advance(days=1)
    assert not desk.again(asked.mailbox_id)


def test_any_number_of_posts_for_one_address_is_two_letters_a_day(sqlite_database, clock):
    desk = open_desk(sqlite_database, clock)
    for number in range(150):
        clock.advance(minutes=9)
        desk.ask(ip=f"198.51.100.{number % 250}", topics=(TOPICS[number % 3],))
    assert desk.letters() == ["confirm", "confirm"]
    desk.ask("visitor014@example.com", ip="192.0.2.1")
    assert desk.letters("visitor014@example.com") == ["confirm"]


def test_one_visitor_causes_thirty_letters_an_hour_and_still_sees_the_same_page(desk):
    for number in range(32):
        asked = desk.ask(f"reader{number}@example.com", ip="2001:db8:1:2::" + f"{number:x}")
        assert asked.address == f"reader{number}@example.com"
    written = [bool(desk.letters(f"reader{number}@example.com")) for number in range(32)]
    assert written == [True] * 30 + [False] * 2
    assert desk.card("reader31@example.com")["status"] == "pending"
    desk.clock.advance(hours=1)
    assert desk.again(desk.person("reader31@example.com").mailbox_id, ip="2001:db8:1:2::1")


def test_all_visitors_together_have_a_limit_too(desk, monkeypatch):
    monkeypatch.setattr(letters, "IN_TOTAL", Limit("sign-up-total", 3, timedelta(hours=1)))
    for number in range(5):
        desk.ask(f"reader{number}@example.com", ip=f"198.51.100.{number}")
    assert count(desk, Delivery) == 3
    assert count(desk, Subscriber) == 5


def test_a_flooded_mailbox_uses_up_nobody_else_s_share(desk, monkeypatch):
    monkeypatch.setattr(letters, "PER_VISITOR", Limit("sign-up-visitor", 2, timedelta(hours=1)))
    for _ in range(5):
        desk.ask(ip="198.51.100.7")
    desk.ask("visitor014@example.com", ip="198.51.100.7")
    assert desk.letters("visitor014@example.com") == ["confirm"]


def test_all_spellings_of_one_inbox_together_get_two_letters_a_day(desk):
    for number, spelling in enumerate(("reader", "Reader+1", "reader+2", "READER+news", "reader+2+3")):
        desk.ask(f"{spelling}@example.com", ip=f"198.51.100.{number}")
    assert count(desk, Delivery) == 2
    assert count(desk, Subscriber) == 5
    desk.ask("reader@example.org", ip="198.51.100.9")
    assert count(desk, Delivery) == 3
    desk.clock.advance(days=1)
    desk.ask("reader+2@example.com", ip="198.51.100.9")
    assert count(desk, Delivery) == 4


def test_dots_are_read_over_at_gmail_and_nowhere_else(desk):
    for number, address in enumerate(("r.eader@gmail.com", "re.ader@gmail.com", "rea.der+x@googlemail.com")):
        desk.ask(address, ip=f"198.51.100.{number}")
    assert count(desk, Delivery) == 2
    for number, address in enumerate(("r.eader@example.com", "re.ader@example.com", "rea.der@example.com")):
        desk.ask(address, ip=f"203.0.113.{number}")
    assert count(desk, Delivery) == 5
