"""A whole installation on a clock that stands still: sign up, confirm, live through weeks, read what arrived."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from newsletter.audience import erased, signup
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.audience.signup import SignUp
from newsletter.campaigns import leaving
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import StepRun
from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.delivery.models import PracticeLetter
from newsletter.house import House
from newsletter.links import Links, Purpose
from newsletter.rounds import Rounds, live_through, open_rounds
from newsletter.settings import Settings

READER = "reader@example.com"


@dataclass
class Story:
    """One clinic, told from outside: what people do, what the clock does, what arrives."""

    house: House
    rounds: Rounds
    clock: FrozenClock

    def sign_up(self, address: str = READER, zone: str = "America/New_York", **more: Any) -> None:
        with self.house.database.writing.begin() as session:
            signup.request(
                session, SignUp(email=address, time_zone=zone, **more), self.house.links, self.clock.now()
            )
        self.rounds.until_idle()

    def confirm(self, address: str = READER, *, work: bool = True) -> None:
        """Press the button behind the link of the newest confirmation letter; without `work` nobody looks yet."""
        letter = [each for each in self.letters(address) if each["Subject"].startswith("Please confirm")][-1]
        token = re.search(r"/confirm/(\S+)", text_of(letter))
        assert token, "the confirmation letter has no link"
        self.confirm_by(token[1], work=work)

    def confirm_by(self, token: str, *, work: bool = True) -> None:
        ids = self.house.links.read(Purpose.CONFIRM, token, self.clock.now())
        with self.house.database.writing.begin() as session:
            done = signup.confirm(session, ids, Evidence("confirm-page"), self.clock.now())
            erased.welcome_back(session, done.mailbox_id, self.house.vault, self.clock.now())
        if work:
            self.rounds.until_idle()

    def leave(self, address: str = READER) -> None:
        with self.house.database.writing.begin() as session:
            leaving.leave(session, self.person(address).mailbox_id, self.clock.now(), Evidence("one-click"))
        self.rounds.until_idle()

    def live(self, **span: float) -> None:
        """Live through the time, from due moment to due moment."""
        live_through(self.house, self.rounds, self.clock.now() + timedelta(**span))

    def sleep(self, **span: float) -> None:
        """The machine is off; then it works off what it finds."""
        self.clock.advance(**span)
        self.rounds.until_idle()

    def runs(self) -> list[str]:
        """What became of each step, as `key outcome: reason`."""
        with self.house.database.reading() as session:
            rows = session.scalars(select(StepRun).order_by(StepRun.id)).all()
        return [f"{row.step_key} {row.outcome}" + (f": {row.reason}" if row.reason else "") for row in rows]

    def subjects(self, address: str = READER) -> list[str]:
        """The subjects that arrived, the confirmation left out."""
        return [each["Subject"] for each in self.letters(address) if "confirm" not in each["Subject"]]

    def person(self, address: str = READER) -> Subscriber:
        with self.house.database.reading() as session:
            return session.scalars(
                select(Subscriber).join(Subscriber.mailbox).where(Subscriber.mailbox.has(address=address))
            ).one()

    def letters(self, address: str = READER) -> list[EmailMessage]:
        with self.house.database.reading() as session:
            rows = session.scalars(
                select(PracticeLetter).where(PracticeLetter.recipient == address).order_by(PracticeLetter.id)
            )
            return [email.message_from_bytes(row.raw, policy=email.policy.default) for row in rows]

    def inbox(self, address: str = READER, zone: str = "America/New_York") -> list[str]:
        """Date and subject of each letter, in the reader's own time."""
        with self.house.database.reading() as session:
            rows = session.execute(
                select(PracticeLetter.received_at, PracticeLetter.subject)
                .where(PracticeLetter.recipient == address)
                .order_by(PracticeLetter.id)
            ).all()
        return [f"{row.received_at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}  {row.subject}" for row in rows]


def text_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    return part.get_content()


@contextmanager
def telling(
    database: Database, settings: Settings, clock: FrozenClock, campaigns: Path | None = None
) -> Iterator[Story]:
    """A story on `database`, with the starter campaigns loaded, or those in the folder `campaigns`."""
    links = Links(settings.base_url, settings.secret_keys)
    house = House(replace(settings, database_url=database.url), database, clock, links)
    with database.writing.begin() as session:
        starter.load(session, clock.now(), campaigns)
    rounds = open_rounds(house)
    try:
        yield Story(house, rounds, clock)
    finally:
        rounds.close()
