"""Sequences, their versioned timelines, and who is where in them."""

from __future__ import annotations

from datetime import date, datetime
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

from newsletter.audience.models import Subscriber
from newsletter.content.models import Version
from newsletter.db import NEVER_AGAIN, Base
from newsletter.staff.models import Staff


class Sequence(Base):
    """Letters that follow an event, each at its moment. Admits whoever arrives after `on_since`."""

    __tablename__ = "sequences"
    __table_args__ = (
        CheckConstraint("kind IN ('marketing', 'care')", name="kind"),
        CheckConstraint("state IN ('on', 'paused')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    trigger: Mapped[str] = mapped_column(String(20))
    topics: Mapped[list[Any]]
    reentry: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12), default="on")
    on_since: Mapped[datetime]
    live_timeline_id: Mapped[int | None]
    created_at: Mapped[datetime]


class TimelineVersion(Base):
    """One immutable set of steps, live from `live_at` until the next."""

    __tablename__ = "timeline_versions"
    __table_args__ = (UniqueConstraint("sequence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id"))
    number: Mapped[int]
    source_hash: Mapped[str] = mapped_column(String(64))
    live_at: Mapped[datetime]

    steps: Mapped[list[Step]] = relationship(order_by="Step.position", lazy="raise")


class Step(Base):
    """One letter at one moment. `key` survives versions; `intent` says the moment as a person would."""

    __tablename__ = "steps"
    __table_args__ = (UniqueConstraint("timeline_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    timeline_id: Mapped[int] = mapped_column(ForeignKey("timeline_versions.id"))
    key: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    intent: Mapped[dict[str, Any]]
    only_if: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))

    version: Mapped[Version] = relationship(lazy="raise")


class Enrollment(Base):
    """One person's way through one sequence. `next_due_at` is the one column that the worker asks for.

    A `pinned` one keeps its timeline when a newer one goes live: that was used for new people only.
    """

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("sequence_id", "entry_key"),
        CheckConstraint("state IN ('active', 'paused', 'complete', 'exited')", name="state"),
        Index(
            "ix_enrollments_due",
            "next_due_at",
            postgresql_where=text("state = 'active'"),
            sqlite_where=text("state = 'active'"),
        ),
        # How many are in a sequence, through it, out of it.
        Index("ix_enrollments_state", "sequence_id", "state", "pinned"),
        {"postgresql_with": {"fillfactor": "80"}, **NEVER_AGAIN},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id"))
    entry_key: Mapped[str] = mapped_column(String(80))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscribers.id"), index=True)
    zone: Mapped[str] = mapped_column(String(64))
    anchors: Mapped[dict[str, Any]]
    timeline_id: Mapped[int] = mapped_column(ForeignKey("timeline_versions.id"))
    pinned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(String(12), default="active")
    reason: Mapped[str | None] = mapped_column(String(200))
    next_due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    sequence: Mapped[Sequence] = relationship(lazy="raise")
    subscriber: Mapped[Subscriber] = relationship(lazy="raise")


class StepRun(Base):
    """What became of one step for one enrollment: queued, or set aside with a reason. Once each."""

    __tablename__ = "step_runs"
    __table_args__ = (UniqueConstraint("enrollment_id", "step_key", "occurrence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"))
    step_key: Mapped[str] = mapped_column(String(80))
    occurrence: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(200))
    planned_at: Mapped[datetime]
    until: Mapped[datetime]
    decided_at: Mapped[datetime]
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)


AT_WORK = text("NOT settled")


class Broadcast(Base):
    """One issue to everybody of a topic, once. Its recipients are its deliveries, by `campaign` and no `step`.

    Story time throughout. `starts_at` is the instant at which it begins; with `local_hour` each reader gets it at that
    hour of `local_day` on her own clock. The audience is who was subscribed at `started_at`; `cursor` is the last
    subscriber that was looked at.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'sending', 'paused', 'late', 'sent', 'canceled')", name="state"
        ),
        Index("ix_broadcasts_at_work", "id", postgresql_where=AT_WORK, sqlite_where=AT_WORK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    topic: Mapped[str] = mapped_column(String(40))
    except_topics: Mapped[list[Any]]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    # Whether anybody may read it under /archive/ once it has begun.
    archived: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    starts_at: Mapped[datetime | None]
    local_day: Mapped[date | None]
    local_hour: Mapped[int | None]
    started_at: Mapped[datetime | None]
    cursor: Mapped[int] = mapped_column(default=0)
    fanned_out: Mapped[bool] = mapped_column(default=False)
    # Nothing is left to do until its state changes.
    settled: Mapped[bool] = mapped_column(default=True)
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    version: Mapped[Version] = relationship(lazy="raise")


class CampaignDraft(Base):
    """A campaign folder kept as it was read, waiting for somebody to use it; `digest` tells its contents.

    `origin` is `import`, `studio` where somebody writes it there, or `starter` where a newer release changed one of its
    own campaigns. Nothing that people get changes before it is used. `files` is the folder: name -> text. At most one
    is open for each campaign. `revision` grows with every save in the studio, so that no save hides another.
    """

    __tablename__ = "campaign_drafts"
    __table_args__ = (
        CheckConstraint("origin IN ('import', 'starter', 'studio')", name="origin"),
        CheckConstraint("state IN ('open', 'used', 'discarded')", name="state"),
        Index(
            "uq_campaign_drafts_kept",
            "slug",
            "digest",
            unique=True,
            postgresql_where=text("origin <> 'studio'"),
            sqlite_where=text("origin <> 'studio'"),
        ),
        Index(
            "uq_campaign_drafts_open",
            "slug",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    origin: Mapped[str] = mapped_column(String(12))
    files: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12), default="open")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    edited_by: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    ended_at: Mapped[datetime | None]


class DraftRevision(Base):
    """What a draft said at the end of one sitting: its folder, as it was when somebody stopped writing on it.

    What is saved in one sitting takes the place of what that sitting saved before.
    """

    __tablename__ = "draft_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), index=True)
    revision: Mapped[int]
    files: Mapped[dict[str, Any]]
    began_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int] = mapped_column(ForeignKey(Staff.id))
