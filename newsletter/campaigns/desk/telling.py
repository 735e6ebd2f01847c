"""How a newsletter stands, in the words of the screen: values in, words out. Nothing else says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.campaigns.audience_of import Cause, Count
from newsletter.campaigns.broadcasts import in_undo
from newsletter.campaigns.desk.shelf import Newsletter
from newsletter.content.merging import one_line, parse
from newsletter.content.refusals import ContentRefused
from newsletter.content.values import Value

_PLACE = re.compile(r"^[^/:]+/[^/:]+(:\d+)?: ")
_MISSING = {
    "“subject” is one line": "The subject is missing.",
    "“preview_text” is one line": "The preview text is missing.",
    "“issue.md” is empty": "The letter has no words yet.",
}
Tone = Literal["", "well", "alarm", "soft"]


@dataclass(frozen=True)
class Chip:
    """A state in a few words. With a `tone`: well, alarm, or soft for what rests."""

    words: str
    tone: Tone = ""


def chip(newsletter: Newsletter, zone: ZoneInfo, now: datetime) -> Chip:
    """How it stands, in a list; moments on the clinic's clock, in `zone`."""
    match newsletter.state:
        case "scheduled" if in_undo(newsletter.state, newsletter.starts_at, now):
            return Chip(f"goes out in {remaining(newsletter, now)}")
        case "scheduled":
            return Chip(when(newsletter, zone, now))
        case "sending":
            return Chip(f"going out{_so_far(newsletter)}")
        case "paused":
            return Chip(f"paused{_so_far(newsletter) if newsletter.started_at else ''}", "alarm")
        case "late":
            return Chip("waiting for your decision", "alarm")
        case "sent":
            return Chip(f"sent {_sent_on(newsletter, zone, now)}", "well")
        case "canceled" if newsletter.is_discarded:
            return Chip("discarded", "soft")
        case other:
            return Chip(other, "soft")


def when(newsletter: Newsletter, zone: ZoneInfo, now: datetime) -> str:
    """When it goes out: "Thursday 5 March, 9:00", or "…, 9:00 each in their own time"; empty for a draft."""
    if newsletter.local_day is not None and newsletter.local_hour is not None:
        return f"{_weekday(newsletter.local_day, now)}, {newsletter.local_hour}:00 each in their own time"
    if newsletter.starts_at is None:
        return ""
    local = newsletter.starts_at.astimezone(zone)
    return f"{_weekday(local.date(), now)}, {local.hour}:{local:%M}"


def remaining(newsletter: Newsletter, now: datetime) -> str:
    """How long it can still be taken back: "1:42"; "0:00" where it may begin any moment."""
    minutes, seconds = divmod(seconds_left(newsletter, now), 60)
    return f"{minutes}:{seconds:02}"


def seconds_left(newsletter: Newsletter, now: datetime) -> int:
    """The same in whole seconds, never fewer than none."""
    left = (newsletter.starts_at or now) - now
    return max(0, -(-left // timedelta(seconds=1)))


def left_out(people: Count, topics: Mapping[str, str]) -> list[str]:
    """Who does not get it and why, with `topics` by the names that people know: "31 chose no Guides"."""
    topic = topics.get(people.whom.topic, people.whom.topic)
    others = " or ".join(topics.get(each, each) for each in people.whom.except_topics)
    said: dict[Cause, tuple[str, str]] = {
        "topic": (f"chose no {topic}", f"chose no {topic}"),
        "except": (f"hears about {others}", f"hear about {others}"),
        "stopped": ("do not mail", "do not mail"),
        "break": ("is on a break", "are on a break"),
        "healing": ("is held back by the clinic", "are held back by the clinic"),
    }
    return [f"{number:,} {said[cause][number != 1]}" for cause, number in people.causes.items() if number]


def subject(newsletter: Newsletter, facts: Mapping[str, Value]) -> str:
    """Its subject with the clinic's `facts` in it; as it was typed where it names what only a reader has."""
    try:
        return parse(one_line(newsletter.subject), html=False, name="subject").fill(facts)
    except ContentRefused:
        return newsletter.subject


def mistake(line: str) -> str:
    """What keeps a newsletter from being sent, without the file and the line that an import would need."""
    says = _PLACE.sub("", line)
    for begins, words in _MISSING.items():
        if says.startswith(begins):
            return words
    return says[:1].upper() + says[1:]


def _so_far(newsletter: Newsletter) -> str:
    if newsletter.people is None:
        return f": {newsletter.handed_over:,} so far" if newsletter.handed_over else ""
    return f": {newsletter.handed_over:,} of {newsletter.people:,}"


def _weekday(day: date, now: datetime) -> str:
    return f"{day:%A} {_dated(day, now)}"


def _sent_on(newsletter: Newsletter, zone: ZoneInfo, now: datetime) -> str:
    """The day it was meant for: at a local hour it begins where that day begins, which is the day before here."""
    began = (newsletter.started_at or now).astimezone(zone).date()
    return _dated(newsletter.local_day or began, now)


def _dated(day: date, now: datetime) -> str:
    year = "" if day.year == now.astimezone(UTC).year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"
