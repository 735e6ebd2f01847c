"""The pages that say what became of newsletters and sequences, and who sees whom on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import html as trees

from newsletter.campaigns import broadcasts
from tests.insights.mailing import Mailing
from tests.web.studio.readers import come, come_back
from tests.web.visiting import both, words

REPORT = "/studio/reports/newsletters/spring/"


@pytest.fixture
def spring(story):
    """Six newsletters; of the newest 30 e-mails left, one reader went, and 9 clicks came."""
    with story.house.database.writing.begin() as session:
        mailing = Mailing(session, story.clock.now())
        for number in range(1, 6):
            earlier = mailing.issue(f"issue-{number}", days_ago=7 + number)
            began = mailing.now - timedelta(days=7 + number)
            for each in range(30):
                mailing.delivered(f"reader{each}", earlier, f"issue-{number}", sent_at=began)
        letter = mailing.issue(name="<Spring> guide")
        for each in range(30):
            number = mailing.delivered(f"reader{each}", letter)
            if each < 3:
                mailing.reader(f"reader{each}").counted = True
                mailing.sign(number, "opened")
        mailing.clicks(letter, 1, 7, 2)
        mailing.clicks(letter, 2, 2)
        mailing.leaves("reader0", 6.5)
    return letter


def test_where_nothing_went_out_the_list_says_so_and_shows_the_way(marketer):
    page = marketer.open("/studio/reports/")
    assert "No newsletter has gone out yet" in words(page.text)
    assert "Welcome 0 0 – 0" in words(page.text)
    assert ">Reports</span>" in page.text


@both
def test_the_report_says_it_in_one_sentence_and_then_in_tables(spring, marketer):
    page = marketer.open(REPORT)
    said = words(page.text)
    assert "<Spring> guide" in said
    assert "30 handed over to the mail server. 1 left. 9 clicks on 2 links." in said
    assert "Booking page 2 0 clinic.example/guide 7 2" in said
    assert "reader0@example.com" in said
    assert "by the button of her mail program" in said
    assert "3 of the 3 who agreed to be counted; the others are not. That is too few to tell" in said
    assert "Compared with your last five" in said
    assert "Issue-1 Sunday, 22 February 30 0 0.0 0 too few to tell" in said
    tree = trees.fromstring(page.text)
    assert [line.findtext("title") for line in tree.iter("svg") if line.find("title") is not None] == [
        "Clicks per 100 people",
    ]
    assert "style=" not in page.text


def test_who_reads_numbers_only_gets_numbers_and_no_button_that_writes(spring, sign_in):
    viewer = sign_in("viewer")
    page = viewer.open(REPORT)
    assert "1 person ended all letters within three days of it, with no other letter in between." in words(
        page.text
    )
    assert "@example.com" not in trees.fromstring(page.text).get_element_by_id("main").text_content()
    assert "Duplicate" not in words(page.text)
    assert "@" not in viewer.open("/studio/reports/newsletters/spring.csv").text


def test_a_duplicate_is_made_from_the_report(story, marketer):
    come(story.house, 2, "news")
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "news-what-is-new", story.clock.now(), undo=timedelta())
    story.rounds.until_idle()
    marketer.open("/studio/reports/newsletters/news-what-is-new/")
    page = marketer.press("Duplicate")
    assert page.status_code == 200
    assert marketer.at.endswith("/write")
    assert "again" in marketer.at


def test_the_files_are_named_for_what_they_hold(spring, marketer):
    answer = marketer.open("/studio/reports/newsletters/spring.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report-spring.csv"'
    assert answer.mimetype == "text/csv"
    assert answer.text.splitlines()[1].startswith(
        "<Spring> guide,2026-02-23T09:30:00+00:00,30,0,0,0,0,1,9,2,3,3,0"
    )
    assert marketer.open("/studio/reports/sequences/welcome.csv").text.splitlines()[1].startswith("welcome,")


def test_a_sequence_is_told_letter_by_letter(story, marketer, confirmed):
    story.live(days=3)
    come_back(story.house, marketer)
    said = words(marketer.open("/studio/reports/sequences/welcome/").text)
    assert "1 person is in it, 0 got to its end, 0 left it before." in said
    assert "Is one microneedling session enough? 1 0 too few to tell 0 nobody agreed" in said
    assert "0 people ended all letters within three days of one of these" in said


@pytest.mark.parametrize(
    "path",
    [
        "newsletters/nothing/",
        "newsletters/nothing.csv",
        "sequences/nothing/",
        "sequences/nothing.csv",
        "?page=0",
    ],
)
def test_what_never_went_out_has_no_report(marketer, path):
    assert marketer.open(f"/studio/reports/{path}").status_code == 404


def test_a_newsletter_and_a_sequence_lead_to_their_reports(spring, marketer):
    assert f'href="{REPORT}"' in marketer.open("/studio/newsletters/spring/").text
    assert 'href="/studio/reports/sequences/welcome/"' in marketer.open("/studio/sequences/welcome/").text
