"""`/archive/`, `/archive/<slug>` and `/archive.xml`: past issues, for anybody who comes by and for feed readers.

NEWSLETTER_ARCHIVE says who may find them: `open`, `noindex` (not through a search engine), or `off`.
"""

from __future__ import annotations

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns import archive
from newsletter.campaigns.archive import Place
from newsletter.web.site import feed
from newsletter.web.transaction import house, in_transaction

MOST_PAGES = 1_000


@in_transaction
def listed(session: Session) -> ResponseReturnValue:
    """The issues, newest first, fifty to a page."""
    place = _place()
    number = request.args.get("page", default=1, type=int)
    if not 1 <= number <= MOST_PAGES:
        abort(404)
    page = archive.issues(session, place, house().clock.now(), page=number)
    if number > 1 and not page.issues and not page.more:
        abort(404)
    path = "/archive/" if number == 1 else f"/archive/?page={number}"
    return _answer(render_template("site/archive.html", page=page, number=number, canonical=_url(path)))


@in_transaction
def issue(session: Session, slug: str) -> ResponseReturnValue:
    """One issue as a page of ours, for no reader in particular."""
    found = archive.issue(session, _place(), slug, house().clock.now())
    return _answer(
        render_template(
            "site/issue.html", issue=found, reading=found.reading, canonical=_url(f"/archive/{slug}")
        )
    )


@in_transaction
def rss(session: Session) -> ResponseReturnValue:
    """The newest issues, whole, as RSS 2.0."""
    newest = archive.issues(session, _place(), house().clock.now(), most=feed.MOST).issues
    clinic = house().settings.clinic
    response = make_response(feed.rss(newest, feed.Channel(clinic.name, house().links.base_url)))
    response.content_type = "application/rss+xml; charset=utf-8"
    response.last_modified = max(each.at for each in newest) if newest else None
    return _answer(response)


def _place() -> Place:
    if house().settings.archive == "off":
        abort(404)
    return Place(house().settings.clinic, house().links.base_url.rstrip("/"))


def _url(path: str) -> str:
    return house().links.url(path)


def _answer(body: str | Response) -> Response:
    """Nobody's page in particular: browsers may keep it, and ask whether it has changed (RFC 9110 section 13)."""
    response = make_response(body)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "all" if house().settings.archive == "open" else "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response
