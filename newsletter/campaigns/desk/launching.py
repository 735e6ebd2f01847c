"""A newsletter is let go: whom it is for and when are put down, its draft is used, and it is sent; all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns import broadcasts
from newsletter.campaigns.audience_of import Whom
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.drafting import EditedMeanwhile, Papers
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.localtime import at_local
from newsletter.campaigns.models import Broadcast
from newsletter.errors import Refused

Kind = Literal["now", "clinic", "local"]
Field = Literal["topic", "day", "hour", "people"]

NO_DRAFT = (0, 0)


class NotLikeThat(Refused):
    """A choice cannot be kept; `field` is where it was made."""

    def __init__(self, field: Field, line: str) -> None:
        self.field = field
        super().__init__(line)


@dataclass(frozen=True)
class Choice:
    """Whom a newsletter is for, whether anybody may read it later, and when it goes out.

    `now` leaves two minutes of undo. Otherwise `day` and `hour` (0 to 23) are on the clinic's clock, or with `local`
    on each reader's own.
    """

    whom: Whom
    archived: bool
    kind: Kind = "now"
    day: date | None = None
    hour: int = 9

    def moment(self, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
        """What `broadcasts.send` is told. Raises NotLikeThat for a moment that is past or does not exist."""
        if self.kind == "now":
            return {}
        if self.day is None:
            raise NotLikeThat("day", "Choose a day, such as tomorrow.")
        if self.kind == "local":
            # Until the hour has passed on the clinic's own clock it is to come for somebody.
            if at_local(self.day, time(self.hour), zone) <= now:
                raise NotLikeThat("hour", f"{self._said} is past here. Choose a later hour, or another day.")
            return {"at": datetime.combine(self.day, time(12), zone), "local_hour": self.hour}
        moment = at_local(self.day, time(self.hour), zone)
        if (moment.date(), moment.time()) != (self.day, time(self.hour)):
            raise NotLikeThat(
                "hour",
                f"The clocks skip {self.hour}:00 that night. Choose another hour, such as {moment.hour}:00.",
            )
        if moment <= now:
            raise NotLikeThat("hour", f"{self._said} is past. Choose a moment to come, or “Now”.")
        return {"at": moment}

    @property
    def _said(self) -> str:
        return f"{self.day:%A} {self.day.day} {self.day:%B}, {self.hour}:00," if self.day else ""


def launch(
    session: Session,
    slug: str,
    choice: Choice,
    seen: tuple[int, int],
    *,
    staff_id: int,
    zone: ZoneInfo,
    now: datetime,
) -> Broadcast:
    """Send the newsletter as chosen. `seen` is id and revision of the draft on the desk that was looked at, or zeros.

    Raises NotLikeThat, EditedMeanwhile for words that are others by now, BadFolder and ContentRefused for what must be
    mended first, Refused for one that is going out already.
    """
    moment = choice.moment(zone, now)
    issue = select(Broadcast).where(Broadcast.slug == slug).with_for_update()
    placed = session.scalar(issue.execution_options(populate_existing=True))
    if placed is not None and placed.state == "late":
        broadcasts.cancel(session, slug)
    if not _says(placed, choice) or seen != NO_DRAFT or drafting.open_draft(session, slug):
        _put_down(session, slug, choice, seen, staff_id, now)
    return broadcasts.send(session, slug, now, **moment)


def _put_down(
    session: Session, slug: str, choice: Choice, seen: tuple[int, int], staff_id: int, now: datetime
) -> None:
    """Write the choice on the draft, one that is made for it where none waits, and use it."""
    number, revision = seen
    saved = drafting.save(session, slug, revision, lambda papers: _write(papers, choice), staff_id, now)
    if number not in (0, saved.id):
        raise EditedMeanwhile(saved)
    drafts.use(session, slug, now, seen=(saved.id, saved.revision))


def _says(placed: Broadcast | None, choice: Choice) -> bool:
    if placed is None:
        return False
    said = (placed.topic, tuple(placed.except_topics), placed.archived)
    return said == (choice.whom.topic, choice.whom.except_topics, choice.archived)


def _write(papers: Papers, choice: Choice) -> None:
    papers.table["topic"] = choice.whom.topic
    papers.table["except"] = list(choice.whom.except_topics)
    papers.table["archive"] = choice.archived
