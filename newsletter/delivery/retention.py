"""What stood in e-mails is forgotten when its time is over, or its reader asks; that they were sent is counted on.

`before` is an aware instant of the story, `limit` the most rows of one transaction.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import takewhile

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from newsletter import bookmarks
from newsletter.delivery import mail, mailboxes, queue, signs
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import ENDED, Attempt, Delivery, Mailbox, PracticeLetter
from newsletter.delivery.suppression import ERASED

BODIES = "bodies"
# Elsewhere the reason may be what a server said, and servers repeat the address.
OWN_WORDS = ("skipped", "canceled", "superseded", "unknown", "poison")


def empty(session: Session, *which: ColumnElement[bool], nobody: bool = False) -> int:
    """Leave of these deliveries what can be counted: no field, no word of a server, no sign that somebody read them.

    With `nobody` no person either.

    Returns how many. The deliveries go first: whoever records an attempt, or a click, holds its delivery.
    """
    reason = case((Delivery.state.in_(OWN_WORDS), Delivery.reason), else_=None)
    values = {"fields": {}, "reason": reason} | ({"person_id": None} if nobody else {})
    emptied = update(Delivery).where(*which).values(values).returning(Delivery.id)
    ids = session.scalars(emptied.execution_options(synchronize_session=False)).all()
    session.execute(update(Attempt).where(Attempt.delivery_id.in_(ids)).values(said=""))
    signs.forget(session, Delivery.id.in_(ids))
    return len(ids)


def is_erased(session: Session, claimed: Claimed, person_id: int | None) -> bool:
    """Whether the reader of a delivery that is in our hands was erased meanwhile; `person_id` is the row's by now."""
    if claimed.person_id is None:
        return mailboxes.is_buried(session, claimed.mailbox_id)
    return person_id != claimed.person_id


def empty_late(session: Session, claimed: Claimed) -> None:
    """Forget what an erased reader's delivery brought after her: its outcome is written down already."""
    queue.cancel(session, Delivery.id == claimed.id, reason=ERASED)
    empty(session, Delivery.id == claimed.id, nobody=True)
    if mailboxes.is_buried(session, claimed.mailbox_id):
        forget_practice_of(session, claimed.address)


def any_old(session: Session, before: datetime) -> bool:
    """Whether `empty_old` has something to do."""
    return bool(_old(session, before, 1))


def empty_old(session: Session, before: datetime, limit: int) -> int:
    """Empty ended deliveries that were made before `before`, in the order in which they came; returns how many.

    One that has not ended holds up those behind it, and is looked at again next time.
    """
    ids = _old(session, before, limit)
    if ids:
        empty(session, Delivery.id.in_(ids))
        bookmarks.move(session, BODIES, ids[-1])
    return len(ids)


def any_stray(session: Session) -> bool:
    """Whether `empty_strays` has something to do."""
    return bool(_strays(session, 1))


def empty_strays(session: Session, limit: int) -> int:
    """Empty what an issue's fan-out, which locks no mailbox, queued for somebody while she was being erased."""
    ids = _strays(session, limit)
    queue.cancel(session, Delivery.id.in_(ids), reason=ERASED)
    return empty(session, Delivery.id.in_(ids), nobody=True)


def any_old_practice(session: Session, before: datetime) -> bool:
    """Whether `forget_old_practice` has something to do."""
    return bool(_old_practice(session, before, 1))


def forget_old_practice(session: Session, before: datetime, limit: int) -> int:
    """Delete practice letters that came before `before`, the first ones first; returns how many."""
    ids = _old_practice(session, before, limit)
    session.execute(delete(PracticeLetter).where(PracticeLetter.id.in_(ids)))
    return len(ids)


def forget_practice_of(session: Session, address: str) -> int:
    """Delete what the practice inbox received for this address; returns how many letters that were."""
    gone = delete(PracticeLetter).where(practice_of(address)).returning(PracticeLetter.id)
    return len(session.execute(gone).all())


def practice_of(address: str) -> ColumnElement[bool]:
    """The practice letters to this address, which an envelope may spell in A-labels (RFC 5891)."""
    spellings = {address}
    with suppress(mail.MailRefused):
        spellings.add(mail.wire_address(address))
    return PracticeLetter.recipient.in_(spellings)


def _old(session: Session, before: datetime, limit: int) -> list[int]:
    rows = session.execute(
        select(Delivery.id, Delivery.created_at, Delivery.state)
        .where(Delivery.id > bookmarks.read(session, BODIES))
        .order_by(Delivery.id)
        .limit(limit)
    )
    return [row.id for row in takewhile(lambda row: row.created_at < before and row.state in ENDED, rows)]


def _strays(session: Session, limit: int) -> list[int]:
    rows = (
        select(Delivery.id)
        .join(Mailbox, Mailbox.id == Delivery.mailbox_id)
        .where(Mailbox.fingerprint.is_not(None), Delivery.person_id.is_not(None), Delivery.state != "handoff")
    )
    return list(session.scalars(rows.order_by(Delivery.id).limit(limit)))


def _old_practice(session: Session, before: datetime, limit: int) -> list[int]:
    rows = session.execute(
        select(PracticeLetter.id, PracticeLetter.received_at).order_by(PracticeLetter.id).limit(limit)
    )
    return [row.id for row in takewhile(lambda row: row.received_at < before, rows)]
