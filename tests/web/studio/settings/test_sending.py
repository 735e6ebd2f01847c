"""How we send: the road in plain words, today's figures, and a test that goes the way of all e-mails."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from newsletter.delivery.models import Attempt, Delivery
from newsletter.insights import sending
from newsletter.staff import visits
from newsletter.staff.models import Staff
from newsletter.web.studio.settings.sending import OUTCOMES, STATES, road
from tests.delivery.office import Office
from tests.walks.story import text_of
from tests.web.studio.keys import OWNER, in_earnest, link, put
from tests.web.visiting import READER, Visitor, both, words

PAGE = "/studio/settings/sending/"


@pytest.fixture
def owner(sign_in) -> Visitor:
    return sign_in("owner")


@pytest.mark.parametrize(
    ("url", "to", "secrecy"),
    [
        ("inbox:", "The practice inbox", "it stays here"),
        ("maildir:///var/mail/out", "A folder on this machine, /var/mail/out", "may read that folder"),
        ("smtp://who:hush@mail.example:587", "mail.example, port 587, with a login", "always encrypted"),
        ("smtps://mail.example", "mail.example, port 465, without a login", "always encrypted"),
        ("smtp://mail.example?tls=opportunistic", "mail.example, port 25", "notes to patients never without"),
        ("smtp://mail.example?tls=none", "mail.example, port 25", "Everybody on the way can"),
        ("smtp://127.0.0.1:1025", "127.0.0.1, port 1025, without a login", "on this very machine"),
    ],
)
def test_the_road_is_said_in_words_without_its_secrets(url, to, secrecy):
    said = road(url)
    assert said.to.startswith(to)
    assert secrecy in said.secrecy
    assert not {"who", "hush"} & set(re.findall(r"\w+", said.to))


def test_every_state_and_every_outcome_has_words():
    states = re.findall(
        r"'(\w+)'", str(next(c for c in Delivery.__table__.constraints if "state" in str(c.name)).sqltext)
    )
    assert STATES.keys() == set(states)
    assert {"accepted", "deferred", "refused", "unwritten", "unknown", "crashed"} == OUTCOMES.keys()


@both
def test_a_test_goes_through_the_queue_and_says_what_became_of_it(story, owner):
    assert "Nothing leaves this computer." in words(owner.open(PAGE).text)
    assert "Nothing was handed over today." in words(owner.page)
    page = owner.press("Send a test").text
    assert "A test is on its way to the-owner@example.com." in words(page)
    assert "It waits to be handed over. Look again" in words(page)
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', page)
    assert asks
    story.rounds.until_idle()
    then = owner.client.get(asks[1]).text
    assert "It is in the practice inbox. Open it" in words(f"<html><body>{then}</body></html>")
    assert "hx-get" not in then, "what has ended is not asked for again"
    (letter,) = story.letters(OWNER)
    assert letter["Subject"] == "Test: An e-mail from your studio"
    assert "the studio of Example Skin Clinic" in text_of(letter).replace("\n", " ")
    page = words(owner.open(PAGE).text)
    assert "Tests 1" in page
    assert "Nothing has failed lately." in page


def test_nobody_elses_e_mail_is_shown(story, confirmed, sign_in):
    owner = sign_in("owner")
    with story.house.database.reading() as session:
        number = session.scalar(select(func.max(Delivery.id)))
    assert owner.open(f"{PAGE}test/{number}").status_code == 404
    assert "It is in the practice inbox" not in owner.open(f"{PAGE}?test={number}").text
    assert owner.open(f"{PAGE}test/4711").status_code == 404


@pytest.mark.parametrize(
    ("state", "reason", "says"),
    [
        (
            "queued",
            "the mail server is busy",
            "It waits to be handed over: the mail server is busy. Look again",
        ),
        ("failed", "550 5.1.1 no such user", "It was not accepted: 550 5.1.1 no such user."),
        ("unknown", None, "Maybe sent: the mail server never answered."),
        ("skipped", "do not mail: asked", "It was not sent: do not mail: asked."),
    ],
)
def test_a_test_that_does_not_arrive_says_why(story, owner, state, reason, says):
    owner.open(PAGE)
    owner.press("Send a test")
    with story.house.database.writing.begin() as session:
        session.execute(update(Delivery).values(state=state, reason=reason))
    assert says in words(owner.open(owner.at).text)


def test_twenty_an_hour_are_enough(story, owner):
    for _ in range(20):
        owner.open(PAGE)
        assert owner.press("Send a test", seconds=0).status_code == 200
    owner.open(PAGE)
    answer = owner.press("Send a test", seconds=0)
    assert answer.status_code == 400
    assert "20 tests an hour are the most." in words(answer.text)
    with story.house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 20


def test_an_address_that_may_not_be_mailed_gets_no_test_either(story, owner):
    with story.house.database.writing.begin() as session:
        from newsletter.delivery import mailboxes, suppression

        box = mailboxes.find_or_add(session, OWNER, OWNER, story.clock.now())
        suppression.suppress(session, box.id, "all", "hard-bounce", story.clock.now())
    owner.open(PAGE)
    answer = owner.press("Send a test")
    assert answer.status_code == 400
    assert "is on the “do not mail” list" in words(answer.text)


def test_outside_practice_nothing_is_said_of_a_practice_inbox(story, clock):
    visitor = Visitor(in_earnest(story), clock)
    visitor.open(link(story.house, put(story.house)))
    visitor.press("Open the studio")
    visitor.open(PAGE)
    visitor.press("Send a test")
    story.rounds.until_idle()
    page = words(visitor.open(visitor.at).text)
    assert "The mail server took it over. Look into your inbox, and among the spam." in page
    assert "127.0.0.1, port 1, without a login" in page
    assert "practice" not in page.lower()


@both
def test_figures_are_of_today_on_the_clinics_clock(story, owner):
    story.sign_up()
    story.confirm()  # confirmation and first letter, on 2 March

    def look() -> str:
        with story.house.database.writing.begin() as session:  # hours pass, and a visit ends within them
            key = visits.begin(session, me, story.clock.now())
        with owner.client.session_transaction() as visit:
            visit["staff"] = key
        return words(owner.open(PAGE).text)

    with story.house.database.reading() as session:
        me = session.scalars(select(Staff.id)).one()
    assert "Newsletters and sequences 1" in look()
    assert "Confirmations and other answers to readers 1" in look()
    story.clock.advance(hours=19)  # 04:30 in London, and half past eleven of the same day in New York
    assert "Newsletters and sequences 1" in look()
    story.clock.advance(hours=1)
    assert "Nothing was handed over today." in look()
    assert "Mon 2 Mar, 04:30. The mail server took an e-mail over." in look()


def test_the_last_that_failed_is_told_in_the_mail_servers_words(story, owner):
    office = Office(story.house.database, story.clock)
    office.put(READER)
    (claimed,) = office.claim("another")
    with story.house.database.writing.begin() as session:
        session.add(
            Attempt(
                delivery_id=claimed.id,
                epoch=1,
                at=story.clock.now(),
                outcome="deferred",
                code=451,
                enhanced="4.7.1",
                said="<b>greylisted</b>, come back",
            )
        )
    page = owner.open(PAGE).text
    assert "The mail server said no for now. Such an e-mail is tried again by itself." in words(page)
    assert "It said: 451 4.7.1 <b>greylisted</b>, come back" in words(page)
    assert "<b>greylisted" not in page


def test_a_failure_of_long_ago_is_not_looked_for_for_ever(story):
    office = Office(story.house.database, story.clock)
    number = office.put(READER)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        for at, outcome in ((1, "refused"), (sending.LOOKS_BACK + 2, "accepted")):
            session.add(Attempt(id=at, delivery_id=number, epoch=1, at=now, outcome=outcome, said=""))
    with story.house.database.reading() as session:
        found = sending.read(session, now, now)
    assert found.went_wrong is None
    assert found.went_well.outcome == "accepted"


def test_a_sender_that_is_not_running_is_said(story, owner):
    assert "not running it has never run here" in words(owner.open(PAGE).text)
    story.rounds.beat()
    assert "at work last checked 04:30" in words(owner.open(PAGE).text)
    later = replace(story.house.clock, at=story.clock.now())
    assert later.now() == story.clock.now()
    story.clock.advance(minutes=2)
    assert "not running since Mon 2 Mar, 04:30" in words(owner.open(PAGE).text)
