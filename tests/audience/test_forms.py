"""Sign-up forms of their own: what they say and ask, and who came by them."""

from __future__ import annotations

import pytest

from newsletter.audience import forms, topics, wordings
from newsletter.audience.forms import Came, Draft, NotAForm
from newsletter.errors import NotFound

SIGN_UP = wordings.OURS["sign-up"]
OFFERED = ["resources", "tips", "news"]


def add(desk, name="Waiting room", words=None, **more):
    with desk.database.writing.begin() as session:
        return forms.add(session, Draft(name, words or {}, **more), OFFERED, desk.clock.now())


def stands(desk, slug, sign_up=SIGN_UP):
    with desk.database.reading() as session:
        return forms.standing(session, slug, sign_up)


def test_a_form_says_what_it_has_words_for_and_the_rest_as_the_sign_up_page(desk):
    form = add(desk, words={"heading": " Skin,\nin short ", "promise": "", "unheard": "of"})
    assert (form.slug, form.words) == ("waiting-room", {"heading": "Skin, in short"})
    found = stands(desk, "waiting-room")
    assert found.parts == SIGN_UP | {"heading": "Skin, in short"}
    assert list(found.parts) == ["heading", "promise", "button", "terms"]
    assert found.words.text.splitlines()[0] == "Skin, in short"
    assert not found.asks_topics
    later = stands(desk, "waiting-room", SIGN_UP | {"promise": "Two a year."})
    assert later.parts["promise"] == "Two a year.", "what it has no words for follows the sign-up page"


def test_a_question_is_part_of_what_people_agree_to(desk):
    add(desk, words={"question": "About what?"}, topics=("tips", "news"), asks_name=True)
    found = stands(desk, "waiting-room")
    assert found.asks_topics
    assert found.asks_name
    assert found.topics == ("tips", "news")
    assert found.words.text.splitlines()[2] == "About what?"


def test_a_name_that_is_no_form_is_the_sign_up_page_under_that_name(desk):
    for slug in ("site", "embed", "json", "never-made", "<script>", "x" * 60):
        found = stands(desk, slug)
        assert (found.slug, found.parts, found.topics) == (slug, SIGN_UP, ())
        assert found.words == wordings.SIGN_UP


def test_names_in_addresses_are_free_and_never_one_that_means_something_already(desk):
    assert [add(desk, name).slug for name in ("Site", "Embed", "Footer", "Footer")] == [
        "site-2",
        "embed-2",
        "footer",
        "footer-2",
    ]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(" ", {}), "name"),
        (Draft("x" * 81, {}), "name"),
        (Draft("Footer", {"heading": "x" * 401}), "heading"),
        (Draft("Footer", {}, ("gossip",)), "topics"),
    ],
)
def test_what_makes_no_form_is_said_at_its_field(desk, draft, field):
    with desk.database.writing.begin() as session, pytest.raises(NotAForm) as refused:
        forms.add(session, draft, OFFERED, desk.clock.now())
    assert refused.value.field == field
    assert refused.value.line.endswith(".")


def test_a_form_is_changed_in_place_and_keeps_its_address(desk):
    add(desk)
    with desk.database.writing.begin() as session:
        changed = forms.change(
            session,
            "waiting-room",
            Draft("At the desk", {"button": "Yes"}, ("tips",)),
            OFFERED,
            desk.clock.now(),
        )
        assert (changed.slug, changed.name, changed.topics) == ("waiting-room", "At the desk", ["tips"])
        with pytest.raises(NotFound, match="there is no form “nowhere”"):
            forms.change(session, "nowhere", Draft("x", {}), OFFERED, desk.clock.now())


def test_a_topic_that_ends_leaves_a_form_with_the_others(desk):
    add(desk, topics=("tips", "news"))
    with desk.database.writing.begin() as session:
        assert [form.slug for form in forms.with_topic(session, "news")] == ["waiting-room"]
        forms.set_retired(session, "waiting-room", desk.clock.now())
        assert forms.with_topic(session, "news") == [], "a retired form holds no topic up"
        topics.retire(session, "news", desk.clock.now())
    assert stands(desk, "waiting-room").topics == ("tips",), "and yet it works: a poster may hang for years"
    with desk.database.writing.begin() as session:
        topics.retire(session, "tips", desk.clock.now())
    assert stands(desk, "waiting-room").topics == (), "then it is for all that can be chosen"


def test_retired_ones_stand_last(desk):
    for name in ("One", "Two", "Three"):
        add(desk, name)
    with desk.database.writing.begin() as session:
        forms.set_retired(session, "one", desk.clock.now())
        assert [form.slug for form in forms.every(session)] == ["two", "three", "one"]
        forms.set_retired(session, "one", None)
        assert [form.slug for form in forms.every(session)] == ["one", "two", "three"]


def test_who_came_by_which_is_counted_and_who_stayed(desk):
    for number, form in enumerate(("waiting-room", "waiting-room", "site", "waiting-room")):
        desk.ask(f"reader{number}@example.com", form=form)
    desk.tap("reader0@example.com")
    desk.tap("reader2@example.com")
    with desk.database.reading() as session:
        assert forms.came_by(session) == {"waiting-room": Came(3, 1), "site": Came(1, 1)}
