"""What is live, as the folder that would say it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter import paths
from newsletter.campaigns.filing import current, exporting, placing, starter
from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.filing.files import read_folder, read_folders
from newsletter.campaigns.filing.folders import BroadcastFolder, SequenceFolder
from newsletter.clock import FrozenClock
from newsletter.db import Database


@pytest.fixture
def topics(database: Database, clock: FrozenClock, tmp_path: Path, write_folder: Callable[..., Path]) -> None:
    """An installation with the three topics and one sequence, `other`."""
    with database.writing.begin() as session:
        starter.load(session, clock.now(), write_folder("other"))


def test_the_shipped_campaigns_come_out_as_they_went_in(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    with database.writing.begin() as session:
        starter.load(session, clock.now())
    with database.reading() as session:
        slugs = current.slugs(session)
        live = [current.find(session, slug) for slug in slugs]
    assert slugs == ["guide-start-to-finish", "news-what-is-new", "tips-five-questions", "welcome"]
    exporting.export([each for each in live if each], tmp_path / "out")
    shipped = read_folders(paths.TEMPLATES / "campaigns")
    assert [each.digest for each in read_folders(tmp_path / "out")] == [each.digest for each in shipped]
    assert sorted(each.name for each in (tmp_path / "out" / "welcome").iterdir()) == [
        "01-welcome.md",
        "02-is-one-enough.md",
        "03-under-the-skin.md",
        "04-over-the-weeks.md",
        "05-why-sessions-build.md",
        "06-a-plan-that-fits.md",
        "sequence.toml",
    ]


def test_a_sequence_is_its_live_timeline_in_its_live_words(
    topics: None, database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    steps = (("first", 'after = "0m"\nuntil = "1d"'), ("html", 'day = 2\nat = "9:00"\nuntil = "1d 2h"'))
    folder = write_folder("welcome", steps, head='topics = ["tips"]')
    (folder / "html.html").write_text("<p>Words that are long enough to be a letter.</p>\n")
    (folder / "html.txt").write_text("Words, plain.\n")
    table = (folder / "sequence.toml").read_text().replace("html.md", "html.html")
    (folder / "sequence.toml").write_text(table + "only_if = 'first_name'\n")
    read = read_folder(folder)
    assert isinstance(read, SequenceFolder)
    with database.writing.begin() as session:
        placing.place_sequence(session, read, clock.now())
        live = current.find(session, "welcome")
    assert isinstance(live, SequenceFolder)
    assert live.digest == read.digest
    assert live.steps[1].body == Body(
        "02-html.html", "html", "<p>Words that are long enough to be a letter.</p>\n", "Words, plain.\n"
    )


def test_an_issue_carries_whom_it_leaves_out_and_whether_it_is_archived(
    topics: None, database: Database, clock: FrozenClock, write_issue: Callable[..., Path]
) -> None:
    read = read_folder(write_issue(more='except = ["news"]\narchive = false'))
    assert isinstance(read, BroadcastFolder)
    with database.writing.begin() as session:
        assert placing.place_issue(session, read, clock.now()).archived is False
        live = current.find(session, "spring-guide")
    assert isinstance(live, BroadcastFolder)
    assert (live.digest, live.except_topics, live.archived) == (read.digest, ("news",), False)


def test_a_sequence_of_a_hundred_letters_numbers_them_so_that_they_sort(
    topics: None, database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    steps = tuple((f"n{day}", f'day = {day}\nat = "9:00"\nuntil = "1d"') for day in range(100))
    read = read_folder(write_folder("long", steps))
    assert isinstance(read, SequenceFolder)
    with database.writing.begin() as session:
        placing.place_sequence(session, read, clock.now())
        live = current.find(session, "long")
    assert isinstance(live, SequenceFolder)
    names = [each.body.name for each in live.steps]
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("001-n0.md", "100-n99.md")


def test_what_does_not_exist_is_none(topics: None, database: Database) -> None:
    with database.reading() as session:
        assert current.find(session, "spring-guide") is None
        assert current.slugs(session) == ["other"]
