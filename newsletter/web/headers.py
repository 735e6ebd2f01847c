"""What every answer says to the browser: load nothing from elsewhere, run nothing inline, keep nothing."""

from __future__ import annotations

from flask import Flask, Response, request

# No `unsafe-*` anywhere. A page may override this for itself: the practice inbox does, for the letter in its frame.
POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "connect-src 'self'; "
    "frame-src 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Our paths carry tokens: no other host may see them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}

# Other sites carry our form: their pages may load its script, send it, and read the answer; without cookies, which
# `*` rules out. A body of JSON makes browsers ask first (Fetch standard, "CORS-preflight request").
FOR_OTHER_SITES = frozenset({"site.embed", "site.subscribe"})
TO_OTHER_SITES = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def dress(app: Flask) -> None:
    """Put the headers on every answer, those of errors and static files included."""
    https = app.config["SESSION_COOKIE_SECURE"]

    @app.after_request
    def add(response: Response) -> Response:
        if request.endpoint in FOR_OTHER_SITES:
            response.headers.update(TO_OTHER_SITES)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint not in {"static", "site.front"}:
            response.headers.setdefault("X-Robots-Tag", "noindex")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
