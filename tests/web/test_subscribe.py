from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from newsletter.audience import wordings
from newsletter.audience.models import Consent, Subscriber, Subscription, Wording
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.web.site.subscribe import HURRIED
from tests.web.visiting import READER, Visitor, both, counts, words

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in y %}",
    "Robert'); DROP TABLE subscribers;--",
    "\u202eevil\u202c",
    "=HYPERLINK(1)",
]


def rows(story, *what):
    with story.house.database.reading() as session:
        return session.scalars(select(*what)).all()


@both
def test_a_sign_up_is_kept_as_pending_with_the_words_that_were_shown(story, visitor):
    answer = visitor.sign_up(time_zone="America/Chicago")
    assert answer.status_code == 200
    assert "Check your inbox" in words(answer.text)
    assert "We wrote to reader@example.com." in words(answer.text)
    assert {row.state for row in rows(story, Subscription)} == {"pending"}
    assert [row.time_zone for row in rows(story, Subscriber)] == ["America/Chicago"]
    assert [row.text for row in rows(story, Wording)] == [wordings.SIGN_UP.text]
    consent = rows(story, Consent)[0]
    assert (consent.act, consent.how, consent.ip) == ("requested", "form", "203.0.113.9")


def test_the_words_shown_are_the_words_kept(visitor):
    page = words(visitor.open("/").text)
    for line in wordings.SIGN_UP.text.splitlines():
        assert line in page


def test_the_address_stands_in_no_url(visitor):
    visitor.open("/")
    visitor.press("Send me the letters", email=READER)
    assert "@" not in visitor.at
    assert "example" not in visitor.at


def test_something_missing_is_said_at_the_field_with_everything_kept(story, visitor):
    answer = visitor.sign_up("reader@", first_name="A reader", time_zone="Europe/Paris", topics=["tips"])
    assert answer.status_code == 400
    assert "Something seems to be missing after the @." in words(answer.text)
    for kept in ('value="reader@"', 'value="A reader"', 'value="Europe/Paris"', 'value="tips"'):
        assert kept in answer.text
    assert 'aria-describedby="wrong"' in answer.text
    assert rows(story, Mailbox) == []


def test_a_likely_slip_is_asked_about_and_taken(story, visitor):
    answer = visitor.sign_up("reader@gmial.com")
    assert "Did you mean reader@gmail.com?" in words(answer.text)
    assert rows(story, Mailbox) == []
    visitor.press("Yes, use that")
    assert [row.address for row in rows(story, Mailbox)] == ["reader@gmail.com"]


def test_enter_after_typing_anew_asks_for_what_was_typed(story, visitor):
    """The Enter key presses the first button of a form: the one with the old suggestion."""
    visitor.sign_up("reader@gmial.com")
    visitor.press("Yes, use that", email="another@example.com")
    assert [row.address for row in rows(story, Mailbox)] == ["another@example.com"]


def test_whoever_keeps_her_own_spelling_is_asked_once(story, visitor):
    visitor.sign_up("reader@gmial.com")
    answer = visitor.press("Keep mine")
    assert "We wrote to reader@gmial.com." in words(answer.text)
    assert [row.address for row in rows(story, Mailbox)] == ["reader@gmial.com"]


def test_a_form_on_another_page_needs_nothing_but_the_address(story, visitor):
    answer = visitor.send(
        "/subscribe", {"email": READER}, headers={"Referer": "https://elsewhere.example/p?q=1"}
    )
    assert answer.status_code == 303
    consent = rows(story, Consent)[0]
    assert consent.page == "https://elsewhere.example/p"
    assert [row.name for row in rows(story, Wording)] == ["elsewhere"]


def test_chosen_topics_are_the_only_ones_asked_for(story, visitor):
    visitor.send("/subscribe", {"email": READER, "topics": "tips, news"})
    assert sorted(rows(story, Consent)[0].topics) == ["news", "tips"]


def test_a_topic_that_another_page_made_up_is_refused(story, visitor):
    answer = visitor.send("/subscribe", {"email": READER, "topics": "perfume"})
    assert answer.status_code == 400
    assert "there is no topic “perfume”" in words(answer.text)
    assert rows(story, Mailbox) == []


