"""Whom a draft changes, said before anybody says yes; and it comes true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.campaigns import dispatch, impact
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.files import read_folder, read_sequence
from newsletter.campaigns.impact import Impact, Met
from newsletter.delivery.models import Delivery
from tests.campaigns.conftest import STEPS
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story

HELLO, SECOND, THIRD = STEPS
VISITORS = ("visitor012@example.com", "visitor013@example.com", "visitor014@example.com")


def met(story: Story, folder: Path) -> Impact:
    with story.house.database.reading() as session:
        found = impact.of(session, read_sequence(folder), story.clock.now())
    assert found is not None
    return found


def letters(story: Story, folder: Path) -> dict[str, Met]:
    return {each.change.key: each for each in met(story, folder).letters}


def use(story: Story, folder: Path) -> None:
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(folder), "import", story.clock.now())
        drafts.use(session, "welcome", story.clock.now())


@pytest.fixture
def under_way(story: Story, beginnings: Beginnings) -> Story:
    """Three people a day apart: on Thursday morning the first two have had `second`, the third has not."""

    def tell() -> None:
        for number, visitor in enumerate(VISITORS):
            if number:
                story.live(days=1)
            story.sign_up(visitor, zone="America/New_York")
            story.confirm(visitor)
        story.live(days=1, hours=6)

    beginnings.once(story, "three people a day apart", tell)
    return story


def test_a_new_sequence_changes_nobody(story: Story, write_folder: Callable[..., Path]) -> None:
    folder = read_sequence(write_folder("autumn"))
    with story.house.database.reading() as session:
        assert impact.of(session, folder, story.clock.now()) is None


def test_the_same_letters_change_nobody(under_way: Story, write_folder: Callable[..., Path]) -> None:
    assert met(under_way, write_folder("welcome")) == Impact(3, 0, (), ())


def test_reworded_reaches_who_waits_and_counts_who_had_it(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome")
    (folder / "second.md").write_text("Other words, and enough of them to be a letter.\n")
    (found,) = met(under_way, folder).letters
    assert (found.change.what, found.had, found.waiting, found.canceled) == (("reworded",), 2, 1, 0)
    assert found.first == found.last == datetime(2026, 3, 6, 15, tzinfo=UTC)  # 10:00 in New York
    use(under_way, folder)
    under_way.live(days=1)
    bodies = [str(each.get_body(("plain",))) for each in under_way.letters(VISITORS[2])]
    assert "Other words" in bodies[-1]


def test_moved_says_between_which_moments(under_way: Story, write_folder: Callable[..., Path]) -> None:
    folder = write_folder("welcome", (HELLO, SECOND, ("third", 'day = 7\nat = "16:00"\nuntil = "7d"')))
    third = letters(under_way, folder)["third"]
    assert (third.change.what, third.had, third.waiting) == (("moved",), 0, 3)
    assert third.first == datetime(2026, 3, 9, 20, tzinfo=UTC)  # the clocks changed the day before
    assert third.last == datetime(2026, 3, 11, 20, tzinfo=UTC)
    use(under_way, folder)
    under_way.live(days=8)
    arrived = [under_way.inbox(visitor)[-1] for visitor in VISITORS]
    assert arrived == [f"{day} 16:00  The letter third" for day in ("Mon 09 Mar", "Tue 10 Mar", "Wed 11 Mar")]


def test_new_counts_only_those_whose_moment_is_to_come(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome", (HELLO, SECOND, ("fresh", 'day = 3\nat = "8:00"\nuntil = "3d"'), THIRD))
    fresh = letters(under_way, folder)["fresh"]
    assert (fresh.change.what, fresh.had, fresh.waiting) == (("new",), 0, 2)
    use(under_way, folder)
    under_way.live(days=9)
    got = ["The letter fresh" in under_way.subjects(visitor) for visitor in VISITORS]
    assert got == [False, True, True]


def test_gone_counts_who_would_have_got_it_and_what_lies_in_the_queue(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    under_way.clock.advance(days=1)
    with under_way.house.database.writing.begin() as session:
        dispatch.queue_due(session, under_way.clock.now())
    folder = write_folder("welcome", (HELLO, THIRD))
    second = letters(under_way, folder)["second"]
    assert (second.change.what, second.had, second.waiting, second.canceled) == (("gone",), 3, 0, 1)
    use(under_way, folder)
    under_way.live(days=9)
    assert "The letter second" not in under_way.subjects(VISITORS[2])
    assert under_way.subjects(VISITORS[2]) == ["The letter hello", "The letter third"]


def test_a_last_letter_that_is_gone_does_not_leave_from_the_queue_though_nobody_is_planned_anew(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    under_way.clock.advance(days=6)
    with under_way.house.database.writing.begin() as session:
        dispatch.queue_due(session, under_way.clock.now())
    folder = write_folder("welcome", (HELLO, ("second", 'day = 2\nat = "10:00"\nuntil = "1d"')))
    found = met(under_way, folder)
    assert (found.active, found.complete) == (0, 3)
    third = {each.change.key: each for each in found.letters}["third"]
    assert (third.waiting, third.canceled) == (0, 3)
    use(under_way, folder)
    under_way.rounds.until_idle()
    with under_way.house.database.reading() as session:
        ended = session.execute(select(Delivery.state, Delivery.reason).where(Delivery.step == "third")).all()
    assert {tuple(row) for row in ended} == {("canceled", "its step was taken out of the sequence")}


def test_a_renamed_key_is_told_with_those_who_had_it_and_they_get_it_again(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome", (HELLO, ("zweite", 'day = 4\nat = "10:00"\nuntil = "next"'), THIRD))
    found = letters(under_way, folder)
    assert (found["second"].change.what, found["second"].change.renamed) == (("gone",), "zweite")
    assert (found["second"].had, found["second"].waiting) == (2, 1)
    assert (found["zweite"].had, found["zweite"].waiting) == (0, 3)


def test_who_left_is_neither_under_way_nor_counted(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    under_way.leave(VISITORS[0])
    folder = write_folder("welcome", (HELLO, SECOND, ("third", 'day = 7\nat = "16:00"\nuntil = "7d"')))
    found = met(under_way, folder)
    assert (found.active, found.complete) == (2, 0)
    assert [each.waiting for each in found.letters] == [2]


def test_the_count_goes_on_over_a_page(
    under_way: Story, write_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact, "PAGE", 2)
    folder = write_folder("welcome", (HELLO, SECOND, ("third", 'day = 7\nat = "16:00"\nuntil = "7d"')))
    seen: list[int] = []
    with under_way.house.database.reading() as session:
        found = impact.of(session, read_sequence(folder), under_way.clock.now(), seen.append)
    assert found is not None
    assert ([each.waiting for each in found.letters], seen) == ([3], [1, 2, 3])


def test_what_changes_of_the_sequence_is_said_too(
    under_way: Story, write_folder: Callable[..., Path]
) -> None:
    found = met(under_way, write_folder("welcome", head='topics = ["tips"]'))
    assert found.remarks == (
        "from now on it admits sign-ups for tips (before: any topic)",
        "who comes back does not start again from now on",
    )
    assert found.letters == ()
