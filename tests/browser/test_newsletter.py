"""A newsletter in a browser: the number follows the choice, the seconds run, the page follows what goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.rounds import open_rounds
from tests import chromium
from tests.web.studio.readers import begin, come

pytestmark = pytest.mark.browser

SCREENS = {"phone-dark": (chromium.PHONE, "dark"), "desktop-light": (chromium.DESKTOP, "light")}


def sound(page) -> None:
    assert chromium.axe(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        page.url
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_from_the_list_to_every_reader(site, open_context, screen):
    options, scheme = SCREENS[screen]
    page = open_context(**options, color_scheme=scheme).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    come(site.house, 4, "resources")
    come(site.house, 3, "tips")
    begin(site.house)
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    page.goto(f"{site.url}/studio/newsletters/")
    sound(page)
    page.get_by_label("Search by name or subject").press_sequentially("spring")
    page.wait_for_url("**q=spring*")
    page.get_by_role("link", name="Spring guide").click()
    sound(page)
    page.get_by_role("link", name="Choose people and time").click()
    sound(page)
    page.get_by_label("Tips short and practical").check()
    page.get_by_role("button", name="Send to 3 people").wait_for()
    page.get_by_label("Guides longer reads").check()
    page.get_by_role("button", name="Send to 4 people").click()
    clock = page.locator("[data-countdown]")
    first = clock.inner_text()
    page.wait_for_function(
        "first => document.querySelector('[data-countdown]').textContent !== first", arg=first
    )
    assert clock.inner_text().startswith("1:5")
    sound(page)
    page.get_by_role("button", name="Send now").click()
    page.get_by_role("heading", name="Going out in 0:00").wait_for()
    rounds = open_rounds(site.house)
    rounds.until_idle()
    rounds.close()
    page.get_by_role("heading", name="4 of 4 sent").wait_for()  # nobody reloads it
    page.frame_locator("iframe").get_by_text("spring is here").wait_for()
    sound(page)
    assert said == []
    assert site.house.clock.now() - site.house.clock.machine() < timedelta(seconds=1), (
        "nobody turned the clock"
    )
