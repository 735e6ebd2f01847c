"""Sign-up forms with words of their own: for another page, for the wall, for one occasion.

A form says which topics it is for, or leaves that to later, and whether it asks for a first name. Who came by it
carries its slug as her source, `form:<slug>`, and agreed to its words. A form that is not kept here still works under
its name, with the words of the sign-up page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Form, Subscriber, Subscription
from newsletter.audience.plaintext import plain
from newsletter.audience.rewording import FORM_PARTS, LONGEST, cleaned, keep_all, parts_of_form
from newsletter.audience.subscriptions import offered as can_be_chosen
from newsletter.audience.topics import free_slug
from newsletter.audience.wordings import Parts, Words, joined
from newsletter.errors import NotFound, Refused

LONGEST_NAME = 80
TAKEN = frozenset({"site", "embed", "json"})
"""Sources that mean something already: our own page, a form elsewhere without a name, a program."""


class NotAForm(Refused):
    """What was typed makes no form; `field` is the one that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Draft:
    """What somebody typed of a form. Empty words are those of the sign-up page, no topics: all that are offered."""

    name: str
    words: Mapping[str, str]
    topics: tuple[str, ...] = ()
    asks_name: bool = False


@dataclass(frozen=True)
class Standing:
    """A form as a visitor meets it: what it prints, which topics it is for or asks about, whether it asks a name.

    `topics` are those that somebody gets who chooses none: all that can be chosen where it is empty.
    """

    slug: str
    parts: Parts
    topics: tuple[str, ...] = ()
    asks_name: bool = False

    @property
    def words(self) -> Words:
        """The text that people agree to by it."""
        return joined("sign-up", self.parts)

    @property
    def asks_topics(self) -> bool:
        """Whether people choose topics on the form itself."""
        return "question" in self.parts


@dataclass(frozen=True)
class Came:
    """How many people came by a form, and how many of them get letters now."""

    people: int = 0
    stayed: int = 0


def every(session: Session) -> list[Form]:
    """Those in use first, each in the order they were made."""
    return sorted(
        session.scalars(select(Form).order_by(Form.id)), key=lambda form: form.retired_at is not None
    )


def find(session: Session, slug: str) -> Form | None:
    """The form of this slug, retired or not."""
    return session.scalar(select(Form).where(Form.slug == slug))


def standing(session: Session, slug: str, sign_up: Parts) -> Standing:
    """The form of this name for a visitor, retired or not; `sign_up` is what the sign-up page says now.

    A name that is no form's is the sign-up page's own form, counted under that name.
    """
    form = None if slug in TAKEN else find(session, slug)
    if form is None:
        return Standing(slug, sign_up)
    topics: tuple[str, ...] = ()
    if form.topics:
        topics = tuple(each.slug for each in can_be_chosen(session) if each.slug in form.topics)
    return Standing(slug, parts_of_form(sign_up, form.words), topics, form.asks_name)


def get(session: Session, slug: str) -> Form:
    """As `find`; raises NotFound."""
    form = find(session, slug)
    if form is None:
        raise NotFound(f"there is no form “{slug:.40}”")
    return form


def add(session: Session, draft: Draft, offered: Collection[str], now: datetime) -> Form:
    """A new one; its slug comes from its name and never changes. `offered` are the topics there are.

    Raises NotAForm.
    """
    taken = TAKEN | set(session.scalars(select(Form.slug)))
    form = Form(slug=free_slug(draft.name, taken), created_at=now, **_checked(draft, offered))
    session.add(form)
    session.flush()
    keep_all(session, now)
    return form


def change(session: Session, slug: str, draft: Draft, offered: Collection[str], now: datetime) -> Form:
    """Say something else from now on; who came before agreed to what it said then. Raises NotAForm, NotFound."""
    form = get(session, slug)
    for name, value in _checked(draft, {*offered, *form.topics}).items():
        setattr(form, name, value)
    session.flush()
    keep_all(session, now)
    return form


def set_retired(session: Session, slug: str, at: datetime | None) -> Form:
    """Take a form out of the list of those in use, or back into it (None). Raises NotFound.

    Its address goes on working: a poster may hang for years.
    """
    form = get(session, slug)
    form.retired_at = at
    session.flush()
    return form


def with_topic(session: Session, slug: str) -> list[Form]:
    """The forms in use that are for this topic."""
    return [form for form in every(session) if slug in form.topics and form.retired_at is None]


def came_by(session: Session) -> dict[str, Came]:
    """Slug -> who came by that form, whether it is kept here or not."""
    stayed = select(Subscription.id).where(
        Subscription.subscriber_id == Subscriber.id, Subscription.state == "confirmed"
    )
    rows = session.execute(
        select(Subscriber.source, stayed.exists().label("stays"), func.count())
        .where(Subscriber.source.startswith("form:"))
        .group_by(Subscriber.source, "stays")
    )
    found: dict[str, Came] = {}
    for source, stays, number in rows:
        slug = source.removeprefix("form:")
        before = found.get(slug, Came())
        found[slug] = Came(before.people + number, before.stayed + (number if stays else 0))
    return found


def _checked(draft: Draft, offered: Collection[str]) -> dict[str, Any]:
    name = plain(draft.name, LONGEST_NAME + 1) or ""
    if not name or len(name) > LONGEST_NAME:
        raise NotAForm("name", f"A name has 1 to {LONGEST_NAME} characters.")
    if any(slug not in offered for slug in draft.topics):
        raise NotAForm("topics", "One of these topics cannot be chosen any more.")
    words = {part: text for part, text in cleaned(draft.words, FORM_PARTS).items() if text}
    for part, text in words.items():
        if len(text) > LONGEST:
            raise NotAForm(part, f"At most {LONGEST} characters.")
    return {"name": name, "words": words, "topics": list(draft.topics), "asks_name": draft.asks_name}
