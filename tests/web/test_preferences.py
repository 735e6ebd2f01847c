from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.links import Purpose
from tests.web.visiting import Visitor, both, counts, words


def heard(story) -> list[str]:
    with story.house.database.reading() as session:
        rows = select(Topic.slug).join(Subscription, Subscription.topic_id == Topic.id)
        return sorted(session.scalars(rows.where(Subscription.state == "confirmed")))


def first_name(story) -> str | None:
    with story.house.database.reading() as session:
        return session.scalars(select(Subscriber.first_name)).one()


def test_the_page_shows_the_switches_and_only_the_ends_of_the_address(confirmed, newest_link):
    page = confirmed.open(newest_link("preferences"))
    said = words(page.text)
    assert "Letters for r...r@example.com" in said
    for topic in ("Guides longer reads", "Tips short and practical", "Clinic news what is new with us"):
        assert topic in said
    assert "Times follow New York, where the clinic is." in said
    assert "reader@example.com" not in page.text


@both
def test_saving_says_when_the_next_letter_comes(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Save topics", topics=["resources", "tips"]).text)
    assert "Done. Next letter: Wednesday 10:00." in page
    assert heard(story) == ["resources", "tips"]
    page = words(confirmed.press("Save name and times", first_name="A reader").text)
    assert "Done. Next letter: Wednesday 10:00." in page
    assert (heard(story), first_name(story)) == (["resources", "tips"], "A reader")


def test_the_card_after_confirming_saves_to_the_same_place(story, confirmed):
    page = words(confirmed.press("Save", topics=["news"]).text)
    assert "Done. Next letter: " in page
    assert heard(story) == ["news"]


def test_the_line_is_said_once(confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    confirmed.press("Save topics")
    assert "Done." not in words(confirmed.open(confirmed.at).text)


@both
def test_switching_everything_off_is_leaving(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Save topics", topics=[]).text)
    assert "Done. No more letters." in page
    assert heard(story) == []
    story.live(days=30)
    assert len(story.subjects()) == 1


@both
def test_stop_stops_and_the_page_offers_to_start_again(story, confirmed, newest_link):
    link = newest_link("preferences")
    confirmed.open(link)
    page = words(confirmed.press("Stop all letters").text)
    assert "Nothing is being sent at the moment." in page
    assert "Stop all letters" not in page
    assert heard(story) == []
    confirmed.press("Save topics", topics=["tips"])
    assert heard(story) == ["tips"]


@pytest.mark.parametrize("name", ["<b>x</b>", "{{ 7 * 7 }}", "\x00\x07", "a" * 10_000, "\u202etxet", "🌿"])
def test_whatever_is_typed_as_a_name_is_shown_as_text(confirmed, newest_link, name):
    confirmed.open(newest_link("preferences"))
    page = confirmed.press("Save name and times", first_name=name)
    assert page.status_code == 200
    assert "<b>x" not in page.text
    assert 'value="49"' not in page.text
    assert "\x07" not in page.text


def test_a_topic_that_does_not_exist_changes_nothing(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    before = heard(story)
    assert confirmed.press("Save topics", topics=["perfume"]).status_code == 404
    assert heard(story) == before


def test_an_act_that_does_not_exist_changes_nothing(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    assert confirmed.press("Save topics", do="erase").status_code == 400


def test_coming_back_without_a_topic_is_explained(confirmed, newest_link):
    confirmed.open(newest_link("u"))
    confirmed.press("Stop all letters")
    answer = confirmed.press("Send me these", topics=[])
    assert answer.status_code == 400
    assert "choose at least one topic" in words(answer.text).lower()


def test_looking_changes_nothing(story, confirmed, newest_link):
    link = newest_link("preferences")
    before = counts(story.house.database)
    for method in ("GET", "HEAD", "OPTIONS"):
        assert confirmed.client.open(link, method=method).status_code == 200
    assert counts(story.house.database) == before


def test_without_the_page_nothing_is_saved(story, app, clock, confirmed, newest_link):
    before = heard(story)
    stranger = Visitor(app, clock)
    assert stranger.send(newest_link("preferences"), {"do": "stop"}).status_code == 400
    assert heard(story) == before


def test_a_person_who_is_gone_is_answered_calmly(story, visitor):
    token = story.house.links.sign(Purpose.PREFERENCES, 999)
    answer = visitor.open(f"/preferences/{token}")
    assert answer.status_code == 404
    assert "Nobody with this link is on our list any more." in words(answer.text)


def test_the_page_is_in_its_order_and_says_nothing_about_care(confirmed, newest_link):
    said = words(confirmed.open(newest_link("preferences")).text)
    parts = (
        "Letters for r...r@example.com",
        "Guides longer reads",
        "Take a break",
        "1 month until 2 April",
        "3 months until 2 June",
        "First name",
        "Times follow New York",
        "Stop all letters",
        "Your data",
        "We send a link to your mailbox first, so that nobody with a forwarded letter can do this.",
        "Show me what you hold",
        "Delete my data",
        "Change my address",
    )
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    for word in ("care", "healing", "session", "patient", "note"):
        assert word not in said.lower().replace("where the clinic is", "")


@both
def test_a_break_is_one_tap_and_so_is_its_end(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("1 month until 2 April").text)
    assert "Done. No letters until 2 April, then as before." in page
    assert "You are on a break until 2 April." in page
    assert "3 months" not in page
    page = words(confirmed.press("Save topics", topics=["tips"]).text)
    assert "Done. No letters until 2 April, then as before." in page
    story.live(days=1)
    page = words(confirmed.press("End the break now").text)
    assert "Done. Next letter: Wednesday 10:00." in page
    assert "Take a break" in page
    assert "Done. Next letter: " in words(confirmed.press("Save topics", topics=["tips"]).text)


def test_during_a_break_nothing_comes_and_afterwards_as_before(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    confirmed.press("1 month until 2 April")
    story.live(days=31)
    assert len(story.subjects()) == 1
    assert "1 month until 2 May" in words(confirmed.open(confirmed.at).text)


def test_a_break_that_was_ended_elsewhere_is_ended_once(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    confirmed.press("3 months until 2 June")
    stale = confirmed.page
    confirmed.press("End the break now")
    confirmed.page = stale
    assert "Done. Next letter: " in words(confirmed.press("End the break now").text)


@both
def test_another_time_zone_moves_the_letters_under_way(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Save name and times", time_zone="Asia/Kathmandu").text)
    assert "Done. Next letter: Wednesday 10:00." in page
    assert "Times follow Kathmandu, from your phone." in page
    story.live(days=3)
    assert story.inbox(zone="Asia/Kathmandu")[-1].startswith("Wed 04 Mar 10:00")


def test_saving_the_name_alone_keeps_the_zone_unsaid(story, confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    confirmed.press("Save name and times", first_name="A reader")
    assert story.person().time_zone is None


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "x" * 5000, "Factory", "\x00"])
def test_a_zone_that_is_none_is_refused_and_changes_nothing(story, confirmed, newest_link, zone):
    confirmed.open(newest_link("preferences"))
    answer = confirmed.press("Save name and times", first_name="A reader", time_zone=zone)
    assert answer.status_code == 400
    assert "is not a time zone; right would be Europe/London" in words(answer.text)
    assert first_name(story) != "A reader"


DEEDS = ("Show me what you hold", "Delete my data", "Change my address")


@both
@pytest.mark.parametrize("button", DEEDS)
def test_her_data_is_only_a_link_away_from_her_own_mailbox(story, confirmed, newest_link, button):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press(button).text)
    assert "Please look in the inbox of r...r@example.com. The link works for one hour." in page
    link = newest_link("data")
    assert link.rpartition("/")[2] not in page
    assert story.letters()[-1]["Subject"] == "The link you asked for"
    assert confirmed.open(link).status_code == 200


def test_a_thousand_asks_say_the_same_and_send_two(story, confirmed, newest_link):
    link = newest_link("preferences")
    confirmed.open(link)
    answers = set()
    for number in range(1000):
        if number == 500:
            story.clock.advance(minutes=3)
        sent = confirmed.client.post(link, data={"do": "show", "csrf_token": csrf(confirmed.page)})
        assert sent.status_code == 303
        with confirmed.client.session_transaction() as visit:
            answers.add(str(visit.pop("_flashes")))
    assert len(answers) == 1
    story.rounds.until_idle()
    assert story.subjects().count("The link you asked for") == 2


def test_who_has_left_may_still_see_and_delete_and_has_no_address_to_change(confirmed, newest_link):
    confirmed.open(newest_link("preferences"))
    page = words(confirmed.press("Stop all letters").text)
    assert "Show me what you hold" in page
    assert "Delete my data" in page
    assert "Change my address" not in page
    assert "Take a break" not in page


def test_the_common_zones_can_be_chosen_without_a_script(confirmed, newest_link):
    page = confirmed.open(newest_link("preferences")).text
    for zone in ("America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Sydney"):
        assert f'<option value="{zone}">' in page


def csrf(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]
