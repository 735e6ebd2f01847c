"""Pictures for letters: brought once, made ready at once, shown anywhere; thrown away while nobody shows them."""

from __future__ import annotations

import threading
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import shown
from newsletter.content import encoding, gallery
from newsletter.content.encoding import MOST_BYTES, Encoded, PictureRefused
from newsletter.content.models import Picture
from newsletter.content.wearing import worn
from newsletter.web.access import WRITES, changes, reads, remark
from newsletter.web.transaction import house

LISTED = 200
# A large one takes 260 MB while it is read: never two at once in one process.
ONE_AT_A_TIME = threading.Lock()


@changes(roles=WRITES)
def bring(session: Session) -> ResponseReturnValue:
    """Keep the field `picture` of a form: JSON for a script, back to the page that says so where a form sent it."""
    listed = request.form.get("page") == "list"
    try:
        name, ready = opened()
    except PictureRefused as problem:
        wrong = sentence(problem)
        return _page(session, wrong) if listed else (jsonify(wrong=wrong), 400)
    kept = keep(session, name, ready)
    if not listed:
        return jsonify(_told(kept) | ({"remark": ready.remark} if ready.remark else {})), 201
    flash(f"“{kept.name}” is here, {kept.width} by {kept.height}. {ready.remark}".strip())
    return redirect(url_for("studio.pictures"), 303)


@reads(roles=WRITES)
def choose(session: Session) -> ResponseReturnValue:
    """The newest pictures, for whoever puts one into a letter."""
    return jsonify([_told(each) for each in gallery.newest(session, LISTED)])


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """All pictures that are here, with where each is shown."""
    return _page(session)


@changes(roles=WRITES)
def delete(session: Session, number: int) -> ResponseReturnValue:
    """Throw one away that no letter shows and none has shown: mailboxes fetch it from here for years."""
    picture = session.get(Picture, number) or abort(404)
    logo = gallery.at(session, worn(session).logo)
    if picture is logo or picture.digest in shown.places(session) or gallery.was_published(session, picture):
        return _page(session, kept=picture.id)
    gallery.discard(session, house().settings.data_dir, picture)
    flash(f"“{picture.name}” is gone.")
    return redirect(url_for("studio.pictures"), 303)


def opened() -> tuple[str, Encoded]:
    """The name of the file `picture` of this request, and the picture in it. Raises PictureRefused.

    For a view's first line, before it asks its session anything: this takes longer than a writer may be held.
    """
    file = request.files.get("picture")
    if file is None or not file.filename:
        raise PictureRefused("no file was chosen; right would be a JPEG, PNG, WebP or GIF")
    data = file.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise PictureRefused(encoding.too_large(file.stream.seek(0, 2)))
    with ONE_AT_A_TIME:
        return file.filename, encoding.encode(data)


def keep(session: Session, name: str, ready: Encoded) -> Picture:
    """Keep what was opened, and say so in the log."""
    kept = gallery.keep(session, house().settings.data_dir, ready, name, house().clock.machine())
    remark(picture=kept.id)
    return kept


def sentence(problem: PictureRefused) -> str:
    """What to say at the field."""
    return f"{problem.line[:1].upper()}{problem.line[1:]}."


def _page(session: Session, wrong: str = "", kept: int = 0) -> tuple[str, int]:
    """The list; 400 with what is `wrong` with a file, or with the number of the picture that has to be `kept`."""
    page = render_template(
        "studio/pictures.html",
        pictures=gallery.newest(session, LISTED),
        places=shown.places(session),
        logo=gallery.at(session, worn(session).logo),
        address=gallery.address_of,
        most=LISTED,
        wrong=wrong,
        kept=kept,
    )
    return page, 400 if wrong or kept else 200


def _told(picture: Picture) -> dict[str, Any]:
    return {
        "address": house().links.url(gallery.address_of(picture)),
        "width": picture.width,
        "height": picture.height,
        "name": picture.name,
    }
