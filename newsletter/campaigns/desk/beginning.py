"""A sequence begins on the desk: as a draft with one empty letter, or as a copy of another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from newsletter.campaigns.desk import arranging, drafting, naming
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing.folders import SEQUENCE_FILE
from newsletter.campaigns.models import CampaignDraft

FIRST = {"key": "first-letter", "file": "first-letter.md", "subject": "", "after": "2h", "until": "7d"}


def begin(
    session: Session, name: str, topics: Sequence[str], staff_id: int, now: datetime, *, reentry: bool = False
) -> CampaignDraft:
    """A new sequence for sign-ups to one of `topics`, none: any; its first letter comes two hours after.

    `reentry`: whoever comes back starts again. Raises Refused for a name that is none, or too long.
    """
    name = naming.named(name)
    table: dict[str, Any] = {"name": name, "class": "marketing", "trigger": "confirmed"}
    table |= {"topics": list(topics), "reentry": reentry, "step": [dict(FIRST)]}
    papers = Papers(SEQUENCE_FILE, table, {FIRST["file"]: ""})
    return drafting.put_anew(session, name, papers, staff_id, now)


def duplicate(session: Session, slug: str, name: str, staff_id: int, now: datetime) -> CampaignDraft:
    """A sequence with the letters of another, as they are on the desk, under a name of its own; nobody is in it.

    Raises NotFound, a newsletter's name among others, and Refused for a name that is none, or too long.
    """
    copy, _ = drafting.papers(session, slug)
    arranging.folder(slug, copy)
    copy.table["name"] = naming.named(name)
    return drafting.put_anew(session, name, copy, staff_id, now)
