"""What the clinic decided in its studio and not in its environment: one row for each thing, by name.

Whoever owns a name reads it with `get` and writes it with `put`; what a value means is the owner's business alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from newsletter.db import Base, insert_new


class StoredSetting(Base):
    """One thing decided in the studio. `set_by` points upward, at the staff, so no foreign key holds it."""

    __tablename__ = "stored_settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]
    set_at: Mapped[datetime]
    set_by: Mapped[int | None]


def get(session: Session, name: str) -> dict[str, Any]:
    """What is stored under `name`; empty where nobody decided anything."""
    return several(session, (name,)).get(name, {})


def several(session: Session, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is stored under those of `names` that somebody decided, in one statement."""
    rows = select(StoredSetting.name, StoredSetting.value).where(StoredSetting.name.in_(list(names)))
    return {name: dict(value) for name, value in session.execute(rows)}


def put(session: Session, name: str, value: dict[str, Any], by: int | None, now: datetime) -> None:
    """Store `value` under `name`, in place of what stood there; `by` is who of the staff, `now` the machine's time."""
    row = {"name": name, "value": value, "set_at": now, "set_by": by}
    if not insert_new(session, StoredSetting, [row], returning=StoredSetting.name):
        stored = session.scalars(
            select(StoredSetting).where(StoredSetting.name == name).with_for_update()
        ).one()
        stored.value, stored.set_at, stored.set_by = value, now, by
    session.flush()
