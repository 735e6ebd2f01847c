"""Sequences and newsletters in numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.campaigns import broadcasts, listing
from newsletter.campaigns.bodies import Body
from newsletter.campaigns.folders import BroadcastFolder
from newsletter.content.models import Version
from newsletter.errors import NotFound
from tests.walks.story import Story

ISSUE = BroadcastFolder(
    slug="spring-guide",
    name="Spring guide",
    subject="",
    preview_text="",
    topic="resources",
    except_topics=("news",),
    body=Body("issue.md", "markdown", "", None),
    digest="",
)


def draft(story: Story) -> None:
    with story.house.database.writing.begin() as session:
        version = session.scalars(select(Version.id).order_by(Version.id)).first()
        broadcasts.draft(session, ISSUE, version or 0, story.clock.now())


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


def test_a_draft_has_no_moment_and_no_e_mails(story: Story) -> None:
    draft(story)
    with story.house.database.reading() as session:
        [issue] = listing.issues(session)
    assert (issue.slug, issue.state, issue.starts_at, issue.outcomes) == ("spring-guide", "draft", None, {})
    assert issue.subject == "The letter hello"


def test_an_issue_counts_its_e_mails_by_state(story: Story) -> None:
    draft(story)
    for number in range(3):
        story.sign_up(f"visitor{number:03}@example.com", topics=("resources",))
        story.confirm(f"visitor{number:03}@example.com")
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "spring-guide", story.clock.now(), undo=timedelta())
    story.rounds.until_idle()
    with story.house.database.reading() as session:
        issue = listing.issue(session, "spring-guide")
    assert issue is not None
    assert (issue.state, issue.outcomes) == ("sent", {"sent": 3})


def test_a_name_that_is_no_issue_is_none_and_no_sequence_is_refused(story: Story) -> None:
    with story.house.database.reading() as session:
        assert listing.issue(session, "welcome") is None
        with pytest.raises(NotFound, match="there is no sequence “spring-guide”"):
            listing.summary(session, "spring-guide")
