"""The versions of a letter: listed, opened beside the words of now, brought back; and one line in the log a sitting."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from lxml import html as trees
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.campaigns.desk import drafting, penned
from newsletter.campaigns.filing import drafts
from newsletter.web.studio.writing import dating
from tests.web.studio.readers import begin, come_back, post, rewrite
from tests.web.visiting import both, counts, words

LETTER = "/studio/sequences/welcome/is-one-enough"
NEWS = "/studio/newsletters/spring-guide"
LIVE = "Is one microneedling session enough?"


def say(visitor, subject: str, body: str = "Some words.\n", path: str = LETTER, **later: float) -> None:
    """A while later she types this, and the page saves itself."""
    visitor.clock.advance(**later or {"hours": 1})
    page = visitor.open(f"{path}/write").text
    held = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    typed = {"subject": subject, "preview_text": "A line.", "body": body}
    answer = visitor.send(f"{path}/write", held | typed, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text


def listed(visitor, path: str = LETTER) -> list[tuple[str, str]]:
    """Where each version leads, and what stands at it."""
    page = trees.fromstring(visitor.open(f"{path}/versions").text)
    return [
        (a.get("href"), re.sub(r"\s+", " ", a.text_content()).strip())
        for a in page.xpath("//*[@class='past']//a")
    ]


def subject(story, slug: str = "welcome", key: str | None = "is-one-enough") -> str:
    with story.house.database.reading() as session:
        return penned.of(drafting.papers(session, slug)[0], key).subject


def log(story) -> list[tuple[str, dict[str, object]]]:
    with story.house.database.reading() as session:
        return [(row.act, row.facts) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_the_list_says_when_what_and_by_whom_and_the_editor_leads_to_it(marketer) -> None:
    say(marketer, "Another subject")
    say(marketer, "A third subject", minutes=8)
    assert f'href="{LETTER}/versions"' in marketer.open(f"{LETTER}/write").text
    assert [said for _, said in listed(marketer)] == [
        "Draft, today 05:30 to 05:38 as it is now A third subject by the marketer",
        f"Live since today in use {LIVE}",
    ]


@both
def test_one_is_opened_compared_as_it_would_arrive_and_brought_back(story, marketer) -> None:
    say(marketer, "Is one session not enough?", "Hello, these words are hers.\n")
    (_, (live, _)) = listed(marketer)
    page = marketer.open(live)
    said = words(page.text)
    assert page.status_code == 200
    assert "Live since today" in said
    marked = trees.fromstring(page.text).xpath("//*[@aria-label='Subject']//*[self::del or self::ins]/text()")
    assert [each.strip() for each in marked] == ["microneedling", "not"]
    frame = unescape(re.search(r'<iframe [^>]*src="([^"]+)"', page.text)[1])
    marketer.page = page.text
    picture = marketer.client.get(frame)
    assert "<h1" in picture.text
    assert "these words are hers" not in picture.text
    assert "sandbox allow-popups" in picture.headers["Content-Security-Policy"]
    marketer.at = live
    marketer.press("Bring this back")
    assert marketer.at == f"{LETTER}/write"
    assert "It is back on the draft. What stood there is the version below it." in words(marketer.page)
    assert subject(story) == LIVE
    (back, _), (hers, _), _ = listed(marketer)
    assert "The letter says just this now." in marketer.open(back).text
    assert "Bring this back" not in marketer.page
    marketer.open(hers)
    marketer.press("Bring this back")
    assert subject(story) == "Is one session not enough?"
    assert [act for act, _ in log(story)] == ["save_letter", "bring_back_letter", "bring_back_letter"]
    assert str(log(story)[1][1]["version"]).startswith("live-")


def test_a_newsletter_has_its_versions_too_and_once_sent_its_words_stay(story, marketer) -> None:
    begin(story.house)
    say(marketer, "Another subject", path=NEWS)
    with story.house.database.writing.begin() as session:
        drafts.use(session, "spring-guide", story.clock.now())
    marketer.clock.advance(days=1)
    come_back(story.house, marketer)
    say(marketer, "A third subject", path=NEWS)
    assert [said.partition(" by ")[0] for _, said in listed(marketer, NEWS)] == [
        "Draft, today 06:30 as it is now A third subject",
        "Ready to go out since yesterday Another subject",
        "Draft, yesterday 05:30 Another subject",
        "Draft, yesterday 04:30 A Spring guide",
    ]
    marketer.open(listed(marketer, NEWS)[3][0])
    marketer.press("Bring this back")
    assert subject(story, "spring-guide", None) == "A Spring guide"


def test_over_words_that_were_not_seen_nothing_is_brought_back(story, marketer) -> None:
    begin(story.house)
    say(marketer, "Another subject", path=NEWS)
    first = listed(marketer, NEWS)[1][0]
    marketer.open(first)
    rewrite(story.house, "spring-guide", "Somebody else's words.\n")
    before = counts(story.house.database)
    answer = marketer.press("Bring this back")
    assert answer.status_code == 409
    said = words(answer.text)
    assert "You changed the draft since you looked. Compare once more, then press again." in said
    assert "Somebody else's words." in said
    assert counts(story.house.database) == before
    marketer.at = first
    marketer.press("Bring this back")
    assert subject(story, "spring-guide", None) == "A Spring guide"


def test_what_it_says_already_and_what_is_not_kept_bring_nothing_back(story, marketer) -> None:
    (live, _), *_ = listed(marketer)
    which = live.partition("see=")[2]
    answer = post(marketer, f"{LETTER}/versions", {"which": which, "revision": "0"})
    assert answer.status_code == 400
    assert "The letter says just that already." in words(answer.text)
    assert post(marketer, f"{LETTER}/versions", {"which": "live-999", "revision": "0"}).status_code == 404
    assert post(marketer, f"{LETTER}/versions", {"which": which}).status_code == 409
    assert marketer.open(f"{LETTER}/versions?see=draft-7").status_code == 404
    assert marketer.open(f"{LETTER}/versions/draft-7").status_code == 404
    assert marketer.open("/studio/sequences/welcome/nothing/versions").status_code == 404
    assert log(story) == []


def test_hostile_words_stay_words(marketer) -> None:
    begin_with = "<script>alert(1)</script>"
    say(marketer, f"{begin_with} old", f"{begin_with}\n")
    say(marketer, f"{begin_with} new", "Other words.\n")
    opened = marketer.open(listed(marketer)[1][0]).text
    assert "<script>alert" not in opened
    assert "&lt;script&gt;alert" in opened


def test_a_sitting_has_one_line_in_the_log_and_a_save_of_nothing_has_none(story, marketer, sign_in) -> None:
    say(marketer, "One")
    say(marketer, "Two", minutes=3)
    say(marketer, "Two", minutes=30)  # pressed again, nothing differs
    say(marketer, "Three", minutes=11)
    say(sign_in("owner"), "Theirs", minutes=1)
    say(marketer, "Four", minutes=1)
    assert [act for act, _ in log(story)] == ["save_letter"] * 4
    assert log(story)[0][1] == {"slug": "welcome", "key": "is-one-enough"}


def test_a_test_that_she_sends_herself_in_a_sitting_is_an_act_of_its_own(story, marketer) -> None:
    say(marketer, "One")
    marketer.open(f"{LETTER}/write")
    marketer.press("Send me a test")
    assert [act for act, _ in log(story)] == ["save_letter", "test_letter"]


@pytest.mark.parametrize(
    ("ago", "day", "at"),
    [
        ({"hours": 1}, "today", "today 03:30"),
        ({"hours": 5}, "yesterday", "yesterday 23:30"),
        ({"days": 3}, "27 February", "27 February, 04:30"),
        ({"days": 100}, "22 November 2025", "22 November 2025, 04:30"),
    ],
    ids=["today", "yesterday", "this year", "last year"],
)
def test_days_are_said_as_people_say_them_on_the_clinic_s_clock(settings, clock, ago, day, at) -> None:
    now, zone = clock.now(), settings.clinic.zone
    began = now - timedelta(**ago)
    assert dating.day(began, zone, now) == day
    assert dating.at(began, zone, now) == at
    assert dating.span(began, began, zone, now) == at


def test_a_letter_that_is_moved_where_it_stands_already_has_no_line(story, marketer) -> None:
    marketer.open("/studio/sequences/welcome/")
    for when in ("day 3 at 9", "day 3 at 9:00", "day 4 at 9"):
        marketer.press("Move letter 2", when=when)
        assert "Not in use yet." in words(marketer.page)
    assert [act for act, _ in log(story)] == ["move_letter", "move_letter"]
    with story.house.database.reading() as session:
        assert drafts.find(session, "welcome").revision == 2
