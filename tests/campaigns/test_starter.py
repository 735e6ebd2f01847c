"""What an empty installation begins with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.audience.models import Topic
from newsletter.campaigns import starter, timelines
from newsletter.campaigns.models import Broadcast, Sequence, TimelineVersion
from newsletter.clock import FrozenClock
from newsletter.content.models import Version
from newsletter.db import Database
from newsletter.errors import Refused


def test_the_starter_brings_three_topics_and_the_six_letters(database: Database, clock: FrozenClock) -> None:
    with database.writing.begin() as session:
        assert starter.load(session, clock.now()) == [
            "guide-start-to-finish",
            "news-what-is-new",
            "tips-five-questions",
            "welcome",
        ]
    with database.reading() as session:
        topics = session.execute(select(Topic.slug, Topic.name).order_by(Topic.position)).all()
        sequence = timelines.find(session, "welcome")
        timeline = timelines.read(session, sequence.live_timeline_id or 0)
    assert [tuple(row) for row in topics] == [
        ("resources", "Guides"),
        ("tips", "Tips"),
        ("news", "Clinic news"),
    ]
    assert [step.subject for step in timeline.steps] == [
        "Welcome: your first letter, and what comes next",
        "Is one microneedling session enough?",
        "What happens under the skin",
        "Right away, and over the weeks",
        "Why sessions build on each other",
        "A plan that fits your skin",
    ]


def test_loading_again_changes_nothing(database: Database, clock: FrozenClock) -> None:
    with database.writing.begin() as session:
        starter.load(session, clock.now())
    clock.advance(days=1)
    with database.writing.begin() as session:
        assert starter.load(session, clock.now()) == []
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Topic, Sequence, TimelineVersion, Version)
        ]
    assert counts == [3, 1, 1, 9]


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("hello.md", "{% if first_name %} never closed\n" * 2, "welcome/hello.md.*line"),
        ("hello.md", "{{ first_name.__class__ }}\n" * 3, "welcome/hello.md"),
        (
            "hello.md",
            "{{ frist_name }}, hello\n" * 3,
            "welcome/hello.md: there is no field “frist_name”.*first_name",
        ),
        ("hello.md", "{{ 9**9 }}\n" * 3, "welcome/hello.md"),
    ],
)
def test_a_letter_that_cannot_be_compiled_names_its_file_and_nothing_is_loaded(
    database: Database,
    clock: FrozenClock,
    write_folder: Callable[..., Path],
    file: str,
    text: str,
    says: str,
) -> None:
    folder = write_folder("welcome")
    (folder / file).write_text(text)
    with pytest.raises(Refused, match=says), database.writing.begin() as session:
        starter.load(session, clock.now(), folder)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Sequence)) == 0
        assert session.scalar(select(func.count()).select_from(Version)) == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("only_if = 'first_name ='", "welcome/sequence.toml:.*only_if"),
        ("only_if = 'range(9)'", "welcome/sequence.toml:.*calls"),
        ("only_if = 'frist_name'", "there is no field “frist_name”.*first_name"),
    ],
)
def test_a_condition_that_would_hold_for_nobody_is_refused_when_it_is_loaded(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path], line: str, says: str
) -> None:
    folder = write_folder("welcome", (("hello", f'after = "0m"\nuntil = "1d"\n{line}'),))
    with pytest.raises(Refused, match=says), database.writing.begin() as session:
        starter.load(session, clock.now(), folder)


def test_a_topic_that_does_not_exist_is_refused_when_it_is_loaded(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome", head='topics = ["tip"]')
    with (
        pytest.raises(Refused, match=r"there is no topic “tip”.*tips"),
        database.writing.begin() as session,
    ):
        starter.load(session, clock.now(), folder)


def test_the_three_issues_are_drafts_that_compile_without_a_remark(
    database: Database, clock: FrozenClock
) -> None:
    with database.writing.begin() as session:
        starter.load(session, clock.now())
        drafts = session.execute(
            select(Broadcast.topic, Broadcast.state, Version.warnings, func.length(Version.html))
            .join(Broadcast.version)
            .order_by(Broadcast.topic)
        ).all()
    assert [(row[0], row[1], row[2]) for row in drafts] == [
        ("news", "draft", []),
        ("resources", "draft", []),
        ("tips", "draft", []),
    ]
    assert all(row[3] < 60_000 for row in drafts)
