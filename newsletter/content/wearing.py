"""What the letters of this clinic wear from now on: its brand, as the studio stored it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.content import brand
from newsletter.content.brand import Brand


def worn(session: Session) -> Brand:
    """The brand that whatever is compiled now gets."""
    return brand.read(stored.get(session, brand.NAME))


def wear(session: Session, new: Brand, by: int, now: datetime) -> None:
    """Make `new` the brand of whatever is compiled from now on; `by` is who of the staff, `now` the machine's time."""
    stored.put(session, brand.NAME, asdict(new), by, now)
