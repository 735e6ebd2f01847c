"""Somebody who left every trace that can be left, and a search for her through every table and every file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, text, update

from newsletter.audience.models import Hold, Subscriber
from newsletter.delivery import suppression
from newsletter.delivery.models import Attempt, Delivery, Event
from newsletter.privacy import erasing
from newsletter.privacy.erasing import Erased
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story

ADDRESS = "Somebody.Remarkable@example.com"
KEY = ADDRESS.lower()
# Whatever of her could stand anywhere, in any spelling.
MARKS = ("somebody.remarkable", "unheard-of-name", "203.0.113.77", "a-browser-of-hers", "a-tag-of-hers")
SEQUENCE = """
name = "Hello"
class = "marketing"
trigger = "confirmed"
topics = []

[[step]]
key = "first"
file = "first.md"
subject = "{% if first_name %}{{ first_name }}, the first letter{% else %}The first letter{% endif %}"
preview_text = "It comes at once."
after = "0m"
until = "7d"

[[step]]
key = "second"
file = "second.md"
subject = "The second letter"
preview_text = "It comes two days later."
day = 2
at = "10:00"
until = "3d"
"""


@dataclass
class Traces:
    """One installation, the folder that its files lie in, and her."""

    story: Story
    folder: Path
    beginnings: Beginnings

    @property
    def database(self) -> Any:
        return self.story.house.database

    def live(self) -> Subscriber:
        """She signs up, confirms, gets two letters, takes a break, is stopped once; returns her row."""
        self.beginnings.once(self.story, "somebody who left every trace", self._live)
        return self.story.person(ADDRESS)

    def _live(self) -> None:
        self.story.sign_up(
            ADDRESS,
            first_name="Unheard-of-Name",
            page="https://site.example/somebody.remarkable",
            ip="203.0.113.77",
            user_agent="a-browser-of-hers",
        )
        self.story.confirm(ADDRESS)
        self.story.live(days=3)
        person = self.story.person(ADDRESS)
        now = self.story.clock.now()
        with self.database.writing.begin() as session:
            session.add(
                Hold(subscriber_id=person.id, kind="break", until=now + timedelta(days=30), created_at=now)
            )
            mine = session.get_one(Subscriber, person.id)
            mine.counted = True
            last = select(func.max(Delivery.id)).where(Delivery.person_id == person.id)
            number = session.scalars(last).one()
            session.add(Event(delivery_id=number, kind="clicked", link=1, times=2, at=now))
            mine.tags, mine.fields = ["a-tag-of-hers"], {"note": "somebody.remarkable likes tea"}
            said = f"250 <{ADDRESS}> is welcome"
            mine_only = Attempt.delivery_id.in_(select(Delivery.id).where(Delivery.person_id == person.id))
            session.execute(update(Attempt).where(mine_only).values(said=said))
            suppression.suppress(session, person.mailbox_id, "marketing", "complaint", now, evidence=said)
            suppression.release(session, person.mailbox_id, now, f"a word with {ADDRESS}")

    def partner(self, person: Subscriber) -> Subscriber:
        """Somebody who shares her mailbox, and never signed up with it."""
        with self.database.writing.begin() as session:
            other = Subscriber(
                mailbox_id=person.mailbox_id,
                signed_up=False,
                first_name="Visitor 014",
                source="list",
                created_at=self.story.clock.now(),
            )
            session.add(other)
        return other

    def erase(self, subscriber_id: int) -> Erased:
        house = self.story.house
        with house.database.writing.begin() as session:
            done = erasing.erase(session, subscriber_id, house.vault, house.clock.now())
        house.database.settle()
        return done

    def queue_failure(self, person: Subscriber, said: str) -> int:
        """Let her newest delivery have failed, in the words of a server; returns its number."""
        with self.database.writing.begin() as session:
            newest = select(Delivery.id).where(Delivery.person_id == person.id).order_by(Delivery.id.desc())
            number = session.scalars(newest.limit(1)).one()
            session.execute(update(Delivery).where(Delivery.id == number).values(state="failed", reason=said))
        return number

    def in_tables(self) -> dict[str, str]:
        """Every table that the database has, read out whole."""
        names = inspect(self.database.engine).get_table_names()
        with self.database.reading() as session:
            return {name: _spelled(session.execute(text(f'SELECT * FROM "{name}"'))) for name in names}

    def found(self, marks: Iterable[str] = MARKS) -> list[str]:
        """Where any of `marks` is found: `table: mark`, and `file: mark` below the folder."""
        places = self.in_tables() | {
            path.name: path.read_bytes().decode("latin-1")
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        return sorted(
            f"{place}: {mark}" for place, held in places.items() for mark in marks if mark in held.lower()
        )


def _spelled(rows: Iterable[Any]) -> str:
    return "\n".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for row in rows for value in row
    )
