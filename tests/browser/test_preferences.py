"""The page of her letters and the way to a new address, in a browser: sound in every state, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from newsletter.audience import holds, signup
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.audience.signup import SignUp
from newsletter.delivery.models import Delivery
from newsletter.links import Purpose
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

LONG = "a-rather-long-address.of-a-reader@a-rather-long-domain-of-a-reader.example"


@pytest.fixture
def at_home(site: Site) -> str:
    """The page of a reader in New York who has confirmed."""
    house, now = site.house, site.house.clock.now()
    with house.database.writing.begin() as session:
        form = SignUp(email="reader@example.com", time_zone="America/New_York", first_name="A reader")
        asked = signup.request(session, form, house.links, now)
        signup.confirm(session, (asked.mailbox_id, 1), Evidence("confirm-page"), now)
    return f"{site.url}/preferences/{house.links.sign(Purpose.PREFERENCES, 1)}"


def link(site: Site, letter: str, field: str) -> str:
    """The link in the newest letter of this kind."""
    with site.house.database.reading() as session:
        newest = select(Delivery.fields).where(Delivery.letter == letter).order_by(Delivery.id.desc())
        fields: dict[str, str] = session.scalars(newest).first() or {}
    return fields[field]


def sound(page: Page) -> None:
    assert chromium.axe(page) == [], page.url
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide), page.url


@pytest.mark.parametrize("look", chromium.LOOKS)
def test_every_state_of_her_page_is_sound(
    site: Site, at_home: str, open_context: Callable[..., Any], look: str
) -> None:
    page = open_context(**chromium.LOOKS[look]).new_page()
    page.goto(at_home)
    sound(page)
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("A place with your time").select_option("Asia/Kathmandu")
    sound(page)
    page.get_by_role("button", name="Save name and times").click()
    page.get_by_text("Times follow Kathmandu").wait_for()
    sound(page)
    page.get_by_role("button", name=re.compile("3 months until")).click()
    page.get_by_text("You are on a break until").wait_for()
    sound(page)
    page.get_by_role("button", name="Change my address").click()
    page.get_by_text("Please look in the inbox").wait_for()
    sound(page)
    page.get_by_role("button", name="Stop all letters").click()
    page.get_by_text("Nothing is being sent at the moment.").wait_for()
    sound(page)


@pytest.mark.parametrize("look", chromium.LOOKS)
def test_every_page_on_the_way_to_a_new_address_is_sound(
    site: Site, at_home: str, open_context: Callable[..., Any], look: str
) -> None:
    page = open_context(**chromium.LOOKS[look]).new_page()
    page.goto(at_home)
    page.get_by_role("button", name="Change my address").click()
    page.get_by_text("Please look in the inbox").wait_for()
    page.goto(link(site, "mail:data-link", "data_url"))
    sound(page)
    for typed in ("reader@", "reader@gmial.com"):
        page.get_by_label("Your new e-mail").fill(typed)
        page.get_by_label("Your new e-mail").press("Enter")
        page.get_by_role("alert").wait_for()
        sound(page)
    page.get_by_label("Your new e-mail").fill(LONG)
    page.get_by_label("Your new e-mail").press("Enter")
    page.get_by_text("Check your new inbox").wait_for()
    sound(page)
    page.goto(link(site, "mail:new-address", "confirm_url"))
    sound(page)
    page.get_by_role("button", name="Move my letters here").click()
    page.get_by_text("Done. Your letters come here.").wait_for()
    sound(page)
    page.get_by_role("link", name="Change your letters").click()
    page.get_by_role("heading", name="Letters for a...r@").wait_for()
    sound(page)


def test_the_browser_s_own_zone_is_among_the_choices(at_home: str, open_context: Callable[..., Any]) -> None:
    page = open_context(**chromium.PHONE, timezone_id="Pacific/Chatham").new_page()
    page.goto(at_home)
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("A place with your time").select_option("Chatham, this device")
    page.get_by_role("button", name="Save name and times").click()
    page.get_by_text("Times follow Chatham").wait_for()
    page = open_context(**chromium.PHONE, timezone_id="Europe/London").new_page()
    page.goto(at_home)
    choices = page.get_by_label("A place with your time").locator("option")
    assert [text for text in choices.all_text_contents() if "this device" in text] == ["London, this device"]


def test_enter_in_the_name_saves_the_name_and_takes_no_break(
    site: Site, at_home: str, open_context: Callable[..., Any]
) -> None:
    page = open_context(**chromium.DESKTOP).new_page()
    page.goto(at_home)
    page.get_by_label("First name").fill("Visitor 014")
    page.get_by_label("First name").press("Enter")
    page.get_by_role("status").wait_for()
    with site.house.database.reading() as session:
        assert session.scalars(select(Subscriber.first_name)).one() == "Visitor 014"
        assert holds.on_break_until(session, 1, site.house.clock.now()) is None


def test_everything_works_without_scripts(site: Site, at_home: str, open_context: Callable[..., Any]) -> None:
    page = open_context(**chromium.PHONE, java_script_enabled=False).new_page()
    page.goto(at_home)
    page.get_by_role("switch", name="Tips").uncheck()
    page.get_by_role("button", name="Save topics").click()
    page.get_by_text("Done. Next letter").wait_for()
    assert not page.get_by_role("switch", name="Tips").is_checked()
    page.get_by_text("Change", exact=True).click()
    page.get_by_label("A place with your time").select_option("Tokyo")
    page.get_by_role("button", name="Save name and times").click()
    page.get_by_text("Times follow Tokyo").wait_for()
    page.get_by_role("button", name=re.compile("1 month until")).click()
    page.get_by_role("button", name="End the break now").click()
    page.get_by_role("button", name=re.compile("1 month until")).wait_for()
    page.get_by_role("button", name="Change my address").click()
    page.get_by_text("Please look in the inbox").wait_for()
    page.goto(link(site, "mail:data-link", "data_url"))
    page.get_by_label("Your new e-mail").fill("new@example.com")
    page.get_by_role("button", name="Ask the new address").click()
    page.get_by_text("Check your new inbox").wait_for()
    page.goto(link(site, "mail:new-address", "confirm_url"))
    page.get_by_role("button", name="Move my letters here").click()
    page.get_by_text("Done. Your letters come here.").wait_for()
