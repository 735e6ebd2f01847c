from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.links import Purpose
from tests.web.visiting import Visitor, both, counts, words


def heard(story) -> list[str]:
    with story.house.database.reading() as session:
        rows = select(Topic.slug).join(Subscription, Subscription.topic_id == Topic.id)
        return sorted(session.scalars(rows.where(Subscription.state == "confirmed")))


def first_name(story) -> str | None:
    with story.house.database.reading() as session:
        return session.scalars(select(Subscriber.first_name)).one()


def test_the_page_shows_the_switches_and_only_the_ends_of_the_address(confirmed, newest_link):
    page = confirmed.open(newest_link("preferences"))
    said = words(page.text)
    assert "Letters for r...r@example.com" in said
    for topic in ("Guides longer reads", "Tips short and practical", "Clinic news what is new with us"):
        assert topic in said
    assert "Times follow New York." in said
    assert "reader@example.com" not in page.text


@both
def test_saving_says_when_the_next_letter_comes(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Save", topics=["resources", "tips"], first_name="A reader").text)
    assert "Done. Next letter: Wednesday 10:00." in page
    assert heard(story) == ["resources", "tips"]
    assert first_name(story) == "A reader"


def test_the_card_after_confirming_saves_to_the_same_place(story, confirmed):
    page = words(confirmed.press("Save", topics=["news"]).text)
    assert "Done. Next letter: " in page
    assert heard(story) == ["news"]


def test_the_line_is_said_once(confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    confirmed.press("Save")
    assert "Done." not in words(confirmed.open(confirmed.at).text)


@both
def test_switching_everything_off_is_leaving(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Save", topics=[]).text)
    assert "Done. No more letters." in page
    assert heard(story) == []
    story.live(days=30)
    assert len(story.subjects()) == 1


@both
def test_stop_stops_and_the_page_offers_to_start_again(story, confirmed, newest_link):
    link = newest_link("preferences")
    confirmed.open(link)
    page = words(confirmed.press("Stop all letters").text)
    assert "Nothing is being sent at the moment." in page
    assert "Stop all letters" not in page
    assert heard(story) == []
    confirmed.press("Save", topics=["tips"])
    assert heard(story) == ["tips"]


@pytest.mark.parametrize("name", ["<b>x</b>", "{{ 7 * 7 }}", "\x00\x07", "a" * 10_000, "\u202etxet", "🌿"])
def test_whatever_is_typed_as_a_name_is_shown_as_text(confirmed, newest_link, name):
    confirmed.open(newest_link("preferences"))
    page = confirmed.press("Save", first_name=name)
    assert page.status_code == 200
    assert "<b>x" not in page.text
    assert 'value="49"' not in page.text
    assert "\x07" not in page.text


def test_a_topic_that_does_not_exist_changes_nothing(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    before = heard(story)
    assert confirmed.press("Save", topics=["perfume"]).status_code == 404
    assert heard(story) == before


def test_an_act_that_does_not_exist_changes_nothing(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    assert confirmed.press("Save", do="erase").status_code == 400


def test_coming_back_without_a_topic_is_explained(confirmed, newest_link):
    confirmed.open(newest_link("u"))
    confirmed.press("Stop all letters")
    answer = confirmed.press("Send me these", topics=[])
    assert answer.status_code == 400
    assert "choose at least one topic" in words(answer.text).lower()


def test_looking_changes_nothing(story, confirmed, newest_link):
    link = newest_link("preferences")
    before = counts(story.house.database)
    for method in ("GET", "HEAD", "OPTIONS"):
        assert confirmed.client.open(link, method=method).status_code == 200
    assert counts(story.house.database) == before


def test_without_the_page_nothing_is_saved(story, app, clock, confirmed, newest_link):
    before = heard(story)
    stranger = Visitor(app, clock)
    assert stranger.send(newest_link("preferences"), {"do": "stop"}).status_code == 400
    assert heard(story) == before


def test_a_person_who_is_gone_is_answered_calmly(story, visitor):
    token = story.house.links.sign(Purpose.PREFERENCES, 999)
    answer = visitor.open(f"/preferences/{token}")
    assert answer.status_code == 404
    assert "Nobody with this link is on our list any more." in words(answer.text)
