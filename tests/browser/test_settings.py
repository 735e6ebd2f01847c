"""Settings in a real browser: sound on a phone in the dark and on a desk by day, and what changes by itself there."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.audience import forms
from newsletter.audience.forms import Draft
from newsletter.rounds import open_rounds
from tests import chromium
from tests.browser import elsewhere

pytestmark = pytest.mark.browser

PAGES = ("", "clinic/", "topics/", "consent/", "consent/sign-up/", "forms/", "sending/")


def enter(site: Any, page: Any) -> None:
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()


@pytest.mark.parametrize("look", chromium.LOOKS)
def test_every_page_of_the_settings_is_sound(site, open_context, look):
    page = open_context(**chromium.LOOKS[look]).new_page()
    blocked = []
    page.on("console", lambda said: blocked.append(said.text))
    page.on("pageerror", lambda failure: blocked.append(str(failure)))
    enter(site, page)
    make_a_form(site)
    for path in (*PAGES, "forms/footer/"):
        page.goto(f"{site.url}/studio/settings/{path}")
        assert chromium.axe(page) == [], path
        wide, there = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= there, path
    assert blocked == []


def test_words_are_seen_while_they_are_typed_and_a_test_says_by_itself_that_it_arrived(site, open_context):
    page = open_context(**chromium.DESKTOP).new_page()
    enter(site, page)
    page.goto(f"{site.url}/studio/settings/consent/sign-up/")
    page.get_by_label("Heading").fill("Letters about your skin")
    page.locator("#looks").get_by_text("Letters about your skin").wait_for()
    page.goto(f"{site.url}/studio/settings/sending/")
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("It waits to be handed over.").wait_for()
    rounds = open_rounds(site.house)
    rounds.until_idle()
    rounds.close()
    page.get_by_text("It is in the practice inbox.").wait_for()


def test_a_form_that_asks_is_asked_on_another_site_too(site, open_context):
    make_a_form(site)
    tag = f'<script src="{site.url}/embed.js?form=footer" data-form="footer" async></script>'
    page = open_context(**chromium.PHONE, color_scheme="dark").new_page()
    with elsewhere.serving() as other:
        page.goto(other.holds(tag))
        page.get_by_label("Your first name, if you like").fill("Reader")
        page.get_by_role("group", name="About what?").get_by_label("Tips").check()
        assert chromium.axe(page) == []
        page.get_by_label("Your e-mail").fill("reader@example.com")
        page.get_by_role("button", name="Send me the letters").click()
        page.get_by_role("heading", name="Check your inbox").wait_for()
    with site.house.database.reading() as session:
        assert forms.came_by(session)["footer"].people == 1


def make_a_form(site: Any) -> None:
    words = {"heading": "Skin, in short", "question": "About what?"}
    with site.house.database.writing.begin() as session:
        offered = ["resources", "tips", "news"]
        forms.add(session, Draft("Footer", words, (), asks_name=True), offered, site.house.clock.now())
