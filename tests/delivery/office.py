"""A post office for tests: rows put in by hand, a postman, and a way out whose answers the test decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.clinic import EXAMPLE_CLINIC
from newsletter.clock import Clock, FrozenClock
from newsletter.db import Database
from newsletter.delivery import leases, mailboxes, queue
from newsletter.delivery.leases import Claimed
from newsletter.delivery.letterhead import Letterhead
from newsletter.delivery.models import Attempt, Delivery, Mailbox, Suppression
from newsletter.delivery.queue import Order
from newsletter.delivery.sending import Gate, Postman, Render
from newsletter.delivery.transports import Envelope, Outcome, Transport
from newsletter.links import Links

READER = "reader@example.com"
ACCEPTED = Outcome("accepted", 250, "2.0.0", "taken over", "server", "dot")
DEFERRED = Outcome("deferred", 450, "4.2.0", "not now", "recipient", "rcpt")
NOBODY = Outcome("refused", 550, "5.1.1", "no such user", "recipient", "rcpt")
DOWN = Outcome("unwritten", None, None, "the mail server cannot be used", "server", "connect")
SILENT = Outcome("unknown", None, None, "no answer to the last dot", "server", "dot")

LETTERHEAD = Letterhead(
    EXAMPLE_CLINIC, Links("https://letters.clinic.example", ("a-key-that-signs-the-links-of-a-test",))
)
_numbers = count(1)


@dataclass(frozen=True)
class Words:
    subject: str
    html: str
    text: str


def plain(letter: str, fields: Mapping[str, Any]) -> Words:
    """The smallest renderer: its letters say what they are."""
    return Words(f"About {letter}", "", f"Hello {fields.get('first_name', 'there')}, this is {letter}.")


def open_gate(_session: Session, _deliveries: Sequence[Claimed], _now: datetime) -> dict[int, Any]:
    """Nobody minds."""
    return {}


@dataclass
class Answering:
    """A way out that gives `answers` in turn, the last one for ever, and remembers what it was handed."""

    answers: list[Outcome | Callable[[], Outcome]] = field(default_factory=lambda: [ACCEPTED])
    handed: list[tuple[Envelope, bytes]] = field(default_factory=list)
    deadline: float = 1.0

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        self.handed.append((envelope, message))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Outcome) else answer()

    def close(self) -> None:
        pass

    @property
    def recipients(self) -> list[str]:
        return [envelope.recipient for envelope, _ in self.handed]


@dataclass
class Office:
    """One database, one clock, and whatever postmen the test hires."""

    database: Database
    clock: FrozenClock

    def mailbox(self, address: str = READER) -> int:
        with self.database.writing.begin() as session:
            return mailboxes.find_or_add(session, address, address.lower(), self.clock.now()).id

    def put(self, address: str = READER, **facts: Any) -> int:
        """Queue one letter, due now and useful for three days unless `facts` say otherwise; returns its number."""
        now = self.clock.now()
        usual: dict[str, Any] = {
            "dedupe_key": f"letter:{next(_numbers)}",
            "stream": "marketing",
            "mailbox_id": self.mailbox(address),
            "letter": "version:1",
            "fields": {},
            "send_after": now,
            "expires_at": now + timedelta(days=3),
        }
        with self.database.writing.begin() as session:
            (number,) = queue.put(session, [Order(**usual | facts)], now)
        return number

    def cancel(self, *numbers: int, **words: Any) -> int:
        with self.database.writing.begin() as session:
            return queue.cancel(session, Delivery.id.in_(numbers), **{"reason": "a test", **words})

    def claim(self, who: str = "one", limit: int = 20, lease: float = 60) -> list[Claimed]:
        until = self.clock.machine() + timedelta(seconds=lease)
        with self.database.writing.begin() as session:
            return leases.claim(session, who, self.clock.now(), until, limit)

    def reclaim(self) -> int:
        with self.database.writing.begin() as session:
            return leases.reclaim(session, self.clock.now(), self.clock.machine())

    def row(self, number: int) -> Any:
        with self.database.reading() as session:
            return session.get_one(Delivery, number)

    def states(self, numbers: Iterable[int]) -> list[str]:
        return [self.row(number).state for number in numbers]

    def attempts(self, number: int) -> list[str]:
        with self.database.reading() as session:
            rows = select(Attempt.outcome).where(Attempt.delivery_id == number).order_by(Attempt.id)
            return list(session.scalars(rows))

    def stops(self, address: str = READER) -> list[Any]:
        with self.database.reading() as session:
            rows = select(Suppression.scope, Suppression.reason).join(Mailbox)
            return [tuple(row) for row in session.execute(rows.where(Mailbox.address == address))]

    def postman(
        self,
        transport: Transport | None = None,
        *,
        render: Render = plain,
        gate: Gate = open_gate,
        clock: Clock | None = None,
        kind: type[Postman] = Postman,
        **more: Any,
    ) -> Postman:
        usual: dict[str, Any] = {"name": "one", "letterhead": LETTERHEAD}
        return kind(
            database=self.database,
            clock=clock or self.clock,
            transport=transport or Answering(),
            render=render,
            gate=gate,
            **usual | more,
        )

    def force(self, number: int, **values: Any) -> None:
        """Put a row into a state, however it may have come there."""
        with self.database.writing.begin() as session:
            delivery = session.get_one(Delivery, number)
            for name, value in values.items():
                setattr(delivery, name, value)
