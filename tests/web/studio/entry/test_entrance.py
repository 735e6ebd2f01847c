from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from newsletter.audit import AuditEntry
from newsletter.clock import FrozenClock
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Delivery
from newsletter.links import Purpose
from newsletter.staff import recovery, roll
from newsletter.web import create_app
from newsletter.web.studio.entry.arriving import own_page
from tests.web.studio.keys import (
    OWNER,
    PASSWORD,
    SECRET,
    in_earnest,
    is_in,
    key_of,
    link,
    mailed_link,
    put,
    row,
)
from tests.web.visiting import Visitor, both, counts, words


@pytest.fixture
def desk(app, clock) -> Visitor:
    """Somebody at this very computer, in practice."""
    return Visitor(app, clock, place="127.0.0.1")


@pytest.fixture
def earnest(story):
    return in_earnest(story)


@pytest.fixture
def stranger(earnest, clock) -> Visitor:
    """Somebody on the network, where real mail leaves."""
    return Visitor(earnest, clock)


@both
def test_in_practice_one_button_and_nothing_else_brings_her_to_the_page_that_she_wanted(story, desk):
    answer = desk.open("/studio/newsletters/?q=spring&page=2")
    assert answer.status_code == 401
    assert answer.text.count("<button") == 1
    assert 'type="email"' not in answer.text
    desk.press("Enter the studio")
    assert desk.at == "/studio/newsletters/?q=spring&page=2"
    assert is_in(story.house, desk) == roll.PRACTICE_OWNER


def test_in_practice_elsewhere_the_printed_link_is_named_and_the_button_does_not_exist(story, visitor):
    page = words(visitor.open("/studio/").text)
    assert "Use the one-time link that was printed where the program was started." in page
    assert "Enter the studio" not in page
    token = (
        visitor.open(link(story.house, put(story.house)))
        .text.split('name="csrf_token" value="')[1]
        .split('"')[0]
    )
    for path in ("/studio/enter", "/studio/sign-in/password", "/studio/sign-in/link"):
        assert visitor.send(path, {"csrf_token": token}).status_code == 404


