"""How sending goes, in figures: today by stream, the last that went well and the last that did not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from newsletter.delivery.models import Attempt
from newsletter.insights import sending
from tests.delivery.office import Office


@pytest.fixture
def office(story):
    return Office(story.house.database, story.clock)


def talk(story, number: int, outcome: str = "accepted", **more) -> None:
    with story.house.database.writing.begin() as session:
        session.add(Attempt(delivery_id=number, epoch=1, at=story.clock.now(), outcome=outcome, **more))


def look(story, since: timedelta = timedelta(hours=1)):
    with story.house.database.reading() as session:
        return sending.read(session, story.clock.now() - since, story.clock.now())


def test_where_nothing_ever_left_there_is_nothing_to_say(story):
    found = look(story)
    assert (found.today, found.went_well, found.went_wrong) == ({}, None, None)
    assert not found.pulse.alive


def test_only_what_was_taken_over_since_midnight_counts_each_stream_by_itself(story, office):
    talk(story, office.put("before@example.com"))
    story.clock.advance(hours=2)
    for number in range(3):
        talk(story, office.put(f"reader{number}@example.com"))
    talk(story, office.put("staff@example.com", stream="staff"))
    talk(story, office.put("later@example.com"), "deferred")
    assert look(story).today == {"marketing": 3, "staff": 1}
    assert list(look(story, timedelta(hours=3)).today.items()) == [("marketing", 4), ("staff", 1)]


def test_an_e_mail_that_took_several_tries_is_taken_over_once(story, office):
    number = office.put("reader@example.com")
    for outcome in ("deferred", "unwritten", "accepted"):
        talk(story, number, outcome)
    found = look(story)
    assert found.today == {"marketing": 1}
    assert found.went_well.outcome == "accepted"
    assert found.went_wrong.outcome == "unwritten"


def test_the_server_s_words_come_whole_and_the_newest_counts(story, office):
    number = office.put("reader@example.com")
    talk(story, number, "refused", code=550, enhanced="5.1.1", said="no such user")
    story.clock.advance(minutes=1)
    talk(story, number, "unknown")
    found = look(story)
    assert (found.went_wrong.outcome, found.went_wrong.said, found.went_wrong.stream) == (
        "unknown",
        "",
        "marketing",
    )
    talk(story, number, "refused", code=421, said="try later")
    assert look(story).went_wrong.said == "421 try later"


def test_it_costs_the_same_whatever_was_sent(story, office):
    asked: list[str] = []
    event.listen(story.house.database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    event.listen(
        story.house.database.reading.kw["bind"], "before_cursor_execute", lambda *call: asked.append(call[2])
    )
    look(story)
    few = len(asked)
    for number in range(5):
        talk(story, office.put(f"reader{number}@example.com"))
    asked.clear()
    look(story)
    assert len(asked) == few
