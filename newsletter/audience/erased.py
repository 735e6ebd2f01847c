"""Whose data was deleted: no list brings her back, her own confirmed sign-up does.

Her address is not kept. What is left is a mailbox row with a keyed hash of it and an open stop; there may be several
rows with the same hash, if she came back and was erased again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox, Suppression
from newsletter.vault import Vault

log = structlog.get_logger("newsletter.audience")

# What she lifts by coming back, or what the letter that she confirmed from has disproved.
OVER = (suppression.ERASED, suppression.ASKED, "hard bounce", "disabled mailbox", "soft bounces")


def erased(session: Session, vault: Vault, address_keys: Collection[str]) -> set[str]:
    """Those of these normalized addresses that were erased and have not come back since; an import leaves them out.

    Where nobody was ever erased it costs one look at an index. At most some thousand at a time. Raises Refused
    without a pepper.
    """
    if session.scalar(select(Mailbox.id).where(Mailbox.fingerprint.is_not(None)).limit(1)) is None:
        return set()
    keys = {vault.fingerprint(key): key for key in address_keys}
    rows = (
        select(Mailbox.fingerprint)
        .join(Suppression, Suppression.mailbox_id == Mailbox.id)
        .where(
            Mailbox.fingerprint.in_(keys),
            Suppression.reason == suppression.ERASED,
            Suppression.released_at.is_(None),
        )
    )
    return {keys[found] for found in session.scalars(rows) if found is not None}


def welcome_back(session: Session, mailbox_id: int, vault: Vault, now: datetime) -> bool:
    """End the stop of an erased address, which its owner has just confirmed anew; whether there was one.

    What others had said of the address (staff, a complaint) holds for its new row too: only she and her mailbox
    speak here. Call it after every confirmation that came from the mailbox itself.
    """
    address_key = session.scalars(select(Mailbox.address_key).where(Mailbox.id == mailbox_id)).one()
    if not erased(session, vault, [address_key]):
        return False
    same = select(Mailbox.id).where(Mailbox.fingerprint == vault.fingerprint(address_key))
    rows = sorted(session.scalars(same))
    mailboxes.lock(session, rows)
    still = (Suppression.mailbox_id.in_(rows), Suppression.released_at.is_(None))
    others = select(Suppression.scope, Suppression.reason).where(*still, Suppression.reason.not_in(OVER))
    for stop in session.execute(others.distinct()).all():
        suppression.suppress(session, mailbox_id, stop.scope, stop.reason, now)
    back = update(Suppression).where(*still, Suppression.reason == suppression.ERASED)
    session.execute(back.values(released_at=now, note="she confirmed a new sign-up"))
    log.info("erased.came_back", mailbox=mailbox_id)
    return True
