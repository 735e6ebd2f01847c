"""Addresses as rows, and the row as the lock that stops and gates share.

Whoever writes a stop takes `lock` first; the gate takes `share` first and looks again in a second statement. So a stop
that has committed is always seen by the next letter. SQLite needs no row locks: its writers are one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from newsletter.db import insert_new
from newsletter.delivery.models import Mailbox


def find(session: Session, address_key: str) -> Mailbox | None:
    """The mailbox with this normalized address."""
    return session.scalar(select(Mailbox).where(Mailbox.address_key == address_key))


def find_or_add(session: Session, address: str, address_key: str, now: datetime) -> Mailbox:
    """The mailbox with this normalized address, made if it is new, and locked as by `lock`.

    `address` is kept as it was typed first. Locked at once, since an erasure may empty the row until then: whoever
    waited for one looks again, finds nothing, and makes a new row.
    """
    row = {"address": address, "address_key": address_key, "created_at": now}
    found = select(Mailbox).where(Mailbox.address_key == address_key).with_for_update()
    while True:
        insert_new(session, Mailbox, [row])
        mailbox = session.scalar(found.execution_options(populate_existing=True))
        if mailbox is not None:
            return mailbox


def bury(session: Session, mailbox_id: int, fingerprint: str | None) -> None:
    """Take the address out of a row that others refer to; `fingerprint` (vault) is how it stays recognizable.

    The caller holds the lock.
    """
    gone = {"address": "", "address_key": f"erased:{mailbox_id}", "fingerprint": fingerprint}
    session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(gone))


def is_buried(session: Session, mailbox_id: int) -> bool:
    """Whether nothing but the row is left of this mailbox."""
    return session.scalar(select(Mailbox.address).where(Mailbox.id == mailbox_id)) == ""


def lock(session: Session, mailbox_ids: Iterable[int]) -> None:
    """Hold these mailboxes against every gate and every other stop until the transaction ends."""
    session.execute(_rows(mailbox_ids).with_for_update())


def share(session: Session, mailbox_ids: Iterable[int]) -> None:
    """Hold these mailboxes against stops, not against other gates, until the transaction ends."""
    session.execute(_rows(mailbox_ids).with_for_update(read=True))


def _rows(mailbox_ids: Iterable[int]) -> Select[int]:
    return select(Mailbox.id).where(Mailbox.id.in_(sorted(set(mailbox_ids)))).order_by(Mailbox.id)
