"""What people agree to, on the pages where they do: the clinic's words of now, and the mark of those that were read."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as trees
from sqlalchemy import select

from newsletter.audience import rewording, wordings
from newsletter.audience.models import Consent, Wording
from newsletter.campaigns import broadcasts
from newsletter.links import Purpose
from newsletter.web import create_app
from tests.web.visiting import READER, both, words


def say(story, name: str, **parts: str) -> None:
    with story.house.database.writing.begin() as session:
        rewording.say(session, name, wordings.OURS[name] | parts, 1, story.clock.now())


def last(story) -> tuple[str, str, str]:
    """Act, stream and words of the newest consent."""
    rows = (
        select(Consent.act, Consent.stream, Wording.text).join(Wording).order_by(Consent.id.desc()).limit(1)
    )
    with story.house.database.reading() as session:
        act, stream, text = session.execute(rows).one()
    return act, stream, text


@both
def test_each_page_carries_the_mark_of_what_it_says(story, visitor, newest_link):
    visitor.sign_up()
    visitor.open(newest_link("confirm"))
    marks = [each.get("value") for each in trees.fromstring(visitor.page).cssselect("[name=shown]")]
    assert marks == [wordings.CONFIRM.mark]
    visitor.press("Yes, send me the letters")
    marks = [each.get("value") for each in trees.fromstring(visitor.page).cssselect("[name=shown]")]
    assert marks == [wordings.PREFERENCES.mark, wordings.COUNTING.mark]


@both
def test_topics_and_counting_are_agreed_to_in_the_words_that_stood_there(story, confirmed):
    say(story, "preferences", heading="What you hear about")
    say(story, "counting", question="May we count you?")
    confirmed.press("Yes")  # she had the page open
    assert last(story) == ("confirmed", "counting", wordings.COUNTING.text)
    confirmed.open(confirmed.at)
    assert "What you hear about" in words(confirmed.page)
    assert "May we count you?" in words(confirmed.page)
    confirmed.press("Save topics", topics=["tips"])
    confirmed.press("Save topics", topics=["tips", "news"])
    assert last(story) == ("confirmed", "marketing", "What you hear about")


def test_a_new_address_is_agreed_to_in_the_clinics_words(story, confirmed, newest_link):
    say(story, "move", button="Here, please")
    token = story.house.links.sign(Purpose.PREFERENCES, story.person().id)
    confirmed.open(f"/preferences/{token}")
    confirmed.press("Change my address")
    confirmed.open(newest_link("data"))
    confirmed.press("Ask the new address", email="new@example.com")
    confirmed.open(newest_link("move", "new@example.com"))
    confirmed.press("Here, please")
    assert last(story) == ("confirmed", "marketing", f"Here, please\n{wordings.NOT_YOU}")


@pytest.mark.parametrize("path", ["/", "/embed.js", "/archive/", "/archive/news-what-is-new"])
def test_every_page_that_says_them_says_them_at_once(story, visitor, path):
    if path.startswith("/archive/n"):
        story.sign_up()
        story.confirm()
        with story.house.database.writing.begin() as session:
            broadcasts.send(session, "news-what-is-new", story.clock.now())
        story.live(hours=1)
    visitor.open(path)
    say(story, "sign-up", button="Write to me", terms="Stop any time.")
    page = visitor.open(path).text
    assert ("Write to me" in page) == (path != "/archive/")


def test_without_a_database_a_missing_page_is_still_a_missing_page(story):
    """What was decided cannot be read then, and does not matter; where it does, we say that we cannot be reached."""
    app = create_app(house=story.house)
    client = app.test_client()
    client.get("/")
    story.house.database.close()
    file = Path(story.house.database.url.removeprefix("sqlite:///"))
    file.unlink()
    file.mkdir()
    assert client.get("/no-such-page").status_code == 404
    assert client.get("/health").status_code == 200
    assert client.get("/").status_code == 503


def test_a_form_on_another_page_says_what_it_said_there(story, visitor):
    say(story, "sign-up", button="Write to me")
    visitor.send("/subscribe", {"email": READER, "form": "footer"})
    assert last(story)[2] == "The form stood on another page; its words are not known here."
