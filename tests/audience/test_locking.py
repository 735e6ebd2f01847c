"""A person behind her mailbox's lock, also if she moves or goes while somebody waits for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, text, update

from newsletter import clock as clocks
from newsletter.audience import locking
from newsletter.audience.models import Consent, Subscriber, Subscription
from newsletter.delivery import mailboxes
from newsletter.errors import NotFound
from tests.audience.desk import open_desk


@pytest.fixture
def desk(postgres_database, clock):
    """SQLite's writers come one at a time anyway."""
    desk = open_desk(postgres_database, clock)
    desk.ask()
    desk.tap()
    return desk


def until_somebody_waits(database):
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    while True:
        with database.reading() as session:
            if session.scalar(waiting):
                return
        clocks.pause(0.01)


def meanwhile(desk, change):
    """Ask for the person while `change(session)` holds her mailbox; what came of it."""

    def ask():
        with desk.database.writing.begin() as session:
            return locking.locked(session, person.id).mailbox_id

    person = desk.person()
    with ThreadPoolExecutor(1) as pool:
        with desk.database.writing.begin() as session:
            mailboxes.lock(session, [person.mailbox_id])
            change(session)
            asking = pool.submit(ask)
            until_somebody_waits(desk.database)
        return asking.result(30)


def test_who_moves_meanwhile_is_found_in_her_new_mailbox(desk):
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, "new@example.com", "new@example.com", desk.clock.now()).id
    assert meanwhile(desk, lambda session: session.execute(update(Subscriber).values(mailbox_id=box))) == box


def test_who_goes_meanwhile_is_gone(desk):
    def erase(session):
        for table in (Subscription, Consent, Subscriber):
            session.execute(delete(table))

    with pytest.raises(NotFound, match="on our list any more"):
        meanwhile(desk, erase)
