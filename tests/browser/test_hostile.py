"""Hostile words in every field of the studio: shown as they were typed, run by nobody, and asking no other host."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
TEMPLATE = "{{ 7 * 7 }}{% for each in config %}{{ each }}{% endfor %}{{ ''.__class__ }}"
HEADERS = "Spring\r\nBcc: everybody@elsewhere.example"
ELSEWHERE = "![](https://elsewhere.example/p.png) <link rel=stylesheet href=//elsewhere.example/a.css>"


def test_nothing_typed_into_the_studio_runs_or_reaches_another_host(
    site: Site, open_context: Callable[..., Any]
) -> None:
    page = open_context(**chromium.DESKTOP).new_page()
    dialogs: list[str] = []

    def refuse(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.goto(f"{site.url}/studio/")
    page.get_by_role("button", name="Enter the studio").click()

    page.goto(f"{site.url}/studio/newsletters/new")
    page.locator("input[name=name]").fill(SCRIPT[:110])
    page.locator("main form button").first.click()
    page.locator("#sheet .ProseMirror").wait_for()
    slug = page.url.split("/")[-2]
    for subject, preview_text, body in (
        (SCRIPT, SCRIPT, SCRIPT + "\n\n[a link](javascript:alert(4))\n\n" + ELSEWHERE),
        (TEMPLATE, TEMPLATE, TEMPLATE),
        (HEADERS, HEADERS, HEADERS),
    ):
        page.locator("input[name=subject]").fill(subject.replace("\r\n", " "))
        page.locator("input[name=preview_text]").fill(preview_text.replace("\r\n", " "))
        with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
            page.get_by_role("textbox", name="Words").fill(body)
        assert saved.value.status < 500
        page.locator("iframe").first.wait_for()
        page.wait_for_load_state("networkidle")
        assert "49" not in page.locator("main").inner_text() or subject is not TEMPLATE

    page.goto(f"{site.url}/studio/sequences/welcome/")
    when = page.locator('input[value="day 5 at 10:00"]')
    when.fill(SCRIPT)
    when.press("Enter")
    page.wait_for_load_state()
    page.goto(f"{site.url}/studio/me/")
    page.locator("input[name=name]").fill(SCRIPT[:100])
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()

    places = ("", "newsletters/", f"newsletters/{slug}/", f"newsletters/{slug}/send", "sequences/")
    for place in (*places, "settings/staff/", "settings/log/", f"newsletters/?q={SCRIPT}"):
        assert page.goto(f"{site.url}/studio/{place}").status < 500, place
        page.wait_for_load_state("networkidle")
        assert page.locator("main script, main svg[onload], main img").count() == 0, place
    assert page.goto(f"{site.url}/studio/newsletters/").ok
    assert SCRIPT[:40] in page.locator("main").inner_text()
    assert dialogs == []
