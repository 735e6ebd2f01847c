from __future__ import annotations

import re

import pyotp
import pytest
from lxml import etree
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.staff import passwords, recovery
from tests.web.studio.keys import OWNER, PASSWORD, SECRET, in_earnest, is_in, link, put, row
from tests.web.visiting import Visitor, both, words

ANOTHER = "quite another sentence"


@pytest.fixture
def earnest(story):
    return in_earnest(story)


@pytest.fixture
def come_in(story, earnest):
    """`come_in(staff_id)`: by a new link, in a browser of her own."""

    def act(staff_id: int) -> Visitor:
        visitor = Visitor(earnest, story.clock)
        visitor.open(link(story.house, staff_id))
        visitor.press("Open the studio", seconds=0)
        visitor.open("/studio/me/")
        return visitor

    return act


def later(story, visitor: Visitor) -> None:
    """Long enough after the link that it proves nothing any more."""
    story.clock.advance(minutes=16)
    visitor.open("/studio/me/")


def acts(story) -> list[tuple[str, dict]]:
    with story.house.database.reading() as session:
        return [
            (each.act, each.facts) for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]


def test_a_name_is_saved_and_shown_to_everybody(story, come_in):
    one = put(story.house, role="viewer")
    visitor = come_in(one)
    assert "Saved." in words(visitor.press("Save", name=" Visitor   014 ").text)
    assert row(story.house, one).name == "Visitor 014"
    assert "Visitor 014 Read only" in words(visitor.page)


@both
def test_just_after_a_link_a_password_needs_no_other_and_ends_the_other_visits(story):
    one = put(story.house)
    browsers = [Visitor(in_earnest(story), story.clock) for _ in range(2)]
    for each in browsers:
        each.open(link(story.house, one))
        each.press("Open the studio", seconds=0)
    mine, phone = browsers
    mine.open("/studio/me/")
    assert "Your password now" not in words(mine.page)
    assert "You are signed out everywhere else." in words(
        mine.press("Set a password", password=PASSWORD).text
    )
    assert passwords.check(row(story.house, one).password_hash, PASSWORD)
    assert (is_in(story.house, mine), is_in(story.house, phone)) == (OWNER, None)
    assert acts(story)[-1] == ("account_password", {})


def test_later_the_password_asks_for_the_one_before_it(story, come_in):
    one = put(story.house, password=PASSWORD)
    visitor = come_in(one)
    later(story, visitor)
    answer = visitor.press("Change the password", password=ANOTHER, password_now="wrong")
    assert answer.status_code == 400
    assert "This is not your password." in words(answer.text)
    assert ANOTHER not in answer.text
    answer = visitor.press("Change the password", password="short", password_now=PASSWORD)
    assert answer.status_code == 400
    assert "at least 12 characters" in words(answer.text)
    assert visitor.press("Change the password", password=ANOTHER, password_now=PASSWORD).status_code == 200
    assert passwords.check(row(story.house, one).password_hash, ANOTHER)


def test_without_a_password_and_without_a_new_link_nothing_can_be_set(story, come_in):
    one = put(story.house)
    visitor = come_in(one)
    later(story, visitor)
    answer = visitor.press("Set a password", password=PASSWORD)
    assert (answer.status_code, row(story.house, one).password_hash) == (400, None)
    assert "come in by a new link" in words(answer.text)


def test_whoever_finds_an_open_studio_cannot_guess_the_password_there(story, come_in):
    visitor = come_in(put(story.house, password=PASSWORD))
    later(story, visitor)
    for _ in range(5):
        answer = visitor.press("Change the password", seconds=0, password=ANOTHER, password_now="wrong")
        assert answer.status_code == 400
    answer = visitor.press("Change the password", seconds=0, password=ANOTHER, password_now=PASSWORD)
    assert answer.status_code == 429
    assert "Try again in 1 minute." in words(answer.text)
    story.clock.advance(minutes=1)
    assert visitor.press("Change the password", password=ANOTHER, password_now=PASSWORD).status_code == 200


def test_a_bad_new_password_beside_the_right_one_counts_against_nobody(story, come_in):
    visitor = come_in(put(story.house, password=PASSWORD))
    later(story, visitor)
    for _ in range(8):
        answer = visitor.press("Change the password", seconds=0, password="short", password_now=PASSWORD)
        assert answer.status_code == 400


def set_up(visitor: Visitor) -> str:
    """Press through until the picture is shown; returns the secret under it."""
    visitor.press("Set it up")
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', visitor.page)
    assert found, visitor.page
    return found[1].replace(" ", "")


