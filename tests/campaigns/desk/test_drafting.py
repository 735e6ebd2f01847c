"""The desk: drafts while they are written, one of each name, and nobody's words over somebody else's unseen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.campaigns.desk import drafting, naming, penned
from newsletter.campaigns.desk.drafting import EditedMeanwhile, Papers, UsedMeanwhile
from newsletter.campaigns.desk.penned import Seen, Words
from newsletter.campaigns.filing import current, drafts
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.models import CampaignDraft
from newsletter.errors import NotFound, Refused
from newsletter.staff.models import Staff
from tests.walks.story import Story

MINE = Words("A subject", "A preview text that says what it is about.", "Some words.\n")
THEIRS = Words("Their subject", "", "Their words.\n")


@pytest.fixture
def writer(story: Story) -> int:
    """Somebody who writes letters; her number on the roll."""
    with story.house.database.writing.begin() as session:
        one = Staff(address="the-marketer@example.com", role="marketer", created_at=story.clock.now())
        session.add(one)
        session.flush()
        return one.id


@pytest.fixture
def begin(story: Story, writer: int) -> Callable[..., str]:
    """`begin("Spring guide")`: a new newsletter on the desk; its slug."""

    def start(name: str = "Spring guide") -> str:
        with story.house.database.writing.begin() as session:
            return drafting.begin(session, name, "tips", writer, story.clock.now()).slug

    return start


@pytest.fixture
def keep(story: Story, writer: int) -> Callable[..., tuple[int, str]]:
    """`keep("spring-guide", words, seen, key="hello")`: what a writer saw after that: revision and mark."""

    def put(slug: str, words: Words, seen: Seen, key: str | None = None) -> tuple[int, str]:
        with story.house.database.writing.begin() as session:
            draft = penned.keep(session, slug, key, words, seen, writer, story.clock.now())
            return (draft.revision if draft else 0), words.mark

    return put


def words_of(story: Story, slug: str, key: str | None = None) -> Words:
    with story.house.database.reading() as session:
        return penned.of(drafting.papers(session, slug)[0], key)


def seen_of(story: Story, slug: str, key: str | None = None) -> Seen:
    with story.house.database.reading() as session:
        papers, draft = drafting.papers(session, slug)
        return Seen(draft.revision if draft else 0, penned.of(papers, key).mark)


def open_drafts(story: Story) -> int:
    with story.house.database.reading() as session:
        rows = select(func.count()).select_from(CampaignDraft).where(CampaignDraft.state == "open")
        return session.scalar(rows) or 0


def test_a_newsletter_begins_empty_and_says_what_keeps_it_from_going_out(story, begin) -> None:
    slug = begin("  Spring   guide ")
    assert slug == "spring-guide"
    assert words_of(story, slug) == Words("", "", "")
    with story.house.database.reading() as session:
        draft = drafts.find(session, slug)
        assert (draft.origin, draft.revision, draft.digest) == ("studio", 1, "")
        assert drafting.read(draft).table["name"] == "Spring guide"
        assert drafting.mistakes(session, draft)


@pytest.mark.parametrize("name", ["", "   ", "x" * (naming.LONGEST_NAME + 1)], ids=["none", "blank", "long"])
def test_a_name_that_is_none_begins_nothing(story, begin, name) -> None:
    with pytest.raises(Refused, match="a name has 1 to 120 characters"):
        begin(name)
    assert open_drafts(story) == 0


def test_the_same_name_again_gets_a_number_and_strange_ones_a_plain_word(begin) -> None:
    assert [begin("Spring guide") for _ in range(3)] == ["spring-guide", "spring-guide-2", "spring-guide-3"]
    assert begin("★ ★") == "newsletter"
    assert begin("welcome") == "welcome-2"  # a sequence is called that


def test_two_who_begin_the_same_at_once_get_one_each(story, begin) -> None:
    with ThreadPoolExecutor(4) as at_once:
        slugs = sorted(at_once.map(begin, ["Spring guide"] * 4))
    assert slugs == ["spring-guide", "spring-guide-2", "spring-guide-3", "spring-guide-4"]
    assert open_drafts(story) == 4


def test_saved_finished_or_not_as_it_was_typed(story, begin, keep) -> None:
    slug = begin()
    odd = Words('Quotes " and \\ and }}', "Über – “x”", "{% if first_name %}\n\nNever closed\n")
    assert keep(slug, odd, seen_of(story, slug)) == (2, odd.mark)
    assert words_of(story, slug) == odd
    with story.house.database.reading() as session:
        mistakes = drafting.mistakes(session, drafts.find(session, slug))
        assert mistakes == (
            "spring-guide/issue.md: body, line 1: {% if first_name %} is never closed; add {% endif %}",
        )


def test_finished_it_can_be_used_and_is_then_no_draft(story, begin, keep) -> None:
    slug = begin()
    keep(slug, MINE, seen_of(story, slug))
    with story.house.database.writing.begin() as session:
        draft = drafts.find(session, slug)
        assert drafting.mistakes(session, draft) == ()
        drafts.use(session, slug, story.clock.now(), (draft.id, draft.revision))
    with story.house.database.reading() as session:
        live = current.find(session, slug)
        assert (live.subject, live.body.source) == (MINE.subject, MINE.body)
        assert drafting.open_draft(session, slug) is None


def test_what_is_live_becomes_a_draft_with_the_first_change_and_not_before(story, keep) -> None:
    before = words_of(story, "welcome", "second")
    assert keep("welcome", before, Seen(0, before.mark), "second")[0] == 0
    assert open_drafts(story) == 0
    assert keep("welcome", MINE, Seen(0, before.mark), "second")[0] == 1
    assert words_of(story, "welcome", "second") == MINE
    assert words_of(story, "welcome", "hello").subject == "The letter hello"
    with story.house.database.reading() as session:
        assert current.find(session, "welcome").steps[1].subject == "The letter second"


def test_the_second_of_two_writers_is_told_and_writes_nothing_over(story, begin, keep) -> None:
    slug = begin()
    seen = seen_of(story, slug)
    keep(slug, THEIRS, seen)
    with pytest.raises(EditedMeanwhile, match="look at both"):
        keep(slug, MINE, seen)
    assert words_of(story, slug) == THEIRS
    keep(slug, MINE, Seen(2, THEIRS.mark))  # knowingly
    assert words_of(story, slug) == MINE


def test_the_same_words_again_after_an_answer_that_was_lost_are_no_conflict(story, begin, keep) -> None:
    slug = begin()
    seen = seen_of(story, slug)
    assert keep(slug, MINE, seen) == keep(slug, MINE, seen) == (2, MINE.mark)


def test_a_letter_of_a_sequence_may_go_without_a_preview_text(story, keep) -> None:
    keep("welcome", Words("A subject", " ", "Words.\n"), seen_of(story, "welcome", "hello"), "hello")
    assert words_of(story, "welcome", "hello").preview_text == ""
    with story.house.database.reading() as session:
        assert drafting.mistakes(session, drafts.find(session, "welcome")) == ()


def test_two_who_write_different_letters_of_one_sequence_do_not_meet(story, keep) -> None:
    hello, second = seen_of(story, "welcome", "hello"), seen_of(story, "welcome", "second")
    keep("welcome", MINE, hello, "hello")
    keep("welcome", THEIRS, second, "second")
    assert (words_of(story, "welcome", "hello"), words_of(story, "welcome", "second")) == (MINE, THEIRS)


def test_of_two_who_save_at_once_one_is_told(story, begin, keep) -> None:
    for slug, key in ((begin(), None), ("welcome", "hello")):  # a draft that is there, and one that both make
        seen = seen_of(story, slug, key)

        def outcome(words: Words, slug=slug, key=key, seen=seen) -> str:
            try:
                keep(slug, words, seen, key)
            except EditedMeanwhile:
                return "told"
            return words.subject

        with ThreadPoolExecutor(2) as at_once:
            outcomes = list(at_once.map(outcome, (MINE, THEIRS)))
        kept = words_of(story, slug, key).subject
        assert sorted(outcomes) == sorted(["told", kept])


def test_a_draft_that_was_used_or_let_go_meanwhile_is_not_begun_again_unseen(story, begin, keep) -> None:
    slug = begin()
    keep(slug, MINE, seen_of(story, slug))
    seen = seen_of(story, slug)
    with story.house.database.writing.begin() as session:
        drafts.use(session, slug, story.clock.now())
    with pytest.raises(UsedMeanwhile):
        keep(slug, THEIRS, seen)
    assert open_drafts(story) == 0


def test_what_a_change_refuses_is_not_kept(story, begin, writer) -> None:
    slug = begin()

    def change(papers: Papers) -> None:
        papers.table["name"] = "Another"
        raise Refused("not like this")

    with pytest.raises(Refused), story.house.database.writing.begin() as session:
        drafting.save(session, slug, 1, change, writer, story.clock.now())
    with story.house.database.reading() as session:
        assert drafting.papers(session, slug)[0].table["name"] == "Spring guide"


def test_a_text_part_of_its_own_goes_with_the_words_that_it_told(story, keep, write_folder) -> None:
    folder: Path = write_folder("welcome")
    (folder / "hello.txt").write_text("The same, in plain text.\n")
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(folder), "import", story.clock.now())
    before = words_of(story, "welcome", "hello")
    keep("welcome", Words("Another subject", "", before.body), seen_of(story, "welcome", "hello"), "hello")
    with story.house.database.reading() as session:
        assert (
            penned.source(drafting.papers(session, "welcome")[0], "hello").text
            == "The same, in plain text.\n"
        )
    keep("welcome", MINE, seen_of(story, "welcome", "hello"), "hello")
    with story.house.database.reading() as session:
        assert penned.source(drafting.papers(session, "welcome")[0], "hello").text is None


def test_of_two_letters_that_share_a_file_only_the_one_is_changed() -> None:
    table = {"step": [{"key": "one", "file": "same.md"}, {"key": "two", "file": "same.md"}]}
    papers = Papers("sequence.toml", table, {"same.md": "Words of both.\n"})
    papers.write("one", subject="s", preview_text="", body="Words of one.\n")
    assert (papers.body("one"), papers.body("two")) == ("Words of one.\n", "Words of both.\n")


def test_a_newsletter_is_duplicated_with_its_words_and_a_sequence_is_not(story, begin, keep, writer) -> None:
    slug = begin()
    keep(slug, MINE, seen_of(story, slug))
    with story.house.database.writing.begin() as session:
        copy = drafting.duplicate(session, slug, "Summer guide", writer, story.clock.now())
        assert copy.slug == "summer-guide"
        with pytest.raises(Refused, match="is a sequence"):
            drafting.duplicate(session, "welcome", "Again", writer, story.clock.now())
        with pytest.raises(NotFound):
            drafting.duplicate(session, "nothing", "Again", writer, story.clock.now())
    assert words_of(story, "summer-guide") == MINE


def test_what_nobody_can_see_is_taken_out_and_told() -> None:
    words, told = penned.typed(
        subject="a\r\nb", preview_text="a\ttab", body="one\r\ntwo\x00\r\nthree\ud800\x0b"
    )
    assert words == Words("a b", "a tab", "one\ntwo \nthree  ")
    assert told == {"body": "a character that nobody can see (U+0000, line 2) was taken out"}
