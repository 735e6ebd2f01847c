"""`/look/<token>`: a draft for whoever has the link, and for nobody longer than it is on the desk."""

from __future__ import annotations

import re
from html import unescape
from zlib import crc32

import pytest
from sqlalchemy import select

from newsletter.campaigns.models import CampaignDraft
from newsletter.links import Purpose
from newsletter.staff import visits
from newsletter.staff.models import Staff
from tests.web.visiting import Visitor, counts, words

GUIDE = "/studio/newsletters/guide-start-to-finish"
LETTER = "/studio/sequences/welcome/is-one-enough"


@pytest.fixture
def marketer(story, app, clock) -> Visitor:
    writer = Visitor(app, clock)
    with story.house.database.writing.begin() as session:
        one = Staff(address="the-marketer@example.com", role="marketer", created_at=clock.now())
        session.add(one)
        session.flush()
        key = visits.begin(session, one.id, story.house.clock.machine())
    with writer.client.session_transaction() as visit:
        visit["staff"] = key
    return writer


def shared(marketer, path=GUIDE, **typed) -> str:
    """The link that the page shows after the button."""
    marketer.open(f"{path}/write")
    page = marketer.press("Share for a look", **typed)
    assert page.status_code == 200
    return unescape(
        re.search(r'id="link" value="https://letters\.clinic\.example(/look/[^"]+)"', page.text)[1]
    )


@pytest.mark.parametrize("path", [GUIDE, LETTER], ids=["newsletter", "letter"])
def test_whoever_has_the_link_sees_the_wording_of_this_minute(marketer, visitor, path):
    link = shared(marketer, path, subject="First wording", body="One.")
    page = visitor.open(link)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "A draft of Example Skin Clinic, for a look. Nothing here can be sent." in words(page.text)
    assert "First wording" in words(page.text)
    marketer.open(f"{path}/write")
    marketer.press("Save and look", subject="Second wording", body="Two.")
    assert "Second wording" in words(visitor.open(link).text)
    picture = visitor.open(f"{link}/letter")
    assert "Two." in picture.text
    assert "sandbox allow-popups" in picture.headers["Content-Security-Policy"]
    assert 'class="stage desktop"' in visitor.open(f"{link}?view=desktop").text


def test_its_links_stop_and_choose_for_nobody(marketer, visitor):
    picture = visitor.open(f"{shared(marketer)}/letter").text
    links = set(re.findall(r'href="https://letters\.clinic\.example(/[^"]*)"', picture))
    assert links == {"/look/a-test"}


def test_looking_needs_no_cookie_and_changes_nothing(story, marketer, visitor):
    link = shared(marketer)
    before = counts(story.house.database)
    for path in (link, f"{link}?view=desktop", f"{link}/letter", "/look/a-test"):
        answer = visitor.open(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert counts(story.house.database) == before


@pytest.mark.parametrize("state", ["used", "discarded"])
def test_off_the_desk_it_is_gone(story, marketer, visitor, state):
    link = shared(marketer)
    with story.house.database.writing.begin() as session:
        session.scalars(select(CampaignDraft).where(CampaignDraft.origin == "studio")).one().state = state
    gone = visitor.open(link)
    assert gone.status_code == 410
    assert "This draft is no longer on the desk" in words(gone.text)
    assert visitor.open(f"{link}/letter").status_code == 410


def test_after_fourteen_days_it_is_over(story, marketer, visitor):
    link = shared(marketer)
    story.clock.advance(days=13, hours=23)
    assert visitor.open(link).status_code == 200
    story.clock.advance(hours=2)
    assert visitor.open(link).status_code == 410


def test_a_damaged_link_and_one_for_something_else_open_nothing(story, marketer, visitor):
    link = shared(marketer)
    others = (
        story.house.links.sign(Purpose.PREFERENCES, 1, 0),
        story.house.links.sign(Purpose.LOOK, 1),
        story.house.links.sign(Purpose.LOOK, 1, 2, 3),
    )
    for token in (link.removeprefix("/look/")[:-1], *others):
        assert visitor.open(f"/look/{token}").status_code == 404
        assert visitor.open(f"/look/{token}/letter").status_code == 404
    unknown = story.house.links.sign(Purpose.LOOK, 999, 0)
    assert visitor.open(f"/look/{unknown}").status_code == 410


def test_while_it_cannot_be_shown_it_says_so(marketer, visitor):
    page = visitor.open(shared(marketer, body="{% if first_name %}"))
    assert page.status_code == 200
    assert "just now this draft cannot be shown" in words(page.text)


def test_what_patients_read_is_never_shared(story, marketer, visitor):
    shared(marketer, LETTER)
    with story.house.database.writing.begin() as session:
        draft = session.scalars(select(CampaignDraft).where(CampaignDraft.origin == "studio")).one()
        table = draft.files["sequence.toml"].replace('class = "marketing"', 'class = "care"')
        draft.files = draft.files | {"sequence.toml": table}
        number = draft.id
    page = marketer.open(f"{LETTER}/write?shared=1")
    assert "Share for a look" not in page.text
    assert 'id="link"' not in page.text
    refused = marketer.press("Save and look")
    assert refused.status_code == 200
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', refused.text))
    typed = {"subject": "x", "preview_text": "", "body": "x"}
    assert marketer.send(f"{LETTER}/share", form | typed).status_code == 400
    token = story.house.links.sign(Purpose.LOOK, number, crc32(b"is-one-enough"))
    assert visitor.open(f"/look/{token}").status_code == 410
