"""`/data/<token>`: what a reader sees and deletes by a link that came to her own mailbox."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from newsletter.audience.datalinks import Deed
from newsletter.audience.models import Subscriber
from newsletter.delivery.models import Mailbox, Suppression
from newsletter.links import Purpose
from newsletter.web.site.data import OPENED
from tests.web.visiting import READER, Visitor, both, counts, words

BUTTONS = {Deed.SHOW: "Show me what you hold", Deed.DELETE: "Delete my data", Deed.MOVE: "Change my address"}


@pytest.fixture
def link(confirmed: Visitor, story: Any, newest_link: Any) -> Any:
    """`link(Deed.SHOW)`: asked for on her preferences page, taken from the letter that came."""

    def ask(deed: Deed) -> str:
        token = story.house.links.sign(Purpose.PREFERENCES, story.person().id)
        confirmed.open(f"/preferences/{token}")
        confirmed.press(BUTTONS[deed])
        return newest_link("data")

    return ask


def people(story: Any) -> list[int]:
    with story.house.database.reading() as session:
        return list(session.scalars(select(Subscriber.id)))


@both
def test_she_sees_everything_after_one_tap(confirmed, story, link):
    path = link(Deed.SHOW)
    assert "What we hold about you" in words(confirmed.open(path).text)
    confirmed.press("Show me")
    assert confirmed.at == "/data"
    told = words(confirmed.page)
    for part in (READER, "Guides Yes since", "You said yes to", "Welcome", "from 203.0.113.9", "Under way"):
        assert part in told, part
    assert "Please confirm your e-mail address" in told


@both
def test_looking_at_either_link_changes_nothing(confirmed, story, link):
    for deed in (Deed.SHOW, Deed.DELETE):
        path = link(deed)
        story.clock.advance(minutes=5)
        before = counts(story.house.database)
        for method in ("GET", "HEAD", "OPTIONS"):
            assert confirmed.client.open(path, method=method).status_code == 200
        assert counts(story.house.database) == before
        assert OPENED not in session_of(confirmed)


def session_of(visitor: Visitor) -> dict[str, Any]:
    with visitor.client.session_transaction() as held:
        return dict(held)


def test_the_file_is_the_same_as_the_command_line_prints(confirmed, story, link):
    confirmed.open(link(Deed.SHOW))
    confirmed.press("Show me")
    answer = confirmed.open("/data.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    held = json.loads(answer.data)
    assert held["mailbox"]["address"] == READER
    assert [each["state"] for each in held["topics"]] == ["confirmed"] * 3
    assert len(held["emails"]) == 3


def test_the_link_works_once_and_the_page_for_an_hour_in_this_browser(confirmed, story, app, link):
    path = link(Deed.SHOW)
    confirmed.open(path)
    confirmed.press("Show me")
    story.clock.advance(minutes=58)
    assert confirmed.open("/data").status_code == 200
    assert confirmed.open(path).status_code == 410
    assert "was used already" in words(confirmed.page)
    story.clock.advance(minutes=3)
    for page in ("/data", "/data.json"):
        assert confirmed.open(page).status_code == 410
        assert READER not in confirmed.page


def test_another_browser_sees_nothing_of_it(confirmed, story, app, clock, link):
    confirmed.open(link(Deed.SHOW))
    confirmed.press("Show me")
    stranger = Visitor(app, clock)
    for page in ("/data", "/data.json"):
        assert stranger.open(page).status_code == 410
        assert READER not in stranger.page


def test_a_forged_cookie_shows_nothing(confirmed, story, app, clock):
    stranger = Visitor(app, clock)
    stranger.client.set_cookie("__Host-visit", "eyJkYXRhIjpbMSwiMjA5OS0wMS0wMSJdfQ.forged.forged")
    assert stranger.open("/data").status_code == 410


def test_after_an_hour_the_link_is_over(confirmed, story, link):
    path = link(Deed.DELETE)
    story.clock.advance(minutes=62)
    assert confirmed.open(path).status_code == 410
    assert confirmed.send(path, {}).status_code in {400, 410}
    assert people(story)


@both
def test_she_deletes_her_data_and_the_page_says_what_stays(confirmed, story, link):
    path = link(Deed.DELETE)
    asked = words(confirmed.open(path).text)
    assert "cannot be taken back" in asked
    assert "a fingerprint of your address" in asked
    confirmed.press("Delete my data")
    assert "Done. Your data is deleted." in words(confirmed.page)
    assert people(story) == []
    assert story.letters() == []
    with story.house.database.reading() as session:
        assert session.scalars(select(Mailbox.address)).all() == [""]
        assert session.scalars(select(Suppression.reason)).all() == ["erased"]
    assert session_of(confirmed) == {}
    story.live(days=30)
    assert story.letters() == []


def test_pressed_twice_the_second_is_told_calmly(confirmed, story, link):
    path = link(Deed.DELETE)
    confirmed.open(path)
    form = confirmed.page
    confirmed.press("Delete my data")
    confirmed.at, confirmed.page = path, form
    confirmed.press("Delete my data")
    assert "500" not in confirmed.page
    assert people(story) == []


def test_what_was_open_in_this_browser_closes_with_the_deletion(confirmed, story, link):
    confirmed.open(link(Deed.SHOW))
    confirmed.press("Show me")
    story.clock.advance(minutes=3)
    confirmed.open(link(Deed.DELETE))
    confirmed.press("Delete my data")
    assert confirmed.open("/data").status_code == 410


def test_a_page_that_is_open_elsewhere_says_that_nobody_is_here(confirmed, story, app, clock, link):
    confirmed.open(link(Deed.SHOW))
    confirmed.press("Show me")
    with confirmed.client.session_transaction() as held:
        opened = held[OPENED]
    story.clock.advance(minutes=3)
    confirmed.open(link(Deed.DELETE))
    confirmed.press("Delete my data")
    with confirmed.client.session_transaction() as held:
        held[OPENED] = opened
    answer = confirmed.open("/data")
    assert answer.status_code == 404
    assert "Nobody with this link is on our list any more" in words(confirmed.page)


@both
def test_her_old_stop_link_still_answers_as_it_must(confirmed, story, newest_link, link):
    """RFC 8058 asks for no less, years later and for people who are gone."""
    stop, old = newest_link("u"), newest_link("preferences")
    confirmed.open(link(Deed.DELETE))
    confirmed.press("Delete my data")
    answer = confirmed.send(stop, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.text) == (200, "unsubscribed\n")
    assert "You get no more news from" in words(confirmed.open(stop).text)
    by_hand = confirmed.send(stop, {"List-Unsubscribe": "One-Click", "from": "page"})
    assert "You are off our list" in words(by_hand.text)
    assert confirmed.open(old).status_code == 404


@both
def test_she_signs_up_again_and_is_welcome(confirmed, story, newest_link, link):
    confirmed.open(link(Deed.DELETE))
    confirmed.press("Delete my data")
    confirmed.sign_up()
    confirmed.open(newest_link("confirm"))
    confirmed.press("Yes, send me the letters")
    assert "Your first letter is on its way" in words(confirmed.page)
    with story.house.database.reading() as session:
        stop = session.scalars(select(Suppression)).one()
    assert stop.released_at is not None
    story.rounds.until_idle()
    assert story.subjects() == ["Welcome: your first letter, and what comes next"]


def test_of_a_shared_mailbox_the_page_says_that_the_other_stays(confirmed, story, link):
    with story.house.database.writing.begin() as session:
        mine = session.scalars(select(Subscriber)).one()
        session.add(
            Subscriber(
                mailbox_id=mine.mailbox_id, signed_up=False, source="list", created_at=story.clock.now()
            )
        )
    token = story.house.links.sign(Purpose.PREFERENCES, mine.id)
    confirmed.open(f"/preferences/{token}")
    confirmed.press(BUTTONS[Deed.DELETE])
    story.rounds.until_idle()
    path = _data_link(story)
    assert "Somebody else gets e-mail at this address" in words(confirmed.open(path).text)
    confirmed.press("Delete my data")
    assert "that goes on" in words(confirmed.page)
    assert len(people(story)) == 1


def _data_link(story: Any) -> str:
    import re

    from tests.walks.story import text_of

    found = re.findall(r"(/data/[\w-]+)", "".join(text_of(each) for each in story.letters()))
    return str(found[-1])


def test_the_third_deed_is_a_form_of_its_own(confirmed, story, link):
    path = link(Deed.MOVE)
    assert confirmed.open(path).status_code == 200
    assert "email" in confirmed.page


@pytest.mark.parametrize("path", ["/data/damaged", "/data/" + "x" * 200])
def test_a_damaged_link_is_a_calm_page(visitor, path):
    assert visitor.open(path).status_code == 404
    assert "not complete" in words(visitor.page)


def test_without_the_form_s_token_nothing_is_deleted(confirmed, story, link):
    path = link(Deed.DELETE)
    assert confirmed.send(path, {}).status_code == 400
    assert people(story)


def test_what_we_keep_prints_the_numbers_that_retention_obeys(visitor, monkeypatch):
    told = words(visitor.open("/what-we-keep").text)
    assert "deleted after 30 days" in told
    assert "12 months" in told
    from datetime import timedelta

    from newsletter.privacy import spans

    monkeypatch.setattr(spans, "UNCONFIRMED", timedelta(days=45))
    assert "deleted after 45 days" in words(visitor.open("/what-we-keep").text)


def test_every_page_of_the_site_leads_there(visitor, confirmed):
    for path in ("/", "/what-we-keep", "/nothing"):
        assert "/what-we-keep" in visitor.open(path).text


def test_the_log_says_who_by_number_and_never_by_address(confirmed, story, link, capsys):
    number = story.person().id
    confirmed.open(link(Deed.SHOW))
    confirmed.press("Show me")
    confirmed.open("/data.json")
    story.clock.advance(minutes=3)
    confirmed.open(link(Deed.DELETE))
    capsys.readouterr()
    confirmed.open("/data")
    confirmed.open("/data.json")
    said = capsys.readouterr().out
    assert "data.shown" in said
    assert "data.downloaded" in said
    assert f"subscriber={number}" in said
    assert READER not in said
