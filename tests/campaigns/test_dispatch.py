"""A due step becomes one delivery, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from newsletter.campaigns import dispatch, timelines
from newsletter.campaigns.filing import placing
from newsletter.campaigns.filing.files import read_sequence
from newsletter.campaigns.models import Enrollment, Step, StepRun
from newsletter.delivery.models import Delivery
from tests.campaigns.conftest import STEPS
from tests.walks.story import Story

GATHERED = "The letter"


def edit(story: Story, folder: Path) -> None:
    """Make what stands in `folder` the live timeline of `welcome`."""
    read = read_sequence(folder)
    with story.house.database.writing.begin() as session:
        sequence = timelines.find(session, "welcome")
        steps = {
            step.plan: placing.publish_words(
                session, "welcome", f"welcome/{step.key}", step, story.clock.now()
            )
            for step in read.steps
        }
        timelines.publish(session, sequence, steps, read.digest, story.clock.now())


def test_a_letter_is_queued_at_its_moment_and_expires_at_its_until(story: Story) -> None:
    story.sign_up()
    story.confirm()
    with story.house.database.reading() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.step == "hello")).one()
    assert delivery.send_after == story.clock.now()
    assert (delivery.expires_at - delivery.send_after).days == 1
    assert (delivery.campaign, delivery.occurrence, delivery.stream) == ("welcome", 0, "marketing")


def test_asking_again_queues_nothing_twice(story: Story) -> None:
    story.sign_up()
    story.confirm()
    with story.house.database.writing.begin() as session:
        session.execute(update(Enrollment).values(next_due_at=story.clock.now()))
    story.rounds.until_idle()
    assert story.subjects() == ["The letter hello"]


def test_four_processes_that_queue_at_once_make_one_delivery(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.clock.advance(days=3)

    def queue(_number: int) -> int:
        with story.house.database.writing.begin() as session:
            return dispatch.queue_due(session, story.clock.now())

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(queue, range(4))) == 1
    with story.house.database.reading() as session:
        count = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.step == "second"))
    assert count == 1


def test_an_enrollment_is_complete_after_its_last_letter(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=6)
    with story.house.database.reading() as session:
        one = session.scalars(select(Enrollment)).one()
    assert (one.state, one.next_due_at) == ("complete", None)
    assert story.subjects() == ["The letter hello", "The letter second", "The letter third"]


def test_a_newer_letter_overtakes_an_older_one_that_still_waits(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.clock.advance(days=3)
    with story.house.database.writing.begin() as session:
        dispatch.queue_due(session, story.clock.now())
    story.clock.advance(days=3)
    story.rounds.until_idle()
    assert story.subjects() == ["The letter hello", "The letter third"]
    with story.house.database.reading() as session:
        second = session.scalars(select(Delivery).where(Delivery.step == "second")).one()
    assert (second.state, second.reason) == ("superseded", "a newer letter is due")


def test_a_step_added_in_the_past_is_skipped_and_one_added_ahead_arrives(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=3)
    steps = (
        *STEPS[:1],
        ("too-late", 'day = 1\nat = "10:00"\nuntil = "5d"'),
        STEPS[1],
        ("in-time", 'day = 4\nat = "10:00"\nuntil = "5d"'),
        STEPS[2],
    )
    edit(story, write_folder("welcome", steps))
    story.live(days=4)
    assert story.subjects() == [
        "The letter hello",
        "The letter second",
        "The letter in-time",
        "The letter third",
    ]
    assert "too-late skipped: added later" in story.runs()


def test_a_letter_of_a_step_that_vanished_is_canceled_before_it_leaves(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    story.sign_up()
    story.confirm()
    story.clock.advance(days=3)
    with story.house.database.writing.begin() as session:
        dispatch.queue_due(session, story.clock.now())
    edit(story, write_folder("welcome", (STEPS[0], STEPS[2])))
    story.live(days=3)
    assert story.subjects() == ["The letter hello", "The letter third"]
    with story.house.database.reading() as session:
        second = session.scalars(select(Delivery).where(Delivery.step == "second")).one()
    assert second.state == "canceled"


def test_a_moved_letter_arrives_at_its_new_hour_and_old_ones_do_not_come_again(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=3)
    edit(story, write_folder("welcome", (*STEPS[:2], ("third", 'day = 7\nat = "16:00"\nuntil = "7d"'))))
    story.live(days=10)
    assert story.inbox()[-1] == "Mon 09 Mar 16:00  The letter third"
    assert len(story.subjects()) == 3


@pytest.mark.parametrize(
    ("condition", "arrives"),
    [
        ("first_name", False),
        ("not first_name", True),
        ('"tips" in topics', True),
        ("nonsense.deep > 3", False),
    ],
)
def test_a_letter_with_a_condition_goes_only_if_it_holds(
    story: Story, write_folder: Callable[..., Path], condition: str, *, arrives: bool
) -> None:
    timing = f"{STEPS[2][1]}\nonly_if = '{condition}'"
    edit(story, write_folder("welcome", (*STEPS[:2], ("third", timing))))
    story.sign_up()
    story.confirm()
    story.live(days=6)
    assert ("The letter third" in story.subjects()) is arrives


def test_every_step_of_every_enrollment_ends_exactly_once(story: Story) -> None:
    for number in range(5):
        story.sign_up(f"visitor{number:03}@example.com")
        story.confirm(f"visitor{number:03}@example.com")
    story.live(days=4)
    story.sleep(days=20)
    with story.house.database.reading() as session:
        rows = session.execute(
            select(StepRun.enrollment_id, StepRun.step_key, func.count()).group_by(
                StepRun.enrollment_id, StepRun.step_key
            )
        ).all()
        steps = session.scalar(select(func.count()).select_from(Step))
    assert len(rows) == 5 * (steps or 0)
    assert {count for _, _, count in rows} == {1}
