"""Mailboxes, deliveries, attempts, stops, and the practice inbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.db import Base

STREAMS = ("marketing", "care", "account", "staff", "test")

# Where a delivery may rest for ever, and how it got there. The rest of the story is in docs/delivery.md.
OPEN = ("queued", "claimed", "handoff")
ENDED = (
    "sent",
    "skipped",
    "canceled",
    "superseded",
    "expired",
    "failed",
    "unknown",
    "poison",
)


URGENT = text("state = 'queued' AND stream <> 'marketing'")
STILL_OPEN = text("state IN ('queued', 'claimed', 'handoff')")
MAILED = text("state = 'sent' AND stream = 'marketing'")
BULK = text("state = 'queued' AND stream = 'marketing'")
IN_TROUBLE = text("state IN ('unknown', 'failed', 'poison')")


class Mailbox(Base):
    """An address, once. Its row is the lock that every stop and every gate takes first.

    Of an erased one only the row is left: `address` is empty, `address_key` names the row itself, and `fingerprint`
    is a keyed hash by which an import recognizes whom it must not bring back.
    """

    __tablename__ = "mailboxes"
    __table_args__ = (
        Index(
            "ix_mailboxes_fingerprint",
            "fingerprint",
            postgresql_where=text("fingerprint IS NOT NULL"),
            sqlite_where=text("fingerprint IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    address_key: Mapped[str] = mapped_column(String(320), unique=True)
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Delivery(Base):
    """One e-mail to one mailbox, with all that its bytes depend on.

    `campaign`, `step` and `occurrence` are labels for people; `letter` is an opaque name that only the renderer reads.
    Story time: `send_after`, `next_try_at`, `expires_at`, `sent_at`. Machine time: `lease_until`.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(f"state IN {OPEN + ENDED}", name="state"),
        CheckConstraint(f"stream IN {STREAMS}", name="stream"),
        # Two lanes, each with its own index of what is due: a patient's note never waits behind a newsletter.
        Index("ix_deliveries_due_urgent", "next_try_at", postgresql_where=URGENT, sqlite_where=URGENT),
        Index("ix_deliveries_due_marketing", "next_try_at", postgresql_where=BULK, sqlite_where=BULK),
        Index(
            "ix_deliveries_leased",
            "lease_until",
            postgresql_where=text("state IN ('claimed', 'handoff')"),
            sqlite_where=text("state IN ('claimed', 'handoff')"),
        ),
        Index("ix_deliveries_person", "person_id", "id"),
        # How an issue goes, and each letter of a sequence: counted without looking at one of a million e-mails.
        Index("ix_deliveries_campaign", "campaign", "state", "step", "person_id"),
        # The last letter that somebody got before she left.
        Index("ix_deliveries_mailed", "person_id", "sent_at", postgresql_where=MAILED, sqlite_where=MAILED),
        Index(
            "ix_deliveries_open_campaign", "campaign", postgresql_where=STILL_OPEN, sqlite_where=STILL_OPEN
        ),
        Index("ix_deliveries_in_trouble", "send_after", postgresql_where=IN_TROUBLE, sqlite_where=IN_TROUBLE),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    stream: Mapped[str] = mapped_column(String(12))
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"), index=True)
    person_id: Mapped[int | None]
    letter: Mapped[str] = mapped_column(String(80))
    fields: Mapped[dict[str, Any]]
    campaign: Mapped[str | None] = mapped_column(String(80))
    step: Mapped[str | None] = mapped_column(String(80))
    occurrence: Mapped[int | None]
    created_at: Mapped[datetime]
    send_after: Mapped[datetime]
    expires_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="queued")
    reason: Mapped[str | None] = mapped_column(String(200))
    tries: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(String(120))
    digest: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None]

    mailbox: Mapped[Mailbox] = relationship(lazy="raise")


class Attempt(Base):
    """One conversation about one delivery, or the note that a process died in it."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    epoch: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(12))
    code: Mapped[int | None]
    enhanced: Mapped[str | None] = mapped_column(String(12))
    # What a refusal says of the address (retries.judge); NULL where it says nothing of it.
    verdict: Mapped[str | None] = mapped_column(String(12))
    said: Mapped[str] = mapped_column(Text, default="")


class Suppression(Base):
    """A mailbox that must not be mailed, since when, and why. Released rows stay as history.

    `scope` is `all` or `marketing`. One open row per mailbox, scope and reason.
    """

    __tablename__ = "suppressions"
    __table_args__ = (
        CheckConstraint("scope IN ('all', 'marketing')", name="scope"),
        Index(
            "uq_suppressions_open",
            "mailbox_id",
            "scope",
            "reason",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
            sqlite_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"), index=True)
    scope: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)

    mailbox: Mapped[Mailbox] = relationship(lazy="raise")


class Event(Base):
    """A sign that somebody read an e-mail, kept by person only where she agreed to it: `opened`, or `clicked` a link.

    `link` is the link's place in the version, 0 for an opening. One row for each, however often: `times` counts, and
    `at` is the first. `by_machine` where a mail server's look explains it. Story time.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("kind IN ('opened', 'clicked')", name="kind"),
        UniqueConstraint("delivery_id", "kind", "link"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    kind: Mapped[str] = mapped_column(String(12))
    link: Mapped[int]
    times: Mapped[int] = mapped_column(default=1)
    by_machine: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class LinkClicks(Base):
    """How often a link of a letter was opened, by anybody: a number, no person. One row for each day, in UTC."""

    __tablename__ = "link_clicks"
    __table_args__ = (UniqueConstraint("campaign", "letter", "link", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign: Mapped[str] = mapped_column(String(80))
    letter: Mapped[str] = mapped_column(String(80))
    link: Mapped[int]
    day: Mapped[date]
    times: Mapped[int] = mapped_column(default=0)
    by_machine: Mapped[int] = mapped_column(default=0)


class PracticeLetter(Base):
    """What the practice inbox received: the bytes as they came."""

    __tablename__ = "practice_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(320))
    sender: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(Text)
    stream: Mapped[str] = mapped_column(String(12))
    received_at: Mapped[datetime]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
