"""A sequence's calendar in a real browser: legible to everybody, on a phone too, and moved by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from newsletter.campaigns.desk import arranging, drafting
from newsletter.campaigns.desk.drafting import Papers
from newsletter.staff import visits
from newsletter.staff.models import Staff
from newsletter.web import create_app
from tests.browser.conftest import Site
from tests.chromium import DESKTOP, PHONE, axe

WELCOME = "/studio/sequences/welcome/"
LOOKS = {
    "phone-dark": {**PHONE, "color_scheme": "dark"},
    "desktop-light": {**DESKTOP, "color_scheme": "light"},
}


@pytest.fixture(params=LOOKS)
def page(request: pytest.FixtureRequest, site: Site, open_context: Callable[..., BrowserContext]) -> Page:
    """The marketer's browser; a draft moves one letter, rewords another, and adds one."""
    now = site.house.clock.machine()
    with site.house.database.writing.begin() as session:
        one = Staff(address="the-marketer@example.com", role="marketer", created_at=now)
        session.add(one)
        session.flush()
        key = visits.begin(session, one.id, now)
        drafting.save(session, "welcome", 0, change, one.id, site.house.clock.now())
    client = create_app(house=site.house).test_client()
    with client.session_transaction() as visit:
        visit["staff"] = key
    cookie: Any = client.get_cookie("visit")
    context = open_context(**LOOKS[request.param])
    context.add_cookies([{"name": "visit", "value": cookie.value, "url": site.url}])
    return context.new_page()


def change(papers: Papers) -> None:
    arranging.shift(papers, "over-the-weeks", 1)
    papers.write(
        "is-one-enough", subject="Is one session enough?", preview_text="Short.", body="Other words.\n"
    )
    papers.write(
        arranging.add(papers, "How was it?"), subject="How was it?", preview_text="Well?", body="Well?\n"
    )


def test_every_page_of_a_sequence_is_legible_and_fits(site: Site, page: Page) -> None:
    for path in (
        "/studio/sequences/",
        "/studio/sequences/new",
        WELCOME,
        WELCOME + "?show=live",
        WELCOME + "is-one-enough/terms",
        WELCOME + "use",
        WELCOME + "pause",
        WELCOME + "rehearse",
    ):
        page.goto(site.url + path)
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        clipped = page.eval_on_selector_all(
            ".letter form", "forms => forms.filter(form => form.scrollWidth > form.clientWidth + 1).length"
        )
        assert clipped == 0, path


def test_a_letter_is_moved_by_the_keyboard_alone(site: Site, page: Page) -> None:
    page.goto(site.url + WELCOME)
    field = page.get_by_label("When “Right away, and over the weeks” comes")
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("day 12 at 9")
    page.keyboard.press("Enter")
    said = page.get_by_role("status").first
    expect(said).to_contain_text("comes on day 12 at 09:00. Not in use yet.")
    expect(field).to_have_value("day 12 at 09:00")
    page.wait_for_load_state("networkidle")
    field.focus()
    expect(field).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_have_value("day 11 at 09:00")
