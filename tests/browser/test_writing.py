"""Writing a letter with scripts: the picture follows the typing, and no word is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from newsletter.campaigns.desk import drafting
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

GUIDE = "/studio/newsletters/guide-start-to-finish/write"
FRAME = "#stage iframe:not(.coming)"


def enter(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()


def sound(page: Page) -> None:
    assert chromium.axe(page) == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)


def words(page: Page) -> Locator:
    """Where the letter's source is written: the editor's second view, which stands before the form's own field."""
    source = page.get_by_role("button", name="Source", exact=True)
    if source.get_attribute("aria-pressed") != "true":
        source.click()
    return page.get_by_role("textbox", name="Words", exact=True)


def body_on_desk(site: Site) -> str:
    with site.house.database.reading() as session:
        return drafting.papers(session, "guide-start-to-finish")[0].body(None)


def test_the_picture_follows_the_typing_and_a_button_inserts_a_field(
    site: Site, open_context: Callable[..., Any]
) -> None:
    page = open_context(**chromium.DESKTOP, color_scheme="light").new_page()
    enter(site, page)
    page.goto(site.url + GUIDE)
    sound(page)
    letter, saved = page.frame_locator(FRAME), page.locator("#saved")
    page.get_by_label("Subject", exact=True).fill("A subject of ten words, or of nine at least")
    expect(page.locator("#subject-count")).to_have_text("43")
    words(page).fill("Dear ")
    page.get_by_role("button", name="First name", exact=True).click()
    expect(page.locator("#body")).to_have_value('Dear {{ first_name | default("there") }}')
    expect(letter.get_by_text("Dear Reader")).to_be_visible()
    words(page).fill("Dear {{ first_name }}")
    expect(page.locator("#row")).to_contain_text("A subject of ten words")
    expect(page.locator("#said")).to_contain_text("Would stop for readers without first_name")
    expect(saved).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    page.get_by_text("without a name").click()
    expect(letter.get_by_text("Dear [first_name]")).to_be_visible()
    words(page).fill("Dear {% if first_name %}")
    expect(page.locator("#said")).to_contain_text("is never closed")
    expect(page.locator("#said")).to_contain_text("the last one that could be drawn")
    expect(letter.get_by_text("Dear [first_name]")).to_be_visible()
    assert body_on_desk(site) == "Dear {% if first_name %}"
    page.get_by_role("button", name="Text").click()
    assert page.url == site.url + GUIDE
    sound(page)


def test_what_a_dead_line_did_not_save_is_offered_when_the_page_is_opened_again(
    site: Site, open_context: Callable[..., Any]
) -> None:
    context = open_context(**chromium.DESKTOP)
    page = context.new_page()
    enter(site, page)
    page.goto(site.url + GUIDE)
    page.route(site.url + GUIDE, lambda it: it.abort() if it.request.method == "POST" else it.continue_())
    words(page).fill("Typed while the line was dead.")
    expect(page.locator("#saved")).to_contain_text("the studio does not answer")
    page.goto("about:blank")
    assert "dead" not in body_on_desk(site)
    page.unroute_all()
    page.goto(site.url + GUIDE)
    page.get_by_role("button", name="Put it back").click()
    expect(page.frame_locator(FRAME).get_by_text("Typed while the line was dead.")).to_be_visible()
    assert body_on_desk(site) == "Typed while the line was dead."
    context.clear_cookies()  # her visit has ended
    words(page).fill("Typed after the visit.")
    expect(page.locator("#saved")).to_contain_text("your visit has ended")
    enter(site, context.new_page())
    expect(page.locator("#saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    assert body_on_desk(site) == "Typed after the visit."


def test_the_second_of_two_windows_shows_both_wordings_and_hers_may_stay(
    site: Site, open_context: Callable[..., Any]
) -> None:
    context = open_context(**chromium.PHONE, color_scheme="dark")
    first, second = context.new_page(), context.new_page()
    enter(site, first)
    for page in (first, second):
        page.goto(site.url + GUIDE)
    words(first).fill("From the first window.")
    expect(first.locator("#saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    words(second).fill("From the second window.")
    expect(second.get_by_text("Two wordings", exact=True)).to_be_visible()
    expect(second.locator("#meanwhile")).to_contain_text("From the first window.")
    sound(second)
    assert body_on_desk(site) == "From the first window."
    second.get_by_role("button", name="Keep mine").click()
    expect(second.locator("#saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    assert body_on_desk(site) == "From the second window."
    expect(second.locator("#offer")).to_be_hidden()
