"""Put and cancel: the only way anything is ever sent, or is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from newsletter.db import insert_new
from newsletter.delivery.models import Delivery


@dataclass(frozen=True)
class Order:
    """One e-mail to be sent. The same `dedupe_key` never makes a second one.

    `send_after` and `expires_at` are aware instants on the story's clock; `fields` are frozen as they are now.
    """

    dedupe_key: str
    stream: str
    mailbox_id: int
    letter: str
    fields: Mapping[str, Any]
    send_after: datetime
    expires_at: datetime
    person_id: int | None = None
    campaign: str | None = None
    step: str | None = None
    occurrence: int | None = None


def put(session: Session, orders: Sequence[Order], now: datetime) -> list[int]:
    """Queue `orders`; returns the new deliveries' ids. An order that is known already is left as it is."""
    return insert_new(session, Delivery, [_row(order, now) for order in orders])


def cancel(session: Session, *which: ColumnElement[bool], reason: str, state: str = "canceled") -> int:
    """End what is not yet being handed over and matches `which`; returns how many.

    A claimed delivery may be ended too: its sender looks again at the gate and finds it gone.
    """
    still_ours = Delivery.state.in_(("queued", "claimed"))
    ended = update(Delivery).where(still_ours, *which).values(state=state, reason=reason, lease_until=None)
    return len(session.execute(ended.returning(Delivery.id)).all())


def _row(order: Order, now: datetime) -> dict[str, Any]:
    return {
        "dedupe_key": order.dedupe_key,
        "stream": order.stream,
        "mailbox_id": order.mailbox_id,
        "person_id": order.person_id,
        "letter": order.letter,
        "fields": dict(order.fields),
        "campaign": order.campaign,
        "step": order.step,
        "occurrence": order.occurrence,
        "created_at": now,
        "send_after": order.send_after,
        "next_try_at": order.send_after,
        "expires_at": order.expires_at,
        "state": "queued",
        "tries": 0,
        "crashes": 0,
        "epoch": 0,
    }
