"""Every delivery as one line for people and programs; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsletter.delivery.models import ENDED, OPEN, Attempt, Delivery, Mailbox
from newsletter.errors import NotFound, Refused

STATES = OPEN + ENDED


@dataclass(frozen=True)
class Wanted:
    """Which deliveries; what is None does not narrow. `address_key` is a normalized address."""

    campaign: str | None = None
    state: str | None = None
    address_key: str | None = None

    def __post_init__(self) -> None:
        if self.state is not None and self.state not in STATES:
            raise Refused(
                f"“{self.state:.40}” is no state of a delivery; right would be one of {', '.join(STATES)}"
            )


@dataclass(frozen=True)
class Line:
    """One delivery. All instants are the story's, in UTC; `due_at` is when it was meant to leave first."""

    id: int
    to: str
    campaign: str | None
    step: str | None
    occurrence: int | None
    stream: str
    state: str
    reason: str | None
    tries: int
    due_at: datetime
    sent_at: datetime | None
    message_id: str | None


def lines(session: Session, wanted: Wanted, limit: int | None = None) -> list[Line]:
    """The newest `limit` deliveries (None: all of them), the older ones first."""
    rows = session.execute(_narrowed(_columns(), wanted).order_by(Delivery.id.desc()).limit(limit)).all()
    return [Line(*row) for row in reversed(rows)]


def line(session: Session, delivery_id: int) -> Line:
    """One delivery; raises NotFound."""
    row = session.execute(_columns().where(Delivery.id == delivery_id)).first()
    if row is None:
        raise NotFound(
            f"there is no delivery {delivery_id}; `newsletter deliveries list` shows which there are"
        )
    return Line(*row)


def attempts(session: Session, delivery_id: int) -> Sequence[Attempt]:
    """Every conversation about one delivery, in order."""
    return session.scalars(
        select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.id)
    ).all()


def _columns() -> Select[*tuple[Any, ...]]:
    columns: Select[*tuple[Any, ...]] = select(
        Delivery.id,
        Mailbox.address.label("to"),
        Delivery.campaign,
        Delivery.step,
        Delivery.occurrence,
        Delivery.stream,
        Delivery.state,
        Delivery.reason,
        Delivery.tries,
        Delivery.send_after.label("due_at"),
        Delivery.sent_at,
        Delivery.message_id,
    )
    return columns.join(Mailbox)


def _narrowed(rows: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.campaign is not None:
        rows = rows.where(Delivery.campaign == wanted.campaign)
    if wanted.state is not None:
        rows = rows.where(Delivery.state == wanted.state)
    if wanted.address_key is not None:
        rows = rows.where(Mailbox.address_key == wanted.address_key)
    return rows