@both
def test_the_second_step_is_set_up_with_a_picture_and_proved_by_a_code(story):
    one = put(story.house, role="viewer")
    mine, phone = (Visitor(in_earnest(story), story.clock) for _ in range(2))
    for each in (mine, phone):
        each.open(link(story.house, one))
        each.press("Open the studio", seconds=0)
    mine.open("/studio/me/")
    secret = set_up(mine)
    picture = mine.client.get("/studio/me/two-step.svg")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert etree.fromstring(picture.data).tag.endswith("svg")
    assert b"style=" not in picture.data
    assert row(story.house, one).totp_secret is None, "nothing is asked for before a code was typed"
    assert mine.press("Turn it on", code="000000").status_code == 400
    assert secret == set_again(mine), "the same picture"
    page = mine.press("Turn it on", seconds=0, code=pyotp.TOTP(secret).at(story.clock.machine())).text
    codes = re.findall(r"<code>([\w-]+)</code>", page)
    assert len(codes) == 8
    kept = row(story.house, one)
    assert secret not in kept.totp_secret
    assert story.house.vault.open(kept.totp_secret) == secret
    assert (is_in(story.house, mine), is_in(story.house, phone)) == (OWNER, None)
    assert mine.open("/studio/me/two-step.svg").status_code == 404, "shown no more"
    assert not any(code in mine.open("/studio/me/").text for code in codes)
    assert secret not in repr(acts(story))


def set_again(visitor: Visitor) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', visitor.page)
    return found[1].replace(" ", "") if found else ""


def test_new_recovery_codes_and_the_end_of_the_second_step_need_a_code(story, come_in):
    one = put(story.house)
    visitor = come_in(one)
    secret = set_up(visitor)
    page = visitor.press("Turn it on", seconds=0, code=pyotp.TOTP(secret).at(story.clock.machine())).text
    old = re.findall(r"<code>([\w-]+)</code>", page)
    visitor.open("/studio/me/")
    for button in ("New recovery codes", "Turn the second step off"):
        assert visitor.press(button, seconds=0, code="000000").status_code == 400
    page = visitor.press("New recovery codes", seconds=0, code=old[0]).text
    fresh = re.findall(r"<code>([\w-]+)</code>", page)
    assert len(fresh) == 8
    assert set(fresh).isdisjoint(old)
    visitor.open("/studio/me/")
    off = "/studio/me/two-step/off"
    token = visitor.page.split('name="csrf_token" value="')[1].split('"')[0]
    assert visitor.send(off, {"csrf_token": token, "code": old[1]}).status_code == 400
    assert visitor.send(off, {"csrf_token": token, "code": fresh[0]}).status_code == 303
    kept = row(story.house, one)
    assert (kept.totp_secret, kept.totp_step) == (None, None)
    with story.house.database.reading() as session:
        assert recovery.left(session, one) == 0


def test_the_second_step_needs_the_password_when_the_link_is_long_ago(story, come_in):
    visitor = come_in(put(story.house, password=PASSWORD))
    later(story, visitor)
    assert visitor.press("Set it up", password_now="wrong").status_code == 400
    visitor.press("Set it up", password_now=PASSWORD)
    assert visitor.at == "/studio/me/two-step"


def test_signing_out_everywhere_ends_every_visit_of_hers(story, come_in):
    one, other = put(story.house), put(story.house, "x@example.com")
    mine, phone, hers = come_in(one), come_in(one), come_in(other)
    assert "You are signed out everywhere." in words(mine.press("Sign out everywhere").text)
    found = [is_in(story.house, each) for each in (mine, phone, hers)]
    assert found == [None, None, "x@example.com"]


def test_a_secret_under_a_lost_key_is_said_plainly_and_a_recovery_code_still_opens(story, come_in):
    one = put(story.house, password=PASSWORD, secret=SECRET)
    with story.house.database.writing.begin() as session:
        codes = recovery.renew(session, one)
        session.get_one(type(row(story.house, one)), one).totp_secret = "sealed under another key"
    visitor = Visitor(in_earnest(story), story.clock)
    visitor.open("/studio/sign-in")
    visitor.press("Sign in", email=OWNER, password=PASSWORD)
    token_page = (visitor.at, visitor.page)
    answer = visitor.press("Sign in", code="123456")
    assert answer.status_code == 400
    assert "add the earlier NEWSLETTER_SECRET_KEY behind the new one" in words(answer.text)
    visitor.at, visitor.page = token_page
    assert visitor.press("Sign in", code=codes[0]).status_code == 200
    assert is_in(story.house, visitor) == OWNER
