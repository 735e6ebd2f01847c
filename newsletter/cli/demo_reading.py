"""Who of the demo's visitors agrees to be counted, and who reads which issue: opens and clicks, as pages get them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import counting
from newsletter.audience.consent import Evidence
from newsletter.audience.people import named
from newsletter.campaigns import clicking
from newsletter.delivery.machines import Look
from newsletter.delivery.models import Delivery
from newsletter.errors import NotFound

BROWSER = Look("GET", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
AGREES, OPENS, CLICKS = (
    0.5,
    0.6,
    0.25,
)  # a share of the readers; of those who agreed and those who did not alike


def agrees(number: int) -> bool:
    """Whether visitor `number` says yes on the page after confirming."""
    return _luck(number, "agrees").random() < AGREES


def agree(session: Session, address: str, now: datetime) -> object:
    """She says yes."""
    person = named(session, address)[0]
    return counting.choose(session, person.id, Evidence("confirm-page", "/confirm"), now, yes=True)


def reads(
    number: int, zone: str, issues: Mapping[str, date], hour: int
) -> Iterator[tuple[str, datetime, bool]]:
    """(issue, when she opens it, whether she clicks) of the issues that she reads, on the day and after `hour`."""
    for slug, day in issues.items():
        luck = _luck(number, slug)
        if luck.random() < OPENS:
            begins = datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone))
            yield slug, begins + timedelta(minutes=luck.triangular(4, 700, 45)), luck.random() < CLICKS


@dataclass(frozen=True)
class Reading:
    """Whoever has `address` opens the issue `slug`, and its first counted link where she `clicks`; `facts` fill it."""

    address: str
    slug: str
    facts: Mapping[str, str]
    clicks: bool

    def happen(self, session: Session, now: datetime) -> None:
        """Do it, if she got the issue at all."""
        hers = (
            Delivery.mailbox_id == named(session, self.address)[0].mailbox_id,
            Delivery.campaign == self.slug,
            Delivery.state == "sent",
        )
        delivery_id = session.scalar(select(Delivery.id).where(*hers))
        if delivery_id is None:
            return
        clicking.opened(session, delivery_id, BROWSER, now)
        for number in range(1, 9 if self.clicks else 1):
            with suppress(NotFound):  # what belongs to her alone is not counted, and no link of ours
                clicking.count(
                    session, clicking.of_delivery(session, delivery_id, number, self.facts), BROWSER, now
                )
                return


def _luck(number: int, what: str) -> Random:
    return Random(f"{what} {number}")  # noqa: S311  (a story, not a secret)
