"""People, topics, what they subscribed to, and the words they agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.db import NEVER_AGAIN, Base
from newsletter.delivery.models import Mailbox


class Subscriber(Base):
    """A person. Several may share a mailbox; at most one of them came by signing up."""

    __tablename__ = "subscribers"
    __table_args__ = (
        Index(
            "uq_subscribers_signed_up",
            "mailbox_id",
            unique=True,
            postgresql_where=text("signed_up"),
            sqlite_where=text("signed_up"),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"), index=True)
    signed_up: Mapped[bool] = mapped_column(default=True)
    first_name: Mapped[str | None] = mapped_column(String(100))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(80))
    tags: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    # What a list brought along that has no column of its own; letters may print it.
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # Whether she agreed that her opens and clicks are counted; the act itself stands among her consents.
    counted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # How many times she came in from outside: 1 at the first confirmation, 2 when she comes back after leaving.
    arrivals: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    mailbox: Mapped[Mailbox] = relationship(lazy="raise")


class Topic(Base):
    """Something to hear about; visitors choose among them."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    hint: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    # Since when nobody can choose it any more; who has it keeps it.
    retired_at: Mapped[datetime | None]


class Subscription(Base):
    """One person and one topic. `admitted_at` is NULL from a confirmation until campaigns have looked at it."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "topic_id"),
        CheckConstraint("state IN ('pending', 'confirmed', 'unsubscribed')", name="state"),
        # All that counting an audience asks of each row.
        Index(
            "ix_subscriptions_heard",
            "subscriber_id",
            "topic_id",
            "state",
            "confirmed_at",
            "ended_at",
        ),
        Index(
            "ix_subscriptions_unadmitted",
            "confirmed_at",
            postgresql_where=text("state = 'confirmed' AND admitted_at IS NULL"),
            sqlite_where=text("state = 'confirmed' AND admitted_at IS NULL"),
        ),
        Index(
            "ix_subscriptions_pending",
            "requested_at",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    state: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(80))
    requested_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]

    topic: Mapped[Topic] = relationship(lazy="raise")


class Hold(Base):
    """Until `until` no marketing reaches this person: a break she took, or the clinic's healing days.

    `kind` is `break` or `healing`; one open hold of each kind. An ended one stays as history.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("kind IN ('break', 'healing')", name="kind"),
        Index(
            "uq_holds_open",
            "subscriber_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    until: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Wording(Base):
    """A text that people agreed to, word by word. A changed text is a new row."""

    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("name", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Consent(Base):
    """One act of consent, append-only: who, when, in which words, how, from where.

    Only time takes something away: `ip` and `user_agent` are forgotten after twelve months (retention).

    `act` is `requested`, `confirmed` or `withdrawn`; `topics` holds slugs, so that a renamed topic rewrites no history.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("act IN ('requested', 'confirmed', 'withdrawn')", name="act"),
        Index(
            "ix_consents_traceable",
            "at",
            postgresql_where=text("ip IS NOT NULL OR user_agent IS NOT NULL"),
            sqlite_where=text("ip IS NOT NULL OR user_agent IS NOT NULL"),
        ),
        # Who left: few beside all that was ever agreed to.
        Index(
            "ix_consents_withdrawn",
            "at",
            postgresql_where=text("act = 'withdrawn' AND stream = 'marketing'"),
            sqlite_where=text("act = 'withdrawn' AND stream = 'marketing'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"), index=True)
    act: Mapped[str] = mapped_column(String(12))
    stream: Mapped[str] = mapped_column(String(12))
    topics: Mapped[list[Any]]
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("wordings.id"))
    how: Mapped[str] = mapped_column(String(40))
    page: Mapped[str | None] = mapped_column(String(200))
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(index=True)

    wording: Mapped[Wording | None] = relationship(lazy="raise")


class Form(Base):
    """A sign-up form with words of its own. People who came by it carry its slug as their source."""

    __tablename__ = "forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    words: Mapped[dict[str, Any]]
    topics: Mapped[list[Any]]
    asks_name: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
