"""What she changes about herself, seen from her inbox: a break, another time zone, a new address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.audience import datalinks, holds, moving, preferences
from newsletter.audience.consent import Evidence
from newsletter.audience.datalinks import Deed
from newsletter.audience.models import Hold
from newsletter.campaigns import moving as letters
from newsletter.delivery.letterhead import Rendered
from tests.walks.story import Story, text_of
from tests.walks.test_welcome import CONFIRMATION, WELCOME

NEW = "new@example.com"
KATHMANDU = "Asia/Kathmandu"
SECOND = "Is one microneedling session enough?"


def take_break(story: Story, months: int) -> None:
    with story.house.database.writing.begin() as session:
        zone = ZoneInfo("America/New_York")
        holds.take_break(session, story.person().id, months, story.clock.now(), zone)


def end_break(story: Story) -> None:
    with story.house.database.writing.begin() as session:
        person, now = story.person().id, story.clock.now()
        assert holds.end_break(session, person, now)
        letters.replan(session, person, now)


def heal(story: Story, **span: float) -> None:
    """What the clinic does after a session."""
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        until = now + timedelta(**span)
        session.add(Hold(subscriber_id=story.person().id, kind="healing", until=until, created_at=now))


def change_address(story: Story, *, tap: bool = True) -> str:
    """By the link to the old mailbox and the one to the new; returns the token of the latter."""
    now, links = story.clock.now(), story.house.links
    with story.house.database.writing.begin() as session:
        assert datalinks.ask(session, story.person().id, Deed.MOVE, links, now)
    story.rounds.until_idle()
    token = text_of(story.letters()[-1]).split("/data/")[1].split()[0]
    with story.house.database.writing.begin() as session:
        asked = datalinks.look(session, token, links, now)
        assert moving.request(session, token, moving.judge(session, asked, NEW), links, now)
    story.rounds.until_idle()
    token = text_of(story.letters(NEW)[-1]).split("/move/")[1].split()[0]
    if tap:
        follow(story, token)
    return token


def follow(story: Story, token: str) -> None:
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        move = moving.read(token, story.house.links, now)
        assert moving.follow(session, move, story.house.vault, Evidence("address-change", "/move"), now)


def test_a_break_in_the_middle_of_the_sequence(story: Story) -> None:
    """A month from 8 March: what would be late by then is left out, the last letter is useful for two weeks more."""
    story.sign_up()
    story.confirm()
    story.live(days=6)
    take_break(story, 1)
    story.live(days=60)
    assert story.inbox() == [CONFIRMATION, *WELCOME[:3]]
    late = "on a break until 8 April, and later it is too late to be useful"
    assert [run for run in story.runs() if "skipped" in run] == [
        f"over-the-weeks skipped: {late}",
        f"why-sessions-build skipped: {late}",
        f"a-plan-that-fits skipped: {late}",
    ]


def test_a_break_that_she_ends_early(story: Story) -> None:
    """From 8 to 20 March: what fell into it was decided, the last letter comes on its day."""
    story.sign_up()
    story.confirm()
    story.live(days=6)
    take_break(story, 1)
    story.live(days=12)
    end_break(story)
    story.live(days=40)
    assert story.inbox() == [CONFIRMATION, *WELCOME[:3], *WELCOME[5:]]


def test_healing_days_move_a_letter_that_can_wait(story: Story) -> None:
    """Seven days from Friday 20 March: the last letter of Monday the 23rd comes on Friday the 27th."""
    story.sign_up()
    story.confirm()
    story.live(days=18)
    heal(story, days=7)
    story.live(days=30)
    assert story.inbox() == [
        CONFIRMATION,
        *WELCOME[:5],
        "Fri 27 Mar 10:00  A plan that fits your skin",
    ]
    assert any("waits: held back by the clinic until 27 March" in run for run in story.runs())


def test_from_new_york_to_kathmandu_in_the_middle_of_the_sequence(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=6)
    with story.house.database.writing.begin() as session:
        person, now = story.person().id, story.clock.now()
        preferences.set_time_zone(session, person, KATHMANDU)
        letters.follow_zone(session, person, KATHMANDU, now)
    story.live(days=30)
    assert story.inbox()[:4] == [CONFIRMATION, *WELCOME[:3]]
    assert story.inbox(zone=KATHMANDU)[4:] == [
        "Wed 11 Mar 10:00  Right away, and over the weeks",
        "Mon 16 Mar 10:00  Why sessions build on each other",
        "Mon 23 Mar 10:00  A plan that fits your skin",
    ]


def test_a_change_of_address_in_the_middle_loses_no_letter_and_repeats_none(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=6)
    change_address(story)
    story.live(days=30)
    old = [line for line in story.inbox() if "link you asked" not in line]
    new = [line for line in story.inbox(NEW) if "confirm your new" not in line]
    assert old == [CONFIRMATION, *WELCOME[:3]]
    assert new == WELCOME[3:]


def test_a_letter_that_lies_in_the_queue_when_she_moves_arrives_at_the_new_address(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=2)
    token = change_address(story, tap=False)
    story.clock.advance(hours=6)
    story.rounds.queue()
    follow(story, token)
    story.live(days=1)
    assert story.subjects(NEW).count(SECOND) == 1
    assert SECOND not in story.subjects()


def test_a_letter_that_is_being_written_when_she_moves_arrives_once_at_the_new_address(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=2)
    token = change_address(story, tap=False)
    written, postman = [], story.rounds.postman
    real = postman.render

    def render(letter: str, fields: Mapping[str, Any]) -> Rendered:
        if not written:
            follow(story, token)
        written.append(fields["preferences_url"])
        return real(letter, fields)

    monkeypatch.setattr(postman, "render", render)
    story.live(days=1)
    assert len(written) == 2  # for the old address in vain, for the new one again
    assert story.subjects(NEW).count(SECOND) == 1
    assert SECOND not in story.subjects()
