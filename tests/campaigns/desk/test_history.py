"""Every wording of a letter, newest first, and one of them back on the draft."""

from __future__ import annotations

import pytest

from newsletter.campaigns.desk import drafting, history, penned
from newsletter.campaigns.desk.drafting import EditedMeanwhile
from newsletter.campaigns.desk.penned import Seen, Words
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.files import read_folder
from newsletter.errors import NotFound, Refused
from newsletter.staff.models import Staff
from tests.walks.story import Story

KEY = "second"
OTHER = Words("Another subject", "Another line.", "Other words.\n")


@pytest.fixture
def writer(story: Story) -> int:
    with story.house.database.writing.begin() as session:
        one = Staff(address="the-marketer@example.com", role="marketer", created_at=story.clock.now())
        session.add(one)
        session.flush()
        return one.id


@pytest.fixture
def write(story, writer):
    """`write(words, "second", hours=1)`: after a while she saves these words of a letter; its revision."""

    def act(words: Words, key: str | None = KEY, slug: str = "welcome", **span: float) -> int:
        story.clock.advance(**span or {"hours": 1})
        with story.house.database.writing.begin() as session:
            papers, draft = drafting.papers(session, slug)
            seen = Seen(draft.revision if draft else 0, penned.of(papers, key).mark)
            kept = penned.keep(session, slug, key, words, seen, writer, story.clock.now())
            assert kept is not None
            return kept.revision

    return act


def use(story, slug: str = "welcome", **span: float) -> None:
    story.clock.advance(**span or {"hours": 1})
    with story.house.database.writing.begin() as session:
        drafts.use(session, slug, story.clock.now())


def listed(story, key: str | None = KEY, slug: str = "welcome") -> list[tuple[str, str]]:
    with story.house.database.reading() as session:
        return [(past.kind, past.words.subject) for past in history.read(session, slug, key)]


def on_desk(story, key: str | None = KEY, slug: str = "welcome"):
    with story.house.database.reading() as session:
        return drafting.papers(session, slug)[0]


def bring(story, writer, which: str, revision: int, key: str | None = KEY, slug: str = "welcome") -> None:
    with story.house.database.writing.begin() as session:
        past = history.find(session, slug, key, which)
        history.bring_back(
            session, slug, key, past, revision=revision, staff_id=writer, now=story.clock.now()
        )


def newest(story, kind: str, key: str | None = KEY, slug: str = "welcome") -> str:
    with story.house.database.reading() as session:
        return next(past.which for past in history.read(session, slug, key) if past.kind == kind)


def test_what_people_got_and_what_was_written_stand_in_one_list_newest_first(story, write) -> None:
    began = story.clock.now()
    write(OTHER)
    used = story.clock.now()
    use(story, minutes=30)
    write(Words("A third subject", "", "Third words.\n"), days=2)
    assert listed(story) == [
        ("draft", "A third subject"),
        ("live", "Another subject"),
        ("draft", "Another subject"),
        ("was-live", "The letter second"),
    ]
    with story.house.database.reading() as session:
        third, live, _, first = history.read(session, "welcome", KEY)
    assert (first.began_at, first.ended_at) == (began, live.began_at)
    assert live.began_at > used
    assert live.ended_at is None
    assert third.by is not None


def test_a_sitting_on_another_letter_is_no_version_of_this_one(story, write) -> None:
    write(OTHER, "hello")
    assert listed(story) == [("live", "The letter second")]
    write(OTHER)
    write(Words("Hello again", "", "Words.\n"), "hello")
    assert listed(story) == [("draft", "Another subject"), ("live", "The letter second")]
    assert listed(story, "hello")[0] == ("draft", "Hello again")


def test_brought_back_it_stands_on_the_draft_and_what_stood_there_can_come_back(story, write, writer) -> None:
    write(OTHER, "hello")
    revision = write(OTHER)
    before = on_desk(story)
    bring(story, writer, newest(story, "live"), revision)  # a moment after her save
    papers = on_desk(story)
    assert penned.of(papers, KEY).subject == "The letter second"
    assert penned.of(papers, "hello") == OTHER
    assert papers.table["step"][2] == before.table["step"][2]
    assert listed(story)[:2] == [("draft", "The letter second"), ("draft", "Another subject")]
    bring(story, writer, _which(story, "Another subject"), revision + 1)
    assert on_desk(story).files == before.files


