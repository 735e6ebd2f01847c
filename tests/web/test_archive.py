"""Past issues as pages and as a feed: for anybody, in the setting's three ways, and nothing in them is anybody's."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from lxml import html as trees

from newsletter.campaigns import broadcasts
from newsletter.campaigns.models import Broadcast
from newsletter.web import create_app
from newsletter.web.site import archive
from tests.content.letters import ISSUES
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story
from tests.web import rss
from tests.web.visiting import READER, both, counts, words

HOME = "https://letters.clinic.example"
GUIDE = "guide-start-to-finish"
PATHS = ("/archive/", f"/archive/{GUIDE}", "/archive.xml")


@pytest.fixture
def sent(story: Story, beginnings: Beginnings) -> Story:
    """The three starter issues have gone out, two weeks apart, to a reader with a name."""

    def tell() -> None:
        story.sign_up(first_name="Visitor 014")
        story.confirm()
        for slug in ("news-what-is-new", GUIDE, "tips-five-questions"):
            with story.house.database.writing.begin() as session:
                broadcasts.send(session, slug, story.clock.now(), undo=timedelta())
            story.rounds.until_idle()
            story.clock.advance(days=14)

    beginnings.once(story, "three issues", tell)
    return story


@pytest.fixture
def serving(story: Story) -> Callable[[str], Flask]:
    """`serving("noindex")`: the site with NEWSLETTER_ARCHIVE set so."""

    def make(setting: str) -> Flask:
        return create_app(house=replace(story.house, settings=replace(story.house.settings, archive=setting)))

    return make


def heads(page: str, path: str) -> list[str]:
    return [str(found) for found in trees.fromstring(page).xpath(path)]


def test_before_the_first_issue_the_page_is_calm_and_the_front_page_says_nothing_of_it(visitor):
    page = visitor.open("/archive/").text
    assert "Nothing here yet." in words(page)
    assert heads(page, "//main//a/@href") == ["/"]
    assert "past issue" not in words(visitor.open("/").text)
    assert rss.problems(visitor.open("/archive.xml").data, f"{HOME}/archive.xml") == []


@both
def test_the_front_page_leads_to_the_list_and_the_list_to_each_issue(visitor, sent):
    front = visitor.open("/")
    assert heads(front.text, "//a[text()='Read a past issue']/@href") == ["/archive/"]
    listed = visitor.open("/archive/")
    assert re.findall(r"\d+ March 2026 \w[\w ]+? (?=What|A|Five)", words(listed.text)) == [
        "30 March 2026 Tips ",
        "16 March 2026 Guides ",
        "2 March 2026 Clinic news ",
    ]
    links = heads(listed.text, "//ol//h2/a/@href")
    assert links == [f"/archive/{slug}" for slug in ("tips-five-questions", GUIDE, "news-what-is-new")]
    for link in links:
        page = visitor.open(link)
        assert page.status_code == 200
        assert "Hello," in words(page.text)
        assert heads(page.text, "//article//h1")


def test_an_issue_is_a_page_of_ours_that_others_can_find(visitor, sent):
    page = visitor.open(f"/archive/{GUIDE}").text
    assert heads(page, "//title/text()") == [
        "A short guide to microneedling, start to finish - Example Skin Clinic"
    ]
    assert heads(page, "//h1/text()") == ["Microneedling, start to finish"]
    assert heads(page, "//link[@rel='canonical']/@href") == [f"{HOME}/archive/{GUIDE}"]
    properties = {
        meta.get("property"): meta.get("content")
        for meta in trees.fromstring(page).xpath("//meta[@property]")
    }
    assert properties == {
        "og:title": "A short guide to microneedling, start to finish",
        "og:description": "From the first evening to the end of a series: what to expect, and when.",
        "og:type": "article",
        "og:url": f"{HOME}/archive/{GUIDE}",
        "og:site_name": "Example Skin Clinic",
        "article:published_time": "2026-03-16T05:30:00-04:00",
    }
    assert heads(page, "//article/div/@lang") == ["en"]
    assert heads(page, "//meta[@name='robots']") == []


def test_the_host_that_was_asked_for_stands_nowhere(visitor, sent):
    for path in PATHS:
        page = visitor.open(path, headers={"Host": "elsewhere.example"}).text
        assert "elsewhere.example" not in page
        assert "//localhost" not in page


@pytest.mark.parametrize("path", [*(f"/archive/{slug}" for slug in ISSUES), "/archive/", "/archive.xml"])
def test_nothing_in_it_is_anybodys(visitor, sent, path):
    page = visitor.open(path).text
    assert "Visitor" not in page
    assert READER not in page
    assert not re.search(r"/(u|preferences|confirm|data|c)/|unsubscribe|Stop all letters", page)
    assert not re.search(r"\sstyle=|<style|\{\{|\{%", page)


@both
def test_looking_changes_nothing_and_leaves_no_cookie(visitor, sent):
    before = counts(sent.house.database)
    for path in (*PATHS, "/archive/?page=2", "/archive/nothing"):
        for method in ("GET", "HEAD"):
            answer = visitor.client.open(path, method=method)
            assert "Set-Cookie" not in answer.headers
    assert counts(sent.house.database) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_there_is_nothing_to_send_to_it(visitor, sent, method):
    for path in PATHS:
        assert visitor.client.open(path, method=method).status_code == 405


def test_the_feed_is_valid_and_has_each_issue_whole(visitor, sent):
    answer = visitor.open("/archive.xml")
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert rss.problems(answer.data, f"{HOME}/archive.xml") == []
    read = rss.feedparser.parse(answer.data)
    assert [entry.link for entry in read.entries] == [
        f"{HOME}/archive/{slug}" for slug in ("tips-five-questions", GUIDE, "news-what-is-new")
    ]
    assert "Five stops, in order." in read.entries[1].content[0].value


@pytest.mark.parametrize("path", ["/", "/archive/", f"/archive/{GUIDE}"])
def test_pages_tell_feed_readers_where_the_feed_is(visitor, sent, path):
    page = visitor.open(path).text
    found = heads(page, "//link[@rel='alternate'][@type='application/rss+xml']/@href")
    assert found == ["/archive.xml"]


@pytest.mark.parametrize("path", PATHS)
def test_what_has_not_changed_is_not_sent_again(visitor, sent, path):
    first = visitor.open(path)
    assert first.headers["Cache-Control"] == "no-cache"
    again = visitor.open(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    sent.clock.advance(days=1)
    assert visitor.open(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    with sent.house.database.writing.begin() as session:
        session.query(Broadcast).filter_by(slug="tips-five-questions").one().archived = False
        session.query(Broadcast).filter_by(slug=GUIDE).one().topic = "news"
    assert visitor.open(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_feed_knows_since_when_it_is_as_it_is(visitor, sent):
    first = visitor.open("/archive.xml")
    assert first.headers["Last-Modified"] == "Mon, 30 Mar 2026 09:30:00 GMT"
    again = visitor.open("/archive.xml", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert again.status_code == 304
    earlier = {"If-Modified-Since": "Sun, 29 Mar 2026 09:30:00 GMT"}
    assert visitor.open("/archive.xml", headers=earlier).status_code == 200


def test_open_lets_search_engines_in_and_noindex_asks_them_to_stay_out(sent, serving):
    for setting, header in (("open", "all"), ("noindex", "noindex")):
        client = serving(setting).test_client()
        for path in PATHS:
            answer = client.get(path)
            assert answer.status_code == 200
            assert answer.headers["X-Robots-Tag"] == header
        for path in PATHS[:2]:
            robots = heads(client.get(path).text, "//meta[@name='robots']/@content")
            assert robots == ([] if setting == "open" else ["noindex"])
        assert "Read a past issue" in client.get("/").text


def test_off_there_is_no_archive_and_nothing_speaks_of_one(sent, serving):
    client = serving("off").test_client()
    for path in (*PATHS, "/archive/nothing"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "archive" not in client.get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/archive/nothing",
        "/archive/welcome",
        "/archive/%00",
        "/archive/..%2f",
        "/archive/?page=0",
        "/archive/?page=-1",
        "/archive/?page=2",
        "/archive/?page=99999999999999999999",
    ],
)
def test_an_address_that_names_nothing_is_a_calm_404(visitor, sent, path):
    answer = visitor.open(path)
    assert answer.status_code == 404
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Example Skin Clinic" in answer.text


def test_more_than_a_page_turns_over(visitor, sent, monkeypatch):
    monkeypatch.setattr("newsletter.campaigns.archive.issues.__kwdefaults__", {"page": 1, "most": 2})
    first = visitor.open("/archive/")
    assert heads(first.text, "//a[@rel='next']/@href") == ["/archive/?page=2"]
    assert heads(first.text, "//a[@rel='prev']") == []
    second = visitor.open("/archive/?page=2")
    assert heads(second.text, "//ol//h2/a/@href") == ["/archive/news-what-is-new"]
    assert heads(second.text, "//a[@rel='prev']/@href") == ["/archive/"]
    assert heads(second.text, "//a[@rel='next']") == []
    assert heads(second.text, "//link[@rel='canonical']/@href") == [f"{HOME}/archive/?page=2"]


def test_without_the_slash_one_comes_to_the_same_page(visitor, sent):
    answer = visitor.open("/archive")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/archive/")


def test_an_issue_for_one_reader_only_breaks_no_page(visitor, sent):
    from newsletter.content.models import Version

    with sent.house.database.writing.begin() as session:
        version = session.get(Version, session.query(Broadcast).filter_by(slug=GUIDE).one().version_id)
        version.source = {**version.source, "body": "Only for you, {{ first_name }}."}
    assert visitor.open(f"/archive/{GUIDE}").status_code == 404
    assert visitor.open("/archive/").text.count("<h2") == 2
    assert rss.problems(visitor.open("/archive.xml").data, f"{HOME}/archive.xml") == []


def test_pages_are_numbered_up_to_a_bound():
    assert archive.MOST_PAGES * 50 < 2**31  # what PostgreSQL takes as an OFFSET without a thought
