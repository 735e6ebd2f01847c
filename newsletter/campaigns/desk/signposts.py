"""Links of a letter that lead to ourselves: whether there is such a page, and whether it is one for every reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.models import Broadcast
from newsletter.content import gallery
from newsletter.content.pictures import ADDRESS

OPEN = {"", "/", "/archive", "/archive/", "/archive.xml", "/what-we-keep"}
# The first part of a path that belongs to one reader: pasted from a letter that somebody got.
HERS = {"u": "unsubscribe_url", "preferences": "preferences_url"}
OF_ONE_READER = {"confirm", "data", "move", "check", "c", "care", "look"}


def astray(session: Session, targets: Iterable[str], html: str, home: str) -> list[str]:
    """A line for each of a letter's `targets` that lead nowhere here, and for pictures in its `html` that are gone.

    `home` is the address that our own pages begin with.
    """
    here = urlsplit(home).netloc.lower()
    paths = {link: urlsplit(link).path for link in targets if _host(link) == here}
    said = [line for link, path in paths.items() for line in _of_a_page(session, link, path)]
    digests = {found[1] for found in ADDRESS.finditer(html)}
    gone = [each for each in digests if gallery.find(session, each) is None]
    return said + ["a picture is no longer here; put in another"] * bool(gone)


def _host(link: str) -> str:
    try:
        return urlsplit(link).netloc.lower()
    except ValueError:  # said by the letter's own reading already
        return ""


def _of_a_page(session: Session, link: str, path: str) -> Iterator[str]:
    first, _, rest = path.lstrip("/").partition("/")
    if path in OPEN:
        return
    if first in HERS:
        right = f"{{{{ {HERS[first]} }}}}"
        yield f"{_short(link)} is the link of one reader, whom alone it would serve; right would be {right}"
    elif first in OF_ONE_READER:
        yield f"{_short(link)} is a link of one person alone; other readers cannot use it"
    elif first == "studio":
        yield f"{_short(link)} leads into the studio, where no reader comes in"
    elif first == "archive" and rest:
        yield from _of_an_issue(session, link, unquote(rest.rstrip("/")))
    elif first != "media" or gallery.at(session, path) is None:
        yield f"{_short(link)} is no page of ours"


def _of_an_issue(session: Session, link: str, slug: str) -> Iterator[str]:
    found = session.execute(
        select(Broadcast.archived, Broadcast.started_at).where(Broadcast.slug == slug)
    ).first()
    if found is None:
        yield f"{_short(link)} is no past issue"
    elif not found.archived:
        yield f"{_short(link)} is an issue that does not stand in the archive"
    elif found.started_at is None:
        yield f"{_short(link)} is an issue that has not gone out yet"


def _short(link: str) -> str:
    return link if len(link) <= 80 else f"{link[:77]}…"
