"""The newsletters as a list: those that were placed, and those that lie on the desk and were never used. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.campaigns import audience_of
from newsletter.campaigns.audience_of import Whom
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing.folders import BROADCAST_FILE
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.content.models import Version
from newsletter.delivery.models import OPEN, Delivery
from newsletter.errors import NotFound

PER_PAGE = 50
# What the list can be narrowed to: the word in its address -> the states.
KINDS = {
    "drafts": ("draft",),
    "going-out": ("scheduled", "sending", "paused", "late"),
    "sent": ("sent",),
    "canceled": ("canceled",),
}
NOT_BEGUN = ("draft", "scheduled", "paused", "late")
FROM_ROW = (
    "slug name topic archived state created_at starts_at local_day local_hour started_at ended_at settled fanned_out"
).split()


@dataclass(frozen=True)
class Newsletter:
    """One newsletter as it stands. What waits on the desk speaks for a draft: its name, subject, topics.

    Instants are aware, None where they have not come; `on_desk` says that words wait there. `people` is how many get
    it: counted as if it began now until it has, and None while their e-mails are being put into the queue.
    `through` is how many e-mails are settled one way or the other, `handed_over` how many the mail server took.
    """

    slug: str
    name: str
    subject: str
    topic: str
    except_topics: tuple[str, ...]
    archived: bool
    state: str
    on_desk: bool
    created_at: datetime
    starts_at: datetime | None = None
    local_day: date | None = None
    local_hour: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    settled: bool = True
    fanned_out: bool = False
    people: int | None = None
    handed_over: int = 0
    through: int = 0

    @property
    def since(self) -> datetime:
        """Where it belongs in a list of the newest first."""
        return self.started_at or self.starts_at or self.created_at

    @property
    def is_discarded(self) -> bool:
        """Let go before anybody got it."""
        return self.state == "canceled" and self.started_at is None


@dataclass(frozen=True)
class Page:
    """Some newsletters, newest first; how many there are in all, and how many the search found."""

    newsletters: tuple[Newsletter, ...]
    found: int
    every: int
    number: int

    @property
    def more(self) -> bool:
        """Whether older ones follow."""
        return self.number * PER_PAGE < self.found


def page(session: Session, now: datetime, *, search: str = "", kind: str = "", number: int = 1) -> Page:
    """The `number`-th page (from 1) of those whose name or subject holds `search`, of one of KINDS or of any.

    A constant number of queries, whatever there is: rows without bodies are read whole, a clinic writes some hundreds
    in ten years; people are counted for those on the page.
    """
    every = [each for each in _every(session) if not each.is_discarded]
    states, words = KINDS.get(kind), search.casefold().split()
    found = [
        each
        for each in every
        if (states is None or each.state in states)
        and all(word in f"{each.name}\n{each.subject}".casefold() for word in words)
    ]
    found.sort(key=lambda each: (each.since, each.slug), reverse=True)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Page(tuple(_counted(session, shown, now)), len(found), len(every), number)


def find(session: Session, slug: str, now: datetime) -> Newsletter:
    """One newsletter; raises NotFound where the name is no newsletter's."""
    return _counted(session, [uncounted(session, slug)], now)[0]


def uncounted(session: Session, slug: str) -> Newsletter:
    """The same for who needs no number of people or e-mails, which are dear: `people` is None."""
    found = _every(session, slug)
    if not found:
        raise NotFound(f"there is no newsletter “{slug:.80}”")
    return found[0]


def _every(session: Session, slug: str | None = None) -> list[Newsletter]:
    waiting = select(CampaignDraft).where(CampaignDraft.state == "open")
    placed = select(Broadcast, Version.subject).join(Broadcast.version)
    if slug is not None:
        waiting, placed = waiting.where(CampaignDraft.slug == slug), placed.where(Broadcast.slug == slug)
    drafts = {each.slug: each for each in session.scalars(waiting) if BROADCAST_FILE in each.files}
    found = []
    for row, subject in session.execute(placed):
        draft = drafts.pop(row.slug, None)
        found.append(_placed(row, subject, draft))
    return found + [_unused(each) for each in drafts.values()]


def _placed(row: Broadcast, subject: str, draft: CampaignDraft | None) -> Newsletter:
    own = {name: getattr(row, name) for name in FROM_ROW}
    placed = Newsletter(**own, subject=subject, except_topics=tuple(row.except_topics), on_desk=False)
    return replace(placed, **_said(draft)) if draft is not None and row.state == "draft" else placed


def _unused(draft: CampaignDraft) -> Newsletter:
    return Newsletter(slug=draft.slug, state="draft", created_at=draft.created_at, **_said(draft))


def _said(draft: CampaignDraft) -> dict[str, Any]:
    table = drafting.read(draft).table
    return {
        "name": table.get("name", draft.slug),
        "subject": table.get("subject", ""),
        "topic": table.get("topic", ""),
        "except_topics": tuple(table.get("except", ())),
        "archived": table.get("archive", True),
        "on_desk": True,
    }


def _counted(session: Session, several: list[Newsletter], now: datetime) -> list[Newsletter]:
    """Before it begins whoever would get it now; after that its e-mails, once all are in the queue."""
    to_come = [each for each in several if each.state in NOT_BEGUN and each.started_at is None]
    people = dict(
        zip(
            [each.slug for each in to_come],
            audience_of.gets(session, [Whom(each.topic, each.except_topics) for each in to_come], now),
            strict=True,
        )
    )
    begun = {each.slug: Counter[str]() for each in several if each.started_at is not None}
    columns = (Delivery.campaign, Delivery.state)
    rows = select(*columns, func.count()).where(Delivery.campaign.in_(begun), Delivery.step.is_(None))
    for slug, state, number in session.execute(rows.group_by(*columns)):
        begun[slug or ""][state] = number
    return [
        replace(each, people=people[each.slug])
        if each.slug in people
        else _with_outcomes(each, begun.get(each.slug, Counter()))
        for each in several
    ]


def _with_outcomes(newsletter: Newsletter, outcomes: Counter[str]) -> Newsletter:
    every = outcomes.total()
    return replace(
        newsletter,
        people=every if newsletter.fanned_out else None,
        handed_over=outcomes["sent"],
        through=every - sum(outcomes[state] for state in OPEN),
    )
