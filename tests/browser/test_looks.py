"""Every page and state, light and dark, phone and desktop: axe finds nothing, nothing sticks out, nothing is blocked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from newsletter.audience import signup
from newsletter.audience.consent import Evidence
from newsletter.audience.signup import SignUp
from newsletter.delivery.models import PracticeLetter
from newsletter.links import Purpose
from newsletter.rounds import open_rounds
from newsletter.staff import entering, roll
from tests import chromium

pytestmark = pytest.mark.browser

HOSTILE = (
    b"From: x <x@clinic.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body>"
    b"<script>parent.document.title='owned'; alert(1)</script><svg onload=alert(2)></svg>"
    b"<img src=x onerror=alert(3)><form action=/subscribe method=post><button>Press</button></form>"
    b"<meta http-equiv=refresh content='0;url=https://elsewhere.example/'></body></html>"
)


@pytest.fixture
def blocked() -> list[str]:
    return []


@pytest.fixture(params=chromium.LOOKS)
def page(request: Any, open_context: Any, blocked: list[str]) -> Any:
    """A page in one of the looks; whatever the policy blocks is noted."""
    opened = open_context(**chromium.LOOKS[request.param]).new_page()
    opened.on("console", lambda said: blocked.append(said.text) if "Content Security" in said.text else None)
    opened.on("dialog", lambda dialog: blocked.append(f"dialog {dialog.message}"))
    return opened


def sound(page: Any) -> None:
    assert chromium.axe(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        page.url
    )


def paths(site: Any) -> list[str]:
    """Every page that a link opens, with somebody behind it."""
    house = site.house
    now = house.clock.now()
    with house.database.writing.begin() as session:
        asked = signup.request(session, SignUp(email="reader@example.com"), house.links, now)
        signup.request(
            session, SignUp(email="a-rather-long-address.of-a-reader@example.com"), house.links, now
        )
        signup.confirm(session, (asked.mailbox_id, 1), Evidence("confirm-page"), now)
        owner = roll.practice_owner(session, now)
    rounds = open_rounds(house)
    rounds.until_idle()
    rounds.close()
    sign = house.links.sign
    return [
        "/",
        f"/check/{sign(Purpose.PENDING, 1)}",
        f"/confirm/{sign(Purpose.CONFIRM, 2, 2)}",
        f"/confirm/{sign(Purpose.CONFIRM, 1, 1)}",
        f"/confirm/{sign(Purpose.CONFIRM, 1, 1, until=now)}",
        f"/preferences/{sign(Purpose.PREFERENCES, 1)}",
        f"/preferences/{sign(Purpose.PREFERENCES, 2)}",
        f"/u/{sign(Purpose.UNSUBSCRIBE, 1, 1, 0)}",
        f"/u/{sign(Purpose.UNSUBSCRIBE, 9, 9, 0)}",
        entering.link(house.links, owner, now + timedelta(hours=1)).removeprefix(site.url),
        "/studio/sign-in",
        "/nothing",
        "/u/damaged",
        "/studio/inbox/",
        *(f"/studio/inbox/1?view={view}" for view in ("desktop", "phone", "text", "raw")),
        "/studio/inbox/1?view=phone&dark=1",
        "/studio/inbox/1/html",
        "/studio/inbox/3/html?dark=1",
    ]


def test_every_page_is_sound(site, page, blocked):
    page.goto(f"{site.url}/studio/inbox/")
    sound(page)
    for path in paths(site):
        page.goto(site.url + path)
        if not path.endswith(("/html", "dark=1")):
            sound(page)
    assert blocked == []


def test_every_state_of_the_form_is_sound(site, page, blocked):
    page.goto(f"{site.url}/")
    for typed in ("reader@", "reader@gmial.com"):
        page.locator("#email").fill(typed)
        page.locator("#email").press("Enter")
        page.get_by_role("alert").wait_for()
        sound(page)
    page.get_by_role("button", name="Yes, use that").click()
    page.get_by_text("Wrong address? Change it").click()
    sound(page)
    page.get_by_role("button", name="Send again").click()
    page.get_by_role("status").wait_for()
    sound(page)
    assert blocked == []


def test_a_field_with_a_mistake_has_the_focus_and_is_described(site, open_context):
    page = open_context(**chromium.PHONE).new_page()
    page.goto(f"{site.url}/")
    page.locator("#email").fill("reader@")
    page.locator("#email").press("Enter")
    page.get_by_role("alert").wait_for()
    field = page.locator("#email")
    assert field.evaluate("field => field === document.activeElement")
    assert field.get_attribute("aria-describedby") == "wrong"
    assert field.input_value() == "reader@"


def test_the_keyboard_alone_gets_through_the_practice_inbox(site, open_context):
    page = open_context(**chromium.DESKTOP).new_page()
    page.goto(f"{site.url}/studio/inbox/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "+1 hour"
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "3px"


def test_a_hostile_letter_runs_nothing_sends_nothing_and_goes_nowhere(site, open_context):
    with site.house.database.writing.begin() as session:
        session.add(
            PracticeLetter(
                recipient="reader@example.com",
                sender="x@clinic.example",
                subject="<img src=x onerror=alert(4)>",
                stream="marketing",
                received_at=site.house.clock.now(),
                raw=HOSTILE,
            )
        )
    page = open_context(**chromium.DESKTOP).new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for path in ("/studio/inbox/", "/studio/inbox/1", "/studio/inbox/1/html"):
        page.goto(site.url + path)
        page.wait_for_timeout(300)
        assert page.title() != "owned"
    assert dialogs == []
    assert page.url.startswith(site.url)
