"""Live sequences whose letters wear an older brand than today's; their own words once more give them today's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsletter.campaigns.filing import current, placing
from newsletter.campaigns.filing.folders import SequenceFolder
from newsletter.campaigns.models import Sequence, Step
from newsletter.content.compiling import Source
from newsletter.content.models import Version
from newsletter.content.previewing import compiled_once
from newsletter.content.publishing import source_hash
from newsletter.content.wearing import worn


def undressed(session: Session) -> dict[str, str]:
    """Name by slug of each live sequence with a letter that looks otherwise than it would if it were used today."""
    brand = worn(session)
    return {
        slug: name
        for slug, name, source, digest in session.execute(_letters())
        if source_hash(Source(**source), brand) != digest
    }


def compile_ahead(session: Session) -> None:
    """Compile what `dress` will need, so that it need not while it holds the writer."""
    brand, behind = worn(session), undressed(session)
    for slug, _, source, _ in session.execute(_letters()):
        if slug in behind:
            compiled_once(Source(**source), brand)


def dress(session: Session, now: datetime) -> int:
    """Use the wording of every such sequence again, so that it wears today's brand; returns how many.

    No word, moment or condition changes; what waits in the queue keeps its looks. Raises Refused for a sequence that
    could not be used today, such as one whose topic is gone.
    """
    slugs = list(undressed(session))
    for slug in slugs:
        live = current.find(session, slug)
        if isinstance(live, SequenceFolder):
            placing.place_sequence(session, live, now)
    return len(slugs)


def _letters() -> Select[Any]:
    return (
        select(Sequence.slug, Sequence.name, Version.source, Version.source_hash)
        .join(Step, Step.timeline_id == Sequence.live_timeline_id)
        .join(Version, Version.id == Step.version_id)
        .order_by(Sequence.slug, Step.position)
    )
