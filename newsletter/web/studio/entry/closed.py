"""What somebody sees where she may not go: the way in, or who could help her."""

from __future__ import annotations

from flask import current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from wtforms import ValidationError

from newsletter.staff import roll
from newsletter.web.access import is_at_home, me, place_of
from newsletter.web.errors import wants_json
from newsletter.web.studio.entry import arriving
from newsletter.web.transaction import house

SIGN_IN = "Sign in to the studio first."


def to_strangers(_refusal: HTTPException) -> ResponseReturnValue:
    """The way in, at the address that was asked for. What a form held waits in the page: nothing typed is lost."""
    if wants_json():
        return jsonify(error=SIGN_IN), 401
    if request.method != "POST":
        return way_in(status=401)
    return render_template("studio/lapsed.html", kept=_kept()), 401


def way_in(*, status: int, address: str = "", wrong: str = "", wait: str = "") -> ResponseReturnValue:
    """The sign-in page. `wrong` stands at the password, `wait` says when to try again."""
    asked = request.form.get("to", "") or request.full_path.rstrip("?")
    page = render_template(
        "studio/sign_in.html",
        way=_way(),
        to=arriving.own_page(asked),
        address=address,
        wrong=wrong,
        wait=wait,
    )
    return page, status


def to_colleagues(_refusal: HTTPException) -> ResponseReturnValue:
    """In plain words: what she may not do, and whom to ask."""
    place = place_of(current_app.view_functions.get(request.endpoint or ""))
    able = [name for role, name in roll.ROLES.items() if place and place.roles and role in place.roles]
    if wants_json():
        return jsonify(error=f"This is for {' and '.join(able)} only."), 403
    return render_template("studio/refused.html", able=able, mine=roll.ROLES[me().role]), 403


def _way() -> str:
    if not house().settings.practice:
        return "keys"
    return "button" if is_at_home() else "printed"


def _kept() -> list[tuple[str, str]]:
    """What the form held, to be sent again; nothing of a form that was not this browser's own, and no password."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return []
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]
