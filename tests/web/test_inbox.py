from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.clock import SandboxClock
from newsletter.delivery.models import PracticeLetter
from newsletter.web import create_app
from tests.web.visiting import READER, Visitor, both, counts, words

HOSTILE = (
    b"From: <script>alert(1)</script> <x@clinic.example>\r\nSubject: ignored\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b"<html><head></head><body onload=alert(1)><script>alert(2)</script>"
    b"<img src=https://elsewhere.example/p.png>Words.</body></html>"
)


@pytest.fixture
def desk(app, clock) -> Visitor:
    """Somebody at this very computer."""
    return Visitor(app, clock, place="127.0.0.1")


def keep(story, raw: bytes, subject: str = "A subject", number: int = 1) -> int:
    with story.house.database.writing.begin() as session:
        for _ in range(number):
            letter = PracticeLetter(
                recipient=READER,
                sender="letters@clinic.example",
                subject=subject,
                stream="marketing",
                received_at=story.clock.now(),
                raw=raw,
            )
            session.add(letter)
    return letter.id


def test_an_empty_inbox_says_what_to_do_next(desk):
    page = words(desk.open("/studio/inbox/").text)
    assert "Practice: nothing leaves this computer. It is Monday, 2 March here." in page
    assert "Nothing has arrived yet" in page
    assert "Open the sign-up page" in page


def test_the_studio_begins_with_one_button_and_today(desk):
    assert desk.open("/studio/").status_code == 401
    assert "Today" in words(desk.press("Enter the studio").text)


@both
def test_the_newest_letter_stands_first_with_its_preview_and_hour(story, desk, confirmed):
    story.rounds.until_idle()
    page = words(desk.open("/studio/inbox/").text)
    first = page.index("Welcome: your first letter, and what comes next")
    assert first < page.index("Please confirm your e-mail address")
    assert "Six short letters in three weeks. Choose your topics, or stop any time." in page
    assert "Mon 2 Mar, 04:30" in page
    assert "2 letters" in page


def test_one_letter_is_shown_five_ways(story, desk, visitor):
    visitor.sign_up()
    story.rounds.until_idle()
    for query, mark in (
        ("", "The letter as on a desktop"),
        ("?dark=1", "The letter as on a desktop, dark"),
        ("?view=phone", "The letter as on a phone"),
        ("?view=text", "Confirm my address:"),
        ("?view=raw", "Content-Type: multipart/alternative"),
    ):
        answer = desk.open(f"/studio/inbox/1{query}")
        assert answer.status_code == 200
        assert mark in answer.text


def test_the_bytes_are_the_bytes_as_received(story, desk, visitor):
    visitor.sign_up()
    story.rounds.until_idle()
    with story.house.database.reading() as session:
        raw = session.scalars(select(PracticeLetter.raw)).one()
    answer = desk.open("/studio/inbox/1.eml")
    assert answer.data == raw
    assert answer.headers["Content-Disposition"] == "attachment; filename=1.eml"


def test_a_hostile_letter_is_framed_without_scripts_and_shown_as_text(story, desk):
    number = keep(story, HOSTILE, subject="<script>alert(3)</script>")
    for path in ("/studio/inbox/", f"/studio/inbox/{number}", f"/studio/inbox/{number}?view=raw"):
        assert "<script>alert" not in desk.open(path).text
    assert (
        'sandbox="allow-popups allow-popups-to-escape-sandbox"' in desk.open(f"/studio/inbox/{number}").text
    )
    framed = desk.open(f"/studio/inbox/{number}/html")
    policy = framed.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Content-Type: text/html; charset=none\r\n\r\nx", b"a: b\r\n"]
)
def test_broken_bytes_are_shown_and_break_nothing(story, desk, raw):
    number = keep(story, raw)
    for path in ("", f"{number}", f"{number}?view=text", f"{number}?view=raw", f"{number}/html"):
        assert desk.open(f"/studio/inbox/{path}").status_code == 200


@pytest.mark.parametrize("path", ["999", "999/html", "999.eml", "1?view=fax", "x"])
def test_what_is_not_there_is_a_calm_404(story, desk, path):
    keep(story, HOSTILE)
    assert desk.open(f"/studio/inbox/{path}").status_code == 404


def test_a_long_list_goes_page_by_page(story, desk):
    keep(story, HOSTILE, number=120)
    page = desk.open("/studio/inbox/").text
    assert page.count("/studio/inbox/") > 50
    assert "Older" in words(page)
    assert "Newer" not in words(page)
    last = desk.open("/studio/inbox/?before=21").text
    assert "Older" not in words(last)
    assert "Newer" in words(last)
    assert "120 letters" in words(last)


def test_looking_changes_nothing(story, desk):
    keep(story, HOSTILE)
    before = counts(story.house.database)
    for path in ("/studio/inbox/", "/studio/inbox/1", "/studio/inbox/1/html", "/studio/inbox/1.eml"):
        desk.open(path)
    assert counts(story.house.database) == before


@both
def test_24_days_at_the_clock_bring_six_letters_each_in_its_hour(story, desk, confirmed):
    desk.open("/studio/inbox/")
    page = words(desk.press("+24 days").text)
    assert len(story.subjects()) == 6
    assert "It is Thursday, 26 March here." in page
    assert "Mon 23 Mar, 10:00" in page


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("soon", "“soon” is not a span of time; right would be 3d, 12h, 90m or 1w"),
        ("", "is not a span of time"),
        ("-3d", "is not a span of time"),
        ("999999w", "a year at once is the most"),
        ("<b>3d</b>", "is not a span of time"),
    ],
)
def test_a_span_that_is_none_is_said_at_the_field(story, desk, typed, line):
    desk.open("/studio/inbox/")
    before = story.clock.now()
    answer = desk.press("Turn", seconds=0, span=typed)
    assert answer.status_code == 400
    assert line in words(answer.text)
    assert "<b>" not in answer.text
    assert story.clock.now() == before


def test_the_free_field_takes_any_span(story, desk):
    desk.open("/studio/inbox/")
    before = story.clock.now()
    desk.press("Turn", seconds=0, span="1w 2d 3h")
    assert (story.clock.now() - before).total_seconds() == (9 * 24 + 3) * 3600


def test_reset_goes_back_to_this_computer_s_time_and_keeps_the_letters(story, tmp_path):
    keep(story, HOSTILE)
    turned = SandboxClock(tmp_path / "clock.json")
    desk = Visitor(create_app(house=replace(story.house, clock=turned)), story.clock, place="127.0.0.1")
    desk.open("/studio/inbox/")
    assert "Reset" not in words(desk.page)
    desk.press("+1 week")
    assert turned.offset() > timedelta(days=6, hours=23)
    page = words(desk.press("Reset to this computer's time").text)
    assert "The clock shows this computer's time again. The letters stay." in page
    assert turned.offset().total_seconds() == 0
    assert "1 letter" in page
