"""Rehearse: the dates fill in from the planner that the worker obeys, and each letter opens as she would read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from lxml import html as trees
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.campaigns.desk import drafting
from tests.walks.story import Story, text_of
from tests.web.visiting import READER, Visitor, counts, words

WELCOME = "/studio/sequences/welcome/"
REHEARSE = WELCOME + "rehearse"
LATE_ON_THURSDAY = {"zone": "America/New_York", "day": "2026-03-05", "hour": "22:30"}


@pytest.fixture
def marketer(app: Flask, marketer: Visitor) -> Visitor:
    """Her bare posts need no token: what forms carry is asked in tests/web."""
    app.config["WTF_CSRF_ENABLED"] = False
    return marketer


def rehearsed(visitor: Visitor, **asked: object) -> dict[str, list[str]]:
    """Subject -> what stands beside it: `Comes Thu 5 Mar, 22:30`, or a line for live and one for the draft."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    tree = trees.fromstring(visitor.open(f"{REHEARSE}?{query}").text)
    return {
        card.findtext("h2"): [" ".join(" ".join(each.itertext()).split()) for each in card.xpath(".//dl/div")]
        for card in tree.xpath("//ol[@class='rehearsal']/li")
    }


def frames(visitor: Visitor) -> dict[str, str]:
    """The title of each frame on the page -> where it leads."""
    tree = trees.fromstring(visitor.page)
    return {frame.get("title"): frame.get("src") for frame in tree.iter("iframe")}


def test_a_new_reader_s_dates_are_those_on_which_the_letters_come(story: Story, marketer: Visitor) -> None:
    assert rehearsed(marketer, **LATE_ON_THURSDAY) == {
        "Welcome: your first letter, and what comes next": ["Comes Thu 5 Mar, 22:30"],
        "Is one microneedling session enough?": ["Comes Sat 7 Mar, 10:00"],
        "What happens under the skin": ["Comes Tue 10 Mar, 10:00"],
        "Right away, and over the weeks": ["Comes Sat 14 Mar, 10:00"],
        "Why sessions build on each other": ["Comes Thu 19 Mar, 10:00"],
        "A plan that fits your skin": ["Comes Thu 26 Mar, 10:00"],
    }
    story.sign_up()
    story.clock.advance(days=3, hours=18)  # 22:30 on Thursday in New York is 03:30 on Friday in UTC
    story.confirm()
    story.live(days=30)
    assert story.inbox()[1:] == [
        "Thu 05 Mar 22:30  Welcome: your first letter, and what comes next",
        "Sat 07 Mar 10:00  Is one microneedling session enough?",
        "Tue 10 Mar 10:00  What happens under the skin",
        "Sat 14 Mar 10:00  Right away, and over the weeks",
        "Thu 19 Mar 10:00  Why sessions build on each other",
        "Thu 26 Mar 10:00  A plan that fits your skin",
    ]


def test_a_push_to_a_weekday_is_said_with_its_reason(story: Story, marketer: Visitor) -> None:
    found = rehearsed(marketer, zone="Asia/Tokyo", day="2026-03-07", hour="09:00")
    assert found["A plan that fits your skin"] == ["Comes Mon 30 Mar, 10:00 moved to Monday: weekdays only"]
    assert found["Is one microneedling session enough?"] == ["Comes Mon 9 Mar, 10:00"]


def test_without_asking_it_is_now_on_the_clinic_s_clock(story: Story, marketer: Visitor) -> None:
    first = next(iter(rehearsed(marketer).values()))
    assert first == ["Comes Mon 2 Mar, 04:30"]
    form = next(
        each
        for each in trees.fromstring(marketer.page).forms
        if "zone" in each.fields and each.method == "GET"
    )
    assert (form.fields["zone"], form.fields["day"], form.fields["hour"]) == (
        "America/New_York",
        "2026-03-02",
        "04:30",
    )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"day": "Thursday"}, "This is not a day and an hour; right would be 2026-03-05 and 22:30"),
        ({"day": "2026-03-05", "hour": "25:00"}, "This is not a day and an hour"),
        ({"day": "9999-12-31", "hour": "23:59"}, "This is not a day and an hour"),
        ({"zone": "Mars/Olympus"}, "This zone is not known; right would be"),
    ],
)
def test_what_cannot_be_rehearsed_is_said_and_stays_typed(
    story: Story, marketer: Visitor, asked: dict[str, str], says: str
) -> None:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = marketer.open(f"{REHEARSE}?{query}")
    assert answer.status_code == 400
    assert says.lower() in words(answer.text).lower()
    for name, value in asked.items():
        assert name == "zone" or f'value="{value}"' in answer.text


