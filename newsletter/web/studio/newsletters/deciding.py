"""What is decided about a newsletter that is about to go or on its way: each one button, and one sentence after it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import shelf
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, reads
from newsletter.web.studio.newsletters import newsletter
from newsletter.web.transaction import house

AGAIN_A_DRAFT = "It is a draft again, and nobody got it."
NOT_BEGUN = "It has not begun, so there is nothing to cancel."


@changes()
def undo(session: Session, slug: str) -> ResponseReturnValue:
    """Within the two minutes: a draft again."""
    return _decide(session, slug, lambda: broadcasts.unschedule(session, slug), "Undone: nobody got it.")


@changes()
def unschedule(session: Session, slug: str) -> ResponseReturnValue:
    """Before it has begun: a draft again."""
    return _decide(session, slug, lambda: broadcasts.unschedule(session, slug), AGAIN_A_DRAFT)


@changes()
def now(session: Session, slug: str) -> ResponseReturnValue:
    """End the undo."""
    moment = house().clock.now()
    return _decide(session, slug, lambda: broadcasts.hurry(session, slug, moment), "It is going out now.")


@changes()
def pause(session: Session, slug: str) -> ResponseReturnValue:
    """Hold back what has not been handed over."""
    says = "Paused: nobody else gets it until you resume."
    return _decide(session, slug, lambda: broadcasts.pause(session, slug), says)


@changes()
def resume(session: Session, slug: str) -> ResponseReturnValue:
    """Go on where it was."""
    says = "It goes on where it was; nobody gets it twice."
    return _decide(session, slug, lambda: broadcasts.resume(session, slug), says)


@changes()
def decide(session: Session, slug: str) -> ResponseReturnValue:
    """Its moment passed while nobody was here: send it now, or make it a draft again."""
    sends = request.form.get("answer") == "send"

    def answer() -> None:
        if broadcasts.find(session, slug).state != "late":
            raise Refused("somebody has decided meanwhile")
        if sends:
            broadcasts.send(session, slug, house().clock.now())
        else:
            broadcasts.unschedule(session, slug)

    return _decide(session, slug, answer, "It goes out in two minutes." if sends else AGAIN_A_DRAFT)


@reads(roles=WRITES)
def ask_cancel(session: Session, slug: str) -> ResponseReturnValue:
    """What canceling does, to how many, and the name to type."""
    return newsletter.sure(session, slug, "cancel")


@changes()
def cancel(session: Session, slug: str) -> ResponseReturnValue:
    """Once it has begun: whoever has not got it gets nothing."""
    found = shelf.uncounted(session, slug)
    if not newsletter.is_typed(found):
        return newsletter.sure(session, slug, "cancel", newsletter.NOT_ITS_NAME), 400
    if found.started_at is None:
        return newsletter.page(session, slug, {"deed": NOT_BEGUN}), 400
    return _decide(session, slug, lambda: broadcasts.cancel(session, slug), "Canceled: nobody else gets it.")


def _decide(session: Session, slug: str, deed: Callable[[], object], says: str) -> ResponseReturnValue:
    """Do it and say so; or the same page with why not, for another tab may have been quicker."""
    shelf.uncounted(session, slug)
    try:
        deed()
    except Refused as refused:
        return newsletter.page(session, slug, {"deed": newsletter.sentence(refused)}), 400
    flash(says)
    return redirect(url_for("studio.newsletter", slug=slug), 303)
