"""What a request says of whoever sent it: kept as evidence of consent, counted by limits, never logged."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from newsletter.audience.consent import Evidence


def evidence(how: str, page: str) -> Evidence:
    """This request as evidence. `page` names the page without its token: a link is a key."""
    return Evidence(how, page, request.remote_addr, user_agent(), request.form.get("shown", ""))


def user_agent() -> str | None:
    """What the browser calls itself, cut to a length worth keeping."""
    return request.headers.get("User-Agent", "")[:300] or None


def came_from() -> str | None:
    """The page that held the form, without query and fragment; None where the browser does not say."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:200] if parts.netloc else None
