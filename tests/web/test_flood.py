"""Somebody turns the sign-up form against a stranger's inbox, or against the clinic's good name.

`FLOOD=10000` sends as many forms as a real attack would; by itself the suite sends a hundredth of that.
"""

from __future__ import annotations

import os
import re
from itertools import count, islice, product

import pytest
from sqlalchemy import func, select

from newsletter.audience import letters
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.web.site import proof
from tests.web.solving import solved
from tests.web.visiting import READER, both, words

FLOOD = int(os.environ.get("FLOOD", "100"))
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PROOF = re.compile(r"data-challenge='([^']+)'")


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    monkeypatch.setattr(proof, "EASIEST", 10)
    monkeypatch.setattr(proof, "SPREAD", 40)


@pytest.fixture(autouse=True)
def _narrow(monkeypatch):
    """The same limits in small, so that a hundredth of a flood reaches them."""
    monkeypatch.setattr(proof, "FREE", proof.Limit("sign-up-free", 15, proof.HOUR))
    monkeypatch.setattr(proof, "FREE_IN_TOTAL", proof.Limit("sign-up-free-total", 60, proof.HOUR))


def queued(story, like="%"):
    """How many letters wait for, or went to, addresses like this."""
    with story.house.database.reading() as session:
        rows = select(func.count(Delivery.id)).join(Delivery.mailbox).where(Mailbox.address_key.like(like))
        return session.scalar(rows)


def post(client, number, address, place, **more):
    """The number-th form of a flood: most as JSON, some as a form, as another site's, by its script."""
    doors = ({"json": {"email": address} | more},) * 7 + (
        {"data": {"email": address} | more},
        {"data": {"email": address, "form": "embed"} | more, "headers": {"Accept": "application/json"}},
        {"data": {"email": address, "keep": address} | more},
    )
    return client.post("/subscribe", environ_base={"REMOTE_ADDR": place}, **doors[number % len(doors)])


def spellings(address):
    """One mailbox in ever new capitals and with ever new tags."""
    name, _, domain = address.partition("@")
    capitals = ["".join(letters) for letters in islice(product(*({c, c.upper()} for c in name)), 64)]
    for number in count():
        tag = f"+{number}" if number % 3 == 1 else ""
        yield f"{capitals[number % len(capitals)]}{tag}@{domain.upper() if number % 2 else domain}"


@both
def test_forms_for_one_victim_from_everywhere_are_two_letters(story, app):
    client = app.test_client(use_cookies=False)
    victims = spellings("reader@example.com")
    statuses = [
        post(client, number, next(victims), f"10.{number >> 8 & 255}.{number & 255}.7").status_code
        for number in range(FLOOD)
    ]
    assert queued(story) == 2
    assert set(statuses) == {200, 303, 429}
    assert statuses.count(429) == FLOOD - proof.FREE_IN_TOTAL.times


@both
def test_victims_from_one_place_get_no_more_than_one_visitor_s_share(story, app, visitor):
    client = app.test_client(use_cookies=False)
    for number in range(FLOOD):
        network = f"2001:db8:1:2:{number:x}::1"
        post(client, number, f"victim{number}@example.com", network)
    assert queued(story, "victim%") == proof.FREE.times
    assert "Check your inbox" in words(visitor.sign_up().text)
    assert queued(story, READER) == 1


def test_whoever_solves_a_sum_for_each_is_held_at_thirty_an_hour(story, app, visitor):
    client = app.test_client(use_cookies=False)
    for number in range(40):
        asked = post(client, 0, f"victim{number}@example.com", "198.51.100.7")
        if asked.status_code == 429:
            answer = solved(asked.json["challenge"])
            assert (
                post(client, 0, f"victim{number}@example.com", "198.51.100.7", proof=answer).status_code
                == 200
            )
    assert queued(story) == letters.PER_VISITOR.times
    assert visitor.sign_up().status_code == 200
    assert queued(story, READER) == 1