def test_a_program_that_fills_what_people_cannot_see_learns_nothing_and_writes_nothing(story, visitor):
    visitor.open("/")
    before = counts(story.house.database)
    answer = visitor.press("Send me the letters", email=READER, subject="cheap")
    assert "Check your inbox" in words(answer.text)
    assert counts(story.house.database) == before
    assert visitor.send("/subscribe", json={"email": READER, "subject": "cheap"}).json == {
        "status": "check your inbox"
    }
    assert counts(story.house.database) == before


def test_one_quick_thumb_is_let_through(story, visitor):
    visitor.open("/")
    assert visitor.press("Send me the letters", email=READER, seconds=0.5).status_code == 200
    assert len(rows(story, Mailbox)) == 1


@both
def test_many_quick_thumbs_are_asked_to_press_once_more(story, visitor):
    for number in range(HURRIED.times):
        visitor.place = f"198.51.100.{number}"
        visitor.open("/")
        visitor.press("Send me the letters", email=f"reader{number}@example.com", seconds=0)
    visitor.open("/")
    answer = visitor.press("Send me the letters", email=READER, seconds=0)
    assert answer.status_code == 429
    assert "Please press once more" in words(answer.text)
    assert f'value="{READER}"' in answer.text
    assert len(rows(story, Mailbox)) == HURRIED.times
    assert visitor.press("Send me the letters").status_code == 200
    assert len(rows(story, Mailbox)) == HURRIED.times + 1


@both
def test_json_is_the_same_door(story, visitor):
    sent = {
        "email": READER,
        "first_name": "A reader",
        "topics": ["tips"],
        "time_zone": "Asia/Kathmandu",
        "consent": True,
        "form": "booking-page",
    }
    answer = visitor.send("/subscribe", json=sent)
    assert (answer.status_code, answer.json) == (200, {"status": "check your inbox"})
    person = rows(story, Subscriber)[0]
    assert (person.first_name, person.time_zone, person.source) == (
        "A reader",
        "Asia/Kathmandu",
        "form:booking-page",
    )
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ([], ""),
        ("reader@example.com", ""),
        ({}, "email"),
        ({"email": None}, "email"),
        ({"email": ["reader@example.com"]}, "email"),
        ({"email": "reader@"}, "email"),
        ({"email": "reader@example.com\r\nBcc: other@example.com"}, "email"),
        ({"email": READER, "first_name": 7}, "first_name"),
        ({"email": READER, "topics": "tips"}, "topics"),
        ({"email": READER, "topics": [1]}, "topics"),
        ({"email": READER, "topics": ["perfume"]}, "topics"),
        ({"email": READER, "time_zone": {}}, "time_zone"),
        ({"email": READER, "consent": False}, "consent"),
        ({"email": READER, "consent": []}, "consent"),
        ({"email": READER, "form": 1.5}, "form"),
    ],
)
def test_json_of_the_wrong_shape_is_refused_by_field(story, visitor, sent, field):
    answer = visitor.send("/subscribe", json=sent)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["field"] == field
    assert answer.json["error"]
    assert "\n" not in answer.json["error"]
    assert rows(story, Mailbox) == []


