"""What readers may choose: its words and order, and what becomes of a topic that nobody shall choose any more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience import preferences, subscriptions, topics
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Topic
from newsletter.audience.topics import NotAName
from newsletter.errors import NotFound, Refused

PAGE = Evidence("preferences", "/preferences")


def listed(desk) -> list[str]:
    with desk.database.reading() as session:
        return [topic.slug for topic in subscriptions.topics(session)]


def switches(desk) -> dict[str, str]:
    with desk.database.reading() as session:
        return {each.slug: each.state for each in preferences.read(session, desk.person().id).topics}


def choose(desk, *slugs: str):
    with desk.database.writing.begin() as session:
        return preferences.choose_topics(session, desk.person().id, slugs, PAGE, desk.clock.now())


def retire(desk, slug: str) -> None:
    with desk.database.writing.begin() as session:
        topics.retire(session, slug, desk.clock.now())


def test_a_new_topic_comes_last_and_is_nobodys_by_itself(desk):
    desk.ask()
    desk.tap()
    with desk.database.writing.begin() as session:
        added = topics.add(session, "  After   care ", "what to do\nafter a session")
        assert (added.slug, added.name, added.hint) == (
            "after-care",
            "After care",
            "what to do after a session",
        )
    assert listed(desk) == ["resources", "tips", "news", "after-care"]
    assert switches(desk)["after-care"] == "none"
    choose(desk, "tips", "after-care")
    assert desk.acts()[-2:] == [("confirmed", ["after-care"]), ("withdrawn", ["news", "resources"])]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "1 to 80 characters"),
        (" \n ", "1 to 80 characters"),
        ("x" * 81, "1 to 80 characters"),
        ("clinic NEWS", "there is a topic “clinic NEWS” already"),
    ],
)
def test_a_name_is_one_line_that_no_other_topic_has(desk, name, says):
    for act in (lambda s: topics.add(s, name, ""), lambda s: topics.rename(s, "tips", name, "")):
        with pytest.raises(NotAName, match=says), desk.database.writing.begin() as session:
            act(session)
    assert listed(desk) == ["resources", "tips", "news"]


def test_other_words_leave_the_slug_and_what_was_agreed(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    with desk.database.writing.begin() as session:
        topics.rename(session, "tips", "tips", "shorter still")  # its own name is nobody else's
        topics.rename(session, "tips", "Short tips", "shorter still")
    with desk.database.reading() as session:
        switch = next(
            each for each in preferences.read(session, desk.person().id).topics if each.slug == "tips"
        )
    assert (switch.name, switch.hint, switch.state) == ("Short tips", "shorter still", "confirmed")
    assert desk.acts()[-1] == ("confirmed", ["tips"])


def test_the_arrows_move_one_place_and_stop_at_the_ends(desk):
    steps = [("news", -1, "resources news tips"), ("news", -1, "news resources tips")]
    steps += [("news", -1, "news resources tips"), ("resources", 1, "news tips resources")]
    steps += [("resources", 1, "news tips resources"), ("tips", 0, "news tips resources")]
    for slug, by, order in steps:
        with desk.database.writing.begin() as session:
            topics.move(session, slug, by)
        assert listed(desk) == order.split()


def test_a_retired_topic_is_kept_by_who_has_it_and_offered_to_nobody(desk):
    desk.ask()
    desk.tap()
    retire(desk, "news")
    assert switches(desk) == {"resources": "confirmed", "tips": "confirmed", "news": "confirmed"}
    choose(desk, "tips", "news")  # she keeps it with her next choice ...
    assert switches(desk)["news"] == "confirmed"
    choose(desk, "tips")  # ... until she leaves it, and then it is gone
    assert list(switches(desk)) == ["resources", "tips"]
    with pytest.raises(NotFound, match="there is no topic “news”; right would be resources, tips"):
        choose(desk, "tips", "news")


def test_who_signs_up_now_gets_what_is_offered(desk):
    retire(desk, "news")
    desk.ask()
    assert desk.acts() == [("requested", ["resources", "tips"])]
    with pytest.raises(NotFound, match="there is no topic “news”"):
        desk.ask("visitor014@example.com", topics=("news",))


def test_who_asked_before_it_was_retired_may_still_confirm_it(desk):
    desk.ask(topics=("news",))
    retire(desk, "news")
    assert switches(desk)["news"] == "pending"
    desk.tap()
    assert switches(desk)["news"] == "confirmed"


def test_a_retired_topic_can_be_offered_again(desk):
    retire(desk, "news")
    first = desk.clock.now()
    desk.clock.advance(days=1)
    retire(desk, "news")
    with desk.database.writing.begin() as session:
        assert topics.get(session, "news").retired_at == first, "it was retired once, and then"
        topics.offer_again(session, "news")
        assert [each.slug for each in subscriptions.offered(session)] == ["resources", "tips", "news"]


def test_a_sign_up_needs_one_topic_at_least(desk):
    retire(desk, "news")
    retire(desk, "tips")
    for act in (
        lambda s: topics.retire(s, "resources", desk.clock.now()),
        lambda s: topics.delete(s, "resources"),
    ):
        with (
            pytest.raises(Refused, match="the only topic that can be chosen"),
            desk.database.writing.begin() as session,
        ):
            act(session)
    with desk.database.writing.begin() as session:
        topics.delete(session, "tips")  # a retired one that nobody had
    assert listed(desk) == ["resources", "news"]


def test_only_what_nobody_ever_had_can_be_deleted(desk):
    desk.ask(topics=("tips",))  # never confirmed: it stands in her consent all the same
    with pytest.raises(Refused, match="people have chosen it"), desk.database.writing.begin() as session:
        topics.delete(session, "tips")
    with desk.database.writing.begin() as session:
        topics.delete(session, "news")
    assert listed(desk) == ["resources", "tips"]
    with pytest.raises(NotFound, match="there is no topic “news”"), desk.database.writing.begin() as session:
        topics.delete(session, "news")


def test_counted_are_those_who_had_it_and_those_who_hear_of_it(desk):
    desk.ask()
    desk.tap()
    desk.ask("visitor014@example.com", topics=("tips",))
    choose(desk, "tips")
    with desk.database.reading() as session:
        every = list(session.scalars(select(Topic)))
        assert topics.heard_by(session, every) == {"resources": 0, "tips": 1, "news": 0}
        assert topics.had_by(session, every) == {"resources": 1, "tips": 2, "news": 1}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Guides", "guides-2"),
        ("Après-soin & Crème", "apres-soin-creme"),
        ("美肌", "topic"),
        ("x" * 80, "x" * 36),
        ("a" * 35 + " b", "a" * 35),
    ],
)
def test_a_name_in_addresses_is_free_short_and_plain(name, slug):
    made = topics.free_slug(name, {"guides"})
    assert made == slug
    assert len(topics.free_slug(name, {made})) <= topics.LONGEST_SLUG
