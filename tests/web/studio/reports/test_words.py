"""A report's figures as sentences, lines and files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.insights.readings import Link, Reading
from newsletter.insights.reports import Issue, IssueReport, Letter, SequenceReport
from newsletter.web.studio.reports import charts
from newsletter.web.studio.reports import tables as report_tables
from newsletter.web.studio.reports import words as report_words

NEW_YORK = ZoneInfo("America/New_York")
BOOK = Link("{{ booking_url }}", 60, 1)
GUIDE = Link("https://clinic.example/guide?a=1", 36, 4)
SPRING = Reading(sent=812, waiting=3, gone=3, left=2, links=(BOOK, GUIDE), agreed=240, opened=118)
FEW = Reading(sent=11, links=(Link("https://clinic.example/a", 2, 0),))


def issue(reading: Reading, name: str = "Spring", day: int = 5) -> Issue:
    return Issue(name.lower(), name, name, "sent", datetime(2026, 3, day, 2, tzinfo=UTC), reading)


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (
            SPRING,
            "812 handed over to the mail server, 3 addresses gone, 3 waiting. 2 left. 96 clicks on 2 links.",
        ),
        (
            Reading(
                sent=1,
                gone=1,
                maybe=2,
                left=1,
                links=(Link("https://a.example", 1, 0), Link("https://b.example", 0, 9)),
            ),
            "1 handed over to the mail server, 1 address gone, 2 maybe sent. 1 left. 1 click on 1 link.",
        ),
        (Reading(), "0 handed over to the mail server. 0 left. 0 clicks."),
    ],
)
def test_what_became_of_it_in_a_line(reading, told):
    assert report_words.sentence(reading) == told


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (SPRING, "118 of the 240 who agreed to be counted; the others are not."),
        (
            Reading(sent=800, agreed=9, opened=4),
            "4 of the 9 who agreed to be counted; the others are not. That is too few to tell about everybody.",
        ),
        (Reading(sent=800), "Nobody it was sent to has agreed to be counted, so nobody is."),
    ],
)
def test_opens_are_told_of_those_who_agreed_and_of_nobody_else(reading, told):
    assert report_words.opens(reading) == told


def test_a_rate_of_few_people_is_no_figure():
    assert (report_words.clicks_per_100(SPRING), report_words.left_per_1000(SPRING)) == ("11.8", "2.5")
    assert report_words.clicks_per_100(FEW) == report_words.TOO_FEW
    assert report_words.left_per_1000(Reading(sent=40, left=1)) == report_words.TOO_FEW
    assert report_words.left_per_1000(Reading()) == report_words.NOTHING
    busy = Reading(sent=30, links=(Link("https://clinic.example/a", 45, 0),))  # more clicks than people
    assert report_words.clicks_per_100(busy) == "150.0"


@pytest.mark.parametrize(
    ("this", "earlier", "told"),
    [
        (SPRING, [], ["It is the first one: there is nothing to compare it with yet."]),
        (SPRING, [SPRING] * 5, ["No difference from the 5 before it that could not be chance."]),
        (FEW, [SPRING], ["Whether it did better or worse than the one before it is too few to tell."]),
        (
            SPRING,
            [Reading(sent=800, left=60, links=(Link("https://a.example", 10, 0),))] * 2,
            ["More clicks than the 2 before it.", "Fewer people who left than the 2 before it."],
        ),
    ],
)
def test_a_difference_is_told_only_where_chance_is_no_answer(this, earlier, told):
    assert report_words.compared(this, earlier) == told


def test_a_line_says_each_figure_and_what_stands_below_it():
    clicks, left = report_words.lines([issue(FEW, day=2), issue(SPRING)], NEW_YORK)
    assert [(dot.under, dot.words) for dot in clicks.dots] == [
        ("1 Mar", "too few to tell"),
        ("4 Mar", "11.8"),
    ]
    assert clicks.said == "1 Mar: too few to tell; 4 Mar: 11.8"
    assert [dot.y is None for dot in clicks.dots] == [True, False]
    assert left.title == "Left, per 1,000 people"
    assert report_words.lines([issue(FEW)], NEW_YORK) == []


def test_an_issue_at_an_hour_of_each_reader_bears_that_day_and_not_the_one_on_which_it_began_elsewhere():
    began = datetime(2026, 3, 4, 19, tzinfo=UTC)  # nine o'clock of the fifth on the first island
    each = replace(issue(SPRING), started_at=began, local_day=date(2026, 3, 5), local_hour=9)
    assert each.moment(NEW_YORK) == datetime(2026, 3, 5, 9, tzinfo=NEW_YORK)
    assert replace(each, local_day=None).moment(NEW_YORK) == began


def test_a_line_stands_in_its_frame_from_nothing_to_the_highest():
    drawn = charts.line("Clicks", [("a", 0, "0"), ("b", 5, "5"), ("c", 10, "10")])
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(20, 94), (160, 61), (300, 28)]
    assert drawn.path == "20,94 160,61 300,28"
    assert charts.line("None", []).path == ""
    gap = charts.line("Gap", [("a", 5, "5"), ("b", None, "?"), ("c", 10, "10")])
    assert (gap.path, gap.said) == ("20,61 300,28", "a: 5; b: ?; c: 10")
    assert [dot.y for dot in charts.line("Zero", [("a", 0, "0")]).dots] == [94]


def test_a_link_is_called_by_its_address_and_the_booking_page_by_its_name():
    assert report_words.leads(BOOK, "https://clinic.example/book") == (
        "Booking page",
        "https://clinic.example/book",
    )
    assert report_words.leads(GUIDE, "") == ("clinic.example/guide?a=1", "https://clinic.example/guide?a=1")
    assert report_words.way("one-click") == "by the button of her mail program"
    assert report_words.way("staff") == "by staff"


def test_the_file_has_the_figures_and_nothing_that_a_spreadsheet_would_run():
    odd = Reading(sent=5, links=(Link("https://a.example", 1, 2),))
    text = report_tables.of_issue(
        IssueReport(issue(SPRING, "=1+1"), (issue(odd, "Winter"),)), "https://clinic.example/book"
    )
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:4] == ["newsletter", "began", "handed over", "waiting"]
    assert rows[1][:4] == ["'=1+1", "2026-03-05T02:00:00+00:00", "812", "3"]
    assert rows[2][0] == "Winter"
    assert rows[4:] == [
        ["link", "clicks", "clicks by machines"],
        ["https://clinic.example/book", "60", "1"],
        ["https://clinic.example/guide?a=1", "36", "4"],
    ]


def test_a_sequence_s_file_has_a_row_for_each_letter():
    letters = (Letter("hello", "Hello", True, SPRING), Letter("gone", "gone", False, Reading()))
    text = report_tables.of_sequence(SequenceReport("welcome", "Welcome", {}, letters))
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[:4] for row in rows] == [
        ["letter", "subject", "live", "handed over"],
        ["hello", "Hello", "yes", "812"],
        ["gone", "gone", "no", "0"],
    ]
