"""The list of people in the studio: found by search and filters, in the address, for whom it is meant."""

from __future__ import annotations

import pytest
from lxml import html as trees
from sqlalchemy import event, select

from newsletter.audience import blocking, finding, holds, subscriptions
from newsletter.audience.models import Subscriber
from newsletter.audience.wanted import STANDINGS, Wanted, stands
from newsletter.delivery import mailboxes
from tests.web.studio.readers import come, come_back
from tests.web.visiting import READER, both, words

LIST = "/studio/people/"


def names(page: str) -> list[str]:
    """The addresses in the table, as they stand."""
    return [row.text_content() for row in trees.fromstring(page).xpath("//tbody//th/a")]


def chips(page: str) -> list[str]:
    return [chip.text_content() for chip in trees.fromstring(page).xpath("//td[@data-label='Stands']/span")]


def write(story, work):
    with story.house.database.writing.begin() as session:
        return work(session)


def care_patient(story) -> None:
    """Somebody who never had to do with letters."""

    def add(session):
        now = story.clock.now()
        box = mailboxes.find_or_add(session, "patient@example.com", "patient@example.com", now)
        session.add(Subscriber(mailbox_id=box.id, signed_up=False, source="care", created_at=now))

    write(story, add)


@both
def test_everybody_stands_in_one_place_and_each_filter_finds_them(story, marketer):
    come(story.house, 2, "resources")
    come(story.house, 1, "tips")
    come(story.house, 1, "news")
    story.sign_up("waits@example.com")
    story.sign_up(READER)
    story.confirm(READER)
    story.leave(READER)
    now, zone = story.clock.now(), story.house.settings.clinic.zone
    write(
        story, lambda session: holds.take_break(session, story.person("tips0@example.com").id, 1, now, zone)
    )
    write(story, lambda session: blocking.add(session, "news0@example.com", "all", "asked by phone", now))
    care_patient(story)
    marketer.open(LIST)
    everybody = names(marketer.page)
    assert everybody[0] == READER, "newest first"
    assert "patient@example.com" not in everybody
    assert "6 people" in words(marketer.page)
    found = {}
    for each in STANDINGS:
        marketer.open(f"{LIST}?status={each}")
        found[each] = (names(marketer.page), set(chips(marketer.page)))
    assert found == {
        "letters": (["resources1@example.com", "resources0@example.com"], {"Gets letters"}),
        "waiting": (["waits@example.com"], {"Waiting to confirm"}),
        "break": (["tips0@example.com"], {"On a break until 2 April"}),
        "blocked": (["news0@example.com"], {"Do not mail"}),
        "left": ([READER], {"Left"}),
    }
    assert marketer.open(f"{LIST}?status=asleep").status_code == 404


@both
def test_the_search_looks_at_how_an_address_or_a_name_begins_whatever_the_case(story, marketer):
    come(story.house, 2, "resources")
    story.sign_up("Élise.of.tests@example.com", first_name="Élise")
    story.sign_up("percent%sign@example.com", first_name="Resa")

    def asked(text: str) -> list[str]:
        marketer.open(f"{LIST}?q={text}")
        return names(marketer.page)

    assert asked("RESOURCES1") == ["resources1@example.com"]
    assert asked("res") == ["percent%sign@example.com", "resources1@example.com", "resources0@example.com"]
    assert [asked(each) for each in ("élise", "ÉLISE", "Éli")] == [["Élise.of.tests@example.com"]] * 3
    assert asked("percent%25s") == ["percent%sign@example.com"]
    assert asked("%25") == [], "a sign of the database’s own is a letter like others"
    assert asked("esources") == []
    assert "Nobody found" in words(marketer.page)


@both
def test_topic_tag_source_and_day_narrow_together_and_stay_in_the_address(story, marketer):
    come(story.house, 2, "resources")
    story.clock.advance(days=3)
    come(story.house, 2, "tips")
    come_back(story.house, marketer)

    def tag(session):
        for each in session.scalars(select(Subscriber).order_by(Subscriber.id)):
            each.tags = ["Café, met there"] if each.id % 2 else ["met"]

    write(story, tag)
    marketer.open(f"{LIST}?topic=tips")
    assert names(marketer.page) == ["tips1@example.com", "tips0@example.com"]
    marketer.open(f"{LIST}?tag=met")
    assert len(names(marketer.page)) == 2, "the whole tag, not a part of one"
    marketer.open(f"{LIST}?tag=Caf%C3%A9%2C+met+there&since=2026-03-04&source=test")
    assert len(names(marketer.page)) == 1
    form = trees.fromstring(marketer.page).xpath("//form[@role='search']")[0]
    assert dict(form.form_values()) == {
        "q": "",
        "status": "",
        "topic": "",
        "tag": "Café, met there",
        "source": "test",
        "since": "2026-03-04",
    }
    marketer.open(f"{LIST}?tag=nobody&source=none")
    assert "Nobody found" in words(marketer.page)
    assert marketer.open(f"{LIST}?since=the+third").status_code == 400
    assert "This is not a day" in words(marketer.page)


