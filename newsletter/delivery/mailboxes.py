"""Addresses as rows, and the row as the lock that stops and gates share.

Whoever writes a stop takes `lock` first; the gate takes `share` first and looks again in a second statement. So a stop
that has committed is always seen by the next letter. SQLite needs no row locks: its writers are one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsletter.db import insert_new
from newsletter.delivery.models import Mailbox


def find(session: Session, address_key: str) -> Mailbox | None:
    """The mailbox with this normalized address."""
    return session.scalar(select(Mailbox).where(Mailbox.address_key == address_key))


def find_or_add(session: Session, address: str, address_key: str, now: datetime) -> Mailbox:
    """The mailbox with this normalized address, made if it is new. `address` is kept as it was typed first."""
    row = {"address": address, "address_key": address_key, "created_at": now}
    insert_new(session, Mailbox, [row])
    return session.scalars(select(Mailbox).where(Mailbox.address_key == address_key)).one()


def lock(session: Session, mailbox_ids: Iterable[int]) -> None:
    """Hold these mailboxes against every gate and every other stop until the transaction ends."""
    session.execute(_rows(mailbox_ids).with_for_update())


def share(session: Session, mailbox_ids: Iterable[int]) -> None:
    """Hold these mailboxes against stops, not against other gates, until the transaction ends."""
    session.execute(_rows(mailbox_ids).with_for_update(read=True))


def _rows(mailbox_ids: Iterable[int]) -> Select[int]:
    return select(Mailbox.id).where(Mailbox.id.in_(sorted(set(mailbox_ids)))).order_by(Mailbox.id)
