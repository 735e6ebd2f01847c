"""The sign-up form on somebody else's page, in a browser: with our script, as plain HTML, and with scripts off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import altcha
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from newsletter.audience.models import Consent, Subscriber, Wording
from newsletter.delivery.models import Mailbox
from newsletter.web.pages import STATIC
from newsletter.web.site import proof
from tests import chromium
from tests.browser import elsewhere

pytestmark = pytest.mark.browser

READER = "reader@example.com"
HOSTILE = (
    "* { all: unset !important; display: none !important; color: lime !important; font: 5px monospace !important }"
    "html, body, main { display: block !important } button, input { visibility: hidden !important }"
    "div { position: absolute !important; left: -9999px !important; opacity: 0 !important }"
    "html { font-size: 50% !important }"
)


@pytest.fixture
def other():
    """A site under another name than ours."""
    with elsewhere.serving() as served:
        yield served


@pytest.fixture(params=chromium.LOOKS)
def page(request: Any, open_context: Any) -> Any:
    return open_context(**chromium.LOOKS[request.param]).new_page()


@pytest.fixture
def snippets(site: Any, environment: dict[str, str]) -> Any:
    """`snippets("--plain")`: what the command prints to paste."""
    from newsletter.cli import newsletter

    env = environment | {
        "NEWSLETTER_DATABASE_URL": site.house.settings.database_url,
        "NEWSLETTER_BASE_URL": site.url,
    }

    def ask(*options: str) -> str:
        return CliRunner().invoke(newsletter, ["form", "snippet", *options], env=env).stdout

    return ask


def rows(site: Any, *what: Any) -> Any:
    with site.house.database.reading() as session:
        return session.scalars(select(*what)).all()


def send(page: Any, address: str = READER) -> None:
    page.get_by_label("Your e-mail").fill(address)
    page.get_by_role("button", name="Send me the letters").click()


def sound(page: Any) -> None:
    assert chromium.axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_every_state_of_the_script_s_form_is_sound_and_the_sign_up_arrives(site, other, page, snippets):
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(other.holds(snippets("--script", "--form", "blog-footer")))
    page.get_by_role("heading", name="Get updated with beauty resources, tips, and news").wait_for()
    sound(page)
    send(page, "reader@")
    page.get_by_text("Something seems to be missing after the @.").wait_for()
    sound(page)
    assert page.get_by_label("Your e-mail").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.id") == "email"
    send(page, "reader@gmial.com")
    page.get_by_text("Did you mean reader@gmail.com?").wait_for()
    sound(page)
    page.get_by_role("button", name="Yes, use that").click()
    page.get_by_role("heading", name="Check your inbox").wait_for()
    sound(page)
    assert "We wrote to reader@gmail.com." in page.get_by_role("status").inner_text()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "H2"
    assert [row.source for row in rows(site, Subscriber)] == ["form:blog-footer"]
    assert [row.name for row in rows(site, Wording)] == ["sign-up"]
    assert rows(site, Consent)[0].page.startswith(other.url)
    assert asked == {urlsplit(site.url).netloc, urlsplit(other.url).netloc}
    assert page.context.cookies() == []


def test_she_may_keep_her_spelling_and_come_back_to_change_it(site, other, open_context, snippets):
    page = open_context(**chromium.PHONE, timezone_id="Asia/Tokyo").new_page()
    page.goto(other.holds(snippets("--script")))
    send(page, "reader@gmial.com")
    page.get_by_role("button", name="Keep mine").click()
    page.get_by_role("button", name="Send again, or change the address").click()
    assert page.get_by_label("Your e-mail").input_value() == "reader@gmial.com"
    send(page)
    page.get_by_text("We wrote to reader@example.com.").wait_for()
    assert [row.address for row in rows(site, Mailbox)] == ["reader@gmial.com", READER]
    assert {row.time_zone for row in rows(site, Subscriber)} == {"Asia/Tokyo"}


def test_the_keyboard_alone_is_enough(site, other, open_context, snippets):
    page = open_context(**chromium.DESKTOP).new_page()
    page.goto(other.holds(snippets("--script")))
    page.get_by_label("Your e-mail").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type(READER)
    page.keyboard.press("Tab")
    assert (
        page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Send me the letters"
    )
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your inbox").wait_for()


def test_two_forms_on_one_page_keep_apart(site, other, open_context, snippets):
    page = open_context(**chromium.DESKTOP).new_page()
    page.goto(other.holds(snippets("--script", "--form", "top") + snippets("--script", "--form", "bottom")))
    bottom = page.locator("[data-newsletter]").nth(1)
    bottom.get_by_label("Your e-mail").fill(READER)
    bottom.get_by_role("button", name="Send me the letters").click()
    bottom.get_by_role("heading", name="Check your inbox").wait_for()
    assert (
        page.locator("[data-newsletter]").nth(0).get_by_role("button").inner_text() == "Send me the letters"
    )
    assert [row.source for row in rows(site, Subscriber)] == ["form:bottom"]


def looks(page: Any, selector: str) -> dict[str, str]:
    """What the browser computed for a part of the form."""
    return page.locator(selector).evaluate(
        "each => { const is = getComputedStyle(each); const names = ['display', 'visibility', 'opacity', 'position',"
        " 'color', 'backgroundColor', 'fontSize', 'fontFamily', 'paddingTop', 'borderTopWidth', 'width'];"
        " return Object.fromEntries(names.map(name => [name, is[name]])) }"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_that_site_changes_the_form(site, other, open_context, snippets, scheme):
    page = open_context(**chromium.DESKTOP, color_scheme=scheme).new_page()
    found = []
    for style in ("", HOSTILE):
        page.goto(other.holds(snippets("--script"), style=style))
        page.get_by_label("Your e-mail").wait_for()
        found.append(
            {
                part: looks(page, f"[data-newsletter] {part}")
                for part in ("h2", "p.terms", "label[for]", "input#email", ".send")
            }
        )
        assert page.locator("[data-newsletter]").bounding_box()["x"] >= 0
    for parts in found:
        for each in parts.values():
            each.pop("width")
    assert found[0] == found[1]
    send(page)
    page.get_by_role("heading", name="Check your inbox").wait_for()


def test_no_rule_of_the_form_changes_that_site(other, open_context, snippets):
    page = open_context(**chromium.DESKTOP).new_page()
    style = "h2 { color: rgb(1, 2, 3) } button { width: 123px } * { box-sizing: content-box }"
    page.goto(other.holds(snippets("--script") + "<h2>Theirs</h2><button>Theirs</button>", style=style))
    page.get_by_label("Your e-mail").wait_for()
    assert looks(page, "main > h2")["color"] == "rgb(1, 2, 3)"
    assert looks(page, "main > button")["width"] == "123px"


def test_that_site_chooses_the_accent_the_font_and_the_scheme(other, open_context, snippets):
    page = open_context(**chromium.DESKTOP, color_scheme="dark").new_page()
    style = ":root { --newsletter-accent: rgb(29, 92, 138); --newsletter-on-accent: white; --newsletter-font: Georgia }"
    page.goto(other.holds(snippets("--script").replace("async", 'data-scheme="light" async'), style=style))
    page.get_by_label("Your e-mail").wait_for()
    button = looks(page, "[data-newsletter] .send")
    assert (button["backgroundColor"], button["color"]) == ("rgb(29, 92, 138)", "rgb(255, 255, 255)")
    assert button["fontFamily"] == "Georgia"
    assert looks(page, "[data-newsletter] .block")["backgroundColor"] == "rgb(255, 255, 255)"


def test_under_a_strict_policy_it_needs_two_permissions(site, other, open_context, snippets):
    page = open_context(**chromium.DESKTOP).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    policy = f"default-src 'none'; script-src {site.url}; connect-src {site.url}; require-trusted-types-for 'script'"
    page.goto(other.holds(snippets("--script"), Content_Security_Policy=policy))
    page.get_by_label("Your e-mail").wait_for()
    assert looks(page, "[data-newsletter] .send")["backgroundColor"] == "rgb(156, 74, 54)"
    send(page)
    page.get_by_role("heading", name="Check your inbox").wait_for()
    # The page's own <style> is what that policy blocks; nothing of ours.
    assert [text for text in said if "Content Security Policy" in text and other.url not in text] == [
        text for text in said if "inline style" in text and "Content Security Policy" in text
    ]


def test_where_our_server_is_gone_she_is_told_and_her_address_stays(site, other, open_context, snippets):
    page = open_context(**chromium.PHONE).new_page()
    page.goto(other.holds(snippets("--script")))
    page.get_by_label("Your e-mail").wait_for()
    page.route("**/subscribe", lambda route: route.abort())
    send(page)
    page.get_by_text("We cannot be reached just now.").wait_for()
    sound(page)
    assert page.get_by_label("Your e-mail").input_value() == READER
    page.unroute("**/subscribe")
    page.get_by_role("button", name="Send me the letters").click()
    page.get_by_role("heading", name="Check your inbox").wait_for()


@pytest.mark.parametrize(
    ("screen", "scripts"),
    [(chromium.PHONE, True), (chromium.DESKTOP, False)],
    ids=["phone-scripts", "desktop-no-scripts"],
)
def test_the_plain_form_works_from_elsewhere(site, other, open_context, snippets, screen, scripts):
    page = open_context(**screen, java_script_enabled=scripts).new_page()
    page.goto(other.holds(snippets("--plain", "--form", "blog-footer")))
    if scripts:
        sound(page)
    send(page)
    page.get_by_role("heading", name="Check your inbox").wait_for()
    assert page.url.startswith(f"{site.url}/check/")
    assert "We wrote to reader@example.com." in page.locator("main").inner_text()
    assert [row.source for row in rows(site, Subscriber)] == ["form:blog-footer"]
    assert [row.name for row in rows(site, Wording)] == ["elsewhere"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_slip_in_the_plain_form_is_asked_about_on_our_page(site, other, open_context, snippets, scripts):
    page = open_context(**chromium.PHONE, java_script_enabled=scripts).new_page()
    page.goto(other.holds(snippets("--plain", "--form", "blog-footer")))
    send(page, "reader@gmial.com")
    page.get_by_role("button", name="Yes, use that").click()
    page.get_by_text("We wrote to reader@gmail.com.").wait_for()
    assert [row.source for row in rows(site, Subscriber)] == ["form:blog-footer"]


def test_a_browser_that_keeps_no_cookies_gets_through_too(site, other, open_context, snippets):
    context = open_context(**chromium.DESKTOP)
    page = context.new_page()
    page.goto(other.holds(snippets("--plain")))
    send(page)
    page.get_by_role("heading", name="Check your inbox").wait_for()
    context.clear_cookies()
    page.reload()
    assert "We wrote to you." in page.locator("main").inner_text()
    assert len(rows(site, Mailbox)) == 1


@pytest.fixture
def flooded(monkeypatch):
    """As if everything that is free of a sum were gone."""
    monkeypatch.setattr(proof, "FREE_IN_TOTAL", proof.Limit("sign-up-free-total", 0, proof.HOUR))


def test_in_a_flood_the_browser_does_its_sum_by_itself_on_our_page(site, page, flooded):
    page.goto(f"{site.url}/")
    send(page)
    page.get_by_role("heading", name="Check your inbox").wait_for()
    assert [row.address for row in rows(site, Mailbox)] == [READER]
    sound(page)


def test_and_on_another_site_s_page(site, other, page, snippets, flooded):
    page.goto(other.holds(snippets("--script")))
    send(page)
    page.get_by_role("heading", name="Check your inbox").wait_for()
    assert [row.address for row in rows(site, Mailbox)] == [READER]


def test_without_scripts_she_is_told_to_wait_and_her_address_stays(site, open_context, flooded):
    page = open_context(**chromium.PHONE, java_script_enabled=False).new_page()
    page.goto(f"{site.url}/?form=waiting-room")
    send(page)
    page.get_by_role("alert").wait_for()
    assert "please press again in" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Your e-mail").input_value() == READER
    assert rows(site, Mailbox) == []


def test_the_page_that_asks_for_a_sum_is_sound(site, page, flooded):
    page.goto(f"{site.url}/")
    page.route("**/static/pressing.js*", lambda route: route.abort())
    send(page)
    page.get_by_role("alert").wait_for()
    sound(page)


@pytest.mark.parametrize(("cost", "prefix"), [(1, "0"), (1, "00"), (3, "0a"), (2, "abc"), (1, "00f")])
def test_our_arithmetic_is_altcha_s(open_context, cost, prefix):
    """Every kind of sum the protocol knows with SHA-256: long prefixes and short ones, one round and several."""
    page = open_context(**chromium.DESKTOP).new_page()
    page.add_script_tag(path=STATIC / "proof.js")
    challenge = altcha.create_challenge("SHA-256", cost, key_prefix=prefix, hmac_secret="secret")
    answer = page.evaluate("solve", challenge.to_dict())
    assert altcha.verify_solution(answer, "secret").verified
    ours = altcha.Payload.from_base64(answer).solution
    theirs = altcha.solve_challenge(challenge)
    assert (ours.counter, ours.derived_key) == (theirs.counter, theirs.derived_key)
