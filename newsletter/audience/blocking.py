"""The do-not-mail list as staff keep it: who stands on it and why, one more by hand, and who may come off it.

What she did herself stays hers: only her own confirmed sign-up lifts that, whatever note somebody writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from newsletter.audience import addresses
from newsletter.audience.lists.entry import LEFT_ELSEWHERE
from newsletter.audience.models import Subscriber
from newsletter.audience.plaintext import plain
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox, Suppression
from newsletter.errors import Refused

log = structlog.get_logger("newsletter.audience")

PER_PAGE = 50
BY_HAND = "by hand"
HERS = (suppression.ASKED, LEFT_ELSEWHERE, suppression.ERASED)
LONGEST_NOTE = 500
SCOPES = {"all": "everything", "marketing": "news"}
WORDS = {
    suppression.ASKED: "she asked for no e-mails at all",
    suppression.ERASED: "her data was deleted",
    LEFT_ELSEWHERE: "she left the list that she came from",
    BY_HAND: "put here by hand",
    "hard bounce": "address does not exist",
    "disabled mailbox": "mailbox is closed",
    "soft bounces": "mailbox full or away, again and again",
    "complaint": "marked as spam",
    "cleaned elsewhere": "address was no good on the list it came from",
    "blocked elsewhere": "blocked on the list it came from",
    "complaint elsewhere": "marked as spam, on the list it came from",
}


@dataclass(frozen=True)
class Page:
    """Open stops, newest first, their mailboxes loaded; `people`: mailbox -> somebody who has it."""

    stops: tuple[Suppression, ...]
    people: dict[int, int]
    more: bool


def said(reason: str) -> str:
    """Pure: why a mailbox must not be mailed, in words."""
    return WORDS.get(reason, reason)


def is_hers(reason: str) -> bool:
    """Pure: whether she did it herself, so that nobody else may undo it."""
    return reason in HERS


def page(session: Session, text: str = "", reason: str = "", before: int | None = None) -> Page:
    """Stops with a number below `before`, of addresses that begin with `text`. Two statements."""
    rows = (
        select(Suppression)
        .join(Suppression.mailbox)
        .where(Suppression.released_at.is_(None))
        .options(contains_eager(Suppression.mailbox))
        .order_by(Suppression.id.desc())
        .limit(PER_PAGE + 1)
    )
    if text:
        rows = rows.where(Mailbox.address_key.startswith(text.lower(), autoescape=True))
    if reason:
        rows = rows.where(Suppression.reason == reason)
    found = session.scalars(rows.where(Suppression.id < before) if before else rows).all()
    shown = found[:PER_PAGE]
    return Page(tuple(shown), _people(session, [each.mailbox_id for each in shown]), len(found) > PER_PAGE)


def reasons(session: Session) -> list[str]:
    """The reasons that stand on the list now."""
    rows = select(Suppression.reason).where(Suppression.released_at.is_(None)).distinct().limit(100)
    return sorted(session.scalars(rows))


def standing(session: Session, mailbox_id: int) -> list[Suppression]:
    """The open stops of one mailbox, oldest first."""
    rows = select(Suppression).where(Suppression.mailbox_id == mailbox_id, Suppression.released_at.is_(None))
    return list(session.scalars(rows.order_by(Suppression.id)))


def add(session: Session, email: str, scope: str, why: str, now: datetime) -> bool:
    """Put an address on the list, known here or not; False where it stood there already.

    Raises AddressRefused, or Refused for a scope that is none and for no reason.
    """
    address = addresses.judge(email)
    check(scope, why)
    mailbox = mailboxes.find_or_add(session, address.address, address.key, now)
    return block(session, mailbox.id, scope, why, now)


def block(session: Session, mailbox_id: int, scope: str, why: str, now: datetime) -> bool:
    """Stop a mailbox by hand and cancel what waits for it; `why` is kept and shown to her, if she asks for her data.

    False where it was stopped by hand already. Raises Refused for a scope that is none and for no reason.
    """
    evidence = check(scope, why)
    new = suppression.suppress(session, mailbox_id, scope, BY_HAND, now, evidence)
    log.info("mailbox.blocked", mailbox=mailbox_id, scope=scope, new=new)
    return new


def release(session: Session, mailbox_id: int, note: str, now: datetime) -> int:
    """Take a mailbox off the list, with a note that says why; what she did herself stays. Returns how many stops.

    Raises Refused without a note and where nothing is left that staff may lift, NotFound where nothing stands.
    """
    kept = plain(note, LONGEST_NOTE)
    if kept is None:
        raise Refused("say why this address may be mailed again; the note is kept")
    mailboxes.lock(session, [mailbox_id])
    mine = [each.reason for each in standing(session, mailbox_id) if not is_hers(each.reason)]
    if not mine and standing(session, mailbox_id):
        raise Refused("she did this herself: only her own sign-up, confirmed from her mailbox, lifts it")
    lifted = suppression.release(session, mailbox_id, now, kept, mine)
    log.info("mailbox.released", mailbox=mailbox_id, stops=lifted)
    return lifted


def check(scope: str, why: str) -> str:
    """Pure: the reason as it will be kept; raises Refused for a scope that is none and for no reason."""
    if scope not in SCOPES:
        raise Refused("choose which letters stop: everything, or news")
    evidence = plain(why, LONGEST_NOTE)
    if evidence is None:
        raise Refused("say why; it is kept with the address")
    return evidence


def _people(session: Session, mailbox_ids: Collection[int]) -> dict[int, int]:
    rows = select(Subscriber.mailbox_id, Subscriber.id).where(Subscriber.mailbox_id.in_(mailbox_ids))
    return dict(session.execute(rows.order_by(Subscriber.id.desc())).all())
