"""What is still to come, as visitors and readers see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from newsletter.campaigns import upcoming
from newsletter.campaigns.filing import placing
from newsletter.campaigns.filing.files import read_sequence
from tests.walks.story import Story


def coming(story: Story) -> list[str]:
    with story.house.database.reading() as session:
        found = upcoming.for_person(
            session, story.person().id, story.clock.now(), story.house.settings.clinic.zone
        )
    return [f"{each.at:%a %d %b %H:%M} {each.step}" for each in found]


def test_the_front_page_lists_the_letters_by_day(story: Story) -> None:
    with story.house.database.reading() as session:
        shown = upcoming.letters(session)
    assert [(each.number, each.subject, each.when) for each in shown] == [
        (1, "The letter hello", "today"),
        (2, "The letter second", "day 2"),
        (3, "The letter third", "day 5"),
    ]


def test_right_after_the_tap_every_letter_is_announced_and_later_only_those_still_to_come(
    story: Story,
) -> None:
    story.sign_up()
    story.confirm(work=False)
    announced = coming(story)
    assert announced == ["Mon 02 Mar 04:30 hello", "Wed 04 Mar 10:00 second", "Sat 07 Mar 10:00 third"]
    story.rounds.until_idle()
    assert coming(story) == announced[1:]
    story.live(days=3)
    assert coming(story) == announced[2:]


def test_what_is_announced_is_what_arrives(story: Story) -> None:
    story.sign_up()
    story.confirm(work=False)
    announced = [line[:16] for line in coming(story)]
    story.rounds.until_idle()
    story.live(days=10)
    assert [line[:16] for line in story.inbox()[1:]] == announced


def test_nothing_is_announced_before_the_tap_nor_after_leaving(story: Story) -> None:
    story.sign_up()
    assert coming(story) == []
    story.confirm()
    story.leave()
    assert coming(story) == []


def test_a_sequence_for_another_topic_is_neither_announced_nor_comes(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    for slug, topic in (("autumn", "tips"), ("winter", "resources")):
        steps = ((slug, 'after = "2h"\nuntil = "1d"'),)
        folder = read_sequence(write_folder(slug, steps, f'topics = ["{topic}"]'))
        with story.house.database.writing.begin() as session:
            placing.place_sequence(session, folder, story.clock.now())
    story.sign_up(topics=("resources",))
    story.confirm(work=False)
    announced = coming(story)
    assert "Mon 02 Mar 06:30 winter" in announced
    assert not [line for line in announced if "autumn" in line]
    story.live(days=10)
    assert sorted(line[:16] for line in story.inbox()[1:]) == sorted(line[:16] for line in announced)
