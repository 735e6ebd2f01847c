"""A letter is turned into HTML source: what was typed goes along, versions keep what it was, and no way leads back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.campaigns.desk import as_html, drafting, penned
from newsletter.content.compiling import compile_letter
from newsletter.content.designs import letter_design
from tests.web.visiting import both, words

GUIDE = "/studio/newsletters/guide-start-to-finish"
LETTER = "/studio/sequences/welcome/is-one-enough"
TURN = "Turn it into HTML"


def papers(story, slug="guide-start-to-finish"):
    with story.house.database.reading() as session:
        return drafting.papers(session, slug)[0]


@both
def test_the_letter_becomes_its_own_source_and_says_what_it_said(story, marketer):
    marketer.open(f"{GUIDE}/write")
    body = "# Typed just now\n\n{% if first_name %}\nDear {{ first_name }}\n{% endif %}\n\n[Book]({{ booking_url }}){.button}"
    page = marketer.press(TURN, body=body)
    assert "This letter is HTML source now." in words(page.text)
    assert "HTML source" in words(page.text)
    assert TURN not in page.text
    after = papers(story)
    assert (after.table["file"], sorted(after.bodies)) == ("issue.html", ["issue.html"])
    assert '<p><a class="button" href="{{ booking_url }}">Book</a></p>' in after.body(None)
    source = penned.source(after, None)
    assert source.format == "html"
    assert "Dear {{ first_name }}" in compile_letter(source, letter_design()).html
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.act, entry.facts) == ("html_newsletter", {"slug": "guide-start-to-finish"})


def test_what_it_was_before_stands_under_versions_and_can_come_back(story, marketer):
    marketer.open(f"{GUIDE}/write")
    marketer.press("Save and look", body="# Saved before")
    marketer.open(f"{GUIDE}/write")
    marketer.press(TURN)
    assert "see=draft-1" in marketer.open(f"{GUIDE}/versions").text
    assert "Saved before" in marketer.open(f"{GUIDE}/versions/draft-1").text
    marketer.open(f"{GUIDE}/versions?see=draft-1")
    marketer.press("Bring this back")
    assert (papers(story).table["file"], papers(story).body(None).strip()) == ("issue.md", "# Saved before")


def test_one_letter_of_a_sequence_alone_is_turned(story, marketer):
    marketer.open(f"{LETTER}/write")
    assert marketer.press(TURN).status_code == 200
    after = papers(story, "welcome")
    files = [each["file"] for each in after.letters]
    assert [file for file in files if file.endswith(".html")] == ["02-is-one-enough.html"]
    assert set(after.bodies) == set(files)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{% if first_name %}Dear", "is never closed"),
        ("so [x](https://a.example){.button}", "a button is a link alone in its paragraph"),
    ],
    ids=["half-tag", "button"],
)
def test_what_is_not_ready_stays_markdown_and_is_still_there_as_typed(story, marketer, body, said):
    before = papers(story).bodies
    marketer.open(f"{GUIDE}/write")
    page = marketer.press(TURN, body=body)
    assert page.status_code == 400
    assert said in words(page.text)
    assert body in words(page.text)
    assert papers(story).bodies == before


def test_html_is_not_turned_again_and_words_of_somebody_else_are_not_turned_unseen(story, marketer):
    marketer.open(f"{GUIDE}/write")
    stale = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', marketer.page))
    marketer.press(TURN)
    after = papers(story).bodies
    typed = stale | {"subject": "A guide", "preview_text": "", "body": "Typed in another window."}
    page = marketer.send(f"{GUIDE}/html", typed)
    assert page.status_code == 409
    assert "Typed in another window." in page.text
    marketer.open(f"{GUIDE}/write")
    fresh = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', marketer.page))
    body = after["issue.html"]
    page = marketer.send(f"{GUIDE}/html", typed | fresh | {"body": body})
    assert page.status_code == 400
    assert "HTML source already" in words(page.text)
    assert papers(story).bodies == after


def test_two_letters_that_share_their_words_part(story, marketer):
    shared = papers(story, "welcome")
    shared.letters[2]["file"] = shared.letters[1]["file"]
    as_html.rewrite(shared, "under-the-skin")
    assert [each["file"] for each in shared.letters[1:3]] == ["02-is-one-enough.md", "02-is-one-enough.html"]
    as_html.rewrite(shared, "is-one-enough")
    assert shared.letters[1]["file"] == "02-is-one-enough-2.html"
    assert "02-is-one-enough.md" not in shared.bodies
