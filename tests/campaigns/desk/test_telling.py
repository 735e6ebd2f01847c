"""How a newsletter stands, in the words of the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.campaigns.audience_of import Count, Whom
from newsletter.campaigns.desk import telling
from newsletter.campaigns.desk.launching import Choice, NotLikeThat
from newsletter.campaigns.desk.shelf import Newsletter
from newsletter.campaigns.desk.telling import Chip

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HERE = ZoneInfo("America/New_York")
DRAFT = Newsletter("spring-guide", "Spring guide", "A guide", "resources", (), True, "draft", False, NOW)
LOCAL = {"local_day": date(2026, 3, 5), "local_hour": 9}
BEGUN = {"started_at": NOW, "handed_over": 120, "through": 125}


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


@pytest.mark.parametrize(
    ("facts", "words", "tone"),
    [
        ({}, "draft", "soft"),
        ({"state": "scheduled", "starts_at": after(seconds=102)}, "goes out in 1:42", ""),
        ({"state": "scheduled", "starts_at": after(seconds=101.2)}, "goes out in 1:42", ""),
        ({"state": "scheduled", "starts_at": after(minutes=-1)}, "goes out in 0:00", ""),
        ({"state": "scheduled", "starts_at": after(minutes=3)}, "Monday 2 March, 4:33", ""),
        ({"state": "scheduled", "starts_at": after(days=305)}, "Friday 1 January 2027, 4:30", ""),
        (
            {"state": "scheduled", "starts_at": after(days=2), **LOCAL},
            "Thursday 5 March, 9:00 each in their own time",
            "",
        ),
        ({"state": "sending", "people": 1812, **BEGUN}, "going out: 120 of 1,812", ""),
        ({"state": "sending", **BEGUN}, "going out: 120 so far", ""),
        ({"state": "sending", "started_at": NOW}, "going out", ""),
        ({"state": "paused", "people": 812, **BEGUN}, "paused: 120 of 812", "alarm"),
        ({"state": "paused", "people": 812}, "paused", "alarm"),
        ({"state": "late"}, "waiting for your decision", "alarm"),
        ({"state": "sent", "started_at": after(hours=-5)}, "sent 1 March", "well"),
        ({"state": "sent", "started_at": after(days=-300)}, "sent 6 May 2025", "well"),
        ({"state": "canceled", "started_at": NOW}, "canceled", "soft"),
        ({"state": "canceled"}, "discarded", "soft"),
    ],
    ids="draft undo rounded-up over later next-year local sending counting beginning paused not-begun late sent "
    "last-year canceled discarded".split(),
)
def test_a_state_is_said_in_a_few_words(facts: dict[str, Any], words: str, tone: telling.Tone) -> None:
    assert telling.chip(replace(DRAFT, **facts), HERE, NOW) == Chip(words, tone)


def test_who_is_left_out_is_said_by_cause_and_by_the_names_that_people_know() -> None:
    whom = Whom("resources", ("tips", "news"))
    people = Count(whom, 812, 1860, {"topic": 1031, "except": 1, "stopped": 5, "break": 1, "healing": 12})
    topics = {"resources": "Guides", "tips": "Tips"}
    assert telling.left_out(people, topics) == [
        "1,031 chose no Guides",
        "1 hears about Tips or news",
        "5 do not mail",
        "1 is on a break",
        "12 are held back by the clinic",
    ]
    assert telling.left_out(replace(people, causes={"topic": 0, "stopped": 0}), topics) == []


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("A guide", "A guide"),
        ("New at {{ clinic_name }}", "New at Example Skin Clinic"),
        ("For you, {{ first_name }}", "For you, {{ first_name }}"),
        ("Broken {{ clinic_name", "Broken {{ clinic_name"),
        ("", ""),
    ],
    ids="plain clinic reader broken empty".split(),
)
def test_a_subject_is_read_with_the_clinic_s_facts_in_it(typed: str, read: str) -> None:
    said = replace(DRAFT, subject=typed)
    assert telling.subject(said, {"clinic_name": "Example Skin Clinic"}) == read


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("spring-guide/broadcast.toml: “subject” is one line of text, not empty", "The subject is missing."),
        ("spring-guide/broadcast.toml:3: “preview_text” is one line of text", "The preview text is missing."),
        ("spring-guide/issue.md: “issue.md” is empty or no text", "The letter has no words yet."),
        ("spring-guide/issue.md: line 3: there is no field “gossip”", "Line 3: there is no field “gossip”"),
        ("something else is wrong", "Something else is wrong"),
    ],
    ids="subject preview words field other".split(),
)
def test_a_mistake_is_said_without_the_file_it_stands_in(line: str, says: str) -> None:
    assert telling.mistake(line) == says


@pytest.mark.parametrize(
    ("kind", "day", "hour", "moment"),
    [
        ("now", None, 9, {}),
        ("clinic", date(2026, 3, 2), 5, {"at": "2026-03-02T05:00:00-05:00"}),
        ("clinic", date(2026, 3, 8), 3, {"at": "2026-03-08T03:00:00-04:00"}),
        ("clinic", date(2026, 11, 1), 1, {"at": "2026-11-01T01:00:00-04:00"}),
        ("local", date(2026, 3, 8), 2, {"at": "2026-03-08T12:00:00-04:00", "local_hour": 2}),
    ],
    ids="now today after-the-gap twice local-gap".split(),
)
def test_a_choice_is_a_moment(kind: Any, day: date | None, hour: int, moment: dict[str, Any]) -> None:
    """An hour that exists twice is the first; one that is skipped for some readers is theirs to be moved."""
    found = Choice(Whom("tips"), True, kind, day, hour).moment(HERE, NOW)
    assert {
        name: value if name == "local_hour" else value.isoformat() for name, value in found.items()
    } == moment


@pytest.mark.parametrize(
    ("kind", "day", "hour", "field"),
    [
        ("clinic", None, 9, "day"),
        ("local", None, 9, "day"),
        ("clinic", date(2026, 3, 2), 4, "hour"),
        ("local", date(2026, 3, 2), 4, "hour"),
        ("clinic", date(2026, 3, 8), 2, "hour"),
    ],
    ids="clinic-no-day local-no-day past local-past skipped".split(),
)
def test_a_moment_that_is_none_is_refused_at_its_field(
    kind: Any, day: date | None, hour: int, field: str
) -> None:
    with pytest.raises(NotLikeThat) as refused:
        Choice(Whom("tips"), True, kind, day, hour).moment(HERE, NOW)
    assert refused.value.field == field
