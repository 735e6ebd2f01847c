"""Writing a letter by its buttons, and as the page's script asks: kept as typed, shown as it will arrive."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.campaigns.desk import drafting, penned
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.staff.models import Staff
from tests.web.visiting import READER, both, counts, words

GUIDE = "/studio/newsletters/guide-start-to-finish"
LETTER = "/studio/sequences/welcome/is-one-enough"
JSON = {"Accept": "application/json"}
LINE = "A line that says what this letter is about, and no more."


def held(visitor, path=GUIDE, **typed):
    """What the page's form holds, with what was typed."""
    page = visitor.open(f"{path}/write").text
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    found |= {"subject": "A guide", "preview_text": LINE, "body": "Some words.", "as": "named"}
    return {name: unescape(value) for name, value in found.items()} | typed


def ask(visitor, path=GUIDE, **typed):
    """A save as the script sends it."""
    return visitor.send(f"{path}/write", held(visitor, path) | typed, headers=JSON)


def words_on_desk(story, slug="guide-start-to-finish", key=None):
    with story.house.database.reading() as session:
        return penned.of(drafting.papers(session, slug)[0], key)


def test_the_page_shows_the_words_the_row_and_the_picture(marketer):
    page = marketer.open(f"{GUIDE}/write")
    said = words(page.text)
    assert page.status_code == 200
    for part in (
        "Not changed yet",
        "From Example Skin Clinic letters@clinic.example",
        "Subject47/60",
        "Choose people and time",
        "Send me a test",
        "a new reader",
        "Fine: links, size 10 KB, unsubscribe, address.",
    ):
        assert part in said
    frame = unescape(re.search(r'<iframe [^>]*src="([^"]+)"', page.text)[1])
    picture = marketer.open(frame)
    assert "sandbox allow-popups" in picture.headers["Content-Security-Policy"]
    assert "allow-scripts" not in picture.headers["Content-Security-Policy"]
    assert "Hello Reader," in picture.text
    assert "/look/a-test" in picture.text
    assert "/u/" not in picture.text
    assert "Hello," in marketer.open(frame.replace("as=named", "as=unnamed")).text


def test_a_letter_of_a_sequence_says_which_it_is_and_leads_back(marketer):
    said = words(marketer.open(f"{LETTER}/write").text)
    assert "Welcome, letter 2 of 6" in said
    assert "Back to the sequence" in said
    assert marketer.press("Back to the sequence").status_code in {200, 404}
    assert marketer.at.startswith("/studio/sequences/welcome")


def test_the_first_letter_lists_all_of_them_with_their_days(marketer):
    picture = marketer.open("/studio/sequences/welcome/welcome/preview?view=text").text
    assert "Is one microneedling session enough?" in picture
    assert "Wednesday, 4 March" in picture


@both
def test_without_scripts_a_button_saves_and_shows(story, marketer):
    marketer.open(f"{GUIDE}/write")
    page = marketer.press("Save and look", subject="A <b>guide", preview_text=LINE, body="# New\n\nWords.")
    assert page.status_code == 200
    assert "Saved 04:30" in words(page.text)
    assert "<b>guide" not in page.text
    assert words_on_desk(story) == penned.Words("A <b>guide", LINE, "# New\n\nWords.")
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.act, entry.facts) == ("save_newsletter", {"slug": "guide-start-to-finish"})


@pytest.mark.parametrize(
    ("button", "mark"),
    [
        ("Desktop", 'class="stage desktop"'),
        ("Text", 'class="stage text"'),
        ("Dark", 'class="stage phone dark"'),
    ],
    ids=["desktop", "text", "dark"],
)
def test_a_switch_loses_nothing_that_was_typed(story, marketer, button, mark):
    marketer.open(f"{GUIDE}/write")
    page = marketer.press(button, body="Typed before the switch.")
    assert mark in page.text
    assert words_on_desk(story).body == "Typed before the switch."


