"""Who may open what. Closed unless opened: a studio page whose view does not say who may open it is for nobody.

Visitors' and operators' pages are open. A view of the studio is opened by one of the words below, which also says what
it does: `reads` looks, `changes` writes in one transaction and goes into the log of what was done, `practises` turns
the clock, `door` is where one comes in. What role sees whom: owner, marketer and clinician see people, a viewer counts
and wordings only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, make_response, request
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import audit
from newsletter.staff import visits
from newsletter.staff.visits import Colleague
from newsletter.web.transaction import house, in_transaction

P = ParamSpec("P")
View = Callable[Concatenate[Session, P], ResponseReturnValue]

ANYONE = frozenset({"owner", "marketer", "clinician", "viewer"})
SEES_PEOPLE = frozenset({"owner", "marketer", "clinician"})
WRITES = frozenset({"owner", "marketer"})
OWNS = frozenset({"owner"})

OPEN = frozenset({"site", "health"})


@dataclass(frozen=True)
class Place:
    """Who may open a view, None for whoever comes in; whether it is for practice only; whether it changes something."""

    roles: frozenset[str] | None
    practice: bool = False
    writes: bool = False


AT_HOME = frozenset({"127.0.0.1", "localhost", "::1"})


def reads(
    *, roles: frozenset[str] = ANYONE, practice: bool = False
) -> Callable[[View[P]], Callable[P, ResponseReturnValue]]:
    """Open a view that only looks. With `practice` it exists in practice only, and is open at this very computer."""

    def open_it(view: View[P]) -> Callable[P, ResponseReturnValue]:
        return _placed(in_transaction(view), roles, practice=practice)

    return open_it


def changes(*, roles: frozenset[str] = WRITES) -> Callable[[View[P]], Callable[P, ResponseReturnValue]]:
    """Open a view that writes: one transaction, and one line in the log of what was done, or neither.

    An answer of 400 or more changes nothing. What the log should know beside the address's own parts: `remark`; what it
    need not know at all: `unremarked`.
    """

    def open_it(view: View[P]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def with_session(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            with house().database.writing.begin() as session:
                answer = make_response(view(session, *args, **kwargs))
                if answer.status_code >= 400:
                    session.rollback()
                elif g.remarks is not None:
                    act = (request.endpoint or "").removeprefix("studio.")
                    audit.note(session, me().id, act, {**kwargs, **g.remarks}, house().clock.machine())
                return answer

        return _placed(with_session, roles, writes=True)

    return open_it


def door(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Open a view for whoever is not signed in yet."""
    return _placed(view, None)


def practises(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Open a view that lives through time in practice: many transactions, none of them the request's."""
    return _placed(view, WRITES, practice=True, writes=True)


def remark(**facts: Any) -> None:
    """Add to this request's line in the log of what was done: ids and slugs, never an address or a name."""
    g.remarks = (g.remarks or {}) | facts


def unremarked() -> None:
    """Keep this request out of the log: it changed nothing, or goes on with what the log has a line of already."""
    g.remarks = None


def me() -> Colleague:
    """Who is signed in; 401 for nobody."""
    if g.get("me") is None:
        abort(401)
    return cast("Colleague", g.me)


def guard(app: Flask) -> None:
    """Ask at the door, before any view runs."""
    app.before_request(_refuse_strangers)
    app.context_processor(lambda: {"me": g.get("me")})


def is_at_home() -> bool:
    """Whether the browser runs on this computer and knows it.

    The Host is asked too: a page elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding), not this one.
    Forwarding headers mean that someone else stands behind a proxy that we were not told of.
    """
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return near and urlsplit(f"//{request.host}").hostname in AT_HOME


def _placed(
    view: Callable[P, ResponseReturnValue],
    roles: frozenset[str] | None,
    *,
    practice: bool = False,
    writes: bool = False,
) -> Callable[P, ResponseReturnValue]:
    view.place = Place(roles, practice, writes)  # type: ignore[attr-defined]
    return view


def _refuse_strangers() -> None:
    g.remarks = {}
    if request.endpoint is None or request.blueprint in OPEN or request.endpoint == "static":
        return
    place = place_of(current_app.view_functions[request.endpoint])
    if place is None or (place.practice and not house().settings.practice):
        abort(404)
    g.me = _whoever_is_signed_in()
    if place.roles is None or (place.practice and g.me is None and is_at_home()):
        return
    if me().role not in place.roles:
        abort(403)


def place_of(view: object) -> Place | None:
    """Who may open a view and what it does; None for one that nobody has placed."""
    return cast("Place | None", getattr(view, "place", None))


def _whoever_is_signed_in() -> Colleague | None:
    key = visit.get("staff")
    if not isinstance(key, str):
        return None
    with house().database.reading() as session:
        return visits.find(session, key, house().clock.machine())