def test_pages_go_on_where_the_last_one_ended_and_keep_the_question(story, marketer):
    come(story.house, 120, "resources")
    marketer.open(f"{LIST}?topic=resources")
    seen = names(marketer.page)
    while older := trees.fromstring(marketer.page).xpath(
        "//nav[@aria-label='Pages']/a[text()='Older']/@href"
    ):
        assert "topic=resources" in older[0]
        marketer.open(older[0])
        seen += names(marketer.page)
    assert seen == [f"resources{each}@example.com" for each in reversed(range(120))]


def test_the_list_costs_as_many_statements_with_a_hundred_people_as_with_sixty(story, marketer):
    asked: list[str] = []
    for engine in (story.house.database.engine, story.house.database.reading.kw["bind"]):
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    come(story.house, 60, "resources")
    marketer.open(LIST)  # the first answer of a process asks more
    asked.clear()
    marketer.open(LIST)
    few = len(asked)
    come(story.house, 60, "tips", "news")
    asked.clear()
    marketer.open(LIST)
    assert len(names(marketer.page)) == 50
    assert 0 < len(asked) == few
    asked.clear()
    marketer.open(f"{LIST}?q=resources59")
    assert len(asked) == few - 1, "who is alone on the page need not be counted"


def test_above_a_bound_people_are_not_counted_further(story, monkeypatch):
    come(story.house, 5, "resources")
    monkeypatch.setattr(finding, "MOST_COUNTED", 3)
    with story.house.database.reading() as session:
        assert finding.count(session, Wanted(), story.clock.now()) == 4
        assert finding.count(session, Wanted(text="resources1"), story.clock.now()) == 1


def test_a_walk_over_all_of_them_goes_in_slices_and_misses_nobody(story):
    come(story.house, 7, "resources")
    with story.house.database.reading() as session:
        walked: list[int] = []
        while piece := finding.after(session, Wanted(), story.clock.now(), walked[-1] if walked else 0, 3):
            walked += piece
        assert walked == list(session.scalars(select(Subscriber.id).order_by(Subscriber.id)))


@both
def test_who_may_see_nobody_sees_numbers(story, sign_in):
    come(story.house, 2, "resources")
    story.sign_up(READER)
    care_patient(story)
    viewer = sign_in("viewer")
    assert viewer.open(LIST).status_code == 200
    facts = trees.fromstring(viewer.page).xpath("//dl[@class='facts']/div")
    said = {fact.find("dt").text: fact.find("dd").text for fact in facts}
    assert said == {
        "Gets letters": "2",
        "Waiting to confirm": "1",
        "On a break": "0",
        "Do not mail": "0",
        "Left": "0",
        "Here for care alone": "1",
    }
    assert "@example.com" not in viewer.page.partition("<main")[2]


def test_the_care_team_looks_and_changes_nothing(story, sign_in):
    come(story.house, 1, "resources")
    clinician = sign_in("clinician")
    clinician.open(LIST)
    assert names(clinician.page) == ["resources0@example.com"]
    assert trees.fromstring(clinician.page).xpath("//main//button/text()") == ["Search"]
    assert "Add a person" not in words(clinician.page)


def test_where_nobody_is_yet_the_page_says_how_people_come(marketer):
    marketer.open(LIST)
    assert "Nobody here yet" in words(marketer.page)


@pytest.mark.parametrize("states", [[], ["pending"], ["confirmed", "pending"], ["unsubscribed"]])
@pytest.mark.parametrize("held", [False, True])
def test_the_word_for_a_person_is_the_first_thing_that_decides(states, held):
    status = subscriptions.status(states)
    plain = {"confirmed": "break" if held else "letters", "pending": "waiting", "unsubscribed": "left"}
    assert stands(states, stopped=False, held=held) == plain[status]
    assert stands(states, stopped=True, held=held) == "blocked"


def test_a_day_counts_from_its_midnight_on_the_clinics_clock(story, marketer):
    come(story.house, 1, "resources")  # 2 March, 4:30 in New York
    story.clock.advance(hours=20, minutes=-1)
    come(story.house, 1, "tips")  # 3 March, 0:29 there
    come_back(story.house, marketer)
    marketer.open(f"{LIST}?since=2026-03-03")
    assert names(marketer.page) == ["tips0@example.com"]
