"""The feed is valid RSS 2.0 whatever an issue says; and the validator, which cannot be asked elsewhere, sees what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import feedparser  # type: ignore[import-untyped]
import pytest

from newsletter.campaigns.archive import Issue
from newsletter.content.anonymous import Reading
from newsletter.web.site import feed
from tests.web import rss

HOME = "https://letters.clinic.example"
AT = datetime(2026, 3, 5, 9, 0, tzinfo=ZoneInfo("America/New_York"))
HOSTILE = [
    "Before & after <b>one</b> session",
    "]]> <![CDATA[ &amp; &lt; &#0;",
    "“Is it” – ½ Straße \N{GRINNING FACE} \N{ZERO WIDTH JOINER}",
    "a\x00b\x08c\x1bd\ufffee\uffff",
    "\"quoted\" 'twice' --> <!-- <?xml?>",
    "\N{RIGHT-TO-LEFT OVERRIDE}turned",
]


def issue(
    slug: str = "spring", subject: str = "Spring", html: str = "<p>Words.</p>", topic: str = "Tips"
) -> Issue:
    return Issue(slug, topic, AT, Reading(subject, "The preview.", subject, html, "en", "ltr"))


def written(*issues: Issue, home: str = HOME) -> bytes:
    return feed.rss(issues, feed.Channel("Example & Sons' <Skin> Clinic", home))


def test_it_is_sound_and_says_all_a_reader_needs():
    issues = [
        issue("autumn", html='<p>See <a href="https://clinic.example/?a=1&amp;b=2">us</a></p>'),
        issue(),
    ]
    document = written(*issues)
    assert rss.problems(document, f"{HOME}/archive.xml") == []
    read = feedparser.parse(document)
    assert read.feed.title == "Letters from Example & Sons' <Skin> Clinic"
    assert (read.feed.link, read.feed.language) == (f"{HOME}/archive/", "en")
    first = read.entries[0]
    assert (first.title, first.link, first.guidislink) == ("Spring", f"{HOME}/archive/autumn", False)
    assert first.published == "Thu, 05 Mar 2026 14:00:00 GMT"
    assert first.content[0].value == '<p>See <a href="https://clinic.example/?a=1&amp;b=2">us</a></p>'
    assert (first.summary, first.tags[0].term) == ("The preview.", "Tips")


def test_nothing_yet_is_a_feed_too():
    assert rss.problems(written(), f"{HOME}/archive.xml") == []


def test_a_topic_that_is_gone_and_a_slash_at_the_homes_end_do_no_harm():
    document = written(issue(topic=""), home=f"{HOME}/")
    assert rss.problems(document, f"{HOME}/archive.xml") == []
    assert b"<category" not in document


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_subject_and_no_word_breaks_it(text):
    document = written(issue(subject=text, html=f"<p>{text}</p>", topic=text))
    assert rss.problems(document, f"{HOME}/archive.xml") == []
    kept = feed.NO_CHARACTER.sub("", text)
    assert rss.etree.fromstring(document).findtext("channel/item/title") == kept


def test_the_last_change_is_the_newest_moment_whatever_the_order():
    later = Issue("late", "", AT + timedelta(hours=20), issue().reading)
    document = written(issue(), later)
    assert b"<lastBuildDate>Fri, 06 Mar 2026 10:00:00 GMT</lastBuildDate>" in document


def test_moments_are_told_in_utc_with_a_four_digit_year():
    old = Issue("old", "", datetime(1999, 12, 31, 23, 30, tzinfo=UTC), issue().reading)
    assert b"<pubDate>Fri, 31 Dec 1999 23:30:00 GMT</pubDate>" in written(old)


BREAKS = {
    "not well-formed": ("</channel>", ""),
    "grammar": ('version="2.0"', 'version="0.91"'),
    "title is missing": ("<title>Spring</title>", ""),
    "a date without zone": ("14:00:00 GMT</pubDate>", "14:00:00</pubDate>"),
    "another weekday": ("<pubDate>Thu,", "<pubDate>Wed,"),
    "two-digit year": ("Mar 2026 14:00:00 GMT</pubDate>", "Mar 26 14:00:00 GMT</pubDate>"),
    "guid no permalink": ('isPermaLink="true"', 'isPermaLink="yes"'),
    "guid is not the link": (f"<link>{HOME}/archive/spring", f"<link>{HOME}/archive/winter"),
    "relative": ("&lt;p&gt;", '&lt;a href="/archive/"&gt;x&lt;/a&gt;&lt;p&gt;'),
    "script": ("&lt;p&gt;", "&lt;script&gt;1&lt;/script&gt;&lt;p&gt;"),
    "served elsewhere": ('archive.xml" rel="self"', 'feed.xml" rel="self"'),
    "an element that is none": ("<description>The", "<summary>x</summary><description>The"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_the_validator_sees(what):
    was, becomes = BREAKS[what]
    document = written(issue()).decode()
    assert was in document
    assert rss.problems(document.replace(was, becomes, 1).encode(), f"{HOME}/archive.xml") != []


def test_the_validator_sees_a_guid_that_comes_twice():
    assert rss.problems(written(issue(), issue()), f"{HOME}/archive.xml") == [
        f"guid {HOME}/archive/spring comes twice"
    ]
