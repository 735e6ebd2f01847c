"""The brand and the pictures in a real browser: by file, by color, in both schemes, and nothing for axe to say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A dark word on nothing: in the dark it would be lost without a ground of its own."""
    file = tmp_path / "our logo.png"
    picture = Image.new("RGBA", (800, 200), (0, 0, 0, 0))
    picture.paste((20, 60, 90, 255), (40, 40, 760, 160))
    picture.save(file)
    return file


def sound(page: Page, name: str) -> None:
    assert chromium.axe(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("look", chromium.LOOKS)
def test_a_brand_is_tried_kept_and_given_to_all_letters(
    site: Site, open_context: Callable[..., Any], look: str, logo: Path
) -> None:
    page = open_context(**chromium.LOOKS[look]).new_page()
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    page.goto(f"{site.url}/studio/settings/brand/")
    sample = page.frame_locator("#sample-letter")
    button = sample.get_by_role("link", name="A button looks like this")
    expect(button).to_be_visible()
    sound(page, f"{look}-brand")
    # The sample follows the color; nothing is kept yet.
    page.get_by_label("Color of buttons and links").fill("#005f73")
    expect(button.locator("..")).to_have_css("background-color", "rgb(0, 95, 115)")
    page.get_by_label("Or a new logo from this computer").set_input_files(logo)
    page.get_by_role("button", name="Keep this look").click()
    expect(page.get_by_text("Kept. Letters that are used from now on look like this.")).to_be_visible()
    picture = sample.get_by_role("img", name="Example Skin Clinic")
    expect(picture).to_have_js_property("naturalWidth", 800)
    page.get_by_role("link", name="Dark", exact=True).click()
    expect(sample.locator(".logo")).to_have_css("background-color", "rgb(255, 253, 250)")
    sound(page, f"{look}-brand-kept")
    page.get_by_label("Color of buttons and links").fill("#ffcc00")
    page.get_by_role("button", name="Keep this look").click()
    expect(page.get_by_role("alert")).to_contain_text("the nearest color that would do is #8f7200")
    sound(page, f"{look}-brand-refused")
    page.get_by_role("button", name="Take #8f7200 instead").click()
    page.get_by_role("button", name="Give all live letters this look").click()
    expect(page.get_by_text("Every sequence that is live wears this look.")).to_be_visible()

    page.get_by_role("link", name="Pictures", exact=True).click()
    expect(page.locator(".thumb img")).to_have_js_property("complete", True)
    sound(page, f"{look}-pictures")
    logo.write_bytes(b"MZ a program")
    page.get_by_label("A file from this computer").set_input_files(logo)
    page.get_by_role("button", name="Bring it").click()
    expect(page.get_by_role("alert")).to_contain_text("This is a program, whatever its name says")
    sound(page, f"{look}-pictures-refused")
