"""A sequence with people in it is exported, edited, imported and used: golden inboxes."""

from __future__ import annotations

from pathlib import Path

from newsletter.campaigns.filing import current, drafts, exporting, importing
from newsletter.campaigns.filing.files import read_folders
from tests.walks.story import READER, Story, text_of

LATE = "visitor014@example.com"


def export(story: Story, out: Path) -> Path:
    with story.house.database.reading() as session:
        campaigns = [current.find(session, slug) for slug in current.slugs(session)]
    exporting.export([each for each in campaigns if each], out)
    return out / "welcome"


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))


def test_new_words_reach_who_waits_for_them_and_nothing_comes_twice(story: Story, tmp_path: Path) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=4)
    story.sign_up(LATE)
    story.confirm(LATE)
    story.live(days=3)  # the first reader has had three letters, the second two

    welcome = export(story, tmp_path / "out")
    letter = welcome / "03-under-the-skin.md"
    letter.write_text("Needles, repair, and patience: the same in fewer words.\n")
    edit(welcome / "sequence.toml", 'subject = "What happens under the skin"', 'subject = "Under the skin"')
    edit(welcome / "sequence.toml", 'day = 9\nat = "10:00"', 'day = 10\nat = "16:00"')
    with story.house.database.writing.begin() as session:
        done = importing.take_in(session, read_folders(tmp_path / "out"), story.clock.now())
    assert {each.slug: each.became for each in done if each.became != "unchanged"} == {"welcome": "draft"}
    with story.house.database.writing.begin() as session:
        drafts.use(session, "welcome", story.clock.now())
    story.live(days=30)

    assert story.inbox()[1:] == [
        "Mon 02 Mar 04:30  Welcome: your first letter, and what comes next",
        "Wed 04 Mar 10:00  Is one microneedling session enough?",
        "Sat 07 Mar 10:00  What happens under the skin",
        "Thu 12 Mar 16:00  Right away, and over the weeks",
        "Mon 16 Mar 10:00  Why sessions build on each other",
        "Mon 23 Mar 10:00  A plan that fits your skin",
    ]
    assert story.inbox(LATE)[1:] == [
        "Fri 06 Mar 04:30  Welcome: your first letter, and what comes next",
        "Sun 08 Mar 10:00  Is one microneedling session enough?",
        "Wed 11 Mar 10:00  Under the skin",
        "Mon 16 Mar 16:00  Right away, and over the weeks",
        "Fri 20 Mar 10:00  Why sessions build on each other",
        "Fri 27 Mar 10:00  A plan that fits your skin",
    ]
    assert "the same in fewer words" in text_of(story.letters(LATE)[3])
    assert "the same in fewer words" not in text_of(story.letters(READER)[3])
