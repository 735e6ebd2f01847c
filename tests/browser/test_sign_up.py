"""The whole walk as a person takes it: sign up, confirm from the practice inbox, turn the clock, read, leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from newsletter.audience.models import Subscriber
from newsletter.delivery.models import PracticeLetter
from tests import chromium

pytestmark = pytest.mark.browser

READER = "reader@example.com"
SUBJECTS = [
    "Welcome: your first letter, and what comes next",
    "Is one microneedling session enough?",
    "What happens under the skin",
    "Right away, and over the weeks",
    "Why sessions build on each other",
    "A plan that fits your skin",
]


def well(page: Any) -> None:
    """The page is sound: axe finds nothing, and nothing sticks out sideways."""
    assert chromium.axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def letters(site: Any) -> list[Any]:
    with site.house.database.reading() as session:
        found = session.scalars(select(PracticeLetter).order_by(PracticeLetter.id)).all()
    return [letter for letter in found if "confirm" not in letter.subject]


def sign_up(page: Any, site: Any) -> None:
    page.goto(f"{site.url}/")
    well(page)
    page.get_by_label("Your e-mail").fill(READER)
    page.get_by_role("button", name="Send me the letters").click()
    page.get_by_role("heading", name="Check your inbox").wait_for()


def turn(page: Any, site: Any, span: str) -> None:
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_label("Or", exact=True).fill(span)
    page.get_by_role("button", name="Turn").click()
    page.get_by_role("heading", name="Practice inbox").wait_for()


def confirm(page: Any, site: Any) -> None:
    """Open the letter in the practice inbox and click its button, inside the frame."""
    turn(page, site, "1m")
    page.get_by_role("link", name="Please confirm your e-mail address").first.click()
    page.get_by_role("navigation", name="As it looks").get_by_role("link", name="Phone").click()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Confirm my address").click()
    tab = opened.value
    assert tab.url.startswith(f"{site.url}/confirm/")
    well(tab)
    tab.get_by_role("button", name="Yes, send me the letters").click()
    tab.get_by_role("heading", name="You are in.").wait_for()
    well(tab)
    assert tab.locator(".letters li").count() == 6
    tab.close()


def test_a_sign_up_becomes_six_letters_at_the_right_local_hours(site, open_context):
    zone = "Asia/Kathmandu"
    page = open_context(**chromium.DESKTOP, timezone_id=zone).new_page()
    sign_up(page, site)
    confirm(page, site)
    with site.house.database.reading() as session:
        assert session.scalars(select(Subscriber.time_zone)).one() == "Asia/Katmandu"  # CLDR's older name
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="+24 days").click()
    page.get_by_role("link", name=SUBJECTS[-1]).wait_for()
    well(page)
    arrived = letters(site)
    assert [letter.subject for letter in arrived] == SUBJECTS
    local = [letter.received_at.astimezone(ZoneInfo(zone)) for letter in arrived]
    assert [f"{moment:%H:%M}" for moment in local[1:]] == ["10:00"] * 5
    days = [(moment.date() - local[0].date()).days for moment in local]
    assert days[:5] == [0, 2, 5, 9, 14]
    assert days[5] >= 21
    assert is_a_weekday(local[5])


def is_a_weekday(moment: datetime) -> bool:
    return moment.weekday() < 5


def test_leaving_after_the_third_letter_leaves_three(site, open_context):
    page = open_context(**chromium.PHONE).new_page()
    sign_up(page, site)
    confirm(page, site)
    turn(page, site, "6d")
    page.get_by_role("link", name=SUBJECTS[2]).click()
    page.get_by_role("navigation", name="As it looks").get_by_role("link", name="Text").click()
    with page.context.expect_page() as opened:
        page.locator("pre a[href*='/u/']").click()
    tab = opened.value
    well(tab)
    tab.get_by_role("button", name="Stop all letters").click()
    tab.get_by_role("heading", name="Done. No more letters.").wait_for()
    well(tab)
    turn(page, site, "24d")
    assert [letter.subject for letter in letters(site)] == SUBJECTS[:3]


def test_the_walk_works_without_javascript(site, open_context):
    page = open_context(**chromium.PHONE, java_script_enabled=False).new_page()
    page.goto(f"{site.url}/")
    page.get_by_label("Your e-mail").fill("reader@gmial.com")
    page.get_by_role("button", name="Send me the letters").click()
    page.get_by_role("button", name="Yes, use that").click()
    page.get_by_role("heading", name="Check your inbox").wait_for()
    assert page.get_by_text("reader@gmail.com").count()
    page.get_by_text("Wrong address? Change it").click()
    page.get_by_label("Your e-mail").fill(READER)
    page.get_by_role("button", name="Send it there instead").click()
    page.get_by_text(READER).first.wait_for()
    turn(page, site, "1m")
    assert page.get_by_role("link", name="Please confirm your e-mail address").count() == 2
