from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from newsletter.audience.models import Consent, Subscriber, Subscription
from newsletter.links import Links, Purpose
from newsletter.web import create_app
from tests.web.visiting import READER, Visitor, both, counts, words


def states(story) -> set[str]:
    with story.house.database.reading() as session:
        return set(session.scalars(select(Subscription.state)))


@both
def test_one_tap_confirms_and_the_page_says_what_comes_when(story, visitor, newest_link):
    visitor.sign_up(time_zone="America/New_York")
    page = words(visitor.open(newest_link("confirm")).text)
    assert "One tap to finish" in page
    assert "reader@example.com would like our letters." in page
    assert "Not you? Close this page; nothing will be sent." in page
    assert states(story) == {"pending"}
    page = words(visitor.press("Yes, send me the letters").text)
    assert states(story) == {"confirmed"}
    assert "You are in. Your first letter is on its way." in page
    for line in (
        "Today Welcome: your first letter, and what comes next",
        "Wednesday 10:00 Is one microneedling session enough?",
        "Saturday 10:00 What happens under the skin",
        "Wednesday 11 Mar, 10:00 Right away, and over the weeks",
        "Monday 16 Mar, 10:00 Why sessions build on each other",
        "Monday 23 Mar, 10:00 A plan that fits your skin",
    ):
        assert line in page


def test_once_the_first_letter_has_left_the_page_still_shows_all_six(story, confirmed):
    story.rounds.until_idle()
    page = words(confirmed.open(confirmed.at).text)
    assert "Under way Welcome: your first letter, and what comes next" in page
    assert page.count(":00 ") == 5


def test_the_consent_names_the_page_without_its_token(story, confirmed):
    with story.house.database.reading() as session:
        consent = session.scalars(select(Consent).where(Consent.act == "confirmed")).one()
    assert (consent.how, consent.page, consent.ip) == ("confirm-page", "/confirm", confirmed.place)


def test_looking_changes_nothing_however_one_looks(story, visitor, newest_link):
    visitor.sign_up()
    link = newest_link("confirm")
    before = counts(story.house.database)
    for method in ("GET", "HEAD", "OPTIONS"):
        assert visitor.client.open(link, method=method).status_code == 200
    assert counts(story.house.database) == before
    assert states(story) == {"pending"}


def test_a_second_tap_changes_nothing(story, confirmed, newest_link):
    before = counts(story.house.database)
    token = confirmed.at
    page = trusted_page(confirmed)
    confirmed.send(token, {"csrf_token": page})
    assert counts(story.house.database)["consents"] == before["consents"]


def trusted_page(visitor: Visitor) -> str:
    return visitor.page.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_tap_from_another_site_is_refused(story, visitor, newest_link):
    visitor.sign_up()
    assert visitor.send(newest_link("confirm")).status_code == 400
    assert states(story) == {"pending"}


def test_a_lapsed_link_offers_a_new_one_that_works(story, visitor, newest_link):
    visitor.sign_up()
    old = newest_link("confirm")
    story.clock.advance(days=8)
    answer = visitor.open(old)
    assert answer.status_code == 410
    assert "This link was good for seven days" in words(answer.text)
    page = words(visitor.press("Send me a new one").text)
    assert "Check your inbox" in page
    new = newest_link("confirm")
    assert new != old
    visitor.open(new)
    assert "You are in." in words(visitor.press("Yes, send me the letters").text)


def test_a_link_that_lapses_while_the_page_is_open_confirms_nothing(story, visitor, newest_link):
    visitor.sign_up()
    visitor.open(newest_link("confirm"))
    answer = visitor.press("Yes, send me the letters", seconds=8 * 24 * 3600)
    assert answer.status_code == 410
    assert states(story) == {"pending"}


def test_whoever_left_is_told_to_sign_up_anew(story, confirmed):
    story.leave()
    answer = confirmed.open(confirmed.at)
    assert answer.status_code == 410
    assert "You stopped these letters. To get them again, please sign up once more." in words(answer.text)


def test_a_link_to_somebody_who_is_gone_is_answered_calmly(story, visitor):
    token = story.house.links.sign(Purpose.CONFIRM, 999, 999)
    assert visitor.open(f"/confirm/{token}").status_code == 410


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.CONFIRM])
def test_a_token_of_another_purpose_confirms_nothing(story, visitor, purpose):
    visitor.sign_up()
    with story.house.database.reading() as session:
        person = session.scalars(select(Subscriber)).one()
    token = story.house.links.sign(purpose, person.mailbox_id, person.id)
    assert visitor.open(f"/confirm/{token}").status_code == 404


def test_a_token_with_one_bit_flipped_opens_nothing(visitor, newest_link):
    visitor.sign_up()
    link = newest_link("confirm")
    start = len("/confirm/")
    for at in range(start, len(link)):
        other = "A" if link[at] != "A" else "B"
        assert visitor.open(link[:at] + other + link[at + 1 :]).status_code == 404


@pytest.mark.parametrize("token", ["x", "é", "%00", "a" * 5000, "..%2f..%2fetc", "{{7*7}}", "<script>"])
def test_what_is_no_token_is_not_a_link_of_ours(visitor, token):
    answer = visitor.open(f"/confirm/{token}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace('<script src="', "")


def test_a_link_signed_by_an_older_key_works_and_by_a_stranger_s_does_not(story, visitor, newest_link):
    visitor.sign_up()
    link = newest_link("confirm")
    for keys, status in ((("new" * 20, *story.house.settings.secret_keys), 200), (("new" * 20,), 404)):
        settings = replace(story.house.settings, secret_keys=keys)
        house = replace(story.house, settings=settings, links=Links(settings.base_url, keys))
        later = Visitor(create_app(house=house), story.clock)
        assert later.open(link).status_code == status


def test_a_confirmed_address_that_signs_up_again_is_not_asked_to_confirm(story, confirmed, newest_link):
    story.clock.advance(minutes=3)
    confirmed.sign_up()
    story.rounds.until_idle()
    assert "You are already on our list" in [letter["Subject"] for letter in story.letters(READER)]


def test_who_comes_back_reads_that_her_letters_go_on_and_no_old_one_is_under_way(story, visitor, newest_link):
    for _ in range(2):
        visitor.sign_up()
        story.rounds.until_idle()
        visitor.open(newest_link("confirm"))
        shown = words(visitor.press("Yes, send me the letters").text)
        story.rounds.until_idle()
        story.live(days=3)
        story.leave()
    assert "Your letters go on." in shown
    assert "Under way" not in shown
