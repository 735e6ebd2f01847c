from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from newsletter.delivery.models import Delivery
from newsletter.links import Purpose
from tests.web.visiting import READER, Visitor, words


def letters(story) -> int:
    with story.house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_the_address_is_shown_to_the_browser_that_typed_it_and_to_no_other(app, clock, visitor):
    visitor.sign_up()
    assert READER in words(visitor.page)
    other = Visitor(app, clock)
    page = words(other.open(visitor.at).text)
    assert "We wrote to you." in page
    assert READER not in page


def test_send_again_sends_a_second_letter_after_two_minutes_and_says_the_same_before(story, visitor):
    visitor.sign_up()
    too_soon = words(visitor.press("Send again").text)
    assert letters(story) == 1
    visitor.open(visitor.at)
    story.clock.advance(minutes=3)
    in_time = words(visitor.press("Send again").text)
    assert letters(story) == 2
    assert too_soon == in_time


def test_send_again_needs_the_page(visitor, clock, app):
    visitor.sign_up()
    assert Visitor(app, clock).send(visitor.at).status_code == 400


def test_a_wrong_address_is_changed_in_place(story, visitor):
    visitor.sign_up("visitor014@example.com")
    answer = visitor.press("Send it there instead", email=READER)
    assert f"We wrote to {READER}." in words(answer.text)
    assert letters(story) == 2


def test_the_page_is_good_for_an_hour_by_the_machine_s_clock(story, visitor):
    visitor.sign_up()
    story.clock.real = story.clock.at
    story.clock.at += timedelta(days=24)
    assert visitor.open(visitor.at).status_code == 200
    story.clock.real += timedelta(hours=2)
    assert visitor.open(visitor.at).status_code == 410


def test_a_token_of_another_purpose_opens_nothing(story, visitor):
    for purpose in Purpose:
        token = story.house.links.sign(purpose, 1)
        assert visitor.open(f"/check/{token}").status_code == (200 if purpose is Purpose.PENDING else 404)
