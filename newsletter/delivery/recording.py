"""What became of a conversation, written down: the delivery's state, the attempt, and who must not be mailed again."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from newsletter.delivery import retention, retries, suppression
from newsletter.delivery.leases import Claimed, held
from newsletter.delivery.models import Attempt, Delivery
from newsletter.delivery.transports import Outcome

log = structlog.get_logger("newsletter.delivery")


def end(session: Session, claimed: Claimed, state: str, reason: str) -> bool:
    """End a delivery that never reached handoff; False when it was no longer ours."""
    ended = (
        update(Delivery)
        .where(*held(claimed, "claimed"))
        .values(state=state, reason=reason[:200], lease_until=None)
    )
    return session.execute(ended.returning(Delivery.id)).first() is not None


def wait(session: Session, claimed: Claimed, until: datetime, reason: str) -> None:
    """Put a claimed delivery back, to be looked at again at `until`; no try is counted."""
    session.execute(
        update(Delivery)
        .where(*held(claimed, "claimed"))
        .values(state="queued", next_try_at=until, reason=reason[:200], claimed_by=None, lease_until=None)
    )


def record(session: Session, claimed: Claimed, outcome: Outcome, now: datetime, *, jitter: float) -> str:
    """Write down what the server said of a delivery in handoff; returns the state it is in now.

    An acceptance is also believed late, when the delivery was given up as `unknown` meanwhile; anything else that
    comes after the lease was taken away changes nothing of the delivery (that nobody lives there stays true).
    Of a reader who was erased meanwhile only the outcome is kept.
    """
    verdict = _judge(outcome)
    stop = verdict and suppression.called_for(session, claimed.mailbox_id, claimed.id, verdict, now)
    if stop:  # the mailbox is locked before the delivery, as every stop does
        suppression.suppress(session, claimed.mailbox_id, *stop, now, evidence=_said(outcome))
    values = _values(claimed, outcome, now, jitter)
    states = ("handoff", "unknown") if outcome.kind == "accepted" else ("handoff",)
    done = update(Delivery).where(*held(claimed, *states)).values(lease_until=None, claimed_by=None, **values)
    written = session.execute(done.returning(Delivery.person_id)).first()
    ours = written is not None
    attempt = {
        "delivery_id": claimed.id,
        "epoch": claimed.epoch,
        "at": now,
        "outcome": outcome.kind,
        "code": outcome.code,
        "enhanced": outcome.enhanced,
        "verdict": verdict and verdict.kind,
        "said": outcome.text[:1000],
    }
    session.execute(insert(Attempt), [attempt])
    row = written or session.execute(select(Delivery.person_id).where(Delivery.id == claimed.id)).one()
    if retention.is_erased(session, claimed, row.person_id):
        retention.empty_late(session, claimed)
    state = str(values["state"]) if ours else "taken away"
    log.info("delivery", delivery=claimed.id, state=state, code=outcome.code, stage=outcome.stage)
    return state


def _values(claimed: Claimed, outcome: Outcome, now: datetime, jitter: float) -> dict[str, object]:
    tries = claimed.tries + (outcome.kind != "unwritten")
    if outcome.kind == "accepted":
        return {"state": "sent", "reason": None, "sent_at": now, "tries": tries}
    if outcome.kind == "unknown":
        return {"state": "unknown", "reason": "the mail server never answered", "tries": tries}
    decision = retries.after(
        outcome, max(tries, 1), now, claimed.expires_at, stream=claimed.stream, jitter=jitter
    )
    if decision.at is None:
        state = "failed" if outcome.kind == "refused" else "expired"
        return {"state": state, "reason": _said(outcome)[:200] or decision.reason, "tries": tries}
    return {"state": "queued", "reason": decision.reason[:200], "next_try_at": decision.at, "tries": tries}


def _judge(outcome: Outcome) -> retries.Verdict | None:
    """Only a reply about the recipient may count against her address."""
    if outcome.kind not in ("refused", "deferred") or outcome.blame != "recipient" or outcome.code is None:
        return None
    return retries.judge(outcome.code, outcome.enhanced, outcome.text)


def _said(outcome: Outcome) -> str:
    return " ".join(str(part) for part in (outcome.code, outcome.enhanced, outcome.text) if part)
