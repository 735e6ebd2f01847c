"""`/media/<digest>-600x400.jpg`: a picture of a letter, for mail programs and past issues; kept by caches for ever."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.content import gallery, pictures
from newsletter.web.transaction import house, in_transaction

YEAR = 365 * 24 * 3600  # seconds


@in_transaction
def show(session: Session, name: str) -> ResponseReturnValue:
    """The bytes; 404 for any address that we did not give out ourselves."""
    asked = pictures.ADDRESS.fullmatch(f"/media/{name}")
    found = gallery.find(session, asked[1]) if asked else None
    if found is None or gallery.address_of(found) != f"/media/{name}":
        abort(404)
    try:
        data = gallery.file_of(house().settings.data_dir, found.digest).read_bytes()
    except FileNotFoundError:
        abort(404)
    answer = Response(data, mimetype=found.media_type)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    answer.set_etag(found.digest)
    # Mail programs in a browser show it on pages of their own.
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer.make_conditional(request)
