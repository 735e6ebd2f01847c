"""A marketer's first ten minutes, by the pages alone: as a test, and with pictures for docs/ (pictures.py)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

READERS = (("reader@example.com", "America/New_York"), ("visitor-014@example.com", "Asia/Kathmandu"))
Take = Callable[["Page", str], None]
"""What is done with a page that is worth a picture, and the sentence that says what it shows."""


def nothing(_page: Page, _says: str) -> None:
    """No picture."""


def walk(open_context: Callable[..., BrowserContext], url: str, take: Take = nothing) -> list[str]:
    """All of it; returns the sentences of what was seen, in order."""
    seen: list[str] = []

    def show(page: Page, says: str) -> None:
        seen.append(says)
        take(page, says)

    for address, zone in READERS:
        _sign_up(open_context(timezone_id=zone, viewport={"width": 390, "height": 844}), url, address)
    page = open_context(viewport={"width": 1440, "height": 900}).new_page()
    _enter(page, url, show)
    _change_the_welcome_letter(page, url, show)
    _use_it(page, show)
    _add_a_letter(page, url, show)
    _rehearse(page, show)
    _write_an_issue(page, url, show)
    _send_undo_and_send(page, show)
    _turn_the_clock(page, url, show)
    _read_the_report(page, url, show)
    return seen


def _sign_up(context: BrowserContext, url: str, address: str) -> None:
    page = context.new_page()
    page.goto(url)
    page.locator("#email").fill(address)
    page.locator("#email").press("Enter")
    page.get_by_role("heading", name="Check your inbox").wait_for()
    page.goto(f"{url}/studio/inbox/")
    with page.expect_navigation():
        page.get_by_role("button", name="+1 hour").click()
    page.get_by_role("link", name=re.compile("Please confirm")).first.click()
    link = page.locator("iframe").content_frame.get_by_role("link", name="Confirm").first
    page.goto(str(link.get_attribute("href")))
    page.get_by_role("button", name="Yes, send me the letters").click()
    page.get_by_role("heading", name="You are in").wait_for()
    context.close()


def _enter(page: Page, url: str, show: Take) -> None:
    page.goto(f"{url}/studio/")
    show(page, "One button lets her in: in practice nobody needs a password.")
    page.get_by_role("button", name="Enter the studio").click()
    page.wait_for_url("**/studio/")
    show(page, "Today: whether mail is going out, what needs her, what goes out, and the first steps.")


def _write(page: Page, words: str) -> None:
    """Type at the very beginning of the letter, and wait until it is kept and shown."""
    body = page.locator("#sheet .ProseMirror")  # not the field that stands there until the editor wakes
    body.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#stage iframe:not(.coming)").content_frame.locator("body")).to_contain_text(words)


def _change_the_welcome_letter(page: Page, url: str, show: Take) -> None:
    page.goto(f"{url}/studio/sequences/")
    page.get_by_role("link", name="Welcome").first.click()
    show(page, "The welcome sequence on its calendar.")
    page.locator(".letter a").first.click()
    page.get_by_role("link", name=re.compile("^Write")).first.click()
    _write(page, "We are glad that you are here.")
    show(page, "She changes a sentence; beside it the e-mail changes, and it is saved.")
    page.get_by_role("button", name="Back to the sequence").click()


def _use_it(page: Page, show: Take) -> None:
    page.get_by_role("link", name="Use these changes").click()
    expect(page.get_by_role("heading", name="Whom this changes")).to_be_visible()
    show(page, "Whom this changes, before it changes anything.")
    page.get_by_role("button", name=re.compile("^Use")).first.click()
    page.get_by_text("new sign-ups since").wait_for()


def _add_a_letter(page: Page, url: str, show: Take) -> None:
    page.get_by_label("Subject").fill("One more thing before you decide")
    page.get_by_role("button", name="Add letter").click()
    page.locator(".letter a", has_text="One more thing").wait_for()
    when = page.locator(".letter", has_text="One more thing").locator("input[name=when]")
    when.fill("day 25 at 10")
    when.press("Enter")
    page.locator(".letter", has_text="One more thing").get_by_text("Day 25").wait_for(state="attached")
    page.locator(".letter a", has_text="One more thing").click()
    page.get_by_role("link", name=re.compile("^Write")).first.click()
    _write(page, "Take your time.")
    page.get_by_label("Preview text").fill("Nothing is lost by waiting a week, and here is why.")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_role("button", name="Back to the sequence").click()
    show(page, "A seventh letter, moved by typing “day 25 at 10”.")


def _rehearse(page: Page, show: Take) -> None:
    page.get_by_role("link", name="Rehearse").click()
    expect(page.locator(".rehearsal > li")).to_have_count(7)
    show(page, "Rehearse: what one person would get, and when. Each letter opens.")


def _write_an_issue(page: Page, url: str, show: Take) -> None:
    page.goto(f"{url}/studio/")
    page.get_by_role("link", name="New newsletter").first.click()
    page.get_by_label("Name").fill("Spring guide")
    page.locator("main form button").first.click()
    page.get_by_label("Subject").fill("A short spring guide")
    page.get_by_label("Preview text").fill("What your skin likes when the days become longer, in five lines.")
    _write(page, "The days are longer. So are these letters, a little.")
    show(page, "An issue, written beside what will arrive.")
    page.get_by_role("button", name="Choose people and time").click()


def _send_undo_and_send(page: Page, show: Take) -> None:
    page.get_by_role("button", name="Send to 2 people").click()
    page.get_by_role("button", name="Undo").wait_for()
    show(page, "Sent, with two minutes in which it can be undone.")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Choose people and time").click()
    page.get_by_label("each in their own time").check()
    page.get_by_label("Hour", exact=True).select_option(label="9:00")
    send = page.get_by_role("button", name="Schedule for 2 people")
    send.wait_for()
    show(page, "How many get it, and why others do not; at nine, each in their own time.")
    send.click()
    page.get_by_role("heading", name=re.compile("^Goes out")).wait_for()


def _turn_the_clock(page: Page, url: str, show: Take) -> None:
    page.goto(f"{url}/studio/inbox/")
    for _ in range(3):
        with page.expect_navigation():
            page.locator("#main").get_by_role("button", name="+1 day").click()
    rows = page.get_by_role("link", name=re.compile("A short spring guide"))
    expect(rows).to_have_count(2)
    show(page, "Three days later it has arrived twice, at nine in New York and at nine in Kathmandu.")


def _read_the_report(page: Page, url: str, show: Take) -> None:
    page.goto(f"{url}/studio/reports/")
    page.get_by_role("link", name="Spring guide").first.click()
    expect(page.get_by_text(re.compile(r"\b2 handed over")).first).to_be_visible()
    show(page, "The report.")
