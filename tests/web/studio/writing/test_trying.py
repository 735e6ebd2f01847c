"""“Send me a test” and “Share for a look”, by their buttons."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from newsletter import limits
from newsletter.audience.models import Subscriber
from newsletter.content.models import Email, Version
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Delivery
from newsletter.staff.models import Staff
from newsletter.web.studio.writing import trying
from tests.walks.story import text_of
from tests.web.visiting import both, words

GUIDE = "/studio/newsletters/guide-start-to-finish"
LETTER = "/studio/sequences/welcome/is-one-enough"
MINE = "the-marketer@example.com"
LINE = "A line that says what this letter is about, and no more."


def live(story):
    """What people get: the live version of every letter but those of tests."""
    with story.house.database.reading() as session:
        rows = session.execute(select(Email.slug, Email.live_version_id).order_by(Email.slug))
        return {slug: version for slug, version in rows if not slug.startswith("test/")}


def sent(story):
    story.rounds.until_idle()
    return story.letters(MINE)


@both
@pytest.mark.parametrize("path", [GUIDE, LETTER], ids=["newsletter", "letter"])
def test_a_test_is_the_letter_as_it_stands_by_the_road_of_all(story, marketer, path):
    before = live(story)
    marketer.open(f"{path}/write")
    body = "Hello {{ first_name }}.\n\n[Book]({{ booking_url }})"
    page = marketer.press("Send me a test", subject="A guide", preview_text=LINE, body=body)
    assert f"A test is on its way to {MINE}." in words(page.text)
    assert "Open the practice inbox" in words(page.text)
    (letter,) = sent(story)
    assert letter["Subject"] == "Test: A guide"
    assert "List-Unsubscribe" not in letter
    assert "Hello Reader." in text_of(letter)
    assert "https://clinic.example/book" in text_of(letter)
    assert live(story) == before
    with story.house.database.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
        assert (delivery.stream, delivery.state, delivery.person_id, delivery.campaign) == (
            "test",
            "sent",
            None,
            None,
        )
        assert set(delivery.fields) == {
            *("first_name", "booking_url", "clinic_name", "clinic_postal_address", "privacy_url"),
            *("preferences_url", "unsubscribe_url"),
        }
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_its_stop_link_stops_nobody_and_says_so(story, marketer, visitor):
    marketer.open(f"{GUIDE}/write")
    marketer.press("Send me a test")
    links = set(re.findall(r"https://letters\.clinic\.example(/\S+)", text_of(sent(story)[0])))
    assert links == {"/look/a-test"}
    page = words(visitor.open("/look/a-test").text)
    assert "Nothing was stopped" in page
    assert "A test or a draft has no reader, so here it changes nothing." in page


def test_the_same_again_is_another_letter_of_one_version(story, marketer):
    for _ in range(2):
        marketer.open(f"{GUIDE}/write")
        marketer.press("Send me a test", body="The same.")
    assert len(sent(story)) == 2
    with story.house.database.reading() as session:
        rows = select(Version).join(Email).where(Email.slug == "test/guide-start-to-finish")
        assert [version.number for version in session.scalars(rows)] == [1]


def test_a_test_of_new_words_is_a_new_version_and_the_first_stays(story, marketer):
    for body in ("One.", "Two."):
        marketer.open(f"{GUIDE}/write")
        marketer.press("Send me a test", body=body)
    assert ["One." in text_of(sent(story)[0]), "Two." in text_of(sent(story)[1])] == [True, True]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"body": "{% if first_name %}"}, "is never closed"),
        ({"body": " "}, "The body has no words yet"),
        ({"body": "{{ frist_name }}"}, "There is no field"),
        (
            {"body": "Hello {{ first_name }}", "as": "unnamed"},
            "since there is no first_name; choose another one",
        ),
    ],
    ids=["unclosed", "no-words", "misspelled", "nameless"],
)
def test_what_would_not_go_out_is_not_tested_and_stays_in_the_page(story, marketer, typed, said):
    marketer.open(f"{GUIDE}/write")
    page = marketer.press("Send me a test", preview_text=LINE, **typed)
    assert page.status_code == 400
    assert said in words(page.text)
    assert typed["body"] in page.text
    assert sent(story) == []
    # Nothing was kept either, so the page must still know what it saw, or the next save were a conflict with itself.
    assert marketer.press("Save and look", body="Mended.").status_code == 200


def test_an_hour_has_so_many_tests(story, marketer):
    with story.house.database.writing.begin() as session:
        staff_id = session.scalars(select(Staff.id)).one()
        for _ in range(trying.TESTS.times - 1):
            limits.take(session, trying.TESTS, str(staff_id), story.house.clock.machine())
    for status in (200, 400):
        marketer.open(f"{GUIDE}/write")
        page = marketer.press("Send me a test", seconds=0)
        assert page.status_code == status
    assert "20 tests an hour are the most" in words(page.text)
    assert len(sent(story)) == 1


def test_an_address_that_must_not_be_mailed_is_told(story, marketer):
    with story.house.database.writing.begin() as session:
        mailbox = mailboxes.find_or_add(session, MINE, MINE, story.clock.now())
        suppression.suppress(session, mailbox.id, "all", "hard bounce", story.clock.now())
    marketer.open(f"{GUIDE}/write")
    page = marketer.press("Send me a test")
    assert page.status_code == 400
    assert "is on the “do not mail” list" in words(page.text)
    assert sent(story) == []


def test_a_long_subject_is_tested_as_it_is(story, marketer):
    marketer.open(f"{GUIDE}/write")
    marketer.press("Send me a test", subject="x" * 250)
    assert sent(story)[0]["Subject"] == "x" * 250


def test_of_one_of_the_people_nothing_is_mailed_to_somebody_else(story, marketer):
    story.sign_up(first_name="Visitor 014")
    marketer.open(f"{GUIDE}/write?as=1")
    assert "reader@example.com" in marketer.page
    page = marketer.press("Send me a test", body="Hello {{ first_name }}.", **{"as": "person"})
    assert page.status_code == 200
    (letter,) = sent(story)
    assert "Hello Reader." in text_of(letter)
    with story.house.database.reading() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.stream == "test")).one()
        assert "Visitor 014" not in str(delivery.fields)