def test_live_and_draft_stand_side_by_side_and_open_in_their_own_words(
    story: Story, marketer: Visitor
) -> None:
    def change(papers: drafting.Papers) -> None:
        papers.letter("over-the-weeks")["day"] = 10
        papers.write(
            "is-one-enough", subject="Is one enough?", preview_text="Shorter.", body="Only in the draft.\n"
        )

    with story.house.database.writing.begin() as session:
        drafting.save(session, "welcome", 0, change, 1, story.clock.now())
    found = rehearsed(marketer, **LATE_ON_THURSDAY)
    assert found["Right away, and over the weeks"] == ["Live Sat 14 Mar, 10:00", "Draft Sun 15 Mar, 10:00"]
    assert found["What happens under the skin"] == ["Comes Tue 10 Mar, 10:00"]
    where = frames(marketer)
    both = [
        where["Is one enough?, live"],
        where["Is one enough?, draft"],
    ]
    cards = trees.fromstring(marketer.page).xpath("//ol[@class='rehearsal']/li[.//del]")
    assert [card.findtext("h2") for card in cards] == ["Is one enough?"]
    assert cards[0].xpath("(.//dl[@class='reworded']//del)[1]/text()") == [" microneedling session"]
    live, draft = (words(marketer.open(each).text) for each in both)
    assert "Only in the draft." in draft
    assert "Only in the draft." not in live
    assert "The short answer" in live


def test_a_letter_opens_as_the_production_compile_would_send_it(story: Story, marketer: Visitor) -> None:
    rehearsed(marketer, **LATE_ON_THURSDAY)
    source = frames(marketer)["Welcome: your first letter, and what comes next, live"]
    answer = marketer.open(source)
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    page = words(answer.text)
    assert "Hello," in page
    assert "Saturday, 7 March, 10:00 Is one microneedling session enough?" in page
    story.sign_up()
    story.clock.advance(days=3, hours=18)
    story.confirm()
    sent = text_of(story.letters()[-1])
    for day in ("Saturday, 7 March, 10:00", "Thursday, 26 March, 10:00"):
        assert day in sent
        assert day in page


def test_a_letter_that_cannot_be_compiled_yet_says_why_in_its_place(story: Story, marketer: Visitor) -> None:
    with story.house.database.writing.begin() as session:
        broken = "Hello {{ first_name\n"
        drafting.save(
            session,
            "welcome",
            0,
            lambda papers: papers.write("is-one-enough", subject="S", preview_text="P", body=broken),
            1,
            story.clock.now(),
        )
    answer = marketer.open(f"{WELCOME}is-one-enough/rehearsed?version=draft")
    assert answer.status_code == 200
    assert "There is no picture yet." in words(answer.text)
    assert marketer.open(f"{WELCOME}nothing/rehearsed").status_code == 404


def test_one_of_the_people_is_found_by_her_address_which_no_address_line_keeps(
    story: Story, marketer: Visitor
) -> None:
    story.sign_up(READER, zone="Europe/Berlin", first_name="Reader 014")
    story.confirm()
    answer = marketer.send(REHEARSE, {"person": READER, "day": "2026-03-05", "hour": "22:30"})
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert "example.com" not in where
    page = words(marketer.open(where).text)
    assert "her clock, Europe/Berlin." in page
    source = frames(marketer)["Welcome: your first letter, and what comes next, live"]
    assert "Hello Reader 014," in words(marketer.open(source).text)
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.facts) == ("rehearse_for", {"slug": "welcome"})


@pytest.mark.parametrize(
    ("typed", "says"),
    [("nobody@example.com", "Nobody here has this address."), ("reader", "")],
)
def test_somebody_who_is_not_there_is_said_at_the_field(
    story: Story, marketer: Visitor, typed: str, says: str
) -> None:
    answer = marketer.send(REHEARSE, {"person": typed})
    assert answer.status_code == 400
    field = trees.fromstring(answer.text).get_element_by_id("person")
    assert (field.get("value"), field.get("aria-invalid")) == (typed, "true")
    alert = trees.fromstring(answer.text).get_element_by_id("person-wrong").text_content()
    assert says in alert
    assert alert.strip()


def test_who_sees_no_people_rehearses_a_new_reader_only(
    story: Story, confirmed: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    viewer = sign_in("viewer")
    person = story.person().id
    page = viewer.open(f"{REHEARSE}?as={person}").text
    assert "by e-mail" not in page
    assert READER not in page
    assert len(frames(viewer)) == 6
    frame = viewer.open(f"{WELCOME}welcome/rehearsed?as={person}")
    assert frame.status_code == 200
    assert "Hello," in words(frame.text)


def test_rehearsing_changes_nothing(story: Story, marketer: Visitor) -> None:
    before = counts(story.house.database)
    rehearsed(marketer, **LATE_ON_THURSDAY)
    for source in frames(marketer).values():
        assert marketer.open(source).status_code == 200
    assert counts(story.house.database) == before
