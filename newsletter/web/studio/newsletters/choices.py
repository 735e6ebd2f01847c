"""What somebody chose on the form for people and time: as it was typed, what is wrong with it, and what it means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from werkzeug.datastructures import MultiDict

from newsletter.campaigns.audience_of import Whom
from newsletter.campaigns.desk.launching import Choice, Kind
from newsletter.campaigns.desk.shelf import Newsletter

WHEN = ("now", "clinic", "local")
HOURS = range(24)


@dataclass(frozen=True)
class Typed:
    """What the form holds, as it was typed."""

    topic: str
    except_topics: tuple[str, ...]
    archived: bool
    when: str
    day: str
    hour: str
    seen: str
    counted: str

    @property
    def whom(self) -> Whom:
        """Whom it is for."""
        return Whom(self.topic, self.except_topics)

    @property
    def revision_seen(self) -> tuple[int, int]:
        """Id and revision of the draft that was looked at; zeros where none was."""
        number, _, revision = self.seen.partition(":")
        return _number(number) or 0, _number(revision) or 0

    @property
    def choice(self) -> Choice:
        """What it means, once `wrong` finds nothing."""
        day, hour = _day(self.day), _number(self.hour)
        return Choice(self.whom, self.archived, cast("Kind", self.when), day, hour or 0)


def read(form: MultiDict[str, str], newsletter: Newsletter, tomorrow: date) -> Typed:
    """What was sent, or before anything was, what the newsletter says itself; `tomorrow` is the clinic's."""
    if "when" not in form:
        own = (newsletter.topic, newsletter.except_topics, newsletter.archived)
        return Typed(*own, when="now", day=tomorrow.isoformat(), hour="9", seen="", counted="")
    return Typed(
        topic=form.get("topic", ""),
        except_topics=tuple(form.getlist("except")),
        archived=form.get("archive") == "yes",
        when=form["when"],
        day=form.get("day", "").strip(),
        hour=form.get("hour", "").strip(),
        seen=form.get("seen", ""),
        counted=form.get("counted", ""),
    )


def wrong(typed: Typed, topics: Collection[str]) -> dict[str, str]:
    """By field, what is no choice at all; `topics` are the slugs there are."""
    found = {}
    if typed.topic not in topics or not set(typed.except_topics) <= set(topics):
        found["topic"] = "That is not one of our topics. Choose one of these."
    elif typed.topic in typed.except_topics:
        found["topic"] = "The same topic is left out below, so nobody would get it."
    if typed.when not in WHEN:
        found["when"] = "Choose when it goes out."
    elif typed.when != "now":
        if _day(typed.day) is None:
            found["day"] = "Choose a day, such as 2026-03-05."
        if _number(typed.hour) not in HOURS:
            found["hour"] = "Choose an hour from 0:00 to 23:00."
    return found


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _number(typed: str) -> int | None:
    # No more than a database holds, nor than Python reads: a form may hold anything.
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None
