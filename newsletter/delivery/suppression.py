"""Mailboxes that must not be mailed: since when, why, and who let them go again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from newsletter.db import insert_new
from newsletter.delivery import mailboxes, queue
from newsletter.delivery.models import Attempt, Delivery, Suppression
from newsletter.delivery.retries import Verdict
from newsletter.errors import NotFound

MARKETING_ONLY = ("marketing", "test")
ERASED = "erased"  # her data was deleted: only her own confirmed sign-up lifts it (audience/erased)
ASKED = (
    "asked"  # she asked for no e-mails at all: the one stop that she can end herself, by a confirmed sign-up
)


WEEK, MONTH = timedelta(days=7), timedelta(days=30)
DISABLED_LETTERS = 2
SOFT_LETTERS, SOFT_DAYS = 5, 3


def suppress(
    session: Session, mailbox_id: int, scope: str, reason: str, now: datetime, evidence: str = ""
) -> bool:
    """Stop a mailbox (`scope` is `all` or `marketing`) and cancel what waits for it; False if that was known."""
    mailboxes.lock(session, [mailbox_id])
    row = {
        "mailbox_id": mailbox_id,
        "scope": scope,
        "reason": reason,
        # What a server says repeats the address, and may come after the address was erased.
        "evidence": "" if mailboxes.is_buried(session, mailbox_id) else evidence[:2000],
        "created_at": now,
    }
    new = insert_new(session, Suppression, [row])
    which = [Delivery.mailbox_id == mailbox_id]
    if scope == "marketing":
        which.append(Delivery.stream.in_(MARKETING_ONLY))
    queue.cancel(session, *which, reason=f"do not mail: {reason}")
    return bool(new)


def called_for(
    session: Session, mailbox_id: int, delivery_id: int, verdict: Verdict, now: datetime
) -> tuple[str, str] | None:
    """(scope, reason) of the stop that one more refusal calls for, or None; `now` is the story's.

    Nobody there: everything, at once. Disabled: at the second letter in a week. Soft: marketing, at the fifth letter
    on the third day within thirty. A letter counts once, however often it was tried.
    """
    if verdict.suppresses:
        return "all", "hard bounce"
    if not verdict.counts:
        return None
    days = _refused_days(session, mailbox_id, delivery_id, verdict, now)
    if verdict.kind == "disabled":
        return ("all", "disabled mailbox") if len(days) >= DISABLED_LETTERS else None
    enough = len(days) >= SOFT_LETTERS and len(set(days)) >= SOFT_DAYS
    return ("marketing", "soft bounces") if enough else None


def _refused_days(
    session: Session, mailbox_id: int, delivery_id: int, verdict: Verdict, now: datetime
) -> list[date]:
    """The day (UTC) of the last refusal of each letter to this mailbox, this one included, as far back as it counts."""
    alike, back = (("disabled",), WEEK) if verdict.kind == "disabled" else (("soft", "full"), MONTH)
    earlier = session.scalars(
        select(func.max(Attempt.at))
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(
            Delivery.mailbox_id == mailbox_id,
            Delivery.id != delivery_id,
            Attempt.verdict.in_(alike),
            Attempt.at > now - back,
        )
        .group_by(Delivery.id)
    )
    return [now.date(), *(moment.date() for moment in earlier)]


def release(
    session: Session, mailbox_id: int, now: datetime, note: str, reasons: Collection[str] = ()
) -> int:
    """Let a mailbox be mailed again, with a note that says why; only for `reasons` if given.

    Returns how many stops were lifted; raises NotFound when none was open.
    """
    mailboxes.lock(session, [mailbox_id])
    open_rows = [Suppression.mailbox_id == mailbox_id, Suppression.released_at.is_(None)]
    if reasons:
        open_rows.append(Suppression.reason.in_(reasons))
    lifted = update(Suppression).where(*open_rows).values(released_at=now, note=note)
    count = len(session.execute(lifted.returning(Suppression.id)).all())
    if not count:
        raise NotFound("this address is not on the do-not-mail list")
    return count


def stops(session: Session, mailbox_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """The open stops of these mailboxes: mailbox id -> scope -> reason; of several the one she cannot end herself."""
    found: dict[int, dict[str, str]] = {}
    rows = (
        select(Suppression)
        .where(Suppression.mailbox_id.in_(mailbox_ids), Suppression.released_at.is_(None))
        .order_by(case((Suppression.reason == ASKED, 0), else_=1), Suppression.id)
    )
    for row in session.scalars(rows):
        found.setdefault(row.mailbox_id, {})[row.scope] = row.reason
    return found


def forbids(stop: dict[str, str], stream: str) -> str | None:
    """The reason why `stream` may not be mailed, given one mailbox's stops; None if it may.

    After "no e-mails at all" account letters still go: they answer a form, and hold the link that brings her back.
    So do a colleague's: she asks for the link that signs her in.
    """
    if "all" in stop and (stream not in {"account", "staff"} or stop["all"] != ASKED):
        return stop["all"]
    return stop.get("marketing") if stream in MARKETING_ONLY else None
