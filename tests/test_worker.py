from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from newsletter import pulse, worker
from newsletter.db import DatabaseUnusable
from newsletter.delivery import mailboxes, queue
from newsletter.delivery.models import Delivery
from newsletter.delivery.queue import Order
from newsletter.house import House, open_house
from newsletter.worker import Outage, work
from tests.spawning import wait_until


@pytest.fixture
def house(settings, database_url) -> Iterator[House]:
    opened = open_house(replace(settings, database_url=database_url))
    yield opened
    opened.close()


@contextmanager
def working(house: House) -> Iterator[threading.Thread]:
    """A worker in a thread of this process, stopped at the end."""
    stopping = threading.Event()
    thread = threading.Thread(target=work, args=(house, stopping))
    thread.start()
    try:
        yield thread
    finally:
        stopping.set()
        thread.join(30)
        assert not thread.is_alive()


def put_letter(house: House, key: str = "confirm:1") -> None:
    now = house.clock.now()
    with house.database.writing.begin() as session:
        mailbox = mailboxes.find_or_add(session, "reader@example.com", "reader@example.com", now)
        fields = {"confirm_url": house.links.url("/confirm/x")}
        order = Order(
            key, "account", mailbox.id, "mail:confirm", fields, now, now + timedelta(days=7), person_id=1
        )
        queue.put(session, [order], now)


def states(house: House) -> list[str]:
    with house.database.reading() as session:
        return [delivery.state for delivery in session.query(Delivery).order_by(Delivery.id)]


def test_it_beats_at_once_and_sends_what_is_due(house):
    put_letter(house)
    with working(house):
        wait_until(lambda: states(house) == ["sent"])
        with house.database.reading() as session:
            assert pulse.is_alive(session, house.clock.machine())


def test_what_becomes_due_later_is_found_by_the_next_tick(house):
    with working(house):
        put_letter(house)
        wait_until(lambda: states(house) == ["sent"])


def test_two_workers_by_mistake_send_each_letter_once(house):
    for number in range(20):
        put_letter(house, f"confirm:{number}")
    with working(house), working(house):
        wait_until(lambda: set(states(house)) == {"sent"})
    with house.database.reading() as session:
        assert {delivery.tries for delivery in session.query(Delivery)} == {1}


def test_a_database_of_another_version_is_not_waited_for(settings, empty_database):
    house = open_house(replace(settings, database_url=empty_database.url))
    with pytest.raises(DatabaseUnusable, match="no tables yet"):
        work(house, threading.Event())
    house.close()


@contextmanager
def outage(url: str) -> Iterator[None]:
    """The database throws everybody out, and lets nobody in."""
    parsed = make_url(url)
    name, folder = Identifier(parsed.database or ""), parsed.query["host"]
    with psycopg.connect(f"postgresql://newsletter@/postgres?host={folder}", autocommit=True) as admin:
        admin.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [parsed.database]
        )
        try:
            yield
        finally:
            admin.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


@pytest.fixture
def on_postgres(settings, postgres_url) -> Iterator[House]:
    opened = open_house(replace(settings, database_url=postgres_url))
    yield opened
    opened.close()


def events(said: list) -> list[str]:
    return [each["event"] for each in said if each["event"].startswith("database_")]


def test_a_database_that_dies_is_told_once_and_everything_drains_when_it_is_back(on_postgres):
    with capture_logs() as said, working(on_postgres):
        wait_until(lambda: any(each["event"] == "worker_started" for each in said))
        put_letter(on_postgres)
        wait_until(lambda: states(on_postgres) == ["sent"])
        with outage(on_postgres.database.url):
            wait_until(lambda: "database_gone" in events(said))
            threading.Event().wait(3)  # several ticks of each kind
        wait_until(lambda: "database_back" in events(said))
        put_letter(on_postgres, "confirm:2")
        wait_until(lambda: states(on_postgres) == ["sent", "sent"])
    assert events(said) == ["database_gone", "database_back"]


def test_while_it_waits_for_a_database_it_can_be_stopped(on_postgres):
    with capture_logs() as said, outage(on_postgres.database.url), working(on_postgres):
        wait_until(lambda: events(said) == ["database_gone"])


def test_it_starts_by_itself_when_the_database_comes(on_postgres):
    put_letter(on_postgres)
    stopping = threading.Event()
    thread = threading.Thread(target=work, args=(on_postgres, stopping))
    with capture_logs() as said:
        with outage(on_postgres.database.url):
            thread.start()
            wait_until(lambda: events(said) == ["database_gone"])
        wait_until(lambda: states(on_postgres) == ["sent"])
        stopping.set()
        thread.join(30)
    assert events(said) == ["database_gone", "database_back"]


def gone() -> None:
    raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))


def test_an_outage_is_a_change_not_a_state():
    outage, answers = Outage(), [gone, gone, lambda: 1, lambda: 1, gone]
    with capture_logs() as said:
        for tick in answers:
            outage.guard(tick)()
    assert events(said) == ["database_gone", "database_back", "database_gone"]


def test_a_tick_that_breaks_is_logged_and_breaks_nothing_else():
    with capture_logs() as said:
        Outage().guard(lambda: 1 / 0)()
    assert [each["event"] for each in said] == ["tick_failed"]


class Watchman(HTTPServer):
    def __init__(self, status: int) -> None:
        self.seen: list[str] = []
        seen = self.seen

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append(self.path)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/secret"


@contextmanager
def watchman(status: int = 200) -> Iterator[Watchman]:
    server = Watchman(status)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def test_the_watchman_outside_is_told_at_once(settings, sqlite_url):
    with watchman() as outside:
        house = open_house(replace(settings, database_url=sqlite_url, heartbeat_url=outside.url))
        with working(house):
            wait_until(lambda: outside.seen)
        house.close()
    assert outside.seen[0] == "/ping/secret"


@pytest.mark.parametrize("status", [404, 500])
def test_a_watchman_who_does_not_listen_is_logged_without_his_address(status):
    with watchman(status) as outside, capture_logs() as said:
        worker.ping(outside.url)
    assert [(each["event"], each["kind"]) for each in said] == [("heartbeat_not_heard", "HTTPError")]
    assert "secret" not in str(said)


def test_a_watchman_who_is_away_is_logged(settings):
    with capture_logs() as said:
        worker.ping("http://127.0.0.1:1/ping")
    assert [(each["event"], each["kind"]) for each in said] == [("heartbeat_not_heard", "URLError")]
