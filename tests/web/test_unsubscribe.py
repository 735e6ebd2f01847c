from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from newsletter.audience.models import Consent, Subscriber, Subscription
from newsletter.delivery import mailboxes
from newsletter.delivery.models import STREAMS
from newsletter.links import Purpose
from tests.web.visiting import Visitor, both, counts, words

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BODIES = {
    "urlencoded": {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
    "multipart": {"data": ONE_CLICK, "content_type": "multipart/form-data"},
}


def states(story) -> set[str]:
    with story.house.database.reading() as session:
        return set(session.scalars(select(Subscription.state)))


@both
@pytest.mark.parametrize("body", BODIES)
def test_one_click_leaves_at_once_without_cookie_or_redirect(story, app, confirmed, newest_link, body):
    link = newest_link("u")
    stranger = app.test_client(use_cookies=False)
    answer = stranger.post(link, **BODIES[body])
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Location" not in answer.headers
    assert states(story) == {"unsubscribed"}


@both
def test_one_click_again_is_200_and_writes_nothing_more(story, confirmed, newest_link):
    link = newest_link("u")
    confirmed.send(link, ONE_CLICK)
    before = counts(story.house.database)
    assert confirmed.send(link, ONE_CLICK).status_code == 200
    assert counts(story.house.database) == before


def test_one_click_for_somebody_gone_or_never_here_is_200(story, visitor):
    token = story.house.links.sign(Purpose.UNSUBSCRIBE, 999, 999, STREAMS.index("marketing"))
    assert visitor.send(f"/u/{token}", ONE_CLICK).status_code == 200
    page = visitor.open(f"/u/{token}")
    assert page.status_code == 200
    assert "You are off our list" in words(visitor.press("Stop all letters").text)


def test_the_link_works_for_years(story, confirmed, newest_link):
    link = newest_link("u")
    story.clock.advance(days=3650)
    assert confirmed.send(link, ONE_CLICK).status_code == 200
    assert states(story) == {"unsubscribed"}


def test_looking_changes_nothing_however_one_looks(story, confirmed, newest_link):
    link = newest_link("u")
    before = counts(story.house.database)
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = confirmed.client.open(link, method=method)
        assert answer.status_code == 200
    assert counts(story.house.database) == before
    assert states(story) == {"confirmed"}


@pytest.mark.parametrize(
    "data", [None, "", {"List-Unsubscribe": "one-click"}, {"unsubscribe": "yes"}, b"\x00" * 100]
)
def test_a_post_that_is_not_one_click_stops_nothing(story, confirmed, newest_link, data):
    assert confirmed.send(newest_link("u"), data).status_code == 400
    assert states(story) == {"confirmed"}


def test_the_page_shows_a_button_and_no_cookie_and_only_the_ends_of_the_address(
    app, clock, confirmed, newest_link
):
    stranger = Visitor(app, clock)
    answer = stranger.open(newest_link("u"))
    assert "Set-Cookie" not in answer.headers
    assert "r...r@example.com" in words(answer.text)
    assert "reader@example.com" not in answer.text


def test_the_after_page_offers_topics_and_the_way_back(story, confirmed, newest_link):
    confirmed.open(newest_link("u"))
    page = words(confirmed.press("Stop all letters").text)
    assert "Done. No more letters." in page
    assert states(story) == {"unsubscribed"}
    page = words(confirmed.press("Send me these", topics=["tips"]).text)
    assert "Done." in page
    with story.house.database.reading() as session:
        kept = session.scalars(select(Subscription).where(Subscription.state == "confirmed")).all()
        assert len(kept) == 1
        acts = session.scalars(select(Consent.act).order_by(Consent.id)).all()
    assert acts == ["requested", "confirmed", "withdrawn", "confirmed"]


def test_leaving_after_the_third_letter_leaves_three(story, confirmed, newest_link):
    story.live(days=6)
    confirmed.send(newest_link("u"), ONE_CLICK)
    story.live(days=30)
    assert len(story.subjects()) == 3


def test_no_goodbye_letter_is_sent(story, confirmed, newest_link):
    link = newest_link("u")
    before = counts(story.house.database)["deliveries"]
    confirmed.send(link, ONE_CLICK)
    story.rounds.until_idle()
    assert counts(story.house.database)["deliveries"] == before


@pytest.mark.parametrize("ids", [(), (1,), (1, 2), (1, 2, 0, 4)])
def test_a_token_with_other_numbers_in_it_stops_nothing(story, visitor, ids):
    token = story.house.links.sign(Purpose.UNSUBSCRIBE, *ids)
    assert visitor.send(f"/u/{token}", ONE_CLICK).status_code == 404


def test_damaged_and_swapped_tokens_stop_nothing(story, confirmed, newest_link):
    link = newest_link("u")
    swapped = newest_link("preferences").replace("/preferences/", "/u/")
    for wrong in (link[:-1], link + "A", link.swapcase(), swapped):
        assert confirmed.send(wrong, ONE_CLICK).status_code == 404
    assert states(story) == {"confirmed"}


def test_it_works_when_every_row_of_hers_is_gone(story, confirmed, newest_link):
    from newsletter.audience.models import Subscriber
    from newsletter.campaigns.models import Enrollment, StepRun
    from newsletter.delivery.models import Attempt, Delivery, Mailbox

    link = newest_link("u")
    with story.house.database.writing.begin() as session:
        for table in (StepRun, Enrollment, Consent, Subscription, Subscriber, Attempt, Delivery, Mailbox):
            session.execute(delete(table))
    assert confirmed.send(link, ONE_CLICK).status_code == 200
    assert confirmed.open(link).status_code == 200


@both
def test_the_link_in_a_letter_to_an_old_address_stops_what_goes_to_the_new_one(story, confirmed, newest_link):
    link = newest_link("u")
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, "new@example.com", "new@example.com", now)
        session.execute(update(Subscriber).values(mailbox_id=box.id))
    assert confirmed.send(link, ONE_CLICK).status_code == 200
    assert states(story) == {"unsubscribed"}
    story.live(days=30)
    assert story.letters("new@example.com") == []
