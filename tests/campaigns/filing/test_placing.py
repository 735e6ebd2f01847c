"""A folder's values become rows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.campaigns import timelines
from newsletter.campaigns.filing import placing
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.filing.folders import BadFolder, BroadcastFolder, SequenceFolder
from newsletter.campaigns.models import Broadcast, Sequence, TimelineVersion
from newsletter.content.models import Version
from newsletter.content.refusals import ContentRefused
from tests.campaigns.conftest import STEPS
from tests.walks.story import Story


def place(story: Story, folder: Path) -> None:
    read = read_folder(folder)
    with story.house.database.writing.begin() as session:
        if isinstance(read, SequenceFolder):
            placing.place_sequence(session, read, story.clock.now())
        else:
            placing.place_issue(session, read, story.clock.now())


def count(story: Story, table: type) -> int:
    with story.house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_known_sequence_gets_a_new_timeline_and_only_the_words_that_changed_a_new_version(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    before = count(story, Version)
    folder = write_folder("welcome", head="topics = []")
    (folder / "second.md").write_text("Other words, and enough of them to be a letter.\n")
    place(story, folder)
    with story.house.database.reading() as session:
        welcome = timelines.find(session, "welcome")
        live = session.get_one(TimelineVersion, welcome.live_timeline_id)
    assert (live.number, live.source_hash) == (2, read_folder(folder).digest)
    assert (count(story, Version) - before, count(story, Sequence), welcome.reentry) == (1, 1, False)


def test_what_cannot_be_compiled_changes_nothing(story: Story, write_folder: Callable[..., Path]) -> None:
    folder = write_folder("welcome", head="topics = []")
    (folder / "third.md").write_text("{% for %}")
    with pytest.raises(ContentRefused, match=r"^welcome/third.md: "):
        place(story, folder)
    assert (count(story, TimelineVersion), count(story, Version)) == (1, 3)


def test_an_unknown_topic_is_said_by_file_and_line(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    with pytest.raises(
        BadFolder, match=r"^autumn/sequence.toml:4: there is no topic “gossip”; there are res"
    ):
        place(story, write_folder("autumn", STEPS, head='topics = ["tips", "gossip"]'))
    with pytest.raises(BadFolder, match=r"^spring-guide/broadcast.toml:6: there is no topic “gossip”"):
        place(story, write_issue(more='except = ["gossip"]'))


def test_of_two_who_bring_the_same_new_newsletter_at_once_there_is_one(
    story: Story, write_issue: Callable[..., Path]
) -> None:
    folder = read_folder(write_issue())
    assert isinstance(folder, BroadcastFolder)

    def attempt(_number: int) -> int:
        with story.house.database.writing.begin() as session:
            return placing.place_issue(session, folder, story.clock.now()).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(attempt, range(4)))) == 1
    assert count(story, Broadcast) == 1