@both
def test_under_a_flood_from_everywhere_a_browser_with_scripts_is_served(story, app, visitor):
    client = app.test_client(use_cookies=False)
    for number in range(proof.FREE_IN_TOTAL.times + 20):
        post(client, 0, f"victim{number}@example.com", f"198.{number >> 8}.{number & 255}.7")
    assert queued(story) == proof.FREE_IN_TOTAL.times
    page = visitor.sign_up()
    assert page.status_code == 429
    assert queued(story, READER) == 0
    visitor.press("Send me the letters", proof=solved(challenge_on(page.text)))
    assert "Check your inbox" in words(visitor.page)
    assert queued(story, READER) == 1


def challenge_on(page):
    import html
    import json

    return json.loads(html.unescape(PROOF.search(page)[1]))


@pytest.fixture
def flooded(monkeypatch):
    """As if everything that is free were gone."""
    monkeypatch.setattr(proof, "FREE_IN_TOTAL", proof.Limit("sign-up-free-total", 0, proof.HOUR))


def test_without_scripts_she_is_told_how_long_and_loses_nothing(story, flooded, visitor):
    story.clock.at = story.clock.at.replace(minute=35, second=0)
    page = visitor.sign_up(
        "reader@gmial.com", time_zone="Europe/Paris", first_name="A reader", topics=["tips"]
    )
    page = visitor.press("Keep mine")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) == 25 * 60
    assert "without scripts, please press again in 25 minutes. What you typed is kept." in words(page.text)
    for kept in ("reader@gmial.com", "Europe/Paris", "A reader", "tips"):
        assert f'value="{kept}"' in page.text
    assert 'name="keep" value="reader@gmial.com"' in page.text
    assert queued(story) == 0


def test_and_when_the_hour_is_over_the_same_page_works(story, app, clock, visitor):
    for number in range(proof.FREE.times):
        post(app.test_client(), 0, f"other{number}@example.com", visitor.place)
    assert visitor.sign_up("reader@gmial.com").status_code == 200
    assert visitor.press("Keep mine").status_code == 429
    clock.advance(minutes=proof.minutes_left(clock.machine()))
    visitor.press("Send me the letters")
    assert "We wrote to reader@gmial.com." in words(visitor.page)


def test_the_browser_presses_for_her_once_and_not_for_ever(flooded, visitor):
    first = visitor.sign_up()
    assert "data-press" in first.text
    second = visitor.press("Send me the letters", proof="something that is no answer")
    assert second.status_code == 429
    assert "data-press" not in second.text
    assert challenge_on(first.text) != challenge_on(second.text)


def test_a_quiet_day_s_page_has_no_sum_in_it(visitor):
    page = visitor.open("/").text
    assert "proof" not in page
    assert "data-challenge" not in page


def test_one_answer_does_not_sign_up_a_thousand(story, flooded, app):
    client = app.test_client(use_cookies=False)
    answer = solved(post(client, 0, READER, "198.51.100.7").json["challenge"])
    statuses = [
        post(client, number, f"victim{number}@example.com", f"198.51.100.{number}", proof=answer).status_code
        for number in range(7)
    ]
    assert statuses == [200] + [429] * 6
    assert queued(story) == 1


def test_a_mistyped_address_costs_no_answer(story, flooded, app):
    client = app.test_client(use_cookies=False)
    answer = solved(post(client, 0, READER, "198.51.100.7").json["challenge"])
    assert post(client, 0, "reader@", "198.51.100.7", proof=answer).status_code == 400
    assert post(client, 0, READER, "198.51.100.7", proof=answer).status_code == 200


@both
def test_the_sum_says_nothing_about_an_address(story, flooded, app, visitor):
    """Known or not, the same answer: it hangs on the number of forms alone."""
    client = app.test_client(use_cookies=False)
    known = post(client, 0, "known@example.com", "198.51.100.7")
    post(client, 0, "known@example.com", "198.51.100.7", proof=solved(known.json["challenge"]))
    again, unknown = (post(client, 0, f"{who}@example.com", "198.51.100.7") for who in ("known", "unknown"))
    assert again.status_code == unknown.status_code == 429
    assert again.json["error"] == unknown.json["error"]
    assert again.headers["Retry-After"] == unknown.headers["Retry-After"]
