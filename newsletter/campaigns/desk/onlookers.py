"""Whom a letter is shown to while it is written: a new reader with a name or without, or one of the people."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Topic
from newsletter.campaigns import dispatch, rehearsing
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.filing import files
from newsletter.campaigns.filing.bodies import KeptFolder
from newsletter.campaigns.filing.folders import BadFolder, SequenceFolder
from newsletter.campaigns.rehearsing import Letter
from newsletter.clinic import Clinic
from newsletter.errors import NotFound
from newsletter.links import Links

Onlooker = Literal["named", "unnamed"] | int
"""A new reader who gave her name or did not, or the id of one of the people."""

STAND_IN = "Reader"
NO_READER = "/look/a-test"
"""Where a link for stopping or choosing leads in a letter that belongs to no reader: to a page that says so."""


def everybody(clinic: Clinic, links: Links) -> dict[str, Any]:
    """Pure: what every reader has: the clinic's facts, and links that here belong to nobody and stop nothing."""
    nowhere = links.url(NO_READER)
    return {**clinic.fields(), "preferences_url": nowhere, "unsubscribe_url": nowhere}


def known(
    session: Session, who: Onlooker, slug: str, papers: Papers, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """What is known of `who`, as a letter of `papers` may ask; a new one confirmed just now, in `zone`.

    Raises NotFound for somebody who is not there.
    """
    listed = {"letters": _letters(slug, papers, zone, now)}
    if isinstance(who, int):
        person = session.get(Subscriber, who)
        if person is None:
            raise NotFound("this person is not on the list any more")
        return dispatch.person_fields(session, [person])[person.id] | listed
    topics = list(session.scalars(select(Topic.slug).order_by(Topic.position)))
    name = {"first_name": STAND_IN} if who == "named" else {}
    return {"topics": topics, **name, **listed}


def _letters(slug: str, papers: Papers, zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """The letters of a sequence with their days, as a letter may list them; none where it cannot be read yet."""
    try:
        folder = files.read(KeptFolder(slug, papers.files))
    except BadFolder:
        return []
    if not isinstance(folder, SequenceFolder) or folder.kind != "marketing":
        return []
    letters = [Letter(step.plan, step.subject) for step in folder.steps]
    coming = rehearsing.rehearse(letters, now, zone, HOURS)
    return rehearsing.listed((each.subject, each.at) for each in coming)
