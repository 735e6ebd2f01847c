"""Links to ourselves: whether there is such a page, for every reader."""

from __future__ import annotations

from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import drafting, glancing, onlookers, signposts
from newsletter.campaigns.filing import starter
from newsletter.content import gallery, pictures
from newsletter.content.encoding import Encoded
from tests.walks.story import Story

HOME = "https://letters.clinic.example"
SENT, WAITS = "news-what-is-new", "tips-five-questions"


PATHS = {
    "": "",
    "/": "",
    "/archive/": "",
    f"/archive/{SENT}": "",
    f"/archive/{WAITS}": "is an issue that has not gone out yet",
    "/archive/nothing-of-ours": "is no past issue",
    "/u/k7Hq2mWv9x": "right would be {{ unsubscribe_url }}",
    "/preferences/k7Hq2mWv9x": "right would be {{ preferences_url }}",
    "/confirm/k7Hq2mWv9x": "is a link of one person alone",
    "/studio/newsletters/": "leads into the studio",
    "/clinic": "is no page of ours",
    f"/media/{'0' * 64}-600x400.jpg": "is no page of ours",
}


def begin(story: Story) -> None:
    """One newsletter has gone out, another waits."""
    with story.house.database.writing.begin() as session:
        starter.load(session, story.clock.now())
    story.sign_up()
    story.confirm()
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, SENT, story.clock.now())
    story.live(hours=1)


def test_links_to_ourselves_are_looked_up(story: Story) -> None:
    begin(story)
    with story.house.database.reading() as session:
        for path, said in PATHS.items():
            targets = [HOME + path, "https://elsewhere.example/x", "https://[x", "{{ unsubscribe_url }}"]
            found = signposts.astray(session, targets, "", HOME)
            assert len(found) == bool(said), (path, found)
            assert all(line.startswith(HOME) and said in line for line in found), (path, found)


def test_a_picture_that_is_gone_is_missed(story: Story) -> None:
    data_dir = story.house.settings.data_dir
    with story.house.database.writing.begin() as session:
        kept = gallery.keep(
            session, data_dir, Encoded(b"bytes", "image/png", 60, 40), "a.png", story.clock.now()
        )
        html = f'<img src="{HOME}{gallery.address_of(kept)}">'
        assert signposts.astray(session, [HOME + gallery.address_of(kept)], html, HOME) == []
        gallery.discard(session, data_dir, kept)
        assert signposts.astray(session, [], html, HOME) == ["a picture is no longer here; put in another"]
        assert pictures.ADDRESS.search(html)


def test_the_fine_line_leaves_out_what_was_remarked_upon(story: Story) -> None:
    begin(story)
    everybody = onlookers.everybody(story.house.settings.clinic, story.house.links)
    with story.house.database.reading() as session:
        papers, _ = drafting.papers(session, "tips-five-questions")
        for body, remarks, fine in (
            ("Quiet words.", (), ("links", "unsubscribe", "address")),
            (
                f"[Past]({HOME}/archive/nothing-of-ours)",
                (f"{HOME}/archive/nothing-of-ours is no past issue.",),
                ("unsubscribe", "address"),
            ),
            (
                "SEE OUR NEW link here",
                ("“SEE OUR NEW” is all in capitals; bold says as much, more quietly.",),
                ("links", "unsubscribe", "address"),
            ),
        ):
            papers.bodies["issue.md"] = body
            seen = glancing.glance(session, WAITS, papers, None, everybody, {}, home=HOME)
            assert seen.remarks == remarks
            assert tuple(each for each in seen.fine if not each.startswith("size")) == fine
        papers.table["class"] = "care"
        papers.bodies["issue.md"] = "20 % off until Friday."
        seen = glancing.glance(session, WAITS, papers, None, everybody, {}, home=HOME)
        assert "A note for patients carries no offers and no prices: “20 % off”." in seen.remarks