def test_a_script_gets_what_is_new_and_nothing_else(marketer):
    answer = ask(marketer, body="Dear {{ first_name }},")
    told = answer.get_json()
    assert (told["revision"], told["saved"], told["shows"], told["wrong"]) == (1, "04:30", True, {})
    assert "Would stop for readers without first_name" in unescape(told["said"])
    assert "A guide" in told["row"]
    assert "Dear Reader," in marketer.open(told["frame"]).text
    again = ask(marketer, body="Dear reader,").get_json()
    assert again["revision"] == 2
    assert again["frame"] != told["frame"]


def test_what_cannot_go_out_is_kept_and_says_where_it_is_wrong(story, marketer):
    told = ask(marketer, body="One.\n\n{% if first_name %}Two.").get_json()
    assert not told["shows"]
    assert "Body, line 3: {% if first_name %} is never closed" in unescape(told["said"])
    assert words_on_desk(story).body == "One.\n\n{% if first_name %}Two."
    assert "There is no picture yet" in marketer.open(told["frame"]).text
    assert "Not ready to go out" in words(marketer.open(f"{GUIDE}/write").text)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"subject": ""}, "A letter needs a subject"),
        ({"subject": "x" * 2_000}, "at most 250 characters"),
        ({"preview_text": ""}, "The preview text is missing, and a newsletter needs one."),
        ({"body": "  \n"}, "The body has no words yet."),
        ({"body": "word " * 20_000}, "Markdown at most 20000"),
        ({"body": "Hello {{ frist_name }}"}, "there is no field “frist_name”"),
        ({"body": "![](https://clinic.example/a.png)"}, "A picture has no description (alt text)."),
    ],
    ids=["no-subject", "long-subject", "no-preview", "no-words", "long-body", "misspelled", "picture"],
)
def test_the_colleague_says_it_and_nothing_is_lost(story, marketer, typed, said):
    told = ask(marketer, **typed).get_json()
    assert said.lower() in unescape(told["said"]).lower()
    assert getattr(words_on_desk(story), next(iter(typed))) == next(iter(typed.values()))


def test_characters_that_nobody_can_see_are_taken_out_and_told_at_the_field(story, marketer):
    told = ask(marketer, body="One\x00two.", subject="A\x1bsubject").get_json()
    assert told["wrong"]["body"] == "a character that nobody can see (U+0000, line 1) was taken out"
    assert set(told["wrong"]) == {"subject", "body"}
    assert words_on_desk(story) == penned.Words("A subject", LINE, "One two.")


def test_more_than_a_form_may_hold_is_refused_and_changes_nothing(story, marketer):
    before = words_on_desk(story)
    assert ask(marketer, body="x" * 300_000).status_code == 413
    assert words_on_desk(story) == before


def test_shown_as_one_of_the_people_by_her_address_which_stands_in_no_address_bar(story, marketer):
    story.sign_up(first_name="Visitor 014")
    told = ask(marketer, **{"as": "person", "person": READER, "body": "Hello {{ first_name }}"}).get_json()
    assert "as=1" in told["frame"]
    assert "@" not in told["frame"]
    assert "Hello Visitor 014" in marketer.open(told["frame"]).text
    for address, said in (
        ("nobody@example.com", "Nobody here has this address."),
        ("no address", "has no spaces"),
    ):
        wrong = ask(marketer, **{"as": "person", "person": address}).get_json()["wrong"]
        assert said in wrong["person"]
    marketer.open(f"{GUIDE}/write?as=999")
    assert "not on the list any more" in words(marketer.page)


@both
def test_two_who_write_at_once_see_both_wordings_and_choose(story, sign_in):
    one, other = sign_in("marketer"), sign_in("owner")
    ours = held(other, body="Words of the owner.")
    ask(one, body="Words of the <i>marketer</i>.")
    refused = other.send(f"{GUIDE}/write", ours, headers=JSON)
    assert refused.status_code == 409
    told = refused.get_json()["meanwhile"]
    assert "Theirs, saved 04:30 by the marketer" in told
    assert "Words of the &lt;i&gt;marketer&lt;/i&gt;." in told
    assert "Words of the owner." in told
    page = other.send(f"{GUIDE}/write", ours)
    assert page.status_code == 409
    assert "Words of the owner." in page.text
    assert words_on_desk(story).body == "Words of the <i>marketer</i>."
    other.at = f"{GUIDE}/write"
    over = re.search(r'name="over" value="([^"]+)"', page.text)[1]
    assert other.send(f"{GUIDE}/write", ours | {"over": over}).status_code == 303
    assert words_on_desk(story).body == "Words of the owner."