def test_programs_get_json_and_no_page(desk):
    answer = desk.open("/studio/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"error": "Sign in to the studio first."})


def test_a_link_signs_in_once_and_looking_uses_nothing_up(story, stranger, earnest, clock):
    path = link(story.house, put(story.house))
    before = counts(story.house.database)
    for _ in range(3):  # a mail scanner
        assert stranger.client.head(path).status_code == 200
        assert f"for {OWNER}. It works once." in words(stranger.open(path).text)
    assert counts(story.house.database) == before
    assert stranger.press("Open the studio").status_code == 200
    assert stranger.at == "/studio/"
    late = Visitor(earnest, clock)
    late.open(path)
    answer = late.press("Open the studio")
    assert (answer.status_code, is_in(story.house, late)) == (410, None)


def test_a_link_of_one_never_signs_in_another_and_no_other_link_signs_in_anybody(story, stranger):
    first, second = put(story.house), put(story.house, "x@example.com", "viewer")
    stranger.open(link(story.house, second))
    stranger.press("Open the studio")
    assert is_in(story.house, stranger) == "x@example.com"
    sign = story.house.links.sign
    for token in (
        sign(Purpose.ENTER, first),
        sign(Purpose.ENTER, first, 1, 2),
        sign(Purpose.CONFIRM, first, 1),
        sign(Purpose.ENTER, 0, 7),
        sign(Purpose.ENTER, 999, 7),
        "x",
    ):
        assert stranger.open(f"/studio/enter/{token}").status_code in {404, 410}


def test_two_clicks_at_once_sign_in_once(story, earnest, clock):
    path = link(story.house, put(story.house))
    browsers = [Visitor(earnest, clock) for _ in range(4)]
    for browser in browsers:
        browser.open(path)
    ready, statuses = threading.Barrier(4), []

    def click(browser: Visitor) -> None:
        token = browser.page.split('name="csrf_token" value="')[1].split('"')[0]
        ready.wait(10)
        statuses.append(browser.client.post(path, data={"csrf_token": token}).status_code)

    threads = [threading.Thread(target=click, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [303, 410, 410, 410]


def test_a_link_lapses_on_the_storys_clock_and_dies_with_the_colleague(story, stranger):
    one = put(story.house, "x@example.com")
    put(story.house)
    short, long = link(story.house, one, minutes=15), link(story.house, one)
    story.clock.advance(minutes=16)
    assert stranger.open(short).status_code == 410
    stranger.open(long)
    with story.house.database.writing.begin() as session:
        roll.remove(session, roll.get(session, "x@example.com"), story.clock.now())
    assert stranger.press("Open the studio").status_code == 410
    assert stranger.open(long).status_code == 410


@both
def test_a_mailed_link_brings_her_in_where_she_wanted(story):
    put(story.house, role="marketer")
    stranger = Visitor(in_earnest(story), story.clock)
    assert stranger.open("/studio/sequences/").status_code == 401
    page = words(stranger.press("Send me a link", email="  The-Owner@EXAMPLE.com ").text)
    assert "If The-Owner@EXAMPLE.com works here, a letter is on its way." in page
    path = mailed_link(story)
    letter = story.letters(OWNER)[-1]
    assert letter["Subject"] == "Your link into the studio"
    assert letter["List-Unsubscribe"] is None
    stranger.open(path)
    stranger.press("Open the studio")
    assert stranger.at == "/studio/sequences/"


def test_the_answer_is_the_same_for_whoever_does_not_work_here_and_nothing_is_sent(story, stranger):
    put(story.house)
    answers = []
    for address in (OWNER, "nobody@example.com", "no address at all"):
        stranger.open("/studio/sign-in")
        answer = stranger.press("Send me a link", email=address)
        answers.append((answer.status_code, words(answer.text).replace(address, "…")))
    assert len(set(answers)) == 1
    with story.house.database.reading() as session:
        rows = session.execute(select(Delivery.stream, Delivery.person_id, Delivery.letter)).all()
    assert [tuple(each) for each in rows] == [("staff", None, "mail:sign-in")]


def test_whoever_presses_again_and_again_fills_no_mailbox_and_leaves_a_link_that_works(story, stranger):
    put(story.house)
    for _ in range(10):
        stranger.open("/studio/sign-in")
        stranger.press("Send me a link", email=OWNER, seconds=1)
    path = mailed_link(story)
    assert len(story.letters(OWNER)) == 3
    stranger.open(path)
    assert stranger.press("Open the studio").status_code == 200


@pytest.mark.parametrize(
    ("scope", "reason", "arrives"),
    [("marketing", "complaint", True), ("all", suppression.ASKED, True), ("all", "hard bounce", False)],
)
def test_what_stops_news_does_not_stop_the_key(story, stranger, scope, reason, arrives):
    put(story.house)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        mailbox = mailboxes.find_or_add(session, OWNER, OWNER, now)
        suppression.suppress(session, mailbox.id, scope, reason, now)
    stranger.open("/studio/sign-in")
    stranger.press("Send me a link", email=OWNER)
    story.rounds.until_idle()
    assert bool(story.letters(OWNER)) is arrives


def by_password(visitor: Visitor, password: str = PASSWORD, address: str = OWNER):
    visitor.open("/studio/sign-in")
    return visitor.press("Sign in", seconds=0, email=address, password=password)


@both
def test_a_password_brings_her_in(story):
    put(story.house, password=PASSWORD)
    stranger = Visitor(in_earnest(story), story.clock)
    assert by_password(stranger).status_code == 200
    assert is_in(story.house, stranger) == OWNER
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.facts) == ("sign_in", {"by": "password"})


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer_and_keep_what_was_typed(story, stranger):
    put(story.house, password=PASSWORD)
    put(story.house, "without@example.com", "viewer")
    pages = []
    for address in (OWNER, "nobody@example.com", "without@example.com", "no address"):
        answer = by_password(stranger, "a wrong sentence", address)
        assert answer.status_code == 400
        assert f'value="{address}"' in answer.text
        pages.append(words(answer.text))
    assert len(set(pages)) == 1
    assert "This address and password do not belong together." in pages[0]
    assert "a wrong sentence" not in answer.text


def test_after_five_wrong_tries_she_is_told_truly_how_long_to_wait(story, stranger, earnest, clock):
    put(story.house, password=PASSWORD)
    for _ in range(5):
        assert by_password(stranger, "wrong").status_code == 400
    answer = by_password(stranger)
    assert answer.status_code == 429
    assert "Try again in 1 minute. Or send yourself a link." in words(answer.text)
    elsewhere = Visitor(earnest, clock, place="198.51.100.7")
    assert by_password(elsewhere).status_code == 429, "the address waits, wherever somebody tries"
    assert by_password(stranger, address="x@example.com").status_code == 429, "and so does the visitor"
    clock.advance(minutes=1)
    assert by_password(stranger).status_code == 200
    for _ in range(5):
        assert by_password(Visitor(earnest, clock), "wrong").status_code == 400, (
            "what was right begins a new row"
        )


def test_a_hash_at_yesterdays_costs_is_renewed_when_she_comes(story, stranger):
    one = put(story.house)
    cheap = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with story.house.database.writing.begin() as session:
        roll.get(session, OWNER).password_hash = cheap
    by_password(stranger)
    assert row(story.house, one).password_hash != cheap
    assert by_password(stranger).status_code == 200


def code(clock: FrozenClock) -> str:
    return pyotp.TOTP(SECRET).at(clock.machine())


def test_the_second_step_is_asked_after_the_password_and_after_the_link(story, stranger, earnest, clock):
    one = put(story.house, password=PASSWORD, secret=SECRET)
    stranger.open("/studio/newsletters/")
    stranger.press("Sign in", seconds=0, email=OWNER, password=PASSWORD)
    assert (stranger.at, is_in(story.house, stranger)) == ("/studio/sign-in/code", None)
    assert stranger.open("/studio/").status_code == 401
    stranger.open("/studio/sign-in/code")
    assert stranger.press("Sign in", code="000000").status_code == 400
    used = code(clock)
    stranger.press("Sign in", seconds=0, code=used)
    assert (stranger.at, is_in(story.house, stranger)) == ("/studio/newsletters/", OWNER)
    other = Visitor(earnest, clock)
    other.open(link(story.house, one))
    other.press("Open the studio", seconds=0)
    assert other.press("Sign in", seconds=0, code=used).status_code == 400, "replayed"
    clock.advance(seconds=30)
    assert other.press("Sign in", seconds=0, code=code(clock)).status_code == 200
    assert is_in(story.house, other) == OWNER


def test_a_recovery_code_stands_in_for_the_telephone_once(story, stranger):
    one = put(story.house, password=PASSWORD, secret=SECRET)
    with story.house.database.writing.begin() as session:
        codes = recovery.renew(session, one)
    by_password(stranger)
    stranger.press("Sign in", code=codes[0].upper())
    assert is_in(story.house, stranger) == OWNER
    by_password(stranger)
    assert stranger.press("Sign in", code=codes[0]).status_code == 400


def test_codes_cannot_be_guessed_by_trying_and_the_first_step_does_not_last(story, stranger, clock):
    put(story.house, password=PASSWORD, secret=SECRET)
    for _ in range(5):
        by_password(stranger)  # right each time; it must not begin a new row of codes
        assert stranger.press("Sign in", seconds=0, code="000000").status_code == 400
    by_password(stranger)
    answer = stranger.press("Sign in", seconds=0, code=code(clock))
    assert answer.status_code == 429
    assert "Try again in 1 minute." in words(answer.text)
    clock.advance(minutes=11)
    answer = stranger.press("Sign in", seconds=0, code=code(clock))
    assert (stranger.at, is_in(story.house, stranger)) == ("/studio/sign-in", None)
    assert Visitor(stranger.app, clock).open("/studio/sign-in/code").status_code == 303


def enter(story, visitor: Visitor, staff_id: int) -> Visitor:
    visitor.open(link(story.house, staff_id))
    visitor.press("Open the studio", seconds=0)
    return visitor


@pytest.mark.parametrize(
    "end",
    [lambda session, one, _now: roll.set_role(session, one, "viewer"), roll.remove],
    ids=["role", "removed"],
)
def test_the_cookie_of_whoever_left_or_has_another_role_opens_nothing(story, stranger, end):
    put(story.house)
    enter(story, stranger, put(story.house, "x@example.com", "marketer"))
    assert stranger.open("/studio/").status_code == 200
    with story.house.database.writing.begin() as session:
        end(session, roll.get(session, "x@example.com"), story.clock.now())
    assert stranger.open("/studio/").status_code == 401


def test_a_visit_lasts_by_the_machines_clock_however_the_story_is_turned(story):
    clock = FrozenClock(story.clock.now(), real=story.clock.now())
    house = replace(story.house, clock=clock)
    visitor = Visitor(create_app(house=house), clock, place="127.0.0.1")
    visitor.open("/studio/")
    visitor.press("Enter the studio", seconds=0)
    clock.at += timedelta(days=400)  # the story alone
    assert visitor.open("/studio/").status_code == 200
    clock.real += timedelta(days=30)
    assert visitor.open("/studio/").status_code == 401


def test_signing_out_ends_this_visit_and_no_other(story, stranger, earnest, clock):
    one = put(story.house)
    enter(story, stranger, one)
    other = enter(story, Visitor(earnest, clock), one)
    stolen = key_of(stranger)
    stranger.open("/studio/")
    assert "You are signed out." in words(stranger.press("Sign out").text)
    assert stranger.open("/studio/").status_code == 401
    with stranger.client.session_transaction() as visit:
        visit["staff"] = stolen
    assert stranger.open("/studio/").status_code == 401
    assert other.open("/studio/").status_code == 200


def test_what_was_typed_survives_the_end_of_a_visit(story, stranger, clock):
    mine = put(story.house)
    enter(story, stranger, mine)
    stranger.open("/studio/me/")
    clock.advance(hours=13)
    answer = stranger.press("Save", seconds=0, name="a name of\nmine <b>")
    assert answer.status_code == 401
    page = words(answer.text)
    assert "Sign in in another tab" in page
    lapsed = (stranger.at, stranger.page)
    enter(story, stranger, mine)  # in another tab of the same browser
    stranger.at, stranger.page = lapsed
    assert stranger.press("Send it again").status_code == 200
    assert row(story.house, mine).name == "a name of mine <b>"


def test_nothing_of_another_sites_form_is_kept_and_no_password(story, stranger, clock):
    enter(story, stranger, put(story.house))
    forged = Visitor(stranger.app, clock).send("/studio/me/name", {"name": "evil"})
    assert forged.status_code == 401
    assert "evil" not in forged.text
    stranger.open("/studio/me/")
    clock.advance(hours=13)
    answer = stranger.press("Set a password", seconds=0, password=PASSWORD)
    assert answer.status_code == 401
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/studio/",
        "//evil.example/studio/",
        "/\\evil.example",
        "/studio//evil.example",
        "/studio/../evil",
        "/studio/./x",
        "/studio/%2e%2e/x",
        "/studio\t/x",
        "/studio/\n",
        "/studio",
        "/",
        "javascript:alert(1)",
        "/studio/sign-out",
        "/studio/enter/abc",
        "/studio/x#y",
        "/studio/" + "x" * 600,
    ],
)
def test_nobody_is_sent_anywhere_but_to_a_page_of_the_studio(desk, elsewhere):
    assert own_page(elsewhere) == ""
    desk.open("/studio/")
    desk.press("Enter the studio", to=elsewhere)
    assert desk.at == "/studio/"


def test_a_refusal_says_what_is_hers_and_whom_to_ask(sign_in):
    viewer = sign_in("viewer")
    answer = viewer.open("/studio/settings/staff/")
    assert answer.status_code == 403
    page = words(answer.text)
    assert "Your role here is Read only. This can be done by: Owner." in page
    answer = viewer.open("/studio/settings/staff/", headers={"Accept": "application/json"})
    assert answer.json == {"error": "This is for Owner only."}
