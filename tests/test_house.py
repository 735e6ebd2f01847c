"""The house: who is writing, as the environment gives it and the studio decides it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import stored
from newsletter.clinic import NOBODY, STORED
from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.delivery.models import Delivery
from newsletter.errors import Mistakes
from newsletter.house import House
from newsletter.links import Links
from newsletter.rounds import open_rounds
from newsletter.settings import Settings
from tests.delivery.office import Office

WHO = {"name": "A Clinic", "sender": "letters@a-clinic.example", "postal_address": "1 Example Street"}


@pytest.fixture
def house(database: Database, settings: Settings, clock: FrozenClock) -> House:
    return House(settings, database, clock, Links(settings.base_url, settings.secret_keys))


@pytest.fixture
def nameless(house: House, tmp_path: Path) -> House:
    """Real mail, and nobody has said who is writing."""
    clinic = replace(NOBODY, time_zone="UTC")
    settings = replace(house.settings, clinic=clinic, mail_url=f"maildir://{tmp_path / 'out'}")
    return replace(house, settings=settings)


def decide(house: House, **facts: str) -> None:
    with house.database.writing.begin() as session:
        stored.put(session, STORED, facts, 1, house.clock.now())


def test_nothing_decided_is_as_the_environment_says(house):
    with house.database.reading() as session:
        assert house.clinic(session) == house.settings.clinic
        assert house.as_decided(session) == house


def test_what_was_decided_is_read_anew_each_time_and_never_over_the_environment(house):
    decide(house, phone="+1 555 0199", city="Shelbyville")
    given = replace(house, settings=replace(house.settings, clinic_given=frozenset({"city"})))
    with house.database.reading() as session:
        assert house.clinic(session).phone == given.clinic(session).phone == "+1 555 0199"
        assert house.clinic(session).city == "Shelbyville"
        assert given.clinic(session).city == "Springfield"
        now = house.as_decided(session)
    assert now.settings.clinic.phone == "+1 555 0199"
    assert (now.database, now.clock, now.links) == (house.database, house.clock, house.links)
    decide(house)
    with house.database.reading() as session:
        assert house.clinic(session) == house.settings.clinic, "decided back, it is as it was"


def test_practice_has_an_example_of_everything(house):
    with house.database.reading() as session:
        assert house.unsaid(session) == ()


def test_what_is_missing_is_named_with_both_places_where_it_can_be_given(nameless):
    with nameless.database.reading() as session:
        unsaid = nameless.unsaid(session)
    assert [line.split()[0] for line in unsaid] == [
        "NEWSLETTER_CLINIC_NAME",
        "NEWSLETTER_CLINIC_FROM",
        "NEWSLETTER_CLINIC_POSTAL_ADDRESS",
    ]
    assert all("in the studio under Settings, Clinic" in line for line in unsaid)
    decide(nameless, **WHO)
    with nameless.database.reading() as session:
        assert nameless.unsaid(session) == ()


def test_mail_waits_for_a_name_and_then_leaves_under_it(nameless, tmp_path):
    """Waiting costs nothing: no try is counted, and nothing fails."""
    office = Office(nameless.database, nameless.clock)
    number = office.put("reader@example.com", stream="account", letter="mail:already-subscribed", person_id=1)
    rounds = open_rounds(nameless)
    for _ in range(3):
        assert rounds.send() == 0
    with pytest.raises(Mistakes, match="required before real mail leaves"):
        rounds.until_idle()
    with nameless.database.reading() as session:
        waiting = session.get_one(Delivery, number)
        assert (waiting.state, waiting.tries) == ("queued", 0)
    decide(nameless, **WHO)
    assert rounds.send() == 1
    rounds.close()
    (letter,) = (tmp_path / "out" / "new").iterdir()
    text = letter.read_text()
    assert "From: A Clinic <letters@a-clinic.example>" in text
    assert "1 Example Street" in text


def test_one_process_follows_what_another_decides(house, clock):
    """The worker and the web part are two: a letter says what was decided while the worker ran."""
    office = Office(house.database, house.clock)
    rounds = open_rounds(house)
    for name in ("The First Clinic", "The Second Clinic"):
        decide(house, name=name)
        office.put("reader@example.com", stream="account", letter="mail:already-subscribed", person_id=1)
        assert rounds.send() == 1
        assert rounds.postman.letterhead.clinic.name == name
    rounds.close()
