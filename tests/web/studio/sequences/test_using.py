"""Whom a draft changes, said in words before anybody says yes; it comes true, or it is let go."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from lxml import html as trees
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.campaigns import impact
from newsletter.campaigns.desk import drafting, standing
from newsletter.campaigns.models import CampaignDraft, Sequence
from newsletter.web.studio.sequences import whom
from tests.walks.story import Story
from tests.web.visiting import Visitor, both, counts, words

WELCOME = "/studio/sequences/welcome/"
USE = WELCOME + "use"
VISITORS = ("visitor012@example.com", "visitor013@example.com", "visitor014@example.com")


@pytest.fixture
def marketer(app: Flask, marketer: Visitor) -> Visitor:
    """Her bare posts need no token: what forms carry is asked in tests/web."""
    app.config["WTF_CSRF_ENABLED"] = False
    return marketer


@pytest.fixture
def under_way(story: Story) -> Story:
    """Three readers a day apart: on Thursday morning two have had the second letter, and one waits for it."""
    for number, visitor in enumerate(VISITORS):
        if number:
            story.live(days=1)
        story.sign_up(visitor)
        story.confirm(visitor)
    story.live(days=1, hours=6)
    return story


def move(visitor: Visitor, key: str, when: str, revision: int = 0) -> None:
    assert visitor.send(f"{WELCOME}{key}/move", {"when": when, "revision": revision}).status_code == 303


def write(story: Story, key: str, body: str, revision: int = 0, subject: str = "Other words") -> None:
    with story.house.database.writing.begin() as session:
        drafting.save(
            session,
            "welcome",
            revision,
            lambda papers: papers.write(key, subject=subject, preview_text="Said anew.", body=body),
            1,
            story.clock.now(),
        )


def said(story: Story) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Subject -> what changes, and whom."""
    with story.house.database.reading() as session:
        stands = standing.of(session, "welcome")
        met = impact.of(session, stands.desk, story.clock.now())
        assert met is not None
        assert stands.live is not None
        found = whom.said(met, stands.live, stands.desk, story.house.settings.clinic.zone)
    return {each.subject: (each.what, each.sentences) for each in found}


@both
def test_a_moved_letter_says_who_had_it_who_waits_and_who_has_not_got_there(
    under_way: Story, marketer: Visitor
) -> None:
    move(marketer, "is-one-enough", "day 3 at 10")
    move(marketer, "over-the-weeks", "day 10 at 10", 1)
    assert said(under_way) == {
        "Is one microneedling session enough?": (
            "day 2 at 10:00 becomes day 3 at 10:00",
            (
                "2 had it already: nothing.",
                "1 waits before it: Friday 6 March, 10:00 becomes Saturday 7 March, 10:00.",
            ),
        ),
        "Right away, and over the weeks": (
            "day 9 at 10:00 becomes day 10 at 10:00",
            ("3 have not got there.",),
        ),
    }
    page = words(marketer.open(USE).text)
    assert "3 are on their way through it." in page
    assert "Everyone already here does not start again." in page
    marketer.press("Use")
    assert "In use from now on." in words(marketer.page)
    assert "moves from" not in words(marketer.page)
    under_way.live(days=3)
    assert under_way.inbox(VISITORS[2])[-1] == "Sat 07 Mar 10:00  Is one microneedling session enough?"
    assert [each.endswith("enough?") for each in under_way.inbox(VISITORS[0])].count(True) == 1


def test_who_would_miss_a_letter_that_moves_into_the_past_is_said_and_comes_true(
    under_way: Story, marketer: Visitor
) -> None:
    move(marketer, "under-the-skin", "day 1 at 10")
    assert said(under_way)["What happens under the skin"] == (
        "day 5 at 10:00 becomes day 1 at 10:00",
        ("3 wait for it and will not get it any more: its new moment is past for them.",),
    )
    marketer.open(USE)
    marketer.press("Use")
    under_way.live(days=30)
    assert [each for visitor in VISITORS for each in under_way.subjects(visitor) if "skin" in each] == (
        ["A plan that fits your skin"] * 3
    )


