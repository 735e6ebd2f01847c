"""A draft waits, is used once, or goes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.campaigns import timelines
from newsletter.campaigns.filing import current, drafts, placing
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.filing.folders import BadFolder, BroadcastFolder
from newsletter.campaigns.models import CampaignDraft, Sequence, TimelineVersion
from newsletter.errors import NotFound, Refused
from tests.campaigns.conftest import STEPS
from tests.walks.story import Story

SLOWER = (*STEPS[:2], ("third", 'day = 6\nat = "16:00"\nuntil = "7d"'))


def keep(story: Story, folder: Path, origin: drafts.Origin = "import") -> bool:
    with story.house.database.writing.begin() as session:
        return drafts.keep(session, read_folder(folder), origin, story.clock.now())


def use(story: Story, slug: str = "welcome", seen: tuple[int, int] | None = None) -> None:
    with story.house.database.writing.begin() as session:
        drafts.use(session, slug, story.clock.now(), seen)


def rows(story: Story) -> list[tuple[str, str, str]]:
    with story.house.database.reading() as session:
        found = session.scalars(select(CampaignDraft).order_by(CampaignDraft.id)).all()
    return [(each.slug, each.origin, each.state) for each in found]


def test_used_it_is_what_people_get_from_then_on(story: Story, write_folder: Callable[..., Path]) -> None:
    keep(story, write_folder("welcome", SLOWER))
    use(story)
    story.sign_up()
    story.confirm()
    story.live(days=8)
    assert story.inbox()[-1] == "Sun 08 Mar 16:00  The letter third"
    assert rows(story)[-1] == ("welcome", "import", "used")


def test_a_new_sequence_is_switched_on_and_admits_from_now(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    story.sign_up("visitor014@example.com")
    story.confirm("visitor014@example.com")
    story.clock.advance(hours=1)
    keep(story, write_folder("autumn", (("leaves", 'after = "0m"\nuntil = "1d"'),)))
    use(story, "autumn")
    with story.house.database.reading() as session:
        autumn = timelines.find(session, "autumn")
    assert (autumn.state, autumn.on_since) == ("on", story.clock.now())
    story.rounds.until_idle()
    assert "The letter leaves" not in story.subjects("visitor014@example.com")


def test_a_paused_sequence_stays_paused(story: Story, write_folder: Callable[..., Path]) -> None:
    with story.house.database.writing.begin() as session:
        timelines.find(session, "welcome").state = "paused"
    keep(story, write_folder("welcome", SLOWER, head='topics = ["tips"]'))
    use(story)
    with story.house.database.reading() as session:
        welcome = timelines.find(session, "welcome")
    assert (welcome.state, welcome.topics, welcome.reentry) == ("paused", ["tips"], False)


def test_of_two_who_use_it_at_once_one_wins(story: Story, write_folder: Callable[..., Path]) -> None:
    keep(story, write_folder("welcome", SLOWER))

    def attempt(_number: int) -> str:
        try:
            use(story)
        except NotFound as lost:
            return lost.line
        return "won"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(attempt, range(4)))
    assert told == ["no draft of “welcome” waits; there waits: none"] * 3 + ["won"]
    with story.house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TimelineVersion)) == 2


def test_used_while_the_worker_works_nobody_gets_a_letter_twice_or_not_at_all(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    visitors = [f"visitor{number:03}@example.com" for number in range(6)]
    for visitor in visitors:
        story.sign_up(visitor)
        story.confirm(visitor)
    keep(story, write_folder("welcome", SLOWER))
    story.clock.advance(days=3)
    with ThreadPoolExecutor(2) as pool:
        working, using = pool.submit(story.rounds.until_idle), pool.submit(use, story)
        working.result()
        using.result()
    story.live(days=8)
    expected = ["The letter hello", "The letter second", "The letter third"]
    assert [story.subjects(visitor) for visitor in visitors] == [expected] * len(visitors)
    assert {story.inbox(visitor)[-1] for visitor in visitors} == {"Sun 08 Mar 16:00  The letter third"}


def test_of_two_who_import_at_once_one_draft_waits(story: Story, write_folder: Callable[..., Path]) -> None:
    folders = [
        read_folder(write_folder(slug, SLOWER, head=f'topics = ["{topic}"]'))
        for slug, topic in (("autumn", "tips"), ("autumn", "news"))
    ]

    def attempt(number: int) -> str:
        try:
            with story.house.database.writing.begin() as session:
                drafts.keep(session, folders[number], "import", story.clock.now())
        except Refused as lost:
            return lost.line
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        told = set(pool.map(attempt, range(2)))
    assert told <= {"kept", "another draft of “autumn” came at the same moment; try again"}
    assert [row[2] for row in rows(story) if row[0] == "autumn"].count("open") == 1


def test_a_draft_that_nobody_looked_at_is_not_used_in_place_of_the_one_they_saw(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    keep(story, write_folder("welcome", SLOWER))
    with story.house.database.reading() as session:
        [draft] = drafts.waiting(session)
        seen = draft.id, draft.revision
    assert keep(story, write_folder("welcome", STEPS[:1])) is True
    with pytest.raises(Refused, match="another draft of “welcome” came meanwhile; look at it"):
        use(story, seen=seen)
    with story.house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TimelineVersion)) == 1


def test_a_draft_that_is_gone_is_said_with_those_that_wait(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    keep(story, write_folder("autumn", SLOWER))
    for act in (drafts.use, drafts.discard):
        with (
            pytest.raises(NotFound, match="no draft of “welcome” waits; there waits: autumn"),
            story.house.database.writing.begin() as session,
        ):
            act(session, "welcome", story.clock.now())


def test_discarded_it_changes_nothing(story: Story, write_folder: Callable[..., Path]) -> None:
    keep(story, write_folder("autumn", SLOWER))
    with story.house.database.writing.begin() as session:
        drafts.discard(session, "autumn", story.clock.now())
    with story.house.database.reading() as session:
        assert current.find(session, "autumn") is None
        assert drafts.origins(session) == {}
    assert rows(story)[-1] == ("autumn", "import", "discarded")


def test_a_starter_makes_room_for_a_newer_one_and_is_forgotten_for_an_import(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    before = len(rows(story))
    assert keep(story, write_folder("welcome", SLOWER), "starter") is False
    assert keep(story, write_folder("welcome", STEPS[:2] + SLOWER[2:], "topics = []"), "starter") is True
    assert rows(story)[before:] == [("welcome", "starter", "discarded"), ("welcome", "starter", "open")]
    assert keep(story, write_folder("welcome", STEPS[:1])) is True
    assert rows(story)[before:] == [("welcome", "starter", "discarded"), ("welcome", "import", "open")]


def test_a_draft_that_this_version_cannot_read_is_said_by_file_and_line(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    keep(story, write_folder("welcome", SLOWER))
    with story.house.database.writing.begin() as session:
        (draft,) = drafts.waiting(session)
        draft.files = {**draft.files, "sequence.toml": draft.files["sequence.toml"] + "tune = 1\n"}
    with pytest.raises(BadFolder, match=r"welcome/sequence.toml:\d+: “tune” is not known here"):
        use(story)
    with story.house.database.writing.begin() as session:
        (draft,) = drafts.waiting(session)
        draft.files = {"sequence.toml": draft.files["sequence.toml"].replace("tune = 1\n", "")}
    with pytest.raises(BadFolder, match=r"welcome/sequence.toml:9: “hello.md” is not a file in this folder"):
        use(story)


def test_a_namesake_that_came_meanwhile_is_refused_when_it_is_used(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    keep(story, write_folder("spring-guide", SLOWER))
    (write_folder("spring-guide") / "sequence.toml").unlink()
    issue = read_folder(write_issue())
    assert isinstance(issue, BroadcastFolder)
    with story.house.database.writing.begin() as session:
        placing.place_issue(session, issue, story.clock.now())
    with pytest.raises(Refused, match="“spring-guide” is a newsletter here already"):
        use(story, "spring-guide")
    with story.house.database.reading() as session:
        assert session.scalar(select(Sequence.id).where(Sequence.slug == "spring-guide")) is None