def _which(story, subject: str, key: str | None = KEY, slug: str = "welcome") -> str:
    with story.house.database.reading() as session:
        found = history.read(session, slug, key)
    return next(past.which for past in found if past.words.subject == subject)


def test_nothing_is_brought_back_over_words_that_were_not_seen(story, write, writer) -> None:
    revision = write(OTHER)
    write(Words("Hers, since then", "", "Words.\n"))
    with pytest.raises(EditedMeanwhile):
        bring(story, writer, newest(story, "live"), revision)
    assert penned.of(on_desk(story), KEY).subject == "Hers, since then"


def test_what_the_letter_says_already_is_not_brought_back(story, writer) -> None:
    with pytest.raises(Refused, match="says just that already"):
        bring(story, writer, newest(story, "live"), 0)
    with story.house.database.reading() as session:
        assert drafting.open_draft(session, "welcome") is None


@pytest.mark.parametrize(
    "which", ["live-1", "draft-99", "live-", "draft-x", "-", "live-²", "live-9999999999"]
)
def test_what_is_no_version_of_this_letter_is_not_found(story, write, which) -> None:
    """The first version of all is that of another letter."""
    with story.house.database.reading() as session, pytest.raises(NotFound, match="not kept any more"):
        history.find(session, "welcome", KEY, which)


def test_a_letter_that_was_not_there_yet_has_no_version_from_then(story, write, write_folder) -> None:
    write(OTHER)
    one_more = (("hello", 'after = "0m"\nuntil = "1d"'), ("newest", 'day = 2\nat = "10:00"\nuntil = "7d"'))
    with story.house.database.writing.begin() as session:
        folder = read_folder(write_folder("welcome", one_more))
        drafts.keep(session, folder, "import", story.clock.now())
    write(OTHER, "newest")
    assert listed(story, "newest") == [("draft", "Another subject"), ("came", "The letter newest")]


def test_the_form_and_the_text_part_come_back_with_the_words(story, writer, write, write_issue) -> None:
    """It came as HTML with a text part, then a Markdown folder took its place."""
    slug, key = "spring-guide", None
    folder = write_issue()
    table = (folder / "broadcast.toml").read_text()
    (folder / "issue.html").write_text("<p>Dear reader, as HTML.</p>\n")
    (folder / "issue.txt").write_text("Dear reader, as text.\n")
    (folder / "broadcast.toml").write_text(table.replace("issue.md", "issue.html"))
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(folder), "import", story.clock.now())
        drafts.use(session, slug, story.clock.now())
    (folder / "issue.txt").unlink()
    (folder / "broadcast.toml").write_text(table)
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(folder), "import", story.clock.now())
    revision = write(OTHER, key, slug)
    bring(story, writer, newest(story, "live", key, slug), revision, key, slug)
    papers = on_desk(story, key, slug)
    source = penned.source(papers, key)
    assert (source.format, source.text) == ("html", "Dear reader, as text.\n")
    assert sorted(papers.bodies) == ["issue.html", "issue.txt"]
    with story.house.database.reading() as session:
        assert drafting.mistakes(session, drafts.find(session, slug)) == ()
    bring(story, writer, _which(story, "Another subject", key, slug), revision + 1, key, slug)
    back = on_desk(story, key, slug)
    assert penned.of(back, key) == OTHER
    assert sorted(back.bodies) == ["issue.md"]


def test_of_two_letters_in_one_file_only_the_one_gets_its_old_words_back(story, writer, write) -> None:
    revision = write(OTHER)
    with story.house.database.writing.begin() as session:
        share = lambda papers: papers.letter("third").update(file=papers.letter(KEY)["file"])  # noqa: E731
        drafting.save(session, "welcome", revision, share, writer, story.clock.now())
    bring(story, writer, newest(story, "live"), revision + 1)
    papers = on_desk(story)
    assert penned.of(papers, KEY).subject == "The letter second"
    assert papers.body("third") == OTHER.body
