"""Sequences in numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.campaigns import listing
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.files import read_folder
from newsletter.errors import NotFound
from tests.walks.story import Story


def test_a_sequence_counts_its_people_by_state_and_its_letters_by_outcome(story: Story) -> None:
    for number in range(3):
        story.sign_up(f"visitor{number:03}@example.com")
        story.confirm(f"visitor{number:03}@example.com")
    story.leave("visitor000@example.com")
    story.live(days=3)
    with story.house.database.reading() as session:
        summary = listing.summary(session, "welcome")
        letters = {each.key: each.outcomes for each in listing.letters(session, "welcome")}
    assert (summary.people, summary.letters) == ({"active": 2, "exited": 1}, 3)
    assert letters == {"hello": {"sent": 3}, "second": {"sent": 2}, "third": {}}


def test_a_draft_that_waits_is_told_and_a_sequence_may_be_nothing_else_yet(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    steps = (("leaves", 'after = "0m"\nuntil = "1d"'),)
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(write_folder("autumn", steps)), "import", story.clock.now())
        drafts.keep(session, read_folder(write_folder("welcome", steps)), "starter", story.clock.now())
    with story.house.database.reading() as session:
        autumn, welcome = listing.summaries(session)
        (leaves,) = listing.letters(session, "autumn")
        assert listing.summary(session, "autumn") == autumn
        assert len(listing.letters(session, "welcome")) == 3
    assert (autumn.slug, autumn.state, autumn.on_since, autumn.draft) == ("autumn", "draft", None, "import")
    assert (autumn.name, autumn.letters, autumn.people) == ("Autumn", 1, {})
    assert (leaves.key, leaves.subject, leaves.outcomes) == ("leaves", "The letter leaves", {})
    assert (welcome.slug, welcome.state, welcome.letters, welcome.draft) == ("welcome", "on", 3, "starter")


def test_what_is_no_sequence_is_refused_with_those_there_are(story: Story) -> None:
    for look in (listing.summary, listing.letters):
        with (
            story.house.database.reading() as session,
            pytest.raises(NotFound, match="there is no sequence “spring-guide”; there is: welcome"),
        ):
            look(session, "spring-guide")
