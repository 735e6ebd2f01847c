"""Which issues anybody may read, from when, in which order, and that nothing of a reader stands in them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from newsletter.audience.models import Topic
from newsletter.campaigns import archive, broadcasts, fanning
from newsletter.campaigns.archive import Place
from newsletter.campaigns.models import Broadcast
from newsletter.content.compiling import Source
from newsletter.content.publishing import publish
from newsletter.errors import NotFound
from tests.walks.story import Story

HOME = "https://letters.clinic.example"


def keep(story: Story, slug: str, body: str = "Some words.", **facts: Any) -> None:
    """An issue that began at this moment, unless `facts` say otherwise."""
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        source = Source(f"The issue {slug}", f"What {slug} is about.", body)
        version = publish(session, slug, source, now, kind="marketing")
        row = {
            "slug": slug,
            "name": slug,
            "topic": "tips",
            "except_topics": [],
            "version_id": version.id,
            "state": "sent",
            "started_at": now,
            "cursor": 0,
            "fanned_out": True,
            "settled": True,
            "created_at": now,
        }
        session.add(Broadcast(**(row | facts)))


def place(story: Story) -> Place:
    return Place(story.house.settings.clinic, HOME)


def slugs(story: Story, now: datetime | None = None, **more: Any) -> list[str]:
    with story.house.database.reading() as session:
        page = archive.issues(session, place(story), now or story.clock.now(), **more)
    return [issue.slug for issue in page.issues]


def one(story: Story, slug: str) -> archive.Issue:
    with story.house.database.reading() as session:
        return archive.issue(session, place(story), slug, story.clock.now())


def has_issues(story: Story) -> bool:
    with story.house.database.reading() as session:
        return archive.has_issues(session, story.house.settings.clinic.zone, story.clock.now())


def test_an_issue_that_has_gone_out_stands_there_with_its_day_topic_and_words(story: Story) -> None:
    keep(story, "spring", "# Spring\n\nHello{% if first_name %} {{ first_name }}{% endif %}.")
    issue = one(story, "spring")
    assert (issue.dated, issue.topic) == ("2 March 2026", "Tips")
    assert (issue.reading.subject, issue.reading.preview_text) == (
        "The issue spring",
        "What spring is about.",
    )
    assert (issue.reading.title, issue.reading.html) == ("Spring", "<p>Hello.</p>")
    assert f"{issue.at:%H:%M %Z}" == "04:30 EST"


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "draft", "started_at": None},
        {"state": "scheduled", "started_at": None},
        {"state": "late", "started_at": None},
        {"state": "canceled"},
        {"archived": False},
    ],
    ids=["draft", "scheduled", "late", "canceled in the middle", "archive = false"],
)
def test_what_has_not_gone_out_or_was_not_meant_for_it_does_not_stand_there(
    story: Story, facts: dict[str, Any]
) -> None:
    keep(story, "spring", **facts)
    assert slugs(story) == []
    assert not has_issues(story)
    with pytest.raises(NotFound, match="no past issue at this address"):
        one(story, "spring")


@pytest.mark.parametrize("state", ["sending", "paused", "sent"])
def test_it_stands_there_from_its_first_minute(story: Story, state: str) -> None:
    keep(story, "spring", state=state)
    assert slugs(story) == ["spring"]
    assert has_issues(story)


def test_a_local_hour_is_waited_for_on_the_clinics_own_clock(story: Story) -> None:
    keep(story, "spring", state="sending", local_day=date(2026, 3, 3), local_hour=9)
    assert slugs(story) == []
    assert not has_issues(story)
    story.clock.advance(hours=27)  # Tuesday, 7:30 in New York, where readers east of it have it
    assert slugs(story) == []
    story.clock.advance(hours=1, minutes=30)
    assert slugs(story) == ["spring"]
    assert f"{one(story, 'spring').at:%A %H:%M %Z}" == "Tuesday 09:00 EST"


def test_a_local_hour_that_had_passed_here_is_told_as_the_moment_it_began(story: Story) -> None:
    keep(story, "spring", local_day=date(2026, 3, 2), local_hour=3)
    assert slugs(story) == ["spring"]
    assert f"{one(story, 'spring').at:%H:%M}" == "04:30"


def test_the_newest_is_first_and_pages_are_bounded(story: Story) -> None:
    for number in range(5):
        keep(story, f"issue-{number}")
        story.clock.advance(days=14)
    assert slugs(story) == [f"issue-{number}" for number in (4, 3, 2, 1, 0)]
    assert slugs(story, most=2) == ["issue-4", "issue-3"]
    assert slugs(story, most=2, page=3) == ["issue-0"]
    assert slugs(story, most=2, page=4) == []
    with story.house.database.reading() as session:
        pages = [
            archive.issues(session, place(story), story.clock.now(), most=2, page=page) for page in (1, 2, 3)
        ]
    assert [page.more for page in pages] == [True, True, False]


def test_an_old_issue_of_a_vanished_topic_is_read_as_before(story: Story) -> None:
    keep(story, "spring", topic="gossip")
    assert one(story, "spring").topic == ""
    with story.house.database.writing.begin() as session:
        for topic in session.query(Topic):
            topic.name = "Renamed"
    keep(story, "summer")
    assert one(story, "summer").topic == "Renamed"


def test_an_issue_that_needs_a_reader_is_left_out_and_the_log_says_why_once(story: Story) -> None:
    archive._read.cache_clear()
    keep(story, "for-her", "Dear {{ first_name }}, only for you.")
    keep(story, "for-all")
    with capture_logs() as said:
        assert slugs(story) == ["for-all"]
        assert slugs(story) == ["for-all"]
        with pytest.raises(NotFound):
            one(story, "for-her")
    assert [(each["event"], each["reason"]) for each in said] == [
        ("archive.left_out", "missing first_name"),
    ]


@pytest.mark.parametrize("slug", ["", "Spring", "spring/../x", "a\x00b", "spr%", "ü", "x" * 200])
def test_an_address_that_names_nothing_is_not_found(story: Story, slug: str) -> None:
    keep(story, "spring")
    with pytest.raises(NotFound):
        one(story, slug)


def test_the_words_are_those_that_were_sent_though_newer_ones_are_live(story: Story) -> None:
    keep(story, "spring", "As it was sent.")
    with story.house.database.writing.begin() as session:
        publish(session, "spring", Source("Newer", "Newer.", "Newer."), story.clock.now(), kind="marketing")
    assert one(story, "spring").reading.html == "<p>As it was sent.</p>"


def test_a_page_costs_two_statements_however_many_issues_it_lists(story: Story) -> None:
    for number in range(4):
        keep(story, f"issue-{number}")
    asked: list[str] = []
    with story.house.database.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
        page = archive.issues(session, place(story), story.clock.now())
    assert len(page.issues) == 4
    assert len(asked) == 2
    assert "versions.html" not in "".join(asked)


def test_an_issue_really_sent_appears_when_it_begins_and_goes_when_it_is_canceled(story: Story) -> None:
    story.sign_up()
    story.confirm()
    keep(story, "spring", state="draft", started_at=None, fanned_out=False)
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "spring", story.clock.now(), at=story.clock.now() + timedelta(hours=2))
    story.live(hours=1)
    assert slugs(story) == []
    story.clock.advance(hours=1)
    with story.house.database.writing.begin() as session:
        fanning.work(session, story.house.settings.clinic.zone, story.clock.now())  # it begins
    assert slugs(story) == ["spring"]
    with story.house.database.writing.begin() as session:
        broadcasts.cancel(session, "spring")
    assert slugs(story) == []
