"""Past issues in a browser: empty, listed and read, on both screens, light and dark; with every kind of words in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from newsletter.audience import signup
from newsletter.audience.consent import Evidence
from newsletter.audience.signup import SignUp
from newsletter.campaigns import broadcasts
from newsletter.campaigns.models import Broadcast
from newsletter.content.compiling import Source
from newsletter.content.publishing import publish
from newsletter.rounds import open_rounds
from tests import chromium

pytestmark = pytest.mark.browser

EVERYTHING = """
# Everything that a letter may hold

Words, **strong**, *leaning*, ~~gone~~, `spelled`, a [link]({{ booking_url }}) and aratherlongwordthatdoesnotfitonaphonesscreenatallwhatevershedoes.

### A heading that skipped a level

- one
- two
    1. inside
    2. it

> Somebody said so.

---

    and a line that was set by hand, which is longer than a telephone is wide and must not stick out

![A face, seen from the side](https://elsewhere.example/face.png)

[Ask for a consultation]({{ booking_url }}){.button}
"""
DATA = '<table><tr><th scope="col">Session</th><th scope="col">Weeks</th></tr><tr><td>1</td><td>4</td></tr></table>'


@pytest.fixture(params=chromium.LOOKS)
def page(request: Any, open_context: Any) -> Any:
    return open_context(**chromium.LOOKS[request.param]).new_page()


def sound(page: Any) -> None:
    assert chromium.axe(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def send(site: Any, *more: Source) -> None:
    """To one reader: the starter issues, and what `more` say."""
    house = site.house
    now = house.clock.now()
    with house.database.writing.begin() as session:
        asked = signup.request(session, SignUp(email="reader@example.com"), house.links, now)
        signup.confirm(session, (asked.mailbox_id, 1), Evidence("confirm-page"), now)
        for number, source in enumerate(more):
            version = publish(session, f"more-{number}", source, now, kind="marketing")
            facts = {"state": "draft", "cursor": 0, "fanned_out": False, "settled": True, "created_at": now}
            session.add(
                Broadcast(
                    slug=f"more-{number}",
                    name="More",
                    topic="tips",
                    except_topics=[],
                    version_id=version.id,
                    **facts,
                )
            )
        session.flush()
        for broadcast in session.query(Broadcast).all():
            broadcasts.send(session, broadcast.slug, now, undo=timedelta())
    rounds = open_rounds(house)
    rounds.until_idle()
    rounds.close()


def test_before_the_first_issue_the_page_is_sound(site, page):
    page.goto(f"{site.url}/archive/")
    sound(page)
    page.get_by_role("link", name="Get it by e-mail").click()
    page.get_by_label("Your e-mail").wait_for()


def test_a_visitor_reads_a_past_issue_and_comes_back_to_the_form(site, page):
    send(site)
    page.goto(f"{site.url}/")
    sound(page)
    page.get_by_role("link", name="Read a past issue").click()
    page.get_by_role("heading", name="Past issues").wait_for()
    sound(page)
    page.get_by_role("link", name="Five questions to take to a consultation").click()
    page.get_by_role("heading", name="Five questions to take with you").wait_for()
    sound(page)
    page.get_by_role("link", name="Send me the letters").click()
    page.get_by_label("Your e-mail").wait_for()


def test_every_issue_is_sound_whatever_it_holds(site, page):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    words = {"subject": "Everything", "preview_text": "Every kind of words."}
    send(site, Source(body=EVERYTHING, **words), Source(body=f"<p>Data.</p>{DATA}", format="html", **words))
    for slug in ("guide-start-to-finish", "news-what-is-new", "tips-five-questions", "more-0", "more-1"):
        page.goto(f"{site.url}/archive/{slug}")
        sound(page)
    assert said == []
    assert page.locator("th").first.inner_text() == "Session"


def test_the_whole_entry_opens_the_issue_and_the_keyboard_does_too(site, open_context):
    send(site)
    page = open_context(**chromium.PHONE).new_page()
    page.goto(f"{site.url}/archive/")
    entry = page.locator(".issues li", has_text="Five questions")
    entry.locator(".preview").click(position={"x": 5, "y": 5}, force=True)
    page.get_by_role("heading", name="Five questions to take with you").wait_for()
    page.go_back()
    page.get_by_role("link", name="A short guide to microneedling, start to finish").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Microneedling, start to finish").wait_for()


def test_the_button_of_a_letter_is_large_enough_for_a_thumb(site, open_context):
    send(site)
    page = open_context(**chromium.PHONE).new_page()
    page.goto(f"{site.url}/archive/guide-start-to-finish")
    box = page.get_by_role("link", name="Ask for a consultation").bounding_box()
    assert box["height"] >= 44
