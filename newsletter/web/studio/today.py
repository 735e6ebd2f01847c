"""Today: is mail going out, what needs me, what goes out."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.insights import first_run, today
from newsletter.insights.first_run import FirstRun
from newsletter.web.access import WRITES, me, reads
from newsletter.web.studio.practice.inbox import A_MINUTE
from newsletter.web.studio.rail import may_open
from newsletter.web.transaction import house

FORMS = {"form:site": "Sign-up page", "form:embed": "The form on another page"}


@reads()
def show(session: Session) -> ResponseReturnValue:
    """The studio's first page."""
    clock, zone = house().clock, house().settings.clinic.zone
    return render_template(
        "studio/today.html",
        today=today.read(session, clock.now(), clock.machine(), zone),
        first_run=_first_run(session),
        turned=_is_turned(),
        page_of=page_of,
        source_of=source_of,
    )


def page_of(slug: str, *, is_issue: bool) -> str:
    """Where one reads about a newsletter or a sequence; empty where there is no such page for whoever looks."""
    endpoint = "studio.newsletter" if is_issue else "studio.sequence"
    return url_for(endpoint, slug=slug) if may_open(endpoint) else ""


def source_of(source: str) -> str:
    """Where people came from, in words: "form:site" is our own page; a form elsewhere says its name."""
    kind, _, name = source.partition(":")
    return FORMS.get(source) or (f"Form “{name}”" if kind == "form" and name else source)


def _first_run(session: Session) -> FirstRun | None:
    """In practice, for whoever may write, until it is over."""
    if not house().settings.practice or me().role not in WRITES:
        return None
    found = first_run.read(session, turned=_is_turned())
    return None if found.is_over else found


def _is_turned() -> bool:
    return house().clock.now() - house().clock.machine() > A_MINUTE
