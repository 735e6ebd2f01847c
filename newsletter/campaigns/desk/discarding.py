"""A newsletter that nobody wants any more: its draft goes, and a row that was placed before is marked as let go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.models import Broadcast


def discard(session: Session, slug: str, now: datetime) -> None:
    """Discard a newsletter that was never sent. Raises Refused for one in use, NotFound where there is none."""
    placed = session.scalar(select(Broadcast.id).where(Broadcast.slug == slug))
    if placed is not None:
        broadcasts.let_go(session, slug, now)
    if placed is None or drafting.open_draft(session, slug) is not None:
        drafts.discard(session, slug, now)
