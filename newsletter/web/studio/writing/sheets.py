"""The sheet in front of a writer: one letter of a newsletter or a sequence, and how she looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import people
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.models import Subscriber
from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import drafting, glancing, onlookers, penned
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.desk.glancing import Glance
from newsletter.campaigns.desk.onlookers import Onlooker
from newsletter.campaigns.desk.penned import Words
from newsletter.campaigns.filing.folders import BROADCAST_FILE, SLUG
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.delivery.models import Mailbox
from newsletter.errors import Refused
from newsletter.web.transaction import house

VIEWS = ("phone", "desktop", "text")


@dataclass(frozen=True)
class Sheet:
    """One letter on the desk. `key` is None for a newsletter's only one, `draft` where nobody changed what is live."""

    slug: str
    key: str | None
    papers: Papers
    draft: CampaignDraft | None

    @property
    def words(self) -> Words:
        """What it says now."""
        return penned.of(self.papers, self.key)

    @property
    def name(self) -> str:
        """The newsletter's or the sequence's name, for people."""
        return str(self.papers.table.get("name", self.slug))

    @property
    def revision(self) -> int:
        """The draft's, 0 where there is none."""
        return self.draft.revision if self.draft else 0

    @property
    def saved_at(self) -> datetime | None:
        """When somebody last changed the draft."""
        return (self.draft.edited_at or self.draft.created_at) if self.draft else None

    @property
    def number(self) -> int:
        """Which letter it is, from 1."""
        return self.papers.letters.index(self.papers.letter(self.key)) + 1

    @property
    def is_html(self) -> bool:
        """Whether the body is HTML rather than Markdown."""
        return penned.source(self.papers, self.key).format == "html"

    @property
    def is_care(self) -> bool:
        """Whether it is for patients."""
        return self.papers.table.get("class") == "care"

    def url(self, act: str, **query: Any) -> str:
        """The address of what can be done with it: `write`, `preview`, `test`, `share`."""
        if self.key is None:
            return url_for(f"studio.{act}_newsletter", slug=self.slug, **query)
        return url_for(f"studio.{act}_letter", slug=self.slug, key=self.key, **query)


@dataclass(frozen=True)
class Looking:
    """How she looks at it: on what, in the dark, and as whom; `wrong` where the person she typed is nobody here."""

    view: str = "phone"
    dark: bool = False
    who: Onlooker = "named"
    person: str = ""
    wrong: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """As the page's address says it: a person by number, since addresses stand in logs."""
        return {"view": self.view, "dark": 1 if self.dark else None, "as": self.who}


def find(session: Session, slug: str, key: str | None) -> Sheet:
    """The letter; 404 where there is none. Raises Refused for a newsletter that has been sent, or is on its way."""
    if not SLUG.fullmatch(slug) or not (key is None or SLUG.fullmatch(key)):
        abort(404)
    papers, draft = drafting.papers(session, slug)
    if (papers.kind == BROADCAST_FILE) != (key is None):
        abort(404)
    papers.letter(key)
    state = session.scalar(select(Broadcast.state).where(Broadcast.slug == slug))
    if state not in {None, "draft"}:
        says = broadcasts.SAYS[state or ""]
        raise Refused(f"this newsletter is {says}, so its words stay; duplicate it to write another")
    return Sheet(slug, key, papers, draft)


def looking(session: Session) -> Looking:
    """What the request asks for: the page's address, or its form, whose buttons come first."""
    asked = request.values
    pressed = asked.get("show", "")
    view = pressed if pressed in VIEWS else asked.get("view", "")
    dark = pressed == "dark" or (asked.get("dark") == "1" and pressed != "light")
    who, person, wrong = _whom(session, asked.get("as", ""), asked.get("person", "").strip())
    return Looking(view if view in VIEWS else "phone", dark, who, person, wrong)


def at_a_glance(session: Session, sheet: Sheet, look: Looking) -> Glance:
    """The letter as it is kept, for whom she looks as."""
    everybody = onlookers.everybody(house().settings.clinic, house().links)
    hers, home = known(session, sheet, look.who), house().links.base_url
    return glancing.glance(session, sheet.slug, sheet.papers, sheet.key, everybody, hers, home=home)


def known(session: Session, sheet: Sheet, who: Onlooker) -> dict[str, Any]:
    """What is known of this onlooker."""
    zone, now = house().settings.clinic.zone, house().clock.now()
    return onlookers.known(session, who, sheet.slug, sheet.papers, zone, now)


def _whom(session: Session, who: str, typed: str) -> tuple[Onlooker, str, str]:
    """The onlooker, her address, and what is wrong with what was typed."""
    if who == "person":
        try:
            found = people.named(session, typed)
        except AddressRefused as problem:
            return "named", typed, problem.line
        if not found:
            return "named", typed, "Nobody here has this address."
        return found[0].id, found[0].mailbox.address, ""
    if who.isascii() and who.isdigit() and len(who) < 10:
        address = session.scalar(
            select(Mailbox.address)
            .join(Subscriber, Subscriber.mailbox_id == Mailbox.id)
            .where(Subscriber.id == int(who))
        )
        return (
            (int(who), address, "") if address else ("named", "", "This person is not on the list any more.")
        )
    return ("unnamed" if who == "unnamed" else "named"), typed, ""