@pytest.mark.parametrize("body", [b"{", b"\xff", b"", b"nul"])
def test_what_is_not_json_is_refused(visitor, body):
    answer = visitor.send("/subscribe", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json == {"error": "the body is not JSON", "field": ""}


def test_a_form_that_says_no_sends_nothing(story, visitor):
    answer = visitor.send("/subscribe", {"email": READER, "consent": "no"})
    assert answer.status_code == 400
    assert rows(story, Mailbox) == []


def everybody(story, visitor, newest_link):
    """One address of every kind: whoever asks cannot tell which is which."""
    for name in ("confirmed", "left", "stopped", "pending"):
        visitor.send("/subscribe", {"email": f"{name}@example.com"})
        if name != "pending":
            visitor.open(newest_link("confirm", f"{name}@example.com"))
            visitor.press("Yes, send me the letters")
    story.leave("left@example.com")
    with story.house.database.writing.begin() as session:
        mailbox = session.scalars(select(Mailbox).where(Mailbox.address == "stopped@example.com")).one()
        suppression.suppress(session, mailbox.id, "all", "hard bounce", story.clock.now())
    return [f"{name}@example.com" for name in ("confirmed", "left", "stopped", "pending", "unknown")]


@both
def test_every_address_gets_the_same_answer(story, visitor, newest_link):
    addresses = everybody(story, visitor, newest_link)
    visitor.place = "198.51.100.1"
    asks = [visitor.send("/subscribe", json={"email": address}) for address in addresses]
    assert {(ask.status_code, ask.text) for ask in asks} == {(200, '{"status":"check your inbox"}\n')}
    forms = [visitor.send("/subscribe", {"email": address}) for address in addresses]
    assert {form.status_code for form in forms} == {303}
    assert {re.sub(r"/check/[\w-]+", "/check/…", form.text) for form in forms} == {
        re.sub(r"/check/[\w-]+", "/check/…", forms[0].text)
    }
    pages = []
    for address in addresses:
        page = visitor.send("/subscribe", {"email": address}, follow=True).text
        pages.append(
            words(page.replace(address, "her address").replace(address.replace("@", "@<wbr>"), "her address"))
        )
    assert len(set(pages)) == 1


@both
def test_every_address_is_asked_for_with_the_same_statements(story, visitor, newest_link):
    """The same work, so the same time: what differs between addresses is at most the letter that goes into the queue."""
    from sqlalchemy import event

    addresses = everybody(story, visitor, newest_link)
    story.clock.advance(days=40)
    seen: list[int] = []
    for address in addresses:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest, into=statements):
            into.append(statement)

        event.listen(story.house.database.engine, "before_cursor_execute", note)
        visitor.send("/subscribe", json={"email": address})
        event.remove(story.house.database.engine, "before_cursor_execute", note)
        seen.append(len(statements))
    assert max(seen) - min(seen) <= 1, dict(zip(addresses, seen, strict=True))


def test_links_come_from_the_setting_whatever_the_host_header_says(story, visitor):
    answer = visitor.send("/subscribe", {"email": READER}, headers={"Host": "evil.example"})
    assert answer.headers["Location"].startswith("/check/")
    assert "evil" not in visitor.open(answer.headers["Location"], headers={"Host": "evil.example"}).text
    fields = rows(story, Delivery)[0].fields
    assert fields["confirm_url"].startswith("https://letters.clinic.example/confirm/")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_data(visitor, newest_link, text):
    visitor.send("/subscribe", {"email": READER, "first_name": text, "form": text, "time_zone": text})
    visitor.open(newest_link("confirm"))
    page = visitor.press("Yes, send me the letters").text
    assert "You are in." in words(page)
    for raw in ("<script>alert", "<img src=x"):
        assert raw not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_are_shown_as_they_are_and_do_nothing(story, visitor, text):
    answer = visitor.sign_up(text)
    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert rows(story, Mailbox) == []


def test_ten_thousand_characters_are_refused_calmly(visitor):
    answer = visitor.sign_up("a" * 10_000 + "@example.com")
    assert answer.status_code == 400
    assert "This is too long for an e-mail address." in words(answer.text)


def test_a_flood_for_one_address_queues_two_letters_and_a_real_visitor_is_still_served(story, app, visitor):
    for number in range(60):
        flood = Visitor(app, story.clock, place=f"198.51.100.{number}")
        assert flood.send("/subscribe", {"email": READER}).status_code == 303
        story.clock.advance(minutes=3)
    assert len(rows(story, Delivery)) == 2
    visitor.sign_up("visitor014@example.com")
    assert len(rows(story, Delivery)) == 3


def test_proxies_are_believed_only_as_far_as_the_setting_says(story, settings):
    from dataclasses import replace

    from newsletter.web import create_app

    forged = {"X-Forwarded-For": "192.0.2.66, 192.0.2.1"}
    for proxies, address in ((0, "203.0.113.9"), (1, "192.0.2.1")):
        house = replace(story.house, settings=replace(settings, trusted_proxies=proxies))
        Visitor(create_app(house=house), story.clock).send("/subscribe", {"email": READER}, headers=forged)
        assert rows(story, Consent)[-1].ip == address
