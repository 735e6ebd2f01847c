from __future__ import annotations

import re
from dataclasses import replace

import pytest

from newsletter import paths
from newsletter.web import create_app
from newsletter.web.pages import STATIC

PAGES = [path for skin in ("site", "studio") for path in sorted((paths.TEMPLATES / skin).iterdir())]


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/u/damaged", "/studio/inbox/", "/health", "/static/site.css"]
)
def test_every_answer_is_dressed(app, path):
    with app.test_client().get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"]


def test_pages_are_kept_by_nobody_and_assets_for_long(app):
    client = app.test_client()
    assert client.get("/").headers["Cache-Control"] == "no-store"
    asset = re.search(r'href="(/static/site[^"]+)"', client.get("/").text)
    assert asset
    with client.get(asset[1]) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_only_the_front_page_may_be_listed_by_search_engines(app):
    client = app.test_client()
    assert "X-Robots-Tag" not in client.get("/").headers
    assert client.get("/u/damaged").headers["X-Robots-Tag"] == "noindex"


def test_a_cookie_is_ours_alone(visitor):
    visitor.open("/")
    answer = visitor.send("/subscribe", {"email": "reader@example.com"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-visit=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_without_https_nothing_promises_it(story):
    settings = replace(story.house.settings, base_url="http://127.0.0.1:8000")
    client = create_app(house=replace(story.house, settings=settings)).test_client()
    answer = client.post("/subscribe", data={"email": "reader@example.com"})
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


FRAMED = {"letter_words.html"}  # stands where a letter would, in its frame, under the policy for letters


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_has_a_script_or_style_of_its_own(page):
    """Under the policy they would be dead; so they must not be there."""
    source = page.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    own = r"\son[a-z]+=|javascript:" if page.name in FRAMED else r"<style|\sstyle=|\son[a-z]+=|javascript:"
    assert not re.search(own, source)


def test_styles_and_scripts_ask_no_other_host():
    served = [path for path in STATIC.rglob("*") if path.suffix in {".css", ".js", ".svg"}]
    # A name space, and the page that an error message of the editor's library names. Whether a script asks somebody
    # for all that, the policy forbids and every test with a browser would see.
    only_named = re.compile(r"http://www\.w3\.org/2000/svg|https://prosemirror\.net/docs/guide/#generatable")
    assert any(path.parent.name == "built" for path in served)
    for path in served:
        text = only_named.sub("", path.read_text())
        host = re.search(r"https?://\w[\w-]*\.\w+" if path.parent.name == "built" else "https?:", text)
        assert host is None, (path.name, text[host.start() - 20 : host.end() + 20])
        assert path.suffix != ".css" or "@import" not in text, path.name
