"""One newsletter from its first word to what became of it: undone, put off, paused, canceled, late, sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html as trees
from sqlalchemy import select, update

from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.audit import AuditEntry
from newsletter.campaigns import broadcasts, fanning, leaving
from newsletter.campaigns.models import Broadcast
from newsletter.delivery.models import Delivery
from tests.web.studio.readers import arrived, begin, come, come_back, post
from tests.web.visiting import both, words

LIST = "/studio/newsletters/"
PAGE = f"{LIST}spring-guide/"


def main(page: str) -> str:
    """What a person reads beside the rail."""
    return " ".join(trees.fromstring(page).find(".//main").text_content().split())


def choose(visitor, **typed):
    visitor.open(f"{PAGE}send")
    sends = [
        each for each in trees.fromstring(visitor.page).xpath("//button") if "Send to" in each.text_content()
    ]
    return visitor.press(sends[0].text_content().strip(), **typed)


def state(story) -> str | None:
    with story.house.database.reading() as session:
        return session.scalar(select(Broadcast.state).where(Broadcast.slug == "spring-guide"))


def steps(story, number: int) -> None:
    """The worker takes so many steps and hands nothing over."""
    for _ in range(number):
        with story.house.database.writing.begin() as session:
            fanning.work(session, story.house.settings.clinic.zone, story.clock.now())


@pytest.fixture
def half_sent(story, marketer, monkeypatch):
    """23 people are to get it; the mail server has taken some, and the rest wait."""
    monkeypatch.setattr(fanning, "SLICE", 5)
    come(story.house, 23, "resources")
    begin(story.house)
    choose(marketer)
    marketer.press("Send now")
    steps(story, 6)
    story.rounds.postman.round()
    number = list(arrived(story.house, "spring-guide").values()).count("sent")
    assert 0 < number < 23
    return number


@both
def test_from_a_draft_to_every_reader_s_own_nine_o_clock_taken_back_once(story, marketer):
    come(story.house, 3, "resources", zone="America/New_York")
    come(story.house, 2, "resources", "tips", zone="Asia/Kathmandu")
    begin(story.house)
    marketer.open(PAGE)
    assert "Nobody has it. As it is now, 5 people would get it." in main(marketer.page)
    nine = {"when": "local", "day": "2026-03-05", "hour": "9"}
    choose(marketer, **nine)
    assert "5 people get this." in main(marketer.page)
    assert "Goes out Thursday 5 March, 9:00 each in their own time" in main(marketer.page)
    marketer.press("Back to a draft")
    assert "It is a draft again, and nobody got it." in main(marketer.page)
    assert (state(story), arrived(story.house, "spring-guide")) == ("draft", {})
    choose(marketer, **nine)
    story.live(days=2, hours=18)  # Thursday in Kathmandu, not yet in New York
    come_back(story.house, marketer)
    marketer.open(PAGE)
    assert "2 of 5 sent" in main(marketer.page)
    assert "Everybody gets it at 9:00 in their own time" in main(marketer.page)
    story.live(days=3)
    come_back(story.house, marketer)
    marketer.open(PAGE)
    assert "5 of 5 sent" in main(marketer.page)
    assert "sent 5 March" in main(marketer.page), "the day it was meant for, though it began on the 4th here"
    assert set(arrived(story.house, "spring-guide").values()) == {"sent"}
    with story.house.database.reading() as session:
        moments = session.scalars(select(Delivery.sent_at).where(Delivery.campaign == "spring-guide"))
        assert sorted({f"{each:%d %H:%M}" for each in moments}) == ["05 03:15", "05 14:00"]
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["newsletter_send", "newsletter_unschedule", "newsletter_send"]


def test_for_two_minutes_it_can_be_undone(story, marketer):
    come(story.house, 3, "resources")
    begin(story.house)
    choose(marketer)
    assert "Going out in 2:00 3 people get this. Nobody has it yet." in main(marketer.page)
    story.live(seconds=18)
    marketer.open(PAGE)
    assert "Going out in 1:42" in main(marketer.page)
    assert 'data-countdown="102"' in marketer.page, "the script counts the server's seconds"
    marketer.open(LIST)
    assert "goes out in 1:42" in main(marketer.page)
    marketer.open(PAGE)
    marketer.press("Undo")
    assert "Undone: nobody got it." in main(marketer.page)
    assert "Choose people and time" in main(marketer.page)
    story.live(days=1)
    come_back(story.house, marketer)
    assert (state(story), arrived(story.house, "spring-guide")) == ("draft", {})


def test_send_now_ends_the_wait(story, marketer):
    come(story.house, 3, "resources")
    begin(story.house)
    choose(marketer)
    marketer.press("Send now")
    assert "It is going out now." in main(marketer.page)
    assert "Going out in 0:00" in main(marketer.page)
    story.rounds.until_idle()
    assert set(arrived(story.house, "spring-guide").values()) == {"sent"}


def test_a_page_left_open_neither_undoes_what_has_begun_nor_sends_what_was_put_off(story, marketer):
    come(story.house, 3, "resources")
    begin(story.house)
    choose(marketer)
    story.live(minutes=3)
    assert post(marketer, f"{PAGE}undo").status_code == 400
    assert "“Spring guide” has begun, so it is too late to undo" in main(marketer.page)
    assert (state(story), len(arrived(story.house, "spring-guide"))) == ("sent", 3)
    with story.house.database.writing.begin() as session:
        broadcasts.send(
            session, "guide-start-to-finish", story.clock.now(), at=story.clock.now() + timedelta(days=2)
        )
    answer = post(marketer, f"{LIST}guide-start-to-finish/now")
    assert answer.status_code == 400
    assert "cannot be sent at once; one that begins within two minutes can be." in main(marketer.page)
    story.rounds.until_idle()
    assert arrived(story.house, "guide-start-to-finish") == {}


def test_one_whose_moment_passed_unseen_asks_and_only_the_first_answer_counts(story, marketer):
    come(story.house, 3, "resources")
    begin(story.house)
    choose(marketer)
    story.clock.advance(hours=9)
    come_back(story.house, marketer)
    story.rounds.until_idle()
    assert (state(story), arrived(story.house, "spring-guide")) == ("late", {})
    marketer.open(PAGE)
    assert "Send now" in main(marketer.page)
    assert post(marketer, f"{PAGE}decide", {"answer": "send"}).status_code == 303
    marketer.open(PAGE)
    assert "It goes out in two minutes." in main(marketer.page)
    for stale in ("draft", "send"):
        assert post(marketer, f"{PAGE}decide", {"answer": stale}).status_code == 400
        assert "Somebody has decided meanwhile" in main(marketer.page)
    assert state(story) == "scheduled"
    story.live(minutes=3)
    assert set(arrived(story.house, "spring-guide").values()) == {"sent"}


def test_on_its_way_the_page_says_how_far_it_is_and_asks_again_until_it_is_through(
    story, marketer, half_sent
):
    marketer.open(PAGE)
    assert f"{half_sent} of 23 sent" in main(marketer.page)
    asks = trees.fromstring(marketer.page).xpath("//*[@id='progress']")[0]
    assert (asks.get("hx-get"), asks.get("hx-trigger")) == (f"{PAGE}progress?was=sending", "every 2s")
    part = marketer.open(asks.get("hx-get"))
    assert part.text.strip().startswith("<section")
    assert "HX-Refresh" not in part.headers
    story.rounds.until_idle()
    part = marketer.open(asks.get("hx-get"))
    assert "23 of 23 sent" in part.text
    assert "hx-get" not in part.text, "nothing moves any more"
    assert part.headers["HX-Refresh"] == "true", "its buttons are others now"


def test_paused_nothing_leaves_and_resumed_everybody_gets_it_once(story, marketer, half_sent):
    marketer.open(PAGE)
    marketer.press("Pause")
    story.live(hours=1)
    marketer.open(PAGE)
    assert f"{half_sent} of 23 sent, paused" in main(marketer.page)
    assert "Nobody else gets it until you resume." in main(marketer.page)
    marketer.open(LIST)
    assert f"paused: {half_sent} of 23" in main(marketer.page)
    marketer.open(PAGE)
    marketer.press("Resume")
    assert "nobody gets it twice" in main(marketer.page)
    story.rounds.until_idle()
    found = arrived(story.house, "spring-guide")
    assert (len(found), set(found.values())) == (23, {"sent"})
    assert post(marketer, f"{PAGE}resume").status_code == 400
    assert "is sent, so it cannot be resumed; a paused one can be." in main(marketer.page)


def test_canceling_says_to_how_many_and_wants_the_name(story, marketer, half_sent):
    marketer.open(f"{PAGE}cancel")
    rest = 23 - half_sent
    assert f"{rest} of 23 have not got it, and will not. {half_sent} have it already" in main(marketer.page)
    assert marketer.press("Cancel the rest", name="yes").status_code == 400
    assert "That is not its name." in main(marketer.page)
    assert state(story) == "sending"
    marketer.press("Cancel the rest", name="Spring guide")
    assert "Canceled: nobody else gets it." in main(marketer.page)
    story.live(days=3)
    come_back(story.house, marketer)
    assert list(arrived(story.house, "spring-guide").values()).count("sent") == half_sent
    marketer.open(PAGE)
    assert f"Canceled after {half_sent} were sent" in main(marketer.page)
    assert f"not sent: the issue was canceled{rest}" in main(marketer.page)
    assert "Discard" not in main(marketer.page)
    marketer.open(LIST + "?state=canceled")
    assert "Spring guide" in main(marketer.page)


def test_canceling_what_has_not_begun_is_refused_and_changes_nothing(story, marketer):
    come(story.house, 2, "resources")
    begin(story.house)
    choose(marketer)
    assert post(marketer, f"{PAGE}cancel", {"name": "Spring guide"}).status_code == 400
    assert "It has not begun, so there is nothing to cancel." in main(marketer.page)
    assert state(story) == "scheduled"


def test_one_that_was_paused_before_it_began_can_go_on_or_be_a_draft_again(story, marketer):
    come(story.house, 2, "resources")
    begin(story.house)
    choose(marketer, when="clinic", day="2026-03-05", hour="9")
    assert "Goes out Thursday 5 March, 9:00 2 people get this" in main(marketer.page)
    post(marketer, f"{PAGE}pause")
    marketer.open(PAGE)
    assert "Paused before it began; it was to go out Thursday 5 March, 9:00" in main(marketer.page)
    marketer.press("Resume")
    assert state(story) == "scheduled"
    post(marketer, f"{PAGE}pause")
    marketer.open(PAGE)
    marketer.press("Back to a draft")
    assert state(story) == "draft"


@pytest.mark.parametrize("way", ["Send now", "Another time", "Back to a draft"])
def test_one_whose_moment_passed_asks_what_shall_become_of_it(story, marketer, way):
    come(story.house, 2, "resources")
    begin(story.house)
    choose(marketer, when="clinic", day="2026-03-03", hour="9")
    story.sleep(days=3)
    come_back(story.house, marketer)
    marketer.open(PAGE)
    assert "Its moment passed while nobody was here: Tuesday 3 March, 9:00" in main(marketer.page)
    assert "2 people would get it now." in main(marketer.page)
    assert arrived(story.house, "spring-guide") == {}
    if way == "Another time":
        choose(marketer, when="clinic", day="2026-03-09", hour="9")
        assert "Goes out Monday 9 March, 9:00" in main(marketer.page)
        story.live(days=5)
        come_back(story.house, marketer)
    else:
        marketer.press(way)
        story.live(minutes=3)
    wanted = ("draft", 0) if way == "Back to a draft" else ("sent", 2)
    assert (state(story), len(arrived(story.house, "spring-guide"))) == wanted
    assert post(marketer, f"{PAGE}decide", {"answer": "send"}).status_code == 400
    assert "Somebody has decided meanwhile." in main(marketer.page)


def test_what_became_of_it_is_told_in_numbers_with_our_own_reasons_and_nobody_s_address(story, marketer):
    come(story.house, 6, "resources")
    begin(story.house)
    choose(marketer)
    marketer.press("Send now")
    steps(story, 3)
    with story.house.database.writing.begin() as session:
        first = session.scalars(
            select(Subscriber.mailbox_id)
            .join(Delivery, Delivery.person_id == Subscriber.id)
            .order_by(Delivery.id)
        ).first()
        leaving.leave(session, first, story.clock.now(), Evidence("one-click"))
    story.rounds.until_idle()
    with story.house.database.writing.begin() as session:
        rows = session.scalars(
            select(Delivery.id).where(Delivery.state == "sent").order_by(Delivery.id)
        ).all()
        refused = {"state": "failed", "reason": "550 <resources3@example.com> no such user"}
        session.execute(update(Delivery).where(Delivery.id == rows[0]).values(**refused))
        session.execute(update(Delivery).where(Delivery.id == rows[1]).values(state="unknown", reason=None))
        held = {"state": "skipped", "reason": "on a break until 3 April"}
        session.execute(update(Delivery).where(Delivery.id == rows[2]).values(**held))
    marketer.open(PAGE)
    said = main(marketer.page)
    assert "2 of 6 sent" in said
    for line in (
        "sent2",
        "not sent1",
        "maybe sent: the mail server never answered1",
        "not sent: on a break1",
        f"not sent: {leaving.LEFT}1",
    ):
        assert line in said
    assert "@" not in said
    assert "550" not in said


def test_the_letter_stands_in_a_frame_that_may_show_itself_and_nothing_else(story, marketer):
    come(story.house, 1, "tips")
    marketer.open(f"{LIST}tips-five-questions/")
    frame = trees.fromstring(marketer.page).xpath("//iframe")[0]
    assert "allow-scripts" not in frame.get("sandbox")
    answer = marketer.open(frame.get("src"))
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "Five questions to take with you" in words(marketer.page)
    assert marketer.open(f"{PAGE}letter").status_code == 404


def test_a_letter_that_prints_what_only_a_reader_has_says_so_instead(story, marketer):
    come(story.house, 1, "resources")
    begin(story.house, words="Dear {{ first_name }}, this letter is for you alone.\n")
    choose(marketer)
    marketer.open(f"{PAGE}letter")
    assert "It prints what only a reader has" in words(marketer.page)


@pytest.mark.parametrize("path", ["", "send", "letter", "progress", "discard", "cancel"])
def test_a_newsletter_that_is_none_is_not_found(marketer, path):
    assert marketer.open(f"{LIST}gossip/{path}").status_code == 404


@pytest.mark.parametrize("deed", ["undo", "now", "pause", "resume", "unschedule", "decide", "cancel"])
def test_a_draft_has_nothing_to_stop_and_says_so(story, marketer, deed):
    begin(story.house)
    assert post(marketer, f"{PAGE}{deed}", {"name": "Spring guide"}).status_code in {400, 404}
    with story.house.database.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []
    answer = post(
        marketer, f"{LIST}tips-five-questions/{deed}", {"name": "Five questions to take to a consultation"}
    )
    assert answer.status_code == 400
    assert trees.fromstring(marketer.page).xpath("//main//*[@role='alert']")
    assert post(marketer, f"{LIST}gossip/{deed}").status_code == 404


def test_a_year_that_is_not_this_one_is_named(story, marketer):
    come(story.house, 1, "resources")
    begin(story.house)
    choose(marketer, when="clinic", day="2027-01-04", hour="9")
    assert "Goes out Monday 4 January 2027, 9:00" in main(marketer.page)
    with story.house.database.reading() as session:
        starts = session.scalar(select(Broadcast.starts_at).where(Broadcast.slug == "spring-guide"))
    assert starts == datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
