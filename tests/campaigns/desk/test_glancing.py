"""A letter at a glance, and for whom: the onlookers, the mistakes, the remarks, and what is fine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.campaigns.desk import drafting, glancing, onlookers
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.desk.glancing import Glance
from newsletter.campaigns.desk.onlookers import Onlooker
from newsletter.clinic import EXAMPLE_CLINIC
from newsletter.errors import NotFound
from tests.walks.story import Story

NEW_YORK = ZoneInfo("America/New_York")
LINE = "A line that says what this letter is about, and no more."


def issue(body: str = "Words.", **more: Any) -> Papers:
    """A newsletter on the desk."""
    table = {"name": "Guide", "subject": "A guide", "preview_text": LINE, "topic": "tips", "file": "issue.md"}
    return Papers("broadcast.toml", table | more, {"issue.md": body})


@pytest.fixture
def look(story: Story) -> Callable[..., Glance]:
    """`look(papers, "unnamed", key="hello")`: the letter as this onlooker would get it."""

    def glance(
        papers: Papers, who: Onlooker = "named", key: str | None = None, clinic: Any = EXAMPLE_CLINIC
    ) -> Glance:
        slug = "guide" if key is None else "welcome"
        with story.house.database.reading() as session:
            known = onlookers.known(session, who, slug, papers, NEW_YORK, story.clock.now())
            everybody = onlookers.everybody(clinic, story.house.links)
            return glancing.glance(session, slug, papers, key, everybody, known)

    return glance


def sequence(story: Story) -> Papers:
    with story.house.database.reading() as session:
        return drafting.papers(session, "welcome")[0]


def test_a_letter_without_fault_is_fine_in_all_its_parts(look) -> None:
    seen = look(issue())
    assert (seen.mistakes, seen.remarks) == ((), ())
    assert seen.fine == ("links", "size 6 KB", "unsubscribe", "address")


def test_a_new_reader_has_a_name_or_none_and_every_topic(look) -> None:
    papers = issue("Hello{% if first_name %} {{ first_name }}{% endif %}, {{ topics|join(' ') }}.")
    for who, said in (("named", "Hello Reader,"), ("unnamed", "Hello,")):
        text = look(papers, who).seen.text
        assert said in text
        assert "resources tips news" in text


def test_one_of_the_people_is_shown_what_is_known_of_her(story, look) -> None:
    story.sign_up(first_name="Visitor 014")
    story.confirm()
    seen = look(issue("Hello {{ first_name }}, {{ topics|join(' ') }}."), story.person().id)
    assert "Hello Visitor 014," in seen.seen.text
    with pytest.raises(NotFound, match="not on the list any more"):
        look(issue(), 999)


def test_a_list_of_letters_has_the_days_of_somebody_who_confirms_now(story, look) -> None:
    papers = sequence(story)
    body = "{% for letter in letters %}{{ letter.number }} {{ letter.subject }}, {{ letter.day }} {{ letter.hour }}. {% endfor %}"
    papers.write("hello", subject="Hello", preview_text=LINE, body=body)
    text = " ".join(look(papers, key="hello").seen.text.split())
    assert "1 Hello, Monday, 2 March 04:30." in text
    assert "2 The letter second, Wednesday, 4 March 10:00." in text
    assert "3 The letter third, Saturday, 7 March 10:00." in text


def test_a_sequence_that_cannot_be_read_yet_lists_none_and_is_shown_all_the_same(story, look) -> None:
    papers = sequence(story)
    papers.write("third", subject="", preview_text="", body="")
    papers.write("hello", subject="H", preview_text="", body="All{% for letter in letters %} x{% endfor %}.")
    seen = look(papers, key="hello")
    assert "All." in seen.seen.text
    assert seen.mistakes == ()  # what is wrong with another letter is said there
    assert look(papers, key="third").mistakes == ("a letter needs a subject", "the body has no words yet")


def test_of_a_newsletter_what_stands_around_the_letter_is_looked_at_too(look) -> None:
    (mistake,) = look(issue(topic="tipps")).mistakes
    assert mistake.startswith("there is no topic “tipps”")
    assert look(issue(preview_text=" ")).mistakes == (glancing.NO_PREVIEW,)
    assert look(issue(preview_text=" ")).remarks == ()


def test_a_letter_of_a_sequence_may_go_without_a_preview_text_and_is_told(story, look) -> None:
    papers = sequence(story)
    papers.write("hello", subject="Hello", preview_text="", body="Words.")
    seen = look(papers, key="hello")
    assert (seen.mistakes, seen.remarks) == ((), ("Preview text missing.",))


def test_a_misspelled_field_is_a_mistake_and_no_remark_besides(look) -> None:
    seen = look(issue("Hello {{ frist_name }}"))
    assert seen.mistakes[0].startswith("there is no field “frist_name”")
    assert seen.remarks == ()


@pytest.mark.parametrize(
    ("body", "remark", "not_fine"),
    [
        ("[x](http://clinic.example/)", "http://clinic.example/ is not encrypted", "links"),
        ("![](https://clinic.example/a.png)", "A picture has no description", ""),
        ("Hello {{ first_name }}", "Would stop for readers without first_name", ""),
    ],
    ids=["plain-http", "picture", "name"],
)
def test_a_remark_stops_nothing_and_takes_its_part_out_of_what_is_fine(look, body, remark, not_fine) -> None:
    seen = look(issue(body))
    assert seen.mistakes == ()
    assert any(remark.lower() in each.lower() for each in seen.remarks)
    assert not_fine not in seen.fine


def test_a_clinic_without_an_address_is_told_that_nobody_would_get_it(look) -> None:
    seen = look(issue(), clinic=replace(EXAMPLE_CLINIC, postal_address=""))
    assert "address" not in seen.fine
    assert "Would stop for readers without clinic_postal_address" in seen.remarks[0]


@pytest.mark.parametrize(
    ("papers", "said"),
    [
        (issue(), ()),
        (issue(topic="tipps"), ()),
        (issue(preview_text=""), ()),
        (issue(" \n"), ("the body has no words yet",)),
        (issue(" ", subject=""), ("a letter needs a subject", "the body has no words yet")),
        (
            issue("{% endif %}"),
            ("body, line 1: {% endif %} closes nothing; it needs a {% if … %} before it",),
        ),
    ],
    ids=["sound", "topic", "no-preview", "no-words", "nothing", "tag"],
)
def test_what_keeps_the_letter_itself_from_going_out(story: Story, papers: Papers, said: tuple) -> None:
    with story.house.database.reading() as session:
        assert glancing.mistakes(session, papers, None) == said


def test_html_is_shown_from_its_own_file(look) -> None:
    papers = issue()
    papers.table["file"] = "issue.html"
    papers.bodies = {
        "issue.html": "<p>Words &amp; <b>more</b>.</p>",
        "issue.txt": "Words of the text part.\n",
    }
    seen = look(papers).seen
    assert ">more</b>" in seen.html
    assert "Words of the text part." in seen.text


def test_links_of_nobody_lead_to_the_page_that_says_so(story: Story, look, tmp_path: Path) -> None:
    html = look(issue()).seen.html
    assert f"{story.house.settings.base_url}{onlookers.NO_READER}" in html
    assert "/u/" not in html
    assert "/preferences/" not in html
