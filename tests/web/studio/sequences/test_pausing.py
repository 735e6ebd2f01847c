"""A sequence pauses and goes on: what is said beforehand is what comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from newsletter.campaigns import dispatch, enrollment, timelines
from newsletter.campaigns.desk import missed
from newsletter.campaigns.desk.missed import Missed
from tests.walks.story import Story
from tests.web.visiting import READER, Visitor, both, counts, words

WELCOME = "/studio/sequences/welcome/"
PAUSE, RESUME = WELCOME + "pause", WELCOME + "resume"
VISITORS = ("visitor012@example.com", "visitor013@example.com", "visitor014@example.com")


@pytest.fixture
def marketer(app: Flask, marketer: Visitor) -> Visitor:
    """Her bare posts need no token: what forms carry is asked in tests/web."""
    app.config["WTF_CSRF_ENABLED"] = False
    return marketer


def meanwhile(story: Story) -> Missed:
    with story.house.database.reading() as session:
        return missed.of(session, timelines.find(session, "welcome"), story.clock.now())


def subjects(story: Story) -> list[str]:
    return [subject for visitor in VISITORS for subject in story.subjects(visitor)]


@pytest.fixture
def begun(story: Story) -> Story:
    """Three readers, a day apart, each with her first letter."""
    for number, visitor in enumerate(VISITORS):
        if number:
            story.live(days=1)
        story.sign_up(visitor)
        story.confirm(visitor)
    return story


@both
def test_a_pause_holds_everything_back_and_resuming_says_what_goes(
    begun: Story, marketer: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    page = words(marketer.open(PAUSE).text)
    assert "Nothing of it leaves until you resume, not even what is in the queue already." in page
    assert "3 are in it, and wait." in page
    marketer.press("Pause")
    assert "Paused: nothing of it leaves until you resume." in words(marketer.page)
    before = subjects(begun)
    begun.live(days=4)  # to Sunday morning: the first has missed day 2 and day 5, the others day 2
    assert subjects(begun) == before
    found = meanwhile(begun)
    assert (found.due, found.go, found.too_late, found.all_seen) == (4, 3, 1, True)
    owner = sign_in("owner")  # the marketer's visit has ended meanwhile
    page = words(owner.open(PAUSE).text)
    assert "4 letters fell due meanwhile." in page
    assert "3 are still worth sending and go now." in page
    assert "1 will not be sent: too late to be useful" in page
    owner.press("Resume")
    assert "It goes on: nobody gets a letter that is too late." in words(owner.page)
    begun.rounds.until_idle()
    assert len(subjects(begun)) == len(before) + 3
    assert [run for run in begun.runs() if "too late" in run] == [
        "is-one-enough skipped: too late to be useful"
    ]


def test_what_lay_in_the_queue_counts_too(begun: Story) -> None:
    begun.clock.advance(days=1)
    with begun.house.database.writing.begin() as session:
        dispatch.queue_due(session, begun.clock.now())
        enrollment.pause(session, "welcome")
    assert [run for run in begun.runs() if "is-one" in run] == ["is-one-enough queued"]
    begun.live(hours=1)
    assert meanwhile(begun).go == 1
    begun.clock.advance(days=60)
    late = meanwhile(begun)
    assert late.go == 0
    assert late.due == 3 * 5


def test_new_sign_ups_enter_while_it_is_paused_and_get_their_first_letter_afterwards(
    story: Story, marketer: Visitor
) -> None:
    marketer.send(PAUSE, {})
    story.sign_up()
    story.confirm()
    assert story.subjects() == []
    page = words(marketer.open(PAUSE).text)
    assert "1 letter fell due meanwhile. 1 is still worth sending and goes now." in page
    marketer.press("Resume")
    story.rounds.until_idle()
    assert story.subjects(READER) == ["Welcome: your first letter, and what comes next"]


def test_nothing_due_is_said(begun: Story, marketer: Visitor) -> None:
    marketer.send(PAUSE, {})
    assert meanwhile(begun) == Missed()
    assert "No letter fell due meanwhile." in words(marketer.open(PAUSE).text)


def test_beyond_the_most_that_are_looked_at_it_says_at_least(
    begun: Story,
    marketer: Visitor,
    sign_in: Callable[[str], Visitor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(missed, "MOST", 2)
    monkeypatch.setattr(missed, "PAGE", 1)
    marketer.send(PAUSE, {})
    begun.live(days=4)
    found = meanwhile(begun)
    assert not found.all_seen
    assert found.go == 2
    assert "At least" in words(sign_in("owner").open(PAUSE).text)


def test_pressing_twice_is_no_mistake_and_an_unknown_name_is(begun: Story, marketer: Visitor) -> None:
    assert marketer.send(PAUSE, {}).status_code == 303
    assert marketer.send(PAUSE, {}).status_code == 303
    assert marketer.send(RESUME, {}).status_code == 303
    assert marketer.send(RESUME, {}).status_code == 303
    assert marketer.send("/studio/sequences/nothing/pause", {}).status_code == 404


def test_asking_what_would_go_changes_nothing(
    begun: Story, marketer: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    marketer.send(PAUSE, {})
    begun.live(days=4)
    owner = sign_in("owner")
    before = counts(begun.house.database)
    assert owner.open(PAUSE).status_code == 200
    assert counts(begun.house.database) == before
