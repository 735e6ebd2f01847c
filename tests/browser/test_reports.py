"""The reports in a real browser: sound on a phone in the dark and on a desk by day, their lines drawn without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests import chromium
from tests.insights.mailing import Mailing

pytestmark = pytest.mark.browser

PAGES = {
    "": "Reports",
    "sequences/welcome/": "Welcome",
    "newsletters/spring/": "A guide of some length, number 6",
}


@pytest.fixture
def reported(site: Any) -> Any:
    """Six newsletters and a letter of a sequence, read by some, left by one."""
    house = site.house
    with house.database.writing.begin() as session:
        mailing = Mailing(session, house.clock.now())
        for number in range(6):
            slug = f"issue-{number}" if number else "spring"
            letter = mailing.issue(
                slug, days_ago=7 * (number + 1), name=f"A guide of some length, number {6 - number}"
            )
            sent = mailing.now - timedelta(days=7 * (number + 1))
            for each in range(40):
                made = mailing.delivered(f"reader{each}", letter, slug, sent_at=sent)
                mailing.reader(f"reader{each}").counted = each < 30
                if each < 14:
                    mailing.sign(made, "opened")
            mailing.clicks(letter, 1, 1 + number % 3, 3, campaign=slug)
            mailing.clicks(letter, 2, 1, campaign=slug)
            mailing.delivered("reader0", "version:1", "welcome", step="welcome", sent_at=sent)
        mailing.clicks("version:6", 1, 5, campaign="welcome")
        mailing.leaves("reader1", 6)
    return site


@pytest.mark.parametrize("look", chromium.LOOKS)
def test_the_reports_are_sound_in_a_browser(open_context: Any, reported: Any, look: str) -> None:
    page = open_context(**chromium.LOOKS[look]).new_page()
    page.goto(f"{reported.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    for path, title in PAGES.items():
        page.goto(f"{reported.url}/studio/reports/{path}")
        page.get_by_role("heading", name=title, exact=True).wait_for()
        assert chromium.axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("figure svg circle").count() == 6