def test_other_words_a_new_letter_and_one_taken_out_say_whom_they_mean(
    under_way: Story, marketer: Visitor
) -> None:
    write(under_way, "is-one-enough", "Other words, and enough of them to be a letter.\n")
    marketer.send(WELCOME + "letters", {"subject": "How was it?", "revision": 1})
    write(under_way, "how-was-it", "Tell us, in a word or two.\n", 2, "How was it?")
    marketer.send(WELCOME + "over-the-weeks/remove", {"revision": 3})
    found = said(under_way)
    assert found["Other words"] == (
        "other words",
        ("2 had it already: nothing.", "1 waits before it: Friday 6 March, 10:00."),
    )
    assert found["How was it?"] == ("new", ("3 have not got there.",))
    with under_way.house.database.reading() as session:
        stands = standing.of(session, "welcome")
        met = impact.of(session, stands.desk, under_way.clock.now())
    by_key = {each.change.key: each for each in met.letters}
    assert (by_key["is-one-enough"].had, by_key["is-one-enough"].before_it) == (2, 1)
    assert (by_key["how-was-it"].waiting, by_key["how-was-it"].before_it) == (3, 0)
    assert (by_key["over-the-weeks"].waiting, by_key["over-the-weeks"].lost) == (3, 0)
    assert found["Right away, and over the weeks"] == ("taken out", ("3 wait for it and will not get it.",))
    page = words(marketer.open(USE).text)
    assert "1 waits before it: Friday 6 March, 10:00." in page


@both
def test_kept_for_new_people_only_whoever_is_under_way_keeps_her_letters(
    under_way: Story, marketer: Visitor
) -> None:
    move(marketer, "is-one-enough", "day 3 at 10")
    page = words(marketer.open(USE).text)
    assert "the 3 under way get every letter in the words and at the hours that stand now" in page
    marketer.press("Keep for new people only")
    assert "In use for new people. The 3 who are under way keep their letters." in words(marketer.page)
    assert "3 people in it, 3 of them with the letters that they began with" in words(marketer.page)
    with under_way.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.facts["new_people_only"]) == ("use_sequence", True)
    under_way.sign_up()
    under_way.confirm()
    move(marketer, "over-the-weeks", "day 10 at 10")
    page = words(marketer.open(USE).text)
    assert "1 is on her way through it." in page
    assert "3 more keep the letters that they began with: nothing changes for them." in page
    assert "1 has not got there." in page
    marketer.press("Use")
    under_way.live(days=12)
    assert [each[:16] for each in under_way.inbox(VISITORS[2])[2:]] == [
        "Fri 06 Mar 10:00",
        "Mon 09 Mar 10:00",
        "Fri 13 Mar 10:00",
    ]
    assert [each[:16] for each in under_way.inbox()[2:]] == [
        "Sun 08 Mar 10:00",
        "Tue 10 Mar 10:00",
        "Sun 15 Mar 10:00",
    ]


def test_kept_for_new_people_says_so_of_one_and_of_nobody(story: Story, marketer: Visitor) -> None:
    for number, says in enumerate(("Nobody was under way.", "The one who is under way keeps her letters.")):
        move(marketer, "over-the-weeks", f"day {10 + number} at 10")
        marketer.open(USE)
        marketer.press("Keep for new people only")
        assert f"In use for new people. {says}" in words(marketer.page)
        story.sign_up()
        story.confirm()


def test_the_words_that_change_are_marked_beside_those_that_stay(story: Story, marketer: Visitor) -> None:
    with story.house.database.reading() as session:
        letter = drafting.papers(session, "welcome")[0]
    body = letter.body("is-one-enough")
    marked = "<b>Other</b> words, said & done.\n"
    write(story, "is-one-enough", f"{body}\n{marked}", subject="Is one session enough?")
    card = trees.fromstring(marketer.open(USE).text).xpath("//section[contains(@class, 'whom')]")[0]
    parts = {
        each.findtext("dt"): {mark.tag: mark.text for mark in each.xpath(".//ins | .//del")}
        for each in card.xpath(".//dl[@class='reworded']/div")
    }
    assert parts["Subject"] == {"del": "microneedling "}
    assert {"ins", "del"} >= set(parts["Preview text"])
    assert parts["Letter"]["ins"].strip() == marked.strip()
    assert "del" not in parts["Letter"]
    assert marked.strip() not in marketer.page  # it is shown as it was typed, and is no HTML here
    assert body.strip()[:40] in card.text_content()


