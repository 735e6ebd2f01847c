"""What a link of a letter does: it leads where it always led, and is counted for those who agreed, or for nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from newsletter.audience.models import Subscriber
from newsletter.campaigns import clicking
from newsletter.content.models import Email
from newsletter.delivery import queue
from newsletter.delivery.models import Delivery, Event, LinkClicks
from newsletter.delivery.queue import Order
from newsletter.links import Purpose
from tests.delivery.test_machines import PHONE
from tests.walks.story import READER, text_of
from tests.web.visiting import both, counts, words

BOOK = "https://clinic.example/book"


@pytest.fixture
def letter(story, confirmed):
    """The first letter of somebody who confirmed, an hour after it came."""
    return received(story)


@pytest.fixture
def counted_letter(story, confirmed):
    """The same of somebody who said on that page that her opens and clicks may be counted."""
    confirmed.press("Yes")
    return received(story)


def received(story: Any, address: str = READER) -> Any:
    """The welcome letter that has a booking link, as if it were due: it is handed over, and an hour goes by."""
    story.rounds.until_idle()  # the letter that was due before it
    person, now = story.person(address), story.clock.now()
    with story.house.database.writing.begin() as session:
        email = session.scalars(select(Email).where(Email.slug == "welcome/a-plan-that-fits")).one()
        order = Order(
            dedupe_key=f"letter:{person.id}",
            stream="marketing",
            mailbox_id=person.mailbox_id,
            person_id=person.id,
            letter=f"version:{email.live_version_id}",
            fields={},
            campaign="welcome",
            step="a-plan-that-fits",
            send_after=now,
            expires_at=now + timedelta(days=1),
        )
        queue.put(session, [order], now)
    story.rounds.until_idle()
    story.clock.advance(hours=1)
    return story.letters(address)[-1]


def hers(session: Any) -> Delivery:
    return session.scalars(select(Delivery).where(Delivery.dedupe_key.like("letter:%"))).one()


def link_of(letter: Any) -> str:
    [link] = set(re.findall(r"https?://[^/\s]+(/c/[^\s)]+)", text_of(letter)))
    return link


def pixel_of(letter: Any) -> str | None:
    found = re.search(r'<img src="https?://[^/"]+(/o/[^"]+\.gif)"', letter.get_body(("html",)).get_content())
    return found[1] if found else None


def follow(visitor: Any, link: str, method: str = "GET", agent: str = PHONE, **headers: str) -> Any:
    """Buffered: what is written after the answer has been written when this returns."""
    said = {"User-Agent": agent, **headers}
    return visitor.client.open(link, method=method, headers=said, buffered=True)


def totals(story: Any) -> list[tuple[str, int, int]]:
    with story.house.database.reading() as session:
        rows = session.scalars(select(LinkClicks))
        return [(row.campaign, row.times, row.by_machine) for row in rows]


def signs(story: Any) -> list[tuple[str, int, bool]]:
    with story.house.database.reading() as session:
        rows = session.scalars(select(Event).order_by(Event.id))
        return [(row.kind, row.times, row.by_machine) for row in rows]


@both
def test_a_click_leads_on_and_is_one_more_in_a_total_that_knows_nobody(story, visitor, letter):
    for _ in range(2):
        answer = follow(visitor, link_of(letter))
        assert (answer.status_code, answer.location) == (302, BOOK)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    assert totals(story) == [("welcome", 2, 0)]
    assert signs(story) == []
    assert pixel_of(letter) is None


def test_the_links_of_two_readers_are_the_same_links(story, visitor, letter):
    story.sign_up("visitor014@example.com")
    story.confirm("visitor014@example.com")
    assert link_of(received(story, "visitor014@example.com")) == link_of(letter)


@both
def test_of_a_reader_who_agreed_opens_and_clicks_are_kept(story, visitor, counted_letter):
    answer = follow(visitor, str(pixel_of(counted_letter)))
    assert (answer.status_code, answer.mimetype, answer.data[:6]) == (200, "image/gif", b"GIF89a")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert follow(visitor, link_of(counted_letter)).location == BOOK
    assert signs(story) == [("opened", 1, False), ("clicked", 1, False)]
    assert totals(story) == [("welcome", 1, 0)]


@pytest.mark.parametrize(
    ("method", "agent", "headers"),
    [("HEAD", PHONE, {}), ("GET", "curl/8", {}), ("GET", PHONE, {"Sec-Purpose": "prefetch;prerender"})],
)
def test_a_program_is_led_on_and_counted_apart(story, visitor, letter, method, agent, headers):
    answer = follow(visitor, link_of(letter), method, agent, **headers)
    assert (answer.status_code, answer.location) == (302, BOOK)
    assert totals(story) == [("welcome", 0, 1)]


@both
def test_who_takes_it_back_is_a_number_again_also_by_her_old_links(
    story, confirmed, counted_letter, newest_link
):
    follow(confirmed, link_of(counted_letter))
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Save this choice", counted="").text)
    assert "what we had counted is deleted" in page
    assert signs(story) == []
    follow(confirmed, link_of(counted_letter))
    follow(confirmed, str(pixel_of(counted_letter)))
    assert signs(story) == []
    assert totals(story) == [("welcome", 2, 0)]


def test_after_an_erasure_the_link_still_leads_on(story, visitor, counted_letter):
    with story.house.database.writing.begin() as session:
        hers(session).person_id = None
    assert follow(visitor, link_of(counted_letter)).location == BOOK
    assert signs(story) == []


def test_her_own_booking_page_is_where_her_letter_leads_until_its_words_are_forgotten(
    story, visitor, counted_letter
):
    for fields, leads in (
        ({"booking_url": "https://clinic.example/hers"}, "https://clinic.example/hers"),
        ({}, BOOK),
    ):
        with story.house.database.writing.begin() as session:
            hers(session).fields = fields
        assert follow(visitor, link_of(counted_letter)).location == leads


@pytest.mark.parametrize(
    "wrong", ["cut", "number", "zero", "huge", "another purpose", "no such letter", "not a name"]
)
def test_a_link_that_is_none_of_ours_ends_on_a_page_that_says_where_the_clinic_is(
    story, visitor, letter, wrong
):
    links, link = story.house.links, link_of(letter)
    odd = {
        "cut": link.replace("/c/", "/c/x"),
        "number": link.rpartition("/")[0] + "/99",
        "zero": link.rpartition("/")[0] + "/0",
        "huge": link.rpartition("/")[0] + "/" + "9" * 40,
        "another purpose": f"/c/{links.sign(Purpose.PREFERENCES, 1)}/1",
        "no such letter": f"/c/{links.sign(Purpose.COUNT, *b'version:999')}/1",
        "not a name": f"/c/{links.sign(Purpose.COUNT, *b'version')}/1",
    }
    answer = follow(visitor, odd[wrong] + "?url=https://elsewhere.example")
    assert answer.status_code == 404
    said = words(answer.text)
    assert "This link leads nowhere any more." in said
    assert story.house.settings.clinic.postal_address in said
    assert "elsewhere.example" not in answer.text
    assert totals(story) == []


def test_a_click_of_a_delivery_that_no_row_is_left_of(story, visitor, letter):
    token = story.house.links.sign(Purpose.CLICK, 999)
    assert follow(visitor, f"/c/{token}/1").status_code == 404
    assert follow(visitor, f"/o/{story.house.links.sign(Purpose.OPEN, 999)}.gif").status_code == 200


@pytest.mark.parametrize("token", ["x", "", "%00", "a" * 500])
def test_a_pixel_is_a_picture_whatever_it_is_called(visitor, token):
    answer = follow(visitor, f"/o/{token or 'é'}.gif")
    assert (answer.status_code, answer.mimetype) == (200, "image/gif")


def test_a_count_that_fails_stops_nobody(story, visitor, letter, monkeypatch):
    def fail(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(clicking, "count", fail)
    assert follow(visitor, link_of(letter)).location == BOOK
    assert totals(story) == []


def test_nothing_but_a_look_is_possible(visitor, letter, story):
    before = counts(story.house.database)
    assert follow(visitor, link_of(letter), "POST").status_code in {400, 405}
    assert counts(story.house.database) == before


def test_no_is_no_act_and_yes_is_one_with_its_words(story, confirmed):
    def counted() -> bool:
        with story.house.database.reading() as session:
            return session.scalars(select(Subscriber.counted)).one()

    assert "May we see whether you open and click?" in words(confirmed.open(confirmed.at).text)
    page = confirmed.at
    before = counts(story.house.database)["consents"]
    confirmed.press("No")
    assert (counted(), counts(story.house.database)["consents"]) == (False, before)
    confirmed.open(page)
    assert "Thank you." in words(confirmed.press("Yes").text)
    assert (counted(), counts(story.house.database)["consents"]) == (True, before + 1)
    assert "May we see" not in words(confirmed.open(page).text)
