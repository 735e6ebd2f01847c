"""The day at a glance: is mail going out, what needs somebody, what goes out, who came and who left; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from newsletter import pulse
from newsletter.insights import needs, outlook, week
from newsletter.insights.needs import Need
from newsletter.insights.outlook import Day
from newsletter.insights.week import Week

MOST = 5


@dataclass(frozen=True)
class Pulse:
    """Whether a worker lives, and when one was last seen (UTC, the machine's time); None: never."""

    alive: bool
    seen_at: datetime | None


@dataclass(frozen=True)
class Today:
    """What stands on the page. `needs` are the most pressing MOST; `more` how many there are beside them."""

    pulse: Pulse
    needs: list[Need]
    more: int
    days: list[Day]
    week: Week


def read(session: Session, now: datetime, machine: datetime, zone: ZoneInfo) -> Today:
    """A constant number of statements, whatever waits. `now` is the story's time, `zone` the clinic's."""
    waiting = needs.read(session, now)
    return Today(
        pulse=_pulse(session, machine),
        needs=waiting[:MOST],
        more=max(0, len(waiting) - MOST),
        days=outlook.read(session, now, zone),
        week=week.read(session, now),
    )


def _pulse(session: Session, machine: datetime) -> Pulse:
    seen = pulse.last_beat(session)
    return Pulse(pulse.is_fresh(seen, machine), seen)
