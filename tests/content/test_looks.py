"""Every letter in a real browser, on a desktop and a phone, light and dark: nothing for axe to find, nothing cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from newsletter.content.merging import parse
from tests import chromium
from tests.content import letters

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser


def opened(open_context: Callable[..., BrowserContext], key: str, look: str) -> Page:
    page = open_context(**chromium.LOOKS[look]).new_page()
    page.set_content(parse(letters.letter(key).html, html=True).fill(letters.fields()))
    return page


@pytest.mark.parametrize("look", chromium.LOOKS)
@pytest.mark.parametrize("key", letters.EVERY)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    open_context: Callable[..., BrowserContext], key: str, look: str
) -> None:
    page = opened(open_context, key, look)
    assert chromium.axe(page) == []
    width = page.viewport_size
    assert width is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= width["width"]


def test_the_button_is_large_enough_for_a_thumb(open_context: Callable[..., BrowserContext]) -> None:
    box = (
        opened(open_context, "confirm", "phone-dark")
        .get_by_role("link", name="Confirm my address")
        .bounding_box()
    )
    assert box is not None
    assert box["height"] >= 44
    assert box["width"] > 300


def test_dark_mode_turns_the_paper_dark_and_the_preview_text_stays_hidden(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = opened(open_context, "welcome", "phone-dark")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.letter')).backgroundColor")
        == "rgb(33, 29, 26)"
    )
    assert page.locator(".preheader").is_hidden()


def test_the_letter_reads_well_without_dark_mode_or_media_rules(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = opened(open_context, "welcome", "desktop-light")
    page.evaluate("document.querySelectorAll('style').forEach(style => style.remove())")
    assert chromium.axe(page) == []
    box = page.locator(".column").bounding_box()
    assert box is not None
    assert box["width"] == 600
