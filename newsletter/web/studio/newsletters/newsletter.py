"""One newsletter, as it stands: being written, about to go, on its way, gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import subscriptions
from newsletter.campaigns import broadcasts
from newsletter.campaigns.archive import Place
from newsletter.campaigns.desk import shelf, tallying, telling
from newsletter.campaigns.desk.naming import LONGEST_NAME
from newsletter.campaigns.desk.shelf import Newsletter
from newsletter.campaigns.models import Broadcast
from newsletter.content.anonymous import for_anybody
from newsletter.content.compiling import Source
from newsletter.content.models import Version
from newsletter.content.refusals import ContentRefused
from newsletter.errors import Refused
from newsletter.web.access import reads
from newsletter.web.transaction import house

NOT_ITS_NAME = "That is not its name. Type it as it stands above."
# In its frame a letter may show itself and open its links, and nothing else.
FRAMED = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; "
    "frame-ancestors 'self'; base-uri 'none'"
)


@reads()
def show(session: Session, slug: str) -> ResponseReturnValue:
    """The page of one newsletter; what can be done with it depends on where it is."""
    return page(session, slug)


@reads()
def progress(session: Session, slug: str) -> ResponseReturnValue:
    """How far it is, asked every two seconds; where its state is another by now, the whole page is asked for again."""
    found = shelf.find(session, slug, house().clock.now())
    answer = make_response(render_template("studio/_progress.html", **_standing(found)))
    if found.state != request.args.get("was"):
        answer.headers["HX-Refresh"] = "true"
    return answer


@reads()
def letter(session: Session, slug: str) -> ResponseReturnValue:
    """The words that were placed, for a frame: as anybody may read them, for no reader in particular."""
    words = select(Version.source).join(Broadcast, Broadcast.version_id == Version.id)
    source = session.scalar(words.where(Broadcast.slug == slug))
    if source is None:
        abort(404)
    home = house().links.base_url.rstrip("/")
    try:
        reading = for_anybody(Source(**source), Place(house().settings.clinic, home).facts, home)
    except ContentRefused:
        reading = None
    answer = make_response(render_template("studio/newsletter_letter.html", reading=reading))
    answer.headers["Content-Security-Policy"] = FRAMED
    return answer


def page(
    session: Session, slug: str, wrong: Mapping[str, str] | None = None, *, copy_name: str | None = None
) -> str:
    """The page as HTML; `wrong` is what could not be done, by field, "deed" for a button."""
    found = shelf.find(session, slug, house().clock.now())
    proposed = f"{found.name[: LONGEST_NAME - 7]}, again"
    return render_template(
        "studio/newsletter.html",
        topics={topic.slug: topic.name for topic in subscriptions.topics(session)},
        tally=tallying.lines(session, slug) if found.started_at else [],
        wrong=wrong or {},
        copy_name=proposed if copy_name is None else copy_name,
        **_standing(found),
    )


def sure(session: Session, slug: str, deed: str, wrong: str = "") -> str:
    """The page that asks before `deed`, discard or cancel; what it will do, to how many, and the name to type."""
    return render_template(
        "studio/newsletter_sure.html",
        deed=deed,
        wrong=wrong,
        typed=request.form.get("name", ""),
        **_standing(shelf.find(session, slug, house().clock.now())),
    )


def is_typed(newsletter: Newsletter) -> bool:
    """Whether the form holds the newsletter's name; capitals and spaces do not matter."""
    return request.form.get("name", "").casefold().split() == newsletter.name.casefold().split()


def sentence(refused: Refused) -> str:
    """A refusal as it stands at a field: with a capital, and a full stop at its end."""
    line = refused.line[:1].upper() + refused.line[1:]
    return line if line.endswith((".", "?", "!")) else f"{line}."


def _standing(found: Newsletter) -> dict[str, Any]:
    now, zone = house().clock.now(), house().settings.clinic.zone
    undo = broadcasts.in_undo(found.state, found.starts_at, now)
    return {
        "newsletter": found,
        "chip": telling.chip(found, zone, now),
        "subject": telling.subject(found, house().settings.clinic.fields()),
        "when": telling.when(found, zone, now),
        "undo": undo,
        "remaining": telling.remaining(found, now),
        "seconds": telling.seconds_left(found, now),
        "moves": undo or (found.started_at is not None and not found.settled),
    }
