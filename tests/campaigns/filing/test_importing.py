"""Campaign folders come back from an editor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.campaigns import broadcasts
from newsletter.campaigns.filing import drafts, importing, starter
from newsletter.campaigns.filing.files import read_folders
from newsletter.campaigns.filing.folders import BadFolder
from newsletter.campaigns.filing.importing import Imported
from newsletter.campaigns.models import Broadcast, CampaignDraft, Sequence, TimelineVersion
from newsletter.content.models import Version
from tests.campaigns.conftest import STEPS
from tests.walks.story import Story

SLOWER = (*STEPS[:2], ("third", 'day = 6\nat = "16:00"\nuntil = "7d"'))


def take_in(story: Story, folder: Path) -> list[tuple[str, str]]:
    """Import a folder; what each became."""
    with story.house.database.writing.begin() as session:
        done = importing.take_in(session, read_folders(folder), story.clock.now())
    return [(each.slug, each.became) for each in done]


def problems(story: Story, folder: Path) -> tuple[str, ...]:
    with pytest.raises(BadFolder) as refused:
        take_in(story, folder)
    return refused.value.problems


def count(story: Story, table: type) -> int:
    with story.house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def waiting(story: Story) -> list[tuple[str, str]]:
    with story.house.database.reading() as session:
        return [(each.slug, each.origin) for each in drafts.waiting(session)]


def issue(story: Story) -> Broadcast:
    with story.house.database.reading() as session:
        return session.scalars(select(Broadcast)).one()


def test_a_sequence_waits_as_a_draft_and_nothing_that_people_get_changes(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    before = [count(story, table) for table in (Sequence, TimelineVersion, Version)]
    assert take_in(story, write_folder("welcome", SLOWER)) == [("welcome", "draft")]
    assert waiting(story) == [("welcome", "import")]
    assert [count(story, table) for table in (Sequence, TimelineVersion, Version)] == before
    story.sign_up()
    story.confirm()
    story.live(days=6)
    assert story.inbox()[-1] == "Sat 07 Mar 10:00  The letter third"


def test_a_draft_keeps_the_folder_as_it_was_read(story: Story, write_folder: Callable[..., Path]) -> None:
    folder = write_folder("welcome", SLOWER)
    (folder / "sequence.toml").write_text("# for spring\n" + (folder / "sequence.toml").read_text())
    (folder / "notes.md").write_text("no letter of this campaign")
    take_in(story, folder)
    with story.house.database.reading() as session:
        (draft,) = drafts.waiting(session)
    assert set(draft.files) == {"sequence.toml", "hello.md", "second.md", "third.md"}
    assert draft.files["sequence.toml"].startswith("# for spring\n")


def test_what_is_live_already_is_unchanged_whatever_its_files_are_called(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    folder = write_folder("welcome")
    assert take_in(story, folder) == [("welcome", "unchanged")]
    (folder / "hello.md").rename(folder / "01-hello.md")
    table = (folder / "sequence.toml").read_text().replace('"hello.md"', '"01-hello.md"')
    (folder / "sequence.toml").write_text(f"# a comment\n{table}")
    assert take_in(story, folder) == [("welcome", "unchanged")]
    assert waiting(story) == []


def test_the_same_again_is_the_same_draft_and_another_takes_its_place(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    assert take_in(story, write_folder("welcome", SLOWER)) == [("welcome", "draft")]
    assert take_in(story, write_folder("welcome", SLOWER)) == [("welcome", "draft")]
    assert take_in(story, write_folder("welcome", SLOWER[:2] + STEPS[2:], "topics = []")) == [
        ("welcome", "replaced")
    ]
    assert waiting(story) == [("welcome", "import")]
    with story.house.database.reading() as session:
        states = session.scalars(select(CampaignDraft.state).where(CampaignDraft.origin == "import")).all()
    assert sorted(states) == ["discarded", "open"]


def test_after_it_was_discarded_the_same_import_is_open_again(
    story: Story, write_folder: Callable[..., Path]
) -> None:
    take_in(story, write_folder("welcome", SLOWER))
    with story.house.database.writing.begin() as session:
        drafts.discard(session, "welcome", story.clock.now())
    assert waiting(story) == []
    assert take_in(story, write_folder("welcome", SLOWER)) == [("welcome", "draft")]
    assert waiting(story) == [("welcome", "import")]


def test_a_new_newsletter_is_a_draft_and_its_next_import_puts_other_words_into_it(
    story: Story, write_issue: Callable[..., Path]
) -> None:
    assert take_in(story, write_issue()) == [("spring-guide", "draft")]
    first = issue(story)
    assert (first.state, first.topic, first.archived) == ("draft", "tips", True)
    assert take_in(story, write_issue()) == [("spring-guide", "unchanged")]
    again = write_issue(topic="news", words="Other words, and enough of them.\n", more="archive = false")
    assert take_in(story, again) == [("spring-guide", "replaced")]
    second = issue(story)
    assert (second.id, second.topic, second.archived) == (first.id, "news", False)
    assert second.version_id != first.version_id
    assert take_in(story, write_issue()) == [("spring-guide", "replaced")]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("scheduled", "“spring-guide” is going out already, so its words stay; right would be another name"),
        ("sending", "“spring-guide” is going out already"),
        ("paused", "“spring-guide” is paused"),
        ("late", "“spring-guide” is waiting for your decision"),
        ("sent", "“spring-guide” is sent"),
        ("canceled", "“spring-guide” is canceled"),
    ],
)
def test_an_issue_that_somebody_has_sent_keeps_its_words(
    story: Story, write_issue: Callable[..., Path], state: str, says: str
) -> None:
    take_in(story, write_issue())
    with story.house.database.writing.begin() as session:
        session.scalars(select(Broadcast)).one().state = state
    assert take_in(story, write_issue()) == [("spring-guide", "unchanged")]
    assert says in problems(story, write_issue(words="Other words, and enough of them.\n"))[0]
    assert count(story, Version) == 4


def test_taken_back_before_it_began_it_takes_new_words_again(
    story: Story, write_issue: Callable[..., Path]
) -> None:
    story.sign_up()
    story.confirm()
    take_in(story, write_issue())
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "spring-guide", story.clock.now(), undo=timedelta(minutes=2))
        broadcasts.cancel(session, "spring-guide")
    assert take_in(story, write_issue(words="Other words, and enough of them.\n")) == [
        ("spring-guide", "replaced")
    ]


def test_all_mistakes_are_told_at_once_by_file_and_line_and_nothing_is_kept(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    steps = (
        ("hello", 'after = "0m"\nuntil = "1d"\nonly_if = "frist_name"'),
        ("second", 'day = 2\nat = "10:00"\nuntil = "1d"'),
    )
    write_folder("autumn", steps, head='topics = ["tip"]')
    (write_folder("winter", STEPS) / "third.md").write_text("{% if first_name %} never closed")
    folder = write_issue(topic="gossip", words="Dear {{ nobody }}, a word.\n").parent
    (folder / "autumn" / "second.md").write_text("{{ frist_name }}, hello.\n")
    told = problems(story, folder)
    assert [each.split(": ")[0] for each in told] == [
        "autumn/sequence.toml:4",
        "autumn/sequence.toml:13",
        "autumn/second.md",
        "spring-guide/broadcast.toml:4",
        "spring-guide/issue.md",
        "winter/third.md",
    ]
    assert "there is no topic “tip” (did you mean “tips”?)" in told[0]
    assert "there is no field “frist_name” (did you mean “first_name”?)" in told[1]
    assert "line 1" in told[5]
    assert (waiting(story), count(story, Broadcast)) == ([], 0)


def test_one_folder_that_is_wrong_keeps_the_others_out(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    write_issue()
    folder = write_folder("winter", SLOWER)
    (folder / "second.md").unlink()
    with pytest.raises(BadFolder, match=r"winter/sequence.toml:\d+: .*“second.md” is not a file"):
        take_in(story, folder.parent)
    assert (waiting(story), count(story, Broadcast)) == ([], 0)


def test_a_name_belongs_to_a_sequence_or_to_a_newsletter(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path], tmp_path: Path
) -> None:
    (write_folder("welcome") / "sequence.toml").unlink()
    assert problems(story, write_issue("welcome")) == (
        "“welcome” is a sequence here already; right would be another name for the folder",
    )
    take_in(story, write_issue())
    (tmp_path / "campaigns" / "spring-guide" / "broadcast.toml").unlink()
    assert problems(story, write_folder("spring-guide")) == (
        "“spring-guide” is a newsletter here already; right would be another name for the folder",
    )


def test_a_name_that_waits_as_a_sequence_is_not_given_to_a_newsletter(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    folder = write_folder("spring-guide")
    take_in(story, folder)
    (folder / "sequence.toml").unlink()
    (told,) = problems(story, write_issue())
    assert told.endswith("or first: newsletter campaigns discard spring-guide")


def test_a_care_sequence_is_not_taken_in_yet(story: Story, write_folder: Callable[..., Path]) -> None:
    folder = write_folder("aftercare", (("done", 'day = 1\nat = "9:00"\nuntil = "1d"\nfrom = "done"'),))
    table = (folder / "sequence.toml").read_text()
    (folder / "sequence.toml").write_text(
        table.replace('"marketing"', '"care"').replace('trigger = "confirmed"', 'trigger = "course"')
    )
    assert problems(story, folder) == (
        "aftercare/sequence.toml:2: sequences of class “care” cannot be loaded yet; right would be “marketing”",
    )


def test_several_folders_become_each_its_own(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    write_folder("autumn")
    write_issue()
    folder = write_folder("welcome").parent
    with story.house.database.writing.begin() as session:
        assert importing.take_in(session, read_folders(folder), story.clock.now()) == [
            Imported("autumn", "sequence", "draft"),
            Imported("spring-guide", "broadcast", "draft"),
            Imported("welcome", "sequence", "unchanged"),
        ]


def test_an_import_does_not_lose_what_a_newer_release_offers(
    story: Story, write_folder: Callable[..., Path], tmp_path: Path
) -> None:
    release = write_folder("welcome", SLOWER)

    def load() -> list[str]:
        with story.house.database.writing.begin() as session:
            return starter.load(session, story.clock.now(), release).offered

    assert load() == ["welcome"]
    mine = release.rename(tmp_path / "welcome")
    (mine / "hello.md").write_text("My own words, and enough of them.\n")
    assert take_in(story, mine) == [("welcome", "replaced")]
    release = write_folder("welcome", SLOWER)
    assert (load(), waiting(story)) == ([], [("welcome", "import")])
    with story.house.database.writing.begin() as session:
        drafts.use(session, "welcome", story.clock.now())
    assert (load(), waiting(story)) == (["welcome"], [("welcome", "starter")])
