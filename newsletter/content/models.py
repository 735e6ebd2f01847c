"""E-mails and the immutable versions people were sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.db import Base


class Email(Base):
    """One letter under one name, whatever its wording; `live_version_id` is what people get from now on."""

    __tablename__ = "emails"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    # No foreign key: it would make a circle with versions, which SQLite cannot alter later.
    live_version_id: Mapped[int | None]
    created_at: Mapped[datetime]


class Version(Base):
    """One wording, compiled once, never changed: what exactly did she read on 3 May?"""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("email_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email_id: Mapped[int] = mapped_column(ForeignKey("emails.id"))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(Text)
    preview_text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    links: Mapped[list[Any]]
    fields: Mapped[list[Any]]
    warnings: Mapped[list[Any]]
    source: Mapped[dict[str, Any]]
    source_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Picture(Base):
    """A picture that somebody brought, as it is sent: re-encoded, stripped, no larger than a letter can show.

    The bytes stand in the data directory under `digest`, the SHA-256 of what is served, in hexadecimal.
    """

    __tablename__ = "pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    created_at: Mapped[datetime]
