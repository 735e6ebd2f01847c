"""The practice inbox: what arrived, as it looks; nothing of it left this computer."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.delivery.models import PracticeLetter
from newsletter.web.access import SEES_PEOPLE, reads
from newsletter.web.studio.practice import letters
from newsletter.web.studio.practice.letters import Letter
from newsletter.web.transaction import house

A_MINUTE = timedelta(minutes=1)  # the two clocks are read one after the other
PER_PAGE = 50
VIEWS = ("desktop", "phone", "text", "raw")
STREAMS = {
    "marketing": "News",
    "care": "Care",
    "account": "Account",
    "staff": "For staff",
    "test": "Test",
}
# A letter brings its own styles, inline as e-mails must, and may do nothing else: no script, no form, no other host.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@reads(roles=SEES_PEOPLE, practice=True)
def show(session: Session, typed: str = "", wrong: str = "") -> ResponseReturnValue:
    """Newest first, and the clock; `wrong` stands at the clock's field, with what was `typed` there."""
    before = request.args.get("before", type=int)
    rows = select(PracticeLetter).order_by(PracticeLetter.id.desc()).limit(PER_PAGE + 1)
    found = session.scalars(rows.where(PracticeLetter.id < before) if before else rows).all()
    page = [letters.read(row) for row in found[:PER_PAGE]]
    count = session.scalar(select(func.count()).select_from(PracticeLetter)) or 0
    clock = house().clock
    shown = render_template(
        "studio/inbox.html",
        letters=page,
        count=count,
        streams=STREAMS,
        older=url_for("studio.inbox", before=page[-1].id) if len(found) > PER_PAGE else "",
        newer=url_for("studio.inbox") if before else "",
        ahead=clock.now() - clock.machine() > A_MINUTE,
        span=typed,
        wrong=wrong,
    )
    return shown, 400 if wrong else 200


@reads(roles=SEES_PEOPLE, practice=True)
def letter(session: Session, number: int) -> ResponseReturnValue:
    """One letter: on a desktop, on a phone, light or dark, as text, as bytes."""
    view = request.args.get("view", "desktop")
    if view not in VIEWS:
        abort(404)
    found = _read(session, number)
    dark = request.args.get("dark") == "1"
    return render_template("studio/letter.html", letter=found, view=view, dark=dark, streams=STREAMS)


@reads(roles=SEES_PEOPLE, practice=True)
def html(session: Session, number: int) -> ResponseReturnValue:
    """The letter itself, for a frame without scripts; its links open a new tab, outside the frame's walls."""
    body = letters.framed(_read(session, number).html, dark=request.args.get("dark") == "1")
    return body, 200, {"Content-Security-Policy": FRAME_POLICY}


@reads(roles=SEES_PEOPLE, practice=True)
def raw(session: Session, number: int) -> ResponseReturnValue:
    """The bytes as received."""
    answer = Response(_row(session, number).raw, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename={number}.eml"
    return answer


def _read(session: Session, number: int) -> Letter:
    return letters.read(_row(session, number))


def _row(session: Session, number: int) -> PracticeLetter:
    row = session.get(PracticeLetter, number)
    if row is None:
        abort(404)
    return row
