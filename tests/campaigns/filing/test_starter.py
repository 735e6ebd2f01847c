"""What an empty installation begins with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.audience.models import Topic
from newsletter.campaigns import timelines
from newsletter.campaigns.filing import current, drafts, placing, starter
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.filing.folders import BroadcastFolder, SequenceFolder
from newsletter.campaigns.models import Broadcast, CampaignDraft, Sequence, TimelineVersion
from newsletter.clock import FrozenClock
from newsletter.content.models import Version
from newsletter.db import Database
from newsletter.errors import Refused


def test_the_starter_brings_three_topics_and_the_six_letters(database: Database, clock: FrozenClock) -> None:
    with database.writing.begin() as session:
        assert starter.load(session, clock.now()).added == [
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
        assert starter.load(session, clock.now()) == starter.Loaded([], [])
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


OTHER_WORDS = "Other words than before, and enough of them to be a letter.\n"


def load(database: Database, clock: FrozenClock, folder: Path | None = None) -> starter.Loaded:
    with database.writing.begin() as session:
        return starter.load(session, clock.now(), folder)


def live(database: Database, slug: str) -> str:
    with database.reading() as session:
        found = current.find(session, slug)
    assert found is not None
    return found.digest


def test_a_newer_release_is_offered_once_and_changes_nothing(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome")
    load(database, clock, folder)
    before = live(database, "welcome")
    (folder / "hello.md").write_text(OTHER_WORDS)
    assert load(database, clock, folder) == starter.Loaded([], ["welcome"])
    assert load(database, clock, folder) == starter.Loaded([], [])
    assert live(database, "welcome") == before
    with database.reading() as session:
        assert drafts.origins(session) == {"welcome": "starter"}


@pytest.mark.parametrize("act", ["use", "discard"])
def test_used_or_discarded_it_is_not_offered_again(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path], act: str
) -> None:
    folder = write_folder("welcome")
    load(database, clock, folder)
    (folder / "hello.md").write_text(OTHER_WORDS)
    load(database, clock, folder)
    with database.writing.begin() as session:
        getattr(drafts, act)(session, "welcome", clock.now())
    assert load(database, clock, folder) == starter.Loaded([], [])
    assert (live(database, "welcome") == read_folder(folder).digest) is (act == "use")


def test_a_comment_or_another_name_of_a_file_is_no_newer_release(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome")
    load(database, clock, folder)
    (folder / "hello.md").rename(folder / "01-hello.md")
    table = (folder / "sequence.toml").read_text().replace('"hello.md"', '"01-hello.md"')
    (folder / "sequence.toml").write_text(f"# since this release\n{table}")
    assert load(database, clock, folder) == starter.Loaded([], [])


def test_what_the_marketer_changed_stays_and_the_same_release_does_not_nag(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome")
    load(database, clock, folder)
    shipped = (folder / "hello.md").read_text()
    (folder / "hello.md").write_text("The marketer's own words, and enough of them.\n")
    mine = read_folder(folder)
    assert isinstance(mine, SequenceFolder)
    with database.writing.begin() as session:
        placing.place_sequence(session, mine, clock.now())
    (folder / "hello.md").write_text(shipped)
    assert load(database, clock, folder) == starter.Loaded([], [])
    (folder / "hello.md").write_text(OTHER_WORDS)
    assert load(database, clock, folder) == starter.Loaded([], ["welcome"])
    assert live(database, "welcome") == mine.digest


def test_an_installation_from_before_drafts_is_offered_only_what_differs(
    database: Database,
    clock: FrozenClock,
    write_folder: Callable[..., Path],
    write_issue: Callable[..., Path],
) -> None:
    write_issue()
    folder = write_folder("welcome").parent
    load(database, clock, folder)
    with database.writing.begin() as session:
        session.query(CampaignDraft).delete()
    assert load(database, clock, folder) == starter.Loaded([], [])
    (folder / "welcome" / "hello.md").write_text(OTHER_WORDS)
    assert load(database, clock, folder) == starter.Loaded([], ["welcome"])


def test_a_release_that_has_come_to_say_what_the_marketer_says_is_not_offered(
    database: Database, clock: FrozenClock, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome")
    load(database, clock, folder)
    (folder / "hello.md").write_text(OTHER_WORDS)
    mine = read_folder(folder)
    assert isinstance(mine, SequenceFolder)
    with database.writing.begin() as session:
        placing.place_sequence(session, mine, clock.now())
    assert load(database, clock, folder) == starter.Loaded([], [])


@pytest.mark.parametrize(("state", "offered"), [("draft", ["spring-guide"]), ("scheduled", []), ("sent", [])])
def test_a_newsletter_is_offered_while_it_is_a_draft(
    database: Database, clock: FrozenClock, write_issue: Callable[..., Path], state: str, offered: list[str]
) -> None:
    folder = write_issue()
    load(database, clock, folder)
    before = live(database, "spring-guide")
    with database.writing.begin() as session:
        session.scalars(select(Broadcast)).one().state = state
    assert load(database, clock, write_issue(words=OTHER_WORDS)).offered == offered
    assert live(database, "spring-guide") == before


def test_using_it_puts_the_newer_words_into_the_draft_newsletter(
    database: Database, clock: FrozenClock, write_issue: Callable[..., Path]
) -> None:
    load(database, clock, write_issue())
    load(database, clock, write_issue(words=OTHER_WORDS))
    with database.writing.begin() as session:
        used = drafts.use(session, "spring-guide", clock.now())
    assert isinstance(used, BroadcastFolder)
    assert live(database, "spring-guide") == used.digest
    with database.reading() as session:
        assert session.scalars(select(Broadcast.state)).all() == ["draft"]


def test_a_newsletter_that_was_sent_meanwhile_keeps_its_words(
    database: Database, clock: FrozenClock, write_issue: Callable[..., Path]
) -> None:
    load(database, clock, write_issue())
    load(database, clock, write_issue(words=OTHER_WORDS))
    with database.writing.begin() as session:
        session.scalars(select(Broadcast)).one().state = "sent"
    with (
        pytest.raises(Refused, match="“spring-guide” is sent, so its words stay"),
        database.writing.begin() as session,
    ):
        drafts.use(session, "spring-guide", clock.now())


def test_a_campaign_of_the_same_name_and_another_kind_is_the_marketer_s_own(
    database: Database,
    clock: FrozenClock,
    write_folder: Callable[..., Path],
    write_issue: Callable[..., Path],
) -> None:
    load(database, clock, write_folder("spring-guide"))
    (write_folder("spring-guide") / "sequence.toml").unlink()
    assert load(database, clock, write_issue()) == starter.Loaded([], [])


def test_the_shipped_campaigns_loaded_twice_offer_nothing(database: Database, clock: FrozenClock) -> None:
    assert len(load(database, clock).added) == 4
    assert load(database, clock) == starter.Loaded([], [])
    with database.reading() as session:
        assert drafts.origins(session) == {}
