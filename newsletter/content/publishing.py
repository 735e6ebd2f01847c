"""A letter's wording becomes what people get from now on: an immutable version, and the pointer to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.content.brand import PLAIN, Brand
from newsletter.content.compiling import Kind, Source
from newsletter.content.models import Email, Version
from newsletter.content.previewing import compiled_once
from newsletter.content.wearing import worn
from newsletter.db import insert_new


def publish(session: Session, slug: str, source: Source, now: datetime, *, kind: Kind) -> Version:
    """Make `source` the live wording of the letter `slug`, which is made if it is new. `now` is aware.

    It wears the brand of today. The wording that is live already, and looks so, comes back as the version it has:
    nothing is written. Raises ContentRefused.
    """
    brand = worn(session)
    digest = source_hash(source, brand)
    email = _email(session, slug, kind, now)
    live = session.get(Version, email.live_version_id) if email.live_version_id else None
    if live is not None and live.source_hash == digest:
        return live
    version = _write(session, email, source, brand, now)
    email.live_version_id = version.id
    session.flush()
    return version


def set_aside(session: Session, slug: str, source: Source, now: datetime, *, kind: Kind) -> Version:
    """An immutable version of the letter `slug` that nobody gets from it: for a test. `now` is aware.

    The newest version comes back where it says the same already. Raises ContentRefused.
    """
    brand = worn(session)
    digest = source_hash(source, brand)
    email = _email(session, slug, kind, now)
    newest = select(Version).where(Version.email_id == email.id).order_by(Version.number.desc()).limit(1)
    version = session.scalar(newest)
    if version is not None and version.source_hash == digest:
        return version
    return _write(session, email, source, brand, now)


def source_hash(source: Source, brand: Brand = PLAIN) -> str:
    """Tells two wordings apart, in hexadecimal: the same words in the same brand, on every machine, give the same."""
    words = json.dumps(asdict(source), sort_keys=True) + brand.mark
    return hashlib.sha256(words.encode()).hexdigest()


def _email(session: Session, slug: str, kind: Kind, now: datetime) -> Email:
    """The letter's row, locked until the transaction ends, so that two publishers number one after the other."""
    insert_new(session, Email, [{"slug": slug, "kind": kind, "created_at": now}])
    return session.scalars(select(Email).where(Email.slug == slug).with_for_update()).one()


def _write(session: Session, email: Email, source: Source, brand: Brand, now: datetime) -> Version:
    compiled = compiled_once(source, brand, cast("Kind", email.kind))
    latest = session.scalar(select(func.max(Version.number)).where(Version.email_id == email.id)) or 0
    version = Version(
        email_id=email.id,
        number=latest + 1,
        subject=compiled.subject,
        preview_text=compiled.preview_text,
        html=compiled.html,
        text=compiled.text,
        links=list(compiled.links),
        fields=list(compiled.fields),
        warnings=list(compiled.warnings),
        source=asdict(source),
        source_hash=source_hash(source, brand),
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version
