"""Newsletters in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event, select

from newsletter.campaigns import broadcasts, issues
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.filing.folders import BroadcastFolder
from newsletter.content.models import Version
from tests.walks.story import Story

ISSUE = BroadcastFolder(
    slug="spring-guide",
    name="Spring guide",
    subject="",
    preview_text="",
    topic="resources",
    except_topics=("news",),
    body=Body("issue.md", "markdown", "", None),
)


def draft(story: Story, slug: str = "spring-guide") -> None:
    with story.house.database.writing.begin() as session:
        version = session.scalars(select(Version.id).order_by(Version.id)).first()
        broadcasts.draft(session, replace(ISSUE, slug=slug), version or 0, story.clock.now())


def test_a_draft_has_no_moment_and_no_e_mails(story: Story) -> None:
    draft(story)
    with story.house.database.reading() as session:
        (issue,) = issues.every(session)
    assert (issue.slug, issue.state, issue.starts_at, issue.outcomes) == ("spring-guide", "draft", None, {})
    assert (issue.subject, issue.audience, issue.settled) == ("The letter hello", None, True)


def test_an_issue_counts_its_e_mails_by_state(story: Story) -> None:
    draft(story)
    for number in range(3):
        story.sign_up(f"visitor{number:03}@example.com", topics=("resources",))
        story.confirm(f"visitor{number:03}@example.com")
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "spring-guide", story.clock.now(), undo=timedelta())
    story.rounds.until_idle()
    with story.house.database.reading() as session:
        issue = issues.find(session, "spring-guide")
    assert issue is not None
    assert (issue.state, issue.outcomes) == ("sent", {"sent": 3})
    assert (issue.audience, issue.settled) == (3, True)


def test_its_audience_is_who_was_there_when_it_began(story: Story) -> None:
    draft(story)
    for number in range(3):
        story.sign_up(f"visitor{number:03}@example.com", topics=("resources",))
        story.confirm(f"visitor{number:03}@example.com")
    story.sign_up("tips@example.com", topics=("tips",))
    story.confirm("tips@example.com")
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "spring-guide", story.clock.now(), undo=timedelta(hours=1))
    with story.house.database.reading() as session:
        waiting = issues.find(session, "spring-guide")
    story.leave("visitor000@example.com")
    story.live(hours=2)
    with story.house.database.reading() as session:
        gone_out = issues.find(session, "spring-guide")
    assert waiting is not None
    assert gone_out is not None
    assert (waiting.audience, waiting.settled) == (None, False)
    assert (gone_out.audience, gone_out.outcomes) == (2, {"sent": 2})


def test_however_many_there_are_their_e_mails_are_counted_by_one_query(story: Story) -> None:
    for number in range(12):
        draft(story, f"issue-{number:02}")
    asked: list[str] = []
    with story.house.database.reading() as session:
        event.listen(
            session.get_bind(), "before_cursor_execute", lambda _c, _cur, sql, *_rest: asked.append(sql)
        )
        found = issues.every(session)
    assert [each.slug for each in found] == [f"issue-{number:02}" for number in range(12)]
    assert sum("FROM deliveries" in sql for sql in asked) == 1
    assert len(asked) <= 4


def test_a_draft_with_other_words_that_waits_for_it_is_told(
    story: Story, write_issue: Callable[..., Path]
) -> None:
    draft(story)
    draft(story, "other")
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(write_issue()), "starter", story.clock.now())
    with story.house.database.reading() as session:
        assert {each.slug: each.draft for each in issues.every(session)} == {
            "spring-guide": "starter",
            "other": None,
        }


def test_a_name_that_is_no_issue_is_none(story: Story) -> None:
    with story.house.database.reading() as session:
        assert issues.find(session, "welcome") is None
