"""The clinic's own words for what people agree to: kept as they were read, whenever they were read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from newsletter import stored
from newsletter.audience import forms, rewording, signup, wordings
from newsletter.audience.forms import Draft
from newsletter.audience.models import Wording
from newsletter.audience.rewording import NothingSaid
from newsletter.errors import NotFound
from tests.audience.desk import TAP

OURS = wordings.OURS["confirm"]
OTHER = {"button": "Yes, please", "note": "Not you? Then nothing happens."}


def say(desk, name: str = "confirm", parts=OTHER) -> bool:
    with desk.database.writing.begin() as session:
        return rewording.say(session, name, parts, 1, desk.clock.now())


def agreed(desk) -> list[str]:
    return [each["wording"] for each in desk.card()["consents"]]


def test_nothing_decided_means_our_words(desk):
    with desk.database.reading() as session:
        assert wordings.said(stored.get(session, wordings.STORED)) == wordings.OURS
        for words in (
            wordings.SIGN_UP,
            wordings.CONFIRM,
            wordings.PREFERENCES,
            wordings.COUNTING,
            wordings.MOVE,
        ):
            assert wordings.in_use(session, words.name) == words
        assert rewording.since(session) == {}
    assert wordings.OURS["sign-up"]["heading"] == "Get updated with beauty resources, tips, and news"


def test_who_agrees_after_a_change_agrees_to_the_new_words(desk):
    desk.ask()
    assert say(desk)
    desk.tap()
    assert agreed(desk) == [wordings.SIGN_UP.text, "Yes, please\nNot you? Then nothing happens."]


def test_a_page_that_was_open_meanwhile_keeps_its_word(desk):
    """The mark that stood on her page says which words she read; nobody else had agreed to them before."""
    desk.ask()
    with desk.database.reading() as session:
        before = wordings.in_use(session, "confirm").mark
    say(desk)
    with desk.database.writing.begin() as session:
        signup.confirm(session, desk.ids(), replace(TAP, shown=before), desk.clock.now())
    assert agreed(desk)[1] == wordings.CONFIRM.text


@pytest.mark.parametrize("mark", ["", "0" * 12, "%" * 12, "f" * 64, wordings.SIGN_UP.mark])
def test_a_mark_that_is_no_earlier_text_of_that_name_claims_nothing(desk, mark):
    desk.ask()
    say(desk)
    with desk.database.writing.begin() as session:
        signup.confirm(session, desk.ids(), replace(TAP, shown=mark), desk.clock.now())
    assert agreed(desk)[1].startswith("Yes, please")


def test_the_same_words_again_are_no_news_and_no_version(desk):
    assert not say(desk, parts=OURS)
    assert say(desk)
    with desk.database.reading() as session:
        before = session.scalar(select(func.count()).select_from(Wording))
    desk.clock.advance(days=1)
    assert not say(desk, parts={part: f"  {text} " for part, text in OTHER.items()})
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Wording)) == before


def test_back_to_ours_leaves_nothing_decided_and_says_since_when(desk):
    say(desk)
    later = desk.clock.advance(days=3)
    with desk.database.writing.begin() as session:
        assert rewording.ours_again(session, "confirm", 1, later)
    with desk.database.reading() as session:
        assert wordings.in_use(session, "confirm") == wordings.CONFIRM
        assert stored.get(session, wordings.STORED)["confirm"]["parts"] == {}
        assert rewording.since(session) == {"confirm": later}


def test_what_is_changed_of_one_text_leaves_the_others(desk):
    say(desk)
    say(desk, "move", {"button": "Here, please", "note": OURS["note"]})
    with desk.database.reading() as session:
        kept = stored.get(session, wordings.STORED)
        texts = wordings.said(kept)
    assert texts["confirm"] == OTHER
    assert texts["move"] == {"button": "Here, please", "note": OURS["note"]}
    assert kept["move"]["parts"] == {"button": "Here, please"}, "what is as ours follows ours"
    assert texts["sign-up"] == wordings.OURS["sign-up"]


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({}, {"button", "note"}),
        ({"button": " \n", "note": "x"}, {"button"}),
        ({"button": "x", "note": "x" * 401}, {"note"}),
    ],
)
def test_words_that_say_nothing_or_too_much_are_refused(desk, parts, wrong):
    with pytest.raises(NothingSaid) as refused:
        say(desk, parts=parts)
    assert refused.value.wrong.keys() == wrong
    with pytest.raises(NotFound, match="there is no text “elsewhere”"):
        say(desk, "elsewhere", parts)


def test_every_version_says_who_agreed_to_it(desk):
    desk.ask()
    desk.tap()
    desk.ask()  # once more: the same person
    desk.clock.advance(days=1)
    say(desk)
    desk.ask("visitor014@example.com")
    desk.tap("visitor014@example.com")
    with desk.database.reading() as session:
        versions = rewording.versions(session)
    assert [(each.words.text.partition("\n")[0], each.agreed) for each in versions["confirm"]] == [
        ("Yes, please", 1),
        ("Yes, send me the letters", 1),
    ]
    assert [each.agreed for each in versions["sign-up"]] == [2]
    assert versions["confirm"][0].first_at > versions["confirm"][1].first_at
    assert [each.agreed for each in versions["move"]] == [0]


def test_a_form_s_text_changes_with_the_words_below_its_button(desk):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        form = forms.add(session, Draft("Footer", {"heading": "Skin, in short"}), ["tips"], now)
        before = rewording.of_form(wordings.OURS["sign-up"], form)
    assert before.text.startswith("Skin, in short\nSix short letters")
    say(desk, "sign-up", wordings.OURS["sign-up"] | {"terms": "Stop any time."})
    with desk.database.reading() as session:
        assert wordings.shown(session, "sign-up", before.mark) == before, (
            "an open page still says what it said"
        )
        texts = [each.words.text for each in rewording.versions(session)["sign-up"]]
    assert sum(text.startswith("Skin, in short") for text in texts) == 2
