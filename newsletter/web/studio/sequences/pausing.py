"""A sequence pauses, and goes on: what either would do is said before it is done."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns import enrollment, timelines
from newsletter.campaigns.desk import missed, standing
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, reads
from newsletter.web.transaction import house


@reads(roles=WRITES)
def show(session: Session, slug: str) -> ResponseReturnValue:
    """What a pause holds back; of a paused sequence, what would go now."""
    sequence = timelines.find(session, slug)
    is_paused = sequence.state == "paused"
    return render_template(
        "studio/sequence_pause.html",
        sequence=sequence,
        is_paused=is_paused,
        missed=missed.of(session, sequence, house().clock.now()) if is_paused else None,
        people=standing.people(session, sequence),
    )


@changes()
def pause(session: Session, slug: str) -> ResponseReturnValue:
    """Hold everything back."""
    return _switched(session, slug, "paused", "Paused: nothing of it leaves until you resume.")


@changes()
def resume(session: Session, slug: str) -> ResponseReturnValue:
    """Go on: of each person's missed letters the newest that is still useful."""
    return _switched(session, slug, "on", "It goes on: nobody gets a letter that is too late.")


def _switched(session: Session, slug: str, state: str, says: str) -> ResponseReturnValue:
    act = enrollment.pause if state == "paused" else enrollment.resume
    try:
        act(session, slug)
    except Refused:
        # Somebody may have been faster; then it is as it should be.
        if timelines.find(session, slug).state != state:
            raise
    flash(says)
    return redirect(url_for("studio.sequence", slug=slug), 303)
