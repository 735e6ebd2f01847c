"""Consent texts in the studio: said otherwise on every page at once, kept as they were read, and back to ours."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html as trees
from sqlalchemy import select

from newsletter.audience import wordings
from newsletter.audience.models import Consent, Wording
from newsletter.audit import AuditEntry
from newsletter.web.studio.settings.consent_texts import CALLED, PARTS
from tests.web.visiting import READER, Visitor, both, words

PAGE = "/studio/settings/consent/"
USE = "Use these words from now on"
PROMISE = "Two letters a year & no more."


@pytest.fixture
def owner(sign_in) -> Visitor:
    return sign_in("owner")


def say(owner: Visitor, name: str, **parts: Any):
    owner.open(f"{PAGE}{name}/")
    return owner.press(USE, **parts)


def agreed(story) -> list[tuple[str, str]]:
    with story.house.database.reading() as session:
        rows = select(Consent.act, Wording.text).join(Wording).order_by(Consent.id)
        return [(act, text) for act, text in session.execute(rows)]


def test_every_text_has_a_name_and_every_part_a_label():
    assert CALLED.keys() == wordings.OURS.keys()
    assert PARTS.keys() == {part for parts in wordings.OURS.values() for part in parts}


@both
def test_other_words_are_read_and_agreed_to_from_the_next_page_on(story, owner, clock, newest_link):
    page = words(say(owner, "sign-up", promise=PROMISE, button="Write to me").text)
    assert "These words are used from now on." in page
    assert PROMISE in page
    say(owner, "confirm", button="Yes, write to me")
    visitor = Visitor(owner.app, clock)
    assert PROMISE in words(visitor.open("/").text)
    assert "Get updated with beauty resources, tips, and news" in words(visitor.page)
    visitor.press("Write to me", email=READER)
    visitor.open(newest_link("confirm"))
    visitor.press("Yes, write to me")
    signed_up, confirmed = agreed(story)
    assert signed_up == (
        "requested",
        f"{wordings.HEADING}\n{PROMISE}\nWrite to me\n{wordings.TERMS}",
    )
    assert confirmed == ("confirmed", f"Yes, write to me\n{wordings.NOT_YOU}")
    says = owner.client.get("/embed.js").text
    assert "Write to me" in says
    assert "Two letters a year & no more." in says
    with story.house.database.reading() as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.act == "consent_save")).all()
    assert [each.facts for each in acts] == [{"name": "sign-up"}, {"name": "confirm"}]


def test_who_has_a_page_open_agrees_to_what_she_reads_there(story, owner, clock, newest_link):
    visitor = Visitor(owner.app, clock)
    visitor.sign_up()
    visitor.open(newest_link("confirm"))
    say(owner, "confirm", button="Yes, write to me")
    visitor.press("Yes, send me the letters")
    assert agreed(story)[1] == ("confirmed", wordings.CONFIRM.text)
    say(owner, "preferences", heading="What you hear about")
    trees_of = trees.fromstring(visitor.page).cssselect("h2")
    assert "Letters you would like" in [each.text_content() for each in trees_of]
    visitor.press("Save", topics=["tips"])
    visitor.open(visitor.at)
    visitor.press("Save topics", topics=["tips", "news"])
    assert agreed(story)[-1] == ("confirmed", "What you hear about")


def test_a_form_that_is_shown_again_after_the_change_says_and_claims_the_new_words(story, owner, clock):
    """She mistyped, the words changed, the same form came back with them: she reads those now."""
    visitor = Visitor(owner.app, clock)
    visitor.open("/")
    say(owner, "sign-up", promise=PROMISE)
    assert PROMISE in words(visitor.press("Send me the letters", email="reader").text)
    visitor.press("Send me the letters", email=READER)
    assert PROMISE in agreed(story)[0][1]


def test_the_page_says_who_agreed_to_which_words_and_since_when(story, owner, clock):
    for number in range(3):
        Visitor(owner.app, clock).sign_up(f"reader{number}@example.com")
    assert "3 people agreed to these words" in words(owner.open(PAGE).text)
    assert "As we write it, from the beginning." in words(owner.page)
    clock.advance(hours=1)
    say(owner, "sign-up", promise=PROMISE)
    Visitor(owner.app, clock).sign_up("visitor014@example.com")
    page = trees.fromstring(owner.open(PAGE).text)
    (card,) = page.cssselect("#sign-up")
    assert "1 person agreed to these words, and to others: 2 versions" in words(owner.page)
    assert "In these words since Mon 2 Mar, 05:30" in " ".join(card.text_content().split())
    versions = [" ".join(each.text_content().split()) for each in card.cssselect("li")]
    assert versions[0].startswith("1 person first shown Mon 2 Mar, 05:30 in use now")
    assert versions[1].startswith("3 people first shown Mon 2 Mar, 04:30 ")
    assert "in use now" not in versions[1]


def test_what_is_typed_is_shown_as_people_would_read_it_and_changes_nothing(story, owner):
    owner.open(f"{PAGE}confirm/?button=Oh+%3Cb%3Eyes&note=&unheard=of")
    look = trees.fromstring(owner.page).cssselect("#looks .look p")
    assert [each.text_content() for each in look] == ["Oh <b>yes", "…"]
    assert "Ours: Yes, send me the letters" in words(owner.page)
    assert "Yes, send me the letters" in words(owner.open(PAGE).text)


def test_words_that_say_nothing_are_refused_at_their_field(story, owner):
    answer = say(owner, "sign-up", heading=" ", promise="x" * 500)
    assert answer.status_code == 400
    alerts = [each.get("id") for each in trees.fromstring(answer.text).cssselect("[role=alert]")]
    assert alerts == ["heading-wrong", "promise-wrong"]
    assert "x" * 500 in answer.text
    with story.house.database.reading() as session:
        assert session.scalars(select(Wording)).all() == []


def test_our_words_can_be_had_again(story, owner, clock):
    say(owner, "sign-up", heading="Letters")
    assert "Our words" in words(owner.open(f"{PAGE}sign-up/").text)
    assert "Our words are used again from now on." in words(owner.press("Use ours again").text)
    assert "Get updated with beauty resources, tips, and news" in words(
        Visitor(owner.app, clock).open("/").text
    )
    assert "Use ours again" not in words(owner.open(f"{PAGE}sign-up/").text)
    assert "Nothing was changed" in words(owner.press(USE).text)


def test_there_are_no_other_texts(owner):
    assert owner.open(f"{PAGE}elsewhere/").status_code == 404
    owner.open(f"{PAGE}confirm/")
    answer = owner.press(USE, button="x")
    assert answer.status_code == 200
    assert owner.send(f"{PAGE}elsewhere/reset").status_code == 400
