"""Who is taken into a sequence, and who is not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscription
from newsletter.campaigns import enrollment, leaving
from newsletter.campaigns.filing import placing
from newsletter.campaigns.filing.files import read_sequence
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.errors import NotFound, Refused
from tests.walks.story import Story

NEW_YORK = ZoneInfo("America/New_York")


def enrolled(story: Story, slug: str = "welcome") -> list[Enrollment]:
    with story.house.database.reading() as session:
        return list(
            session.scalars(
                select(Enrollment).join(Sequence).where(Sequence.slug == slug).order_by(Enrollment.id)
            )
        )


def test_a_confirmed_reader_is_enrolled_once_however_many_topics_she_chose(story: Story) -> None:
    story.sign_up()
    story.confirm()
    [one] = enrolled(story)
    assert (one.zone, one.state) == ("America/New_York", "active")


def test_an_unconfirmed_reader_is_not_enrolled(story: Story) -> None:
    story.sign_up()
    assert enrolled(story) == []


def test_who_confirmed_before_the_sequence_was_switched_on_is_not_enrolled(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    story.sign_up()
    story.confirm()
    story.clock.advance(hours=1)
    with story.house.database.writing.begin() as session:
        placing.place_sequence(session, read_sequence(write_folder("later")), story.clock.now())
        session.execute(update(Subscription).values(admitted_at=None))
    story.rounds.until_idle()
    assert enrolled(story, "later") == []


@pytest.mark.parametrize(("chosen", "enters"), [(("tips",), True), (("news",), False)])
def test_a_sequence_for_one_topic_takes_only_those_who_chose_it(
    story: Story, write_folder: Callable[..., Path], chosen: tuple[str, ...], *, enters: bool
) -> None:
    with story.house.database.writing.begin() as session:
        placing.place_sequence(
            session, read_sequence(write_folder("for-tips", head='topics = ["tips"]')), story.clock.now()
        )
    story.sign_up(topics=chosen)
    story.confirm()
    assert bool(enrolled(story, "for-tips")) is enters


def test_admission_is_repaired_when_something_reset_its_mark(story: Story) -> None:
    story.sign_up()
    story.confirm()
    with story.house.database.writing.begin() as session:
        session.execute(update(Subscription).values(admitted_at=None))
    story.rounds.until_idle()
    assert len(enrolled(story)) == 1
    with story.house.database.reading() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Subscription).where(Subscription.admitted_at.is_(None))
        )
    assert waiting == 0


def test_two_processes_that_admit_at_once_make_one_enrollment(story: Story) -> None:
    story.sign_up()
    story.confirm(work=False)

    def admit(_number: int) -> None:
        with story.house.database.writing.begin() as session:
            enrollment.admit(session, NEW_YORK, story.clock.now())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(admit, range(4)))
    assert len(enrolled(story)) == 1


def test_who_left_before_she_was_looked_at_is_not_enrolled(story: Story) -> None:
    story.sign_up()
    story.confirm(work=False)
    with story.house.database.writing.begin() as session:
        leaving.leave(session, story.person().mailbox_id, story.clock.now(), Evidence("one-click"))
    story.rounds.until_idle()
    assert enrolled(story) == []


def test_re_entry_makes_a_second_enrollment_and_without_it_there_is_only_the_first(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    with story.house.database.writing.begin() as session:
        placing.place_sequence(
            session, read_sequence(write_folder("once", head="topics = []")), story.clock.now()
        )
    for _ in range(2):
        story.sign_up()
        story.confirm()
        story.leave()
        story.clock.advance(days=40)
    assert (len(enrolled(story)), len(enrolled(story, "once"))) == (2, 1)


def test_a_paused_sequence_waits_and_then_sends_the_newest_useful_letter(story: Story) -> None:
    story.sign_up()
    story.confirm()
    with story.house.database.writing.begin() as session:
        enrollment.pause(session, "welcome")
    story.live(days=6)
    assert story.subjects() == ["The letter hello"]
    with story.house.database.writing.begin() as session:
        enrollment.resume(session, "welcome")
    story.rounds.until_idle()
    assert story.subjects() == ["The letter hello", "The letter third"]
    assert "second skipped: too late to be useful" in story.runs()


def test_pausing_twice_is_refused_and_so_is_a_sequence_that_does_not_exist(story: Story) -> None:
    with story.house.database.writing.begin() as session:
        enrollment.pause(session, "welcome")
        with pytest.raises(Refused, match="paused already"):
            enrollment.pause(session, "welcome")
        with pytest.raises(NotFound, match="there is: welcome"):
            enrollment.resume(session, "farewell")


def test_the_zone_is_the_readers_else_the_clinics(story: Story) -> None:
    story.sign_up("visitor014@example.com", zone="")
    story.confirm("visitor014@example.com")
    [one] = enrolled(story)
    assert one.zone == story.house.settings.clinic.time_zone