def test_what_keeps_it_from_being_used_comes_first_with_links_and_no_button(
    story: Story, marketer: Visitor
) -> None:
    marketer.send(WELCOME + "letters", {"subject": "How was it?", "revision": 0})
    tree = trees.fromstring(marketer.open(USE).text)
    (item,) = tree.xpath("//section[contains(@class, 'mend')]//li")
    assert "It has no words yet" in item.text_content()
    assert item.xpath(".//a/@href")[0].startswith(WELCOME + "how-was-it/")
    assert "Use" not in [button.text_content().strip() for button in tree.iter("button")]
    draft = waiting(story)
    answer = marketer.send(USE, {"draft": draft.id, "revision": draft.revision})
    assert answer.status_code == 400
    assert waiting(story).state == "open"


def waiting(story: Story) -> CampaignDraft:
    with story.house.database.reading() as session:
        draft = drafting.open_draft(session, "welcome")
    assert draft is not None
    return draft


@pytest.mark.parametrize("deed", ["use", "discard"])
def test_only_the_draft_that_was_seen_is_used_or_let_go(story: Story, marketer: Visitor, deed: str) -> None:
    move(marketer, "over-the-weeks", "day 10 at 10")
    seen = waiting(story)
    move(marketer, "over-the-weeks", "day 11 at 10", 1)
    answer = marketer.send(WELCOME + deed, {"draft": seen.id, "revision": seen.revision})
    assert answer.status_code == 409
    assert "The marketer changed this draft since you looked." in words(answer.text)
    assert waiting(story).revision == 2
    with story.house.database.reading() as session:
        assert "use_sequence" not in session.scalars(select(AuditEntry.act)).all()
    marketer.press("Use")
    assert "day 11 at 10:00" in marketer.page


def test_letting_the_draft_go_changes_nobody(under_way: Story, marketer: Visitor) -> None:
    move(marketer, "over-the-weeks", "day 10 at 10")
    discarded = waiting(under_way).id
    assert "1 changed letter goes, with all that was written for it; that cannot be undone." in words(
        marketer.open(USE).text
    )
    marketer.press("Let the draft go")
    assert "The draft is gone. What people get has not changed." in words(marketer.page)
    assert 'value="day 9 at 10:00"' in marketer.page
    assert marketer.open(USE).status_code == 404
    with under_way.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.facts) == ("discard_sequence", {"slug": "welcome", "draft": discarded})


def test_a_new_sequence_is_on_for_whoever_signs_up_from_then(story: Story, marketer: Visitor) -> None:
    with story.house.database.writing.begin() as session:
        papers = drafting.papers(session, "welcome")[0]
        papers.table["name"] = "Autumn"
        row = CampaignDraft(
            slug="autumn", origin="import", files=papers.files, digest="", created_at=story.clock.now()
        )
        session.add(row)
    page = words(marketer.open("/studio/sequences/autumn/use").text)
    assert "Nobody yet: it is new." in page
    assert "people from before do not" in page
    marketer.press("Use")
    assert "It is on: whoever signs up from now gets these letters." in words(marketer.page)
    with story.house.database.reading() as session:
        found = session.scalars(select(Sequence).where(Sequence.slug == "autumn")).one()
    assert (found.state, found.on_since) == ("on", story.clock.now())


def test_a_draft_that_says_the_same_says_so(story: Story, marketer: Visitor) -> None:
    move(marketer, "over-the-weeks", "day 9 at 10:00")
    assert "No letter changes: the draft says what people get already." in words(marketer.open(USE).text)


def test_looking_whom_it_changes_changes_nothing(under_way: Story, marketer: Visitor) -> None:
    move(marketer, "over-the-weeks", "day 10 at 10")
    before = counts(under_way.house.database)
    assert marketer.open(USE).status_code == 200
    assert counts(under_way.house.database) == before


@pytest.mark.parametrize("role", ["viewer", "clinician"])
def test_who_does_not_write_uses_nothing(story: Story, sign_in: Callable[[str], Visitor], role: str) -> None:
    other = sign_in(role)
    assert other.open(USE).status_code in {400, 403}
    assert "Whom this changes" not in other.page
