"""The last look: whatever has committed before it stops the letter, however close it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import event, insert, select, text, update
from sqlalchemy.orm import Session

from newsletter.db import Database, open_database
from newsletter.delivery import mailboxes, queue, suppression
from newsletter.delivery.leases import Claimed, held
from newsletter.delivery.models import Delivery, Mailbox, Suppression
from newsletter.delivery.sending import Postman
from tests.delivery.office import Answering, Office, plain
from tests.servers.acts import until

Stop = Callable[[Session, int, datetime], object]


def by_suppression(session: Session, mailbox: int, now: datetime) -> None:
    suppression.suppress(session, mailbox, "marketing", "complaint", now)


def by_cancel(session: Session, mailbox: int, _now: datetime) -> None:
    queue.cancel(session, Delivery.mailbox_id == mailbox, reason="she left the letters")


def by_a_row(session: Session, mailbox: int, now: datetime) -> None:
    """Written by somebody who knows nothing of queues: the letter's own row does not change."""
    row = {"mailbox_id": mailbox, "scope": "all", "reason": "complaint", "evidence": "", "created_at": now}
    session.execute(insert(Suppression), [row])


class OneStatement(Postman):
    """The gate as it must not be: it locks the mailbox and looks in one statement."""

    def _pass_gate(self, claimed: Claimed, message: bytes):
        with self.database.writing.begin() as session:
            look = (
                select(Delivery.id)
                .join(Mailbox, Mailbox.id == Delivery.mailbox_id)
                .where(*held(claimed, "claimed"), Delivery.mailbox_id.not_in(_stopped()))
                .with_for_update(read=True, of=Mailbox)
            )
            if session.scalar(look) is None:
                return None
            session.execute(update(Delivery).where(Delivery.id == claimed.id).values(state="handoff"))
            return self.clock.machine()


def _stopped():
    return select(Suppression.mailbox_id).where(Suppression.released_at.is_(None))


def stop_while_the_gate_waits(office: Office, stop: Stop, kind: type[Postman] = Postman) -> tuple[str, int]:
    """Commit `stop` while the gate waits for the mailbox; returns the letter's state, and how many left."""
    number, out = office.put(), Answering()
    mailbox = office.row(number).mailbox_id
    written, locked = threading.Event(), threading.Event()

    def render(letter: str, fields):
        written.set()
        assert locked.wait(10)
        return plain(letter, fields)

    thread = threading.Thread(target=office.postman(out, render=render, kind=kind).round)
    thread.start()
    assert written.wait(10)
    with office.database.writing.begin() as session:
        mailboxes.lock(session, [mailbox])
        someone_waits = watch(office.database)
        locked.set()
        until(someone_waits)
        stop(session, mailbox, office.clock.now())
    thread.join(10)
    return office.row(number).state, len(out.handed)


def watch(database: Database) -> Callable[[], bool]:
    """Whether a transaction waits for another: PostgreSQL says so; on SQLite it has come to its BEGIN IMMEDIATE."""
    if not database.on_sqlite:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )

        def asked() -> bool:
            with database.reading() as session:
                return bool(session.scalar(waiting))

        return asked
    begun = threading.Event()

    @event.listens_for(database.engine, "before_cursor_execute")
    def begin(_connection, _cursor, statement: str, *_more) -> None:
        if statement == "BEGIN IMMEDIATE":
            begun.set()

    return begun.is_set


def test_a_suppression_that_commits_while_the_gate_waits_stops_the_letter(office: Office):
    assert stop_while_the_gate_waits(office, by_suppression) == ("canceled", 0)


def test_a_cancel_that_commits_while_the_gate_waits_stops_the_letter(office: Office):
    assert stop_while_the_gate_waits(office, by_cancel) == ("canceled", 0)


def test_a_stop_that_only_the_second_look_can_see_stops_the_letter(office: Office):
    assert stop_while_the_gate_waits(office, by_a_row) == ("skipped", 0)


def test_on_postgresql_a_gate_that_locks_and_looks_in_one_statement_lets_it_pass(
    postgres_database: Database, clock
):
    """Why the gate takes two statements, and that the tests above can fail."""
    office = Office(postgres_database, clock)
    assert stop_while_the_gate_waits(office, by_a_row, OneStatement) == ("sent", 1)


def test_the_gate_keeps_its_promise_whatever_isolation_the_server_prefers(postgres_url: str, clock):
    strict = open_database(f"{postgres_url}&options=-cdefault_transaction_isolation=serializable")
    try:
        assert stop_while_the_gate_waits(Office(strict, clock), by_a_row) == ("skipped", 0)
    finally:
        strict.close()


def test_a_letter_canceled_while_it_is_written_stops_at_the_gate(office: Office):
    number, out = office.put(), Answering()

    def render(letter: str, fields):
        assert office.cancel(number) == 1
        return plain(letter, fields)

    office.postman(out, render=render).round()
    assert out.handed == []
    assert office.row(number).state == "canceled"
    assert office.attempts(number) == []


def test_a_letter_superseded_while_the_gate_looks_stops_there(postgres_database: Database, clock):
    """Dispatch shares the mailbox, as the gate does, so it may end a letter between the gate's look and its mark."""
    office, out = Office(postgres_database, clock), Answering()
    number = office.put()

    def gate(_session, _deliveries, _now):
        with postgres_database.writing.begin() as dispatch:
            mailboxes.share(dispatch, [office.row(number).mailbox_id])
            queue.cancel(dispatch, Delivery.id == number, reason="a newer letter", state="superseded")
        return {}

    office.postman(out, gate=gate).round()
    assert out.handed == []
    assert office.row(number).state == "superseded"


def test_a_letter_taken_away_while_the_gate_looks_stops_there(postgres_database: Database, clock):
    office, out = Office(postgres_database, clock), Answering()
    number = office.put()

    def gate(_session, _deliveries, _now):
        office.force(number, lease_until=clock.machine())
        assert office.reclaim() == 1
        return {}

    office.postman(out, gate=gate).round()
    assert out.handed == []
    assert (office.row(number).state, office.row(number).crashes) == ("queued", 1)