def test_a_second_window_of_the_same_person_is_told_too(marketer):
    stale = held(marketer, body="Typed in the second window.")
    ask(marketer, body="Typed in the first window.")
    told = marketer.send(f"{GUIDE}/write", stale, headers=JSON)
    assert told.status_code == 409
    assert "by you, in another window" in told.get_json()["meanwhile"]


def test_an_answer_that_was_lost_is_no_conflict(marketer):
    typed = held(marketer, body="Sent twice.")
    first, second = (marketer.send(f"{GUIDE}/write", typed, headers=JSON) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.get_json()["revision"] == second.get_json()["revision"] == 1


def test_a_draft_that_went_meanwhile_leaves_her_words_beside_what_is_live(story, marketer):
    ask(marketer, body="A first change.")
    typed = held(marketer, body="Typed while it went.")
    with story.house.database.writing.begin() as session:
        session.scalars(
            select(CampaignDraft).where(CampaignDraft.origin == "studio")
        ).one().state = "discarded"
    page = marketer.send(f"{GUIDE}/write", typed)
    assert page.status_code == 409
    assert "Typed while it went." in page.text
    assert 'name="over" value="0.' in page.text


@pytest.mark.parametrize(
    "broken", ["", "x", "-1", "9" * 12, "٣"], ids=["none", "letter", "minus", "huge", "arabic"]
)
def test_a_revision_that_is_none_is_refused(marketer, broken):
    assert ask(marketer, revision=broken).status_code == 400


def test_what_was_sent_is_not_written_on(story, marketer):
    with story.house.database.writing.begin() as session:
        session.scalars(
            select(Broadcast).where(Broadcast.slug == "guide-start-to-finish")
        ).one().state = "sent"
    page = marketer.open(f"{GUIDE}/write")
    assert page.status_code == 400
    assert "This newsletter is sent, so its words stay; duplicate it" in words(page.text)


@pytest.mark.parametrize(
    "path",
    [
        "newsletters/nothing/write",
        "newsletters/welcome/write",
        "newsletters/welcome%00/write",
        "sequences/guide-start-to-finish/x/write",
        "sequences/welcome/nothing/write",
        "sequences/welcome/nothing/preview",
        "newsletters/nothing/preview",
    ],
    ids=lambda path: path.replace("/", "-").replace("%00", "-nul"),
)
def test_what_is_not_there_is_a_calm_404(marketer, path):
    assert marketer.open(f"/studio/{path}").status_code == 404


@pytest.mark.parametrize("act", ["write", "preview"])
def test_who_does_not_write_letters_opens_none(sign_in, act):
    assert sign_in("viewer").open(f"{GUIDE}/{act}").status_code == 403
    assert sign_in("clinician").open(f"{LETTER}/{act}").status_code == 403


def test_looking_changes_nothing(story, marketer):
    before = counts(story.house.database)
    for path in (GUIDE, LETTER):
        for act in (
            "write",
            "write?shared=1",
            "write?view=desktop&dark=1&as=unnamed",
            "preview",
            "preview?view=text",
        ):
            assert marketer.open(f"{path}/{act}").status_code == 200
    assert counts(story.house.database) == before


def test_hostile_words_stay_words_outside_the_frame(story, marketer):
    evil = '"><script>alert(1)</script></textarea><img src=x onerror=alert(2)>'
    with story.house.database.writing.begin() as session:
        session.scalars(select(Staff)).one().name = evil
    told = ask(
        marketer, subject=evil, preview_text=evil, body=f"{evil}\n\n[x](javascript:alert(3))"
    ).get_json()
    page = marketer.open(f"{GUIDE}/write").text
    for shown in (page, told["row"], told["said"], marketer.open(told["frame"]).text):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
    assert 'href="javascript' not in marketer.open(told["frame"]).text
    stale = held(marketer) | {"revision": "0", "mark": "x"}
    told = marketer.send(f"{GUIDE}/write", stale, headers=JSON).get_json()["meanwhile"]
    assert "<script>" not in told
