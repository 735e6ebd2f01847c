"""Letters that went out long ago, put into the tables by hand: what became of each is the test's to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from newsletter.audience.models import Consent, Subscriber
from newsletter.campaigns.models import Broadcast
from newsletter.content.models import Email, Version
from newsletter.delivery import mailboxes
from newsletter.delivery.models import Attempt, Delivery, Event, LinkClicks

LINKS = ["https://clinic.example/guide", "{{ booking_url }}", "{{ unsubscribe_url }}"]
_numbers = count(1)


@dataclass
class Mailing:
    """One installation, at one moment of its story; `people` came by name."""

    session: Session
    now: datetime
    people: dict[str, Subscriber] = field(default_factory=dict)

    def reader(self, name: str, *, counted: bool = False) -> Subscriber:
        if name not in self.people:
            address = f"{name}@example.com"
            box = mailboxes.find_or_add(self.session, address, address, self.now)
            facts = {"mailbox_id": box.id, "source": "test", "created_at": self.now, "counted": counted}
            self.people[name] = Subscriber(**facts)
            self.session.add(self.people[name])
            self.session.flush()
        return self.people[name]

    def wording(self, slug: str) -> Version:
        number = next(_numbers)
        email = Email(slug=slug, kind="marketing", created_at=self.now)
        self.session.add(email)
        self.session.flush()
        texts = dict.fromkeys(("subject", "preview_text", "html", "text"), f"About {slug}")
        lists = {"links": LINKS, "fields": [], "warnings": []}
        source = {"source": {}, "source_hash": str(number), "created_at": self.now}
        version = Version(email_id=email.id, number=1, **texts, **lists, **source)
        self.session.add(version)
        self.session.flush()
        return version

    def issue(self, slug: str = "spring", days_ago: float = 7, **more: Any) -> str:
        """A newsletter that began then; returns the letter's name."""
        at = self.now - timedelta(days=days_ago)
        facts = {
            "slug": slug,
            "name": slug.title(),
            "topic": "tips",
            "except_topics": [],
            "state": "sent",
            "started_at": at,
        }
        version = self.wording(slug)
        self.session.add(Broadcast(**facts | more, version_id=version.id, created_at=at))
        self.session.flush()
        return f"version:{version.id}"

    def delivered(self, who: str, letter: str, campaign: str = "spring", **more: Any) -> int:
        """An e-mail to this reader, handed over a week ago unless `more` says otherwise."""
        reader, then = self.reader(who), self.now - timedelta(days=7)
        usual: dict[str, Any] = {
            "dedupe_key": f"by-hand:{next(_numbers)}",
            "stream": "marketing",
            "mailbox_id": reader.mailbox_id,
            "person_id": reader.id,
            "letter": letter,
            "fields": {},
            "campaign": campaign,
            "state": "sent",
            "sent_at": then,
            **dict.fromkeys(("created_at", "send_after", "expires_at", "next_try_at"), then),
        }
        delivery = Delivery(**usual | more)
        self.session.add(delivery)
        self.session.flush()
        return delivery.id

    def refused(self, delivery_id: int, verdict: str) -> None:
        attempt = {"delivery_id": delivery_id, "epoch": 1, "at": self.now, "outcome": "refused"}
        self.session.add(Attempt(**attempt, verdict=verdict))

    def sign(self, delivery_id: int, kind: str, link: int = 0, *, by_machine: bool = False) -> None:
        row = {"delivery_id": delivery_id, "kind": kind, "link": link, "at": self.now, "times": 3}
        self.session.add(Event(**row, by_machine=by_machine))

    def clicks(
        self, letter: str, link: int, times: int, by_machine: int = 0, campaign: str = "spring", day: int = 0
    ) -> None:
        on = (self.now - timedelta(days=day)).date()
        row = {"campaign": campaign, "letter": letter, "link": link, "day": on}
        self.session.add(LinkClicks(**row, times=times, by_machine=by_machine))

    def leaves(self, who: str, days_ago: float, how: str = "one-click", stream: str = "marketing") -> None:
        act = {"act": "withdrawn", "stream": stream, "topics": ["tips"], "how": how}
        at = self.now - timedelta(days=days_ago)
        self.session.add(Consent(subscriber_id=self.reader(who).id, **act, at=at))
        self.session.flush()
