"""A new address on the pages: the link to the old mailbox, the field, the link to the new one, the tap."""

from __future__ import annotations

import pytest

from newsletter.audience import datalinks
from newsletter.audience.datalinks import Deed
from newsletter.delivery import mailboxes, suppression
from newsletter.links import Purpose
from tests.web.visiting import both, counts, words

NEW = "new@example.com"


@pytest.fixture
def asking(confirmed, newest_link):
    """She has opened the link in her old mailbox."""
    confirmed.open(newest_link("preferences"))
    confirmed.press("Change my address")
    confirmed.open(newest_link("data"))
    return confirmed


@pytest.fixture
def at_the_last_page(asking, newest_link):
    """She has opened the link in the new one."""
    asking.press("Ask the new address", email=NEW)
    asking.open(newest_link("move", NEW))
    return asking


@both
def test_from_the_old_mailbox_to_the_new_one(story, asking, newest_link):
    assert "They come to reader@example.com now." in words(asking.page)
    page = words(asking.press("Ask the new address", email=NEW).text)
    assert "Check your new inbox" in page
    assert f"Look in {NEW} for Please confirm your new e-mail address" in page
    page = words(asking.open(newest_link("move", NEW)).text)
    assert f"Your letters would come to {NEW} from now on." in page
    page = words(asking.press("Move my letters here").text)
    assert "Done. Your letters come here." in page
    story.live(days=30)
    assert len(story.subjects(NEW)) == 5
    assert story.subjects()[-1] == "The link you asked for"


def test_the_letter_to_the_new_address_is_the_one_that_was_written_for_it(story, at_the_last_page):
    (letter,) = story.letters(NEW)
    assert letter["Subject"] == "Please confirm your new e-mail address"
    assert "reader@example.com" not in letter.as_string()
    assert "List-Unsubscribe" not in letter


def test_looking_changes_nothing(story, asking, newest_link):
    def look(link):
        before = counts(story.house.database)
        for method in ("GET", "HEAD", "OPTIONS"):
            assert asking.client.open(link, method=method).status_code == 200
        assert counts(story.house.database) == before

    look(asking.at)
    asking.press("Ask the new address", email=NEW)
    look(newest_link("move", NEW))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("new@", "Something seems to be missing after the @."),
        ("", "Please type your e-mail address."),
        ("reader@example.com", "Your letters come to this address already."),
        ("Reader@EXAMPLE.com", "Your letters come to this address already."),
        ("<script>@example.com", "This does not look like an e-mail address"),
    ],
)
def test_a_mistake_stands_at_the_field_and_uses_nothing_up(story, asking, typed, says):
    answer = asking.press("Ask the new address", email=typed)
    assert answer.status_code == 400
    assert says in words(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert "<script>@" not in answer.text
    assert "Check your new inbox" in words(asking.press("Ask the new address", email=NEW).text)


@pytest.mark.parametrize(
    ("button", "went_to"), [("Yes, use that", "new@gmail.com"), ("Keep mine", "new@gmial.com")]
)
def test_a_typing_slip_is_asked_about(story, asking, button, went_to):
    page = words(asking.press("Ask the new address", email="new@gmial.com").text)
    assert "Did you mean new@gmail.com?" in page
    assert "Check your new inbox" in words(asking.press(button).text)
    story.rounds.until_idle()
    assert len(story.letters(went_to)) == 1


def test_an_address_that_is_typed_anew_outranks_the_suggestion_that_enter_would_press(story, asking):
    asking.press("Ask the new address", email="new@gmial.com")
    asking.press("Yes, use that", email=NEW)
    story.rounds.until_idle()
    assert len(story.letters(NEW)) == 1
    assert story.letters("new@gmail.com") == []


def test_the_page_says_the_same_of_every_address(story, visitor, asking, newest_link):
    taken, free = "visitor014@example.com", "visitor015@example.com"
    with story.house.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, taken, taken, story.clock.now())
        suppression.suppress(session, box.id, "all", "complaint", story.clock.now())
    said = words(asking.press("Ask the new address", email=taken).text)
    asking.clock.advance(minutes=3)
    asking.open(newest_link("preferences"))
    asking.press("Change my address")
    asking.open(newest_link("data"))
    assert words(asking.press("Ask the new address", email=free).text) == said.replace(taken, free)


def test_the_data_link_works_once(asking):
    stale = asking.at, asking.page
    asking.press("Ask the new address", email=NEW)
    asking.at, asking.page = stale
    answer = asking.press("Ask the new address", email="another@example.com")
    assert answer.status_code == 410
    assert "This link was used already" in words(answer.text)
    assert asking.open(stale[0]).status_code == 410


def test_after_an_hour_the_data_link_is_over(asking):
    asking.clock.advance(hours=1, minutes=1)
    answer = asking.open(asking.at)
    assert answer.status_code == 410
    assert "It was good for a limited time, which is over." in words(answer.text)


def test_the_last_link_again_says_that_it_is_done(at_the_last_page):
    link = at_the_last_page.at
    at_the_last_page.press("Move my letters here")
    assert "Done. Your letters come here." in words(at_the_last_page.open(link).text)
    assert "Change your letters" in words(at_the_last_page.page)


def test_somebody_who_left_meanwhile_reads_why(story, at_the_last_page):
    story.leave()
    answer = at_the_last_page.press("Move my letters here")
    assert answer.status_code == 410
    said = words(answer.text)
    assert "Your letters stay where they are" in said
    assert "You stopped these letters." in said


def test_an_address_that_is_on_the_list_by_itself_is_refused_at_the_last_page(
    story, at_the_last_page, newest_link
):
    story.clock.advance(minutes=3)
    story.sign_up(NEW)
    answer = at_the_last_page.press("Move my letters here")
    assert answer.status_code == 410
    assert "This address is on our list by itself, so nothing was changed." in words(answer.text)


def test_without_the_page_nothing_moves(story, app, at_the_last_page):
    stranger = app.test_client()
    assert stranger.post(at_the_last_page.at).status_code == 400
    assert story.person().mailbox_id


def test_a_link_of_somebody_gone_or_of_another_kind_is_answered_calmly(story, visitor):
    sign = story.house.links.sign
    assert visitor.open(f"/move/{sign(Purpose.NEW_ADDRESS, 999, 1, 2)}").status_code == 404
    assert visitor.open(f"/move/{sign(Purpose.CONFIRM, 1, 1)}").status_code == 404
    assert visitor.open("/move/damaged").status_code == 404


def test_the_old_mailbox_s_links_end_with_the_move(story, asking, newest_link):
    asking.press("Ask the new address", email=NEW)
    story.clock.advance(minutes=3)
    with story.house.database.writing.begin() as session:
        person = story.person()
        assert datalinks.ask(session, person.id, Deed.DELETE, story.house.links, story.clock.now())
    delete = newest_link("data")
    asking.open(newest_link("move", NEW))
    asking.press("Move my letters here")
    assert asking.open(delete).status_code == 410
