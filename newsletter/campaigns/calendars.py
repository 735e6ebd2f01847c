"""Pure: a rehearsal as an iCalendar file (RFC 5545), to be looked at in any calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from icalendar import Calendar, Event

from newsletter.campaigns.rehearsing import Rehearsed

CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar(letters: Iterable[Rehearsed], *, name: str, slug: str, host: str, now: datetime) -> bytes:
    """The bytes of an `.ics` file with one event per letter, its subject as title.

    The UID (RFC 5545 section 3.8.4.7) is made of step, occurrence, `slug` and `host` alone: a calendar that imports the
    rehearsal again moves its events instead of doubling them. `now` is aware and becomes DTSTAMP.
    """
    page = Calendar()
    page.add("prodid", "-//Newsletter//Rehearsal//EN")
    page.add("version", "2.0")
    page.add("method", "PUBLISH")
    page.add("x-wr-calname", name)
    for letter in letters:
        page.add_component(_event(letter, f"{letter.step}.{letter.occurrence}.{slug}@{host}", now))
    written: bytes = page.to_ical()
    return written


def _event(letter: Rehearsed, uid: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", letter.at.astimezone(UTC))
    event.add("summary", letter.subject)
    event.add("description", "\n".join(_remarks(letter)))
    event.add("transp", "TRANSPARENT")  # an arriving letter keeps nobody busy
    return event


def _remarks(letter: Rehearsed) -> Iterable[str]:
    yield f"Still worth sending until {letter.until:%Y-%m-%d %H:%M}."
    if letter.only_if:
        yield f"Goes only if {letter.only_if}"
    yield from letter.notes
