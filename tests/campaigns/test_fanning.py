"""What follows from a decision about an issue: slices, parking, settling; each step small and repeatable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsletter.campaigns import fanning
from newsletter.campaigns.models import Broadcast
from newsletter.delivery.models import Delivery
from newsletter.errors import Refused
from tests.campaigns.test_broadcasts import SPRING, act, people, send, state, states, write
from tests.walks.story import Story


def work(story: Story) -> int:
    with story.house.database.writing.begin() as session:
        return fanning.work(session, story.house.settings.clinic.zone, story.clock.now())


def busy(story: Story) -> bool:
    with story.house.database.reading() as session:
        return fanning.anything_to_do(session, story.clock.now())


def queued(story: Story) -> int:
    with story.house.database.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(Delivery).where(Delivery.campaign == SPRING)) or 0
        )


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning, "SLICE", 4)


def test_a_slice_is_written_with_the_cursor_that_remembers_it(story: Story) -> None:
    write(story)
    readers = people(story, 10, "resources")
    send(story, undo=timedelta())
    work(story)
    seen = []
    for _ in range(3):
        work(story)
        with story.house.database.reading() as session:
            seen.append((queued(story), session.scalars(select(Broadcast.cursor)).one()))
    assert seen == [(4, readers[3]), (8, readers[7]), (10, readers[9])]


def test_a_slice_that_is_rolled_back_leaves_no_trace(story: Story) -> None:
    write(story)
    people(story, 6, "resources")
    send(story, undo=timedelta())
    work(story)
    with story.house.database.writing() as session:
        fanning.work(session, story.house.settings.clinic.zone, story.clock.now())
        session.rollback()
    assert queued(story) == 0
    story.rounds.until_idle()
    assert states(story)["sent"] == 6


def test_four_processes_that_fan_out_at_once_write_everybody_once(story: Story) -> None:
    write(story)
    people(story, 23, "resources")
    send(story, undo=timedelta())

    def until_done(_number: int) -> None:
        for _ in range(20):
            work(story)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(until_done, range(4)))
    assert queued(story) == 23


def test_nothing_is_to_be_done_before_the_moment_nor_after_the_end(story: Story) -> None:
    write(story)
    people(story, 2, "resources")
    assert not busy(story)
    send(story)
    assert not busy(story)
    story.clock.advance(minutes=2)
    assert busy(story)
    story.rounds.until_idle()
    assert (busy(story), state(story)) == (False, "sent")


def test_the_next_moment_is_known_to_the_rounds(story: Story) -> None:
    write(story)
    people(story, 1, "resources")
    begins = send(story, at=story.clock.now() + timedelta(hours=5)).starts_at
    assert story.rounds.next_work_at() == begins


def test_a_paused_issue_settles_once_all_is_parked_and_asks_for_nothing_more(story: Story) -> None:
    write(story)
    people(story, 6, "resources")
    send(story, undo=timedelta())
    for _ in range(3):
        work(story)
    act(story, "pause")
    rounds = 0
    while busy(story):
        work(story)
        rounds += 1
    assert rounds == 3  # two slices, and the look that finds no third
    assert states(story) == {"queued": 6}


def test_an_issue_that_is_paused_before_it_began_begins_after_it_is_resumed(story: Story) -> None:
    write(story)
    people(story, 2, "resources")
    send(story)
    act(story, "pause")
    story.live(minutes=5)
    assert queued(story) == 0
    act(story, "resume")
    story.rounds.until_idle()
    assert states(story) == {"sent": 2}


def test_paused_past_its_usefulness_what_was_parked_expires(story: Story) -> None:
    write(story)
    people(story, 3, "resources")
    send(story, undo=timedelta())
    for _ in range(3):
        work(story)
    act(story, "pause")
    story.live(days=3)
    assert states(story) == {"expired": 3}


def test_an_issue_that_was_canceled_cannot_be_taken_up_again(story: Story) -> None:
    write(story)
    people(story, 5, "resources")
    send(story, undo=timedelta())
    work(story)
    act(story, "cancel")
    story.rounds.until_idle()
    with pytest.raises(Refused, match="is canceled, so it cannot be resumed"):
        act(story, "resume")
