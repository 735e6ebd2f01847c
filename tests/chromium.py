"""Headless Chromium that never leaves the machine, and what axe says of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

PATIENCE = 30_000  # milliseconds: machines are noisy, and no test asserts a time
expect.set_options(timeout=PATIENCE)

AT_HOME = {"127.0.0.1", "localhost"}
SWITCHES = [
    "--no-sandbox",  # the suite may run as root, where Chromium's sandbox refuses
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    # Last resort: whatever slips past the routes below finds no name server.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
# Both widths and both schemes, in two looks of the four. A color that only a narrow screen has (studio.css and
# sequences.css set some) is seen in the dark alone.
LOOKS: dict[str, dict[str, Any]] = {
    "phone-dark": PHONE | {"color_scheme": "dark"},
    "desktop-light": DESKTOP | {"color_scheme": "light"},
}


@contextmanager
def running(program: Path) -> Iterator[Browser]:
    """Start `program` without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A maker of fresh profiles, given Playwright's own options; fails the test if a page asked another host."""
    strangers: list[str] = []
    opened: list[BrowserContext] = []

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname in AT_HOME:
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    def open_one(**options: Any) -> BrowserContext:
        # Nothing glides: a color on its way from one to another belongs to no design.
        context = browser.new_context(**{"service_workers": "block", "reduced_motion": "reduce"} | options)
        context.set_default_timeout(PATIENCE)
        context.route(lambda url: urlsplit(url).scheme not in {"data", "blob", "about"}, guard)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
    if strangers:
        pytest.fail(f"the page asked other hosts: {', '.join(sorted(set(strangers)))}", pytrace=False)


def axe(page: Page, context: str | None = None) -> list[str]:
    """What axe finds wrong, one line each: rule, impact, element. `assert axe(page) == []`.

    `context` is a CSS selector for a part of the page. The page is waited for: half of its styles are another page.
    """
    page.wait_for_load_state("load")
    violations = Axe().run(page, context=context).response["violations"]
    return [
        f"{found['id']} ({found['impact']}): {found['help']} at {' '.join(map(str, node['target']))}"
        for found in violations
        for node in found["nodes"]
    ]
