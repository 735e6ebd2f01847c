"""Who may open what. Closed unless opened: a page that nobody has placed here is for nobody.

Visitors' and operators' pages are open. The studio exists in practice only until sign-in is built, and there for two:
someone at this very computer, and whoever came by the one-time link that `newsletter up` prints.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, abort, request, session

from newsletter.web.transaction import house

OPEN = frozenset({"site", "health"})
DOORS = frozenset({"static", "studio.entrance", "studio.enter"})
AT_HOME = frozenset({"127.0.0.1", "localhost", "::1"})


def guard(app: Flask) -> None:
    """Ask at the door, before any view runs."""
    app.before_request(_refuse_strangers)


def _refuse_strangers() -> None:
    if request.endpoint is None or request.blueprint in OPEN or request.endpoint == "static":
        return
    if request.blueprint != "studio" or not house().settings.practice:
        abort(404)
    if request.endpoint not in DOORS and not (session.get("entered") or _is_at_home()):
        abort(401)


def _is_at_home() -> bool:
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
