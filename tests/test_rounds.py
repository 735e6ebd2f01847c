"""One round of every verb: what it finds to do, when it next has something, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from newsletter import pulse, rounds
from newsletter.clock import FrozenClock, SandboxClock, SystemClock
from newsletter.db import Database
from newsletter.delivery import leases, ledger
from newsletter.delivery.models import PracticeLetter
from newsletter.errors import Refused
from newsletter.house import House
from newsletter.limits import Limit, take, used
from newsletter.links import Links
from newsletter.rounds import StillBusy, live_through, open_rounds
from newsletter.settings import Settings
from tests.delivery.office import DOWN, Answering, Office
from tests.walks.story import READER, Story, telling


@pytest.fixture
def story(database: Database, settings: Settings, clock: FrozenClock) -> Iterator[Story]:
    with telling(database, settings, clock) as told:
        yield told


@pytest.fixture
def office(story: Story) -> Office:
    return Office(story.house.database, story.clock)


def account(office: Office, **facts) -> int:
    """A letter that the installation itself can write."""
    usual = {"stream": "account", "letter": "mail:already-subscribed", "person_id": 1}
    return office.put(READER, **usual | facts)


def test_an_installation_without_people_has_nothing_to_do(story: Story):
    assert story.rounds.round() == 0
    assert story.rounds.is_idle()
    assert story.rounds.next_work_at() is None


def test_a_round_admits_queues_and_sends(story: Story):
    story.sign_up(zone="Europe/London")  # where it is half past nine
    story.confirm(work=False)
    assert not story.rounds.is_idle()
    assert story.rounds.next_work_at() == story.clock.now()
    assert story.rounds.admit() == 3  # one subscription a topic
    assert story.rounds.queue() == 1
    assert story.rounds.send() == 1
    assert story.rounds.until_idle() == 0
    assert story.rounds.is_idle()


def test_it_says_when_it_next_has_work(story: Story, office: Office):
    tomorrow = story.clock.now() + timedelta(days=1)
    account(office, send_after=tomorrow)
    assert story.rounds.next_work_at() == tomorrow
    assert story.rounds.is_idle()
    story.clock.advance(days=1)
    assert not story.rounds.is_idle()
    assert story.rounds.until_idle() == 1


def test_a_letter_in_somebody_s_hands_is_not_idle(story: Story, office: Office):
    account(office)
    office.claim("another")
    assert story.rounds.round() == 0
    assert not story.rounds.is_idle()


def test_waiting_for_somebody_who_never_ends_has_an_end(story: Story, office: Office, monkeypatch):
    account(office)
    office.claim("another")
    monkeypatch.setattr(rounds, "PATIENCE", timedelta(seconds=0.1))
    with pytest.raises(StillBusy, match="another process holds it"):
        story.rounds.until_idle()


def test_a_mail_server_that_is_down_is_said_so_and_loses_nothing(story: Story, office: Office, monkeypatch):
    monkeypatch.setattr(rounds, "PATIENCE", timedelta(seconds=0.1))
    monkeypatch.setattr(story.rounds.postman, "transport", Answering([DOWN]))
    numbers = [account(office), account(office)]
    with pytest.raises(StillBusy, match="the mail server cannot be used now"):
        story.rounds.until_idle()
    assert office.states(numbers) == ["queued", "queued"]


def test_what_the_dead_held_is_worked_off_without_a_hand(story: Story, office: Office):
    number = account(office)
    office.claim("dead", lease=0)
    assert story.rounds.until_idle() == 2  # taken from the dead, and sent
    assert office.row(number).state == "sent"


def test_rounds_that_are_told_to_stop_begin_nothing(story: Story, office: Office):
    number = account(office)
    story.rounds.stop()
    assert story.rounds.round() == story.rounds.until_idle() == 0
    assert office.row(number).state == "queued"


def test_two_processes_at_once_send_every_letter_once(story: Story, office: Office):
    numbers = [account(office) for _ in range(30)]
    other = open_rounds(story.house)
    assert other.name != story.rounds.name
    threads = [threading.Thread(target=each.until_idle) for each in (story.rounds, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert set(office.states(numbers)) == {"sent"}
    assert len(story.letters()) == 30


def test_the_postman_leaves_a_mark(story: Story):
    story.rounds.beat()
    with story.house.database.reading() as session:
        assert pulse.is_alive(session, story.clock.machine())


def test_counters_that_have_served_their_time_are_forgotten(story: Story):
    limit, now = Limit("sign-up", 3, timedelta(hours=1)), story.clock.now()
    with story.house.database.writing.begin() as session:
        take(session, limit, READER, now)
    story.rounds.tidy()
    with story.house.database.reading() as session:
        assert used(session, limit, READER, now) == 1
    story.clock.advance(hours=2)
    story.rounds.tidy()
    with story.house.database.reading() as session:
        assert used(session, limit, READER, now) == 0


def test_living_through_time_works_at_each_due_moment(story: Story, office: Office):
    start = story.clock.now()
    hours = [5, 1, 3]
    for hour in hours:
        account(office, send_after=start + timedelta(hours=hour))
    assert live_through(story.house, story.rounds, start + timedelta(hours=6)) == 3
    assert story.clock.now() == start + timedelta(hours=6)
    with story.house.database.reading() as session:
        assert leases.next_due(session) is None
    sent = sorted(office.row(number).sent_at for number in _numbers(office))
    assert sent == [start + timedelta(hours=hour) for hour in sorted(hours)]


def test_living_to_a_moment_that_has_passed_turns_nothing_and_works(story: Story, office: Office):
    number, now = account(office), story.clock.now()
    assert live_through(story.house, story.rounds, now - timedelta(days=1)) == 1
    assert (office.row(number).state, story.clock.now()) == ("sent", now)


def test_a_clock_that_runs_meanwhile_is_no_failure(sqlite_database: Database, settings: Settings, tmp_path):
    """The practice clock ticks between our look at it and the turn."""
    clock = SandboxClock(tmp_path / "clock.json")
    house = _house(sqlite_database, settings, clock)
    mine = open_rounds(house)
    for _ in range(5):
        live_through(house, mine, clock.now())
    mine.close()


def test_only_in_practice_can_time_be_lived_through(sqlite_database: Database, settings: Settings):
    house = _house(sqlite_database, settings, SystemClock())
    mine = open_rounds(house)
    with pytest.raises(Refused, match="only be turned in practice"):
        live_through(house, mine, _soon(house))
    mine.close()


def test_a_broken_mail_url_is_refused_when_the_rounds_are_opened(
    sqlite_database: Database, settings: Settings
):
    house = _house(sqlite_database, replace(settings, mail_url="carrier-pigeon:"), SystemClock())
    with pytest.raises(Refused, match="mail URL"):
        open_rounds(house)


def _house(database: Database, settings: Settings, clock) -> House:
    return House(settings, database, clock, Links(settings.base_url, settings.secret_keys))


def _soon(house: House) -> datetime:
    return house.clock.now() + timedelta(hours=1)


def _numbers(office: Office) -> list[int]:
    with office.database.reading() as session:
        return [line.id for line in ledger.lines(session, ledger.Wanted())]


def test_a_practice_database_sends_no_real_mail(database, settings, clock, tmp_path):
    house = House(settings, database, clock, Links(settings.base_url, settings.secret_keys))
    real = replace(house, settings=replace(settings, mail_url=f"maildir://{tmp_path}/mail"))
    open_rounds(real).close()
    with database.writing.begin() as session:
        session.add(
            PracticeLetter(
                recipient="reader@example.com",
                sender="letters@clinic.example",
                subject="A letter",
                stream="account",
                received_at=clock.now(),
                raw=b"",
            )
        )
    with pytest.raises(Refused, match=r"used for practice.*NEWSLETTER_DATA_DIR"):
        open_rounds(real)
    open_rounds(house).close()
