"""In by the one button, through the second step, to the roll and the log: nothing is blocked, axe finds nothing."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from tests import chromium

pytestmark = pytest.mark.browser


def sound(page: Any) -> None:
    assert chromium.axe(page) == [], page.url
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits), page.url


@pytest.mark.parametrize("look", sorted(chromium.LOOKS))
def test_the_way_in_and_all_that_belongs_to_it_is_sound(site, open_context, look):
    page = open_context(**chromium.LOOKS[look]).new_page()
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{site.url}/studio/settings/staff/")
    assert page.get_by_role("button").count() == 1
    sound(page)
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_role("heading", name="Somebody new").wait_for()
    sound(page)
    page.get_by_label("E-mail").fill("a-rather-long-address.of-a-colleague@example.com")
    page.get_by_role("button", name="Add").click()
    sound(page)
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="a-rather-long-address").click()
    sound(page)
    page.goto(f"{site.url}/studio/me/")
    sound(page)
    page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_role("img", name="A code to scan")
    page.wait_for_load_state("networkidle")
    assert picture.evaluate("picture => picture.naturalWidth") > 100
    sound(page)
    code = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", "")).now()
    page.get_by_label("Code from your telephone").fill(code)
    page.get_by_role("button", name="Turn it on").click()
    recovery = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    assert recovery.count() == 8
    sound(page)
    kept = recovery.first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    sound(page)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_label("Code from your telephone").fill(kept)
    sound(page)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{site.url}/studio/settings/log/")
    page.get_by_text("by the button of practice, with a recovery code").wait_for()
    sound(page)
    assert blocked == []
