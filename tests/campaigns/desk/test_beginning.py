"""A sequence begins as a draft of one empty letter, or as a copy, and nobody is in it before it is used."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from newsletter.campaigns import listing
from newsletter.campaigns.desk import arranging, beginning, drafting
from newsletter.campaigns.desk.saying import spell_when
from newsletter.campaigns.filing import drafts
from newsletter.errors import NotFound, Refused
from newsletter.staff.models import Staff
from tests.walks.story import Story


def somebody(session: Session, story: Story) -> int:
    """The marketer at this desk."""
    one = Staff(address="the-marketer@example.com", role="marketer", created_at=story.clock.now())
    session.add(one)
    session.flush()
    return one.id


def test_a_new_one_has_one_empty_letter_two_hours_after_and_says_what_it_lacks(story: Story) -> None:
    with story.house.database.writing.begin() as session:
        mine = somebody(session, story)
        draft = beginning.begin(
            session, " After  the winter ", ["tips"], mine, story.clock.now(), reentry=True
        )
        papers = drafting.read(draft)
        folder = arranging.folder(draft.slug, papers)
        assert (draft.slug, draft.origin, draft.state) == ("after-the-winter", "studio", "open")
        assert (folder.name, folder.topics, folder.reentry) == ("After the winter", ("tips",), True)
        assert [spell_when(step.intent.timing) for step in folder.steps] == ["2 hours after"]
        (lacks,) = drafting.mistakes(session, draft)
        assert lacks.endswith("“first-letter.md” is empty or no text; right would be the words of the letter")
        (found,) = (each for each in listing.summaries(session) if each.slug == draft.slug)
        assert (found.state, found.letters, found.draft) == ("draft", 1, "studio")


def test_once_it_is_written_it_admits_whoever_confirms_from_then(story: Story) -> None:
    story.sign_up("visitor012@example.com")
    story.confirm("visitor012@example.com")
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        mine = somebody(session, story)
        draft = beginning.begin(session, "Autumn", [], mine, now)
        draft = drafting.save(session, "autumn", draft.revision, write, mine, now)
        draft = drafting.save(session, "autumn", draft.revision, add, mine, now)
        assert drafting.mistakes(session, draft) == ()
        drafts.use(session, "autumn", now)
    story.sign_up()
    story.confirm()
    story.live(days=6)
    assert [line for line in story.inbox() if "autumn" in line] == [
        "Mon 02 Mar 06:30  Hello, autumn",
        "Fri 06 Mar 10:00  More of autumn",
    ]
    assert not [each for each in story.subjects("visitor012@example.com") if "autumn" in each]


def write(papers: drafting.Papers) -> None:
    papers.write(
        "first-letter", subject="Hello, autumn", preview_text="The leaves fall.", body="Dear reader.\n"
    )


def add(papers: drafting.Papers) -> None:
    key = arranging.add(papers, "More of autumn")
    papers.write(key, subject="More of autumn", preview_text="They still fall.", body="Dear reader.\n")
    assert papers.letter(key)["day"] == 2
    arranging.shift(papers, key, 1)


def test_a_copy_has_the_same_letters_under_another_name_and_is_its_own(story: Story) -> None:
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        copy = beginning.duplicate(session, "welcome", "Welcome", somebody(session, story), now)
        original, _ = drafting.papers(session, "welcome")
        assert copy.slug == "welcome-2"
        papers = drafting.read(copy)
        assert papers.table == original.table
        assert papers.bodies == original.bodies
        assert drafting.mistakes(session, copy) == ()
        assert drafting.open_draft(session, "welcome") is None


def test_what_has_no_name_or_is_no_sequence_is_refused(story: Story) -> None:
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        mine = somebody(session, story)
        newsletter = drafting.begin(session, "Spring guide", "tips", mine, now)
        with pytest.raises(Refused, match="a name has 1 to 120 characters"):
            beginning.begin(session, " ", [], mine, now)
        with pytest.raises(Refused, match="a name has 1 to 120 characters"):
            beginning.duplicate(session, "welcome", "x" * 121, mine, now)
        for slug in (newsletter.slug, "nothing"):
            with pytest.raises(NotFound):
                beginning.duplicate(session, slug, "A copy", mine, now)
