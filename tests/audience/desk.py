"""The clinic's desk as these tests see it: a visitor asks, letters wait, a reader taps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from newsletter.audience import people, signup
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber, Topic
from newsletter.audience.signup import Asked, Confirmed, SignUp
from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.links import Links, Purpose

READER = "reader@example.com"
TAP = Evidence("confirm-page", "/confirm", "198.51.100.7", "A reader's phone")
TOPICS = (
    ("resources", "Guides", "longer reads"),
    ("tips", "Tips", "short and practical"),
    ("news", "Clinic news", "what is new with us"),
)


@dataclass
class Desk:
    """One installation with three topics."""

    database: Database
    clock: FrozenClock
    links: Links

    def ask(self, email: str = READER, **form: Any) -> Asked:
        with self.database.writing.begin() as session:
            return signup.request(session, SignUp(email, **form), self.links, self.clock.now())

    def again(self, mailbox_id: int, **more: Any) -> bool:
        with self.database.writing.begin() as session:
            return signup.again(session, mailbox_id, self.links, self.clock.now(), **more)

    def tap(self, email: str = READER) -> Confirmed:
        """Open her newest confirm letter and press the button."""
        with self.database.writing.begin() as session:
            return signup.confirm(session, self.ids(email), TAP, self.clock.now())

    def ids(self, email: str = READER) -> tuple[int, ...]:
        """What the link in her newest confirm letter leads to."""
        url = [each.fields["confirm_url"] for each in self.orders(email) if each.letter == "mail:confirm"][-1]
        return self.links.read(Purpose.CONFIRM, url.rpartition("/")[2], self.clock.now())

    def orders(self, email: str = READER) -> list[Delivery]:
        with self.database.reading() as session:
            rows = select(Delivery).join(Delivery.mailbox).where(Mailbox.address_key == email.lower())
            return list(session.scalars(rows.order_by(Delivery.id)))

    def letters(self, email: str = READER) -> list[str]:
        return [each.letter.removeprefix("mail:") for each in self.orders(email)]

    def card(self, email: str = READER) -> dict[str, Any]:
        """What `subscribers show` says."""
        with self.database.reading() as session:
            (person,) = people.named(session, email)
            return people.shown(session, person)

    def acts(self, email: str = READER) -> list[tuple[str, list[str]]]:
        return [(each["act"], each["topics"]) for each in self.card(email)["consents"]]

    def person(self, email: str = READER) -> Subscriber:
        with self.database.reading() as session:
            (person,) = people.named(session, email)
            return person


def open_desk(database: Database, clock: FrozenClock) -> Desk:
    with database.writing.begin() as session:
        for position, (slug, name, hint) in enumerate(TOPICS):
            session.add(Topic(slug=slug, name=name, hint=hint, position=position))
    return Desk(
        database, clock, Links("https://letters.clinic.example", ("a-key-that-signs-the-links-of-a-test",))
    )
