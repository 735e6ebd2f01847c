"""A person, read behind the lock of the mailbox that she has."""

from __future__ import annotations

from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber
from newsletter.delivery import mailboxes
from newsletter.errors import NotFound


def locked(session: Session, subscriber_id: int) -> Subscriber:
    """Lock her mailbox and read her again; if she moved while we waited, lock the new one too.

    Raises NotFound for a person who is gone, also if that happened while we waited.
    """
    person = find(session, subscriber_id)
    while True:
        mailbox_id = person.mailbox_id
        mailboxes.lock(session, [mailbox_id])
        person = find(session, subscriber_id)
        if person.mailbox_id == mailbox_id:
            return person


def find(session: Session, subscriber_id: int) -> Subscriber:
    """The person as she is in the database now; raises NotFound for one who is gone."""
    person = session.get(Subscriber, subscriber_id, populate_existing=True)
    if person is None:
        raise NotFound("Nobody with this link is on our list any more.")
    return person
