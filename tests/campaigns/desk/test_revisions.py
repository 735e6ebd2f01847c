"""What a draft said before: one row for each sitting, none of it lost to a save, and forgotten in its time."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select

from newsletter.campaigns.desk import discarding, drafting, revisions
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.models import DraftRevision
from newsletter.privacy import spans
from newsletter.staff.models import Staff

SLUG = "spring-guide"


@pytest.fixture
def writers(story) -> list[int]:
    """Two who write letters."""
    with story.house.database.writing.begin() as session:
        rows = [
            Staff(address=f"{who}@example.com", role="marketer", created_at=story.clock.now())
            for who in ("one", "other")
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


@pytest.fixture
def write(story, writers):
    """`write("words", writers[1], minutes=5)`: after a while, somebody saves these words."""

    def act(words: str, who: int | None = None, slug: str = SLUG, key: str | None = None, **more) -> None:
        anew = more.pop("anew", False)
        story.clock.advance(**more)
        say = partial(Papers.write, key=key, subject="Spring", preview_text="A line.", body=words)
        with story.house.database.writing.begin() as session:
            draft = drafting.open_draft(session, slug)
            revision, by = draft.revision if draft else 0, who or writers[0]
            drafting.save(session, slug, revision, say, by, story.clock.now(), anew=anew)

    return act


@pytest.fixture
def begun(story, writers) -> str:
    with story.house.database.writing.begin() as session:
        return drafting.begin(session, "Spring guide", "tips", writers[0], story.clock.now()).slug


def rows(story, slug: str = SLUG) -> list[DraftRevision]:
    with story.house.database.reading() as session:
        return list(session.scalars(revisions.of(slug)))[::-1]


def bodies(story) -> list[str]:
    return [row.files["issue.md"] for row in rows(story)]


def finish(story, how: str) -> None:
    with story.house.database.writing.begin() as session:
        if how == "used":
            drafts.use(session, SLUG, story.clock.now())
        else:
            discarding.discard(session, SLUG, story.clock.now())


def test_what_is_saved_in_one_sitting_is_one_row_from_its_first_save_to_its_last(story, begun, write) -> None:
    began = story.clock.now()
    for words in ("One.", "One and two.", "One, two, three."):
        write(words, minutes=9)
    (row,) = rows(story)
    assert row.files["issue.md"] == "One, two, three."
    assert (row.began_at, row.saved_at) == (began, story.clock.now())
    assert row.revision == 4


def test_a_pause_another_person_and_a_save_that_can_be_undone_each_begin_a_row(
    story, begun, write, writers
) -> None:
    write("Hers.", minutes=1)
    write("Hers, after eleven minutes.", minutes=11)
    write("Theirs.", writers[1], minutes=1)
    write("Hers again.", minutes=1)
    write("Brought back.", minutes=1, anew=True)
    write("Brought back and mended.", minutes=10)
    assert bodies(story) == [
        "Hers.",
        "Hers, after eleven minutes.",
        "Theirs.",
        "Hers again.",
        "Brought back and mended.",
    ]
    assert [row.saved_by for row in rows(story)] == [writers[0], writers[0], writers[1], *[writers[0]] * 2]


def test_a_save_that_changes_nothing_is_none(story, begun, write, writers) -> None:
    write("Words.", minutes=1)
    before = rows(story)[0].saved_at
    write("Words.", writers[1], minutes=1)
    with story.house.database.reading() as session:
        draft = drafts.find(session, SLUG)
        assert (draft.revision, draft.edited_by) == (2, writers[0])
    assert [row.saved_at for row in rows(story)] == [before]


def test_what_came_in_a_folder_stays_when_somebody_writes_on_it(story, write, write_issue) -> None:
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(write_issue(words="As it came.\n")), "import", story.clock.now())
    came = story.clock.now()
    write("Mended.", hours=3)
    write("Mended twice.", minutes=1)
    first, second = rows(story)
    assert (first.revision, first.files["issue.md"], first.saved_at) == (0, "As it came.\n", came)
    assert (second.revision, second.files["issue.md"]) == (3, "Mended twice.")


def test_a_new_folder_over_her_draft_ends_her_sitting(story, begun, write, write_issue) -> None:
    write("Hers.", minutes=1)
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(write_issue(words="As it came.\n")), "import", story.clock.now())
    write("Mended.", minutes=1)
    assert bodies(story) == ["Hers.", "As it came.\n", "Mended."]


def test_a_draft_begun_anew_after_the_last_was_used_is_another_sitting(story, begun, write) -> None:
    write("Words that are used.\n", minutes=1)
    finish(story, "used")
    write("Words after that.\n", minutes=1)
    assert bodies(story) == ["Words that are used.\n", "Words after that.\n"]


def tidy(story) -> list[str]:
    story.rounds.tidy()
    return bodies(story)


@pytest.mark.parametrize("how", ["used", "let go"])
def test_twelve_months_after_its_draft_ended_a_sitting_is_forgotten(story, begun, write, how) -> None:
    write("Before.\n", minutes=1)
    finish(story, how)
    story.clock.advance(days=100)
    if how == "used":
        write("Still on the desk.\n", minutes=1)
    story.clock.advance(days=spans.DRAFTS.days - 101)
    kept = ["Still on the desk.\n"] if how == "used" else []
    assert tidy(story) == ["Before.\n", *kept]
    story.clock.advance(days=2)
    assert tidy(story) == kept
    story.clock.advance(days=800)
    assert tidy(story) == kept  # it is still open, however long nobody came back to it


def test_of_one_campaign_the_newest_two_hundred_are_kept(story, begun, writers) -> None:
    def many(slug: str, number: int, since: datetime) -> list[dict[str, object]]:
        moments = [since + timedelta(hours=each) for each in range(number)]
        row = {"slug": slug, "revision": 1, "files": {}, "saved_by": writers[0]}
        return [row | {"began_at": each, "saved_at": each} for each in moments]

    with story.house.database.writing.begin() as session:
        now = story.clock.now()
        several = many("busy", revisions.MOST + 3, now) + many("quiet", revisions.MOST, now)
        session.execute(insert(DraftRevision), several)
        newest = session.scalars(select(DraftRevision.saved_at).where(DraftRevision.slug == "busy")).all()[3:]
    story.rounds.tidy()
    assert [row.saved_at for row in rows(story, "busy")] == newest
    assert len(rows(story, "quiet")) == revisions.MOST
    assert len(rows(story)) == 1


def test_what_is_forgotten_goes_in_slices(story, begun, write) -> None:
    for number in range(3):
        write(f"{number}\n", hours=1)
    finish(story, "let go")
    gone = []
    with story.house.database.writing.begin() as session:
        before = story.clock.now() + timedelta(days=1)
        while revisions.any_old(session, before):
            gone.append(revisions.forget_old(session, before, 2))
    assert gone == [2, 2]
