"""Today and its shell in a real browser: sound on a phone in the dark and on a desk by day, and htmx under our policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from newsletter import pulse
from newsletter.audience import signup
from newsletter.audience.consent import Evidence
from newsletter.audience.signup import SignUp
from newsletter.campaigns import broadcasts
from newsletter.campaigns.models import Broadcast
from newsletter.rounds import open_rounds
from tests import chromium

pytestmark = pytest.mark.browser

SCREENS = {
    "phone-dark": {**chromium.PHONE, "color_scheme": "dark"},
    "desktop-light": {**chromium.DESKTOP, "color_scheme": "light"},
}
LEAST = 44  # pixels, for a thumb
SMALL = """() => [...document.querySelectorAll('.rail a, .rail button, .banner button, main a.button')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < %d)
    .map(one => one.textContent.trim())"""


@pytest.fixture
def busy(site: Any) -> Any:
    """A day with something in every part of the page."""
    house, now = site.house, site.house.clock.now()
    with house.database.writing.begin() as session:
        asked = signup.request(session, SignUp(email="reader@example.com"), house.links, now)
        signup.confirm(session, (asked.mailbox_id, 1), Evidence("confirm-page"), now)
    rounds = open_rounds(house)
    rounds.until_idle()
    rounds.close()
    with house.database.writing.begin() as session:
        broadcasts.send(session, "tips-five-questions", now, at=now + timedelta(days=2))
        late = session.scalars(select(Broadcast).where(Broadcast.slug == "news-what-is-new")).one()
        late.state, late.starts_at = "late", now - timedelta(days=4)
        late.name = "News-of-a-name-that-no-line-of-a-telephone-can-ever-hold-without-breaking-somewhere"
        pulse.beat(session, "worker-1", house.clock.machine())
    return site


@pytest.mark.parametrize("screen", SCREENS)
def test_today_is_sound_from_the_first_visit_to_a_busy_day(busy, open_context, screen):
    page = open_context(**SCREENS[screen]).new_page()
    blocked = []
    page.on("console", lambda said: blocked.append(said.text))
    page.on("pageerror", lambda failure: blocked.append(str(failure)))
    page.goto(f"{busy.url}/studio/inbox/")
    sound(page)
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    sound(page)
    assert page.get_by_role("link", name="Today", exact=True).get_attribute("aria-current") == "page"
    if screen == "phone-dark":
        assert page.evaluate(SMALL % LEAST) == []
    page.evaluate(
        "htmx.ajax('GET', '/studio/inbox/', {target: '#main', select: '#main h1', swap: 'innerHTML'})"
    )
    page.locator("#main").get_by_role("heading", name="Practice inbox").wait_for()
    assert page.evaluate("[htmx.config.allowEval, htmx.config.allowScriptTags]") == [False, False]
    assert blocked == []


def sound(page: Any) -> None:
    assert chromium.axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_keyboard_gets_from_the_rail_to_a_button_of_the_banner_and_back(site, open_context):
    page = open_context(**chromium.DESKTOP).new_page()
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    seen = []
    while "+1 day" not in seen:
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", seen[-1]
        assert len(seen) < 20
    assert seen[0] == "Skip to the content"
    assert "Today" in seen
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    assert page.url.endswith("/studio/")
