"""An address is one row, and the row is a lock."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery import mailboxes
from newsletter.delivery.models import Mailbox
from tests.delivery.office import READER, Office


def test_an_address_is_kept_as_it_was_typed_first(office: Office):
    with office.database.writing.begin() as session:
        first = mailboxes.find_or_add(session, "Reader@example.com", READER, office.clock.now())
        again = mailboxes.find_or_add(session, "READER@example.com", READER, office.clock.now())
        assert first.id == again.id
        assert again.address == "Reader@example.com"


def test_an_address_nobody_gave_is_not_found(office: Office):
    with office.database.reading() as session:
        assert mailboxes.find(session, READER) is None


def test_two_visitors_at_once_make_one_mailbox(office: Office):
    together, found = threading.Barrier(2), []

    def add() -> None:
        together.wait()
        with office.database.writing.begin() as session:
            found.append(mailboxes.find_or_add(session, READER, READER, office.clock.now()).id)

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    with office.database.reading() as session:
        assert session.scalar(select(func.count(Mailbox.id))) == 1


def patient_no_more(session: Session) -> None:
    """Give up at once where PostgreSQL would wait."""
    session.execute(text("SET LOCAL lock_timeout = '50ms'"))


def test_on_postgresql_gates_share_a_mailbox_and_a_stop_has_it_alone(postgres_database: Database, clock):
    mailbox = Office(postgres_database, clock).mailbox()
    share, lock = mailboxes.share, mailboxes.lock
    for first, second in ((share, share), (share, lock), (lock, share), (lock, lock)):
        with postgres_database.writing.begin() as one, postgres_database.writing() as other:
            first(one, [mailbox])
            patient_no_more(other)
            if first is second is share:
                second(other, [mailbox])
            else:
                with pytest.raises(OperationalError, match="lock timeout"):
                    second(other, [mailbox])


def test_a_stop_for_one_mailbox_holds_up_no_other(postgres_database: Database, clock):
    office = Office(postgres_database, clock)
    hers, another = office.mailbox(), office.mailbox("another@example.com")
    with postgres_database.writing.begin() as one, postgres_database.writing.begin() as other:
        mailboxes.lock(one, [hers])
        patient_no_more(other)
        mailboxes.lock(other, [another])


def test_locking_nobody_is_allowed(office: Office):
    with office.database.writing.begin() as session:
        mailboxes.lock(session, [])
        mailboxes.share(session, [])
