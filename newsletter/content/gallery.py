"""The pictures that letters may show: a row each, and the bytes beside the database, under their own digest."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.content.encoding import Encoded
from newsletter.content.models import Email, Picture, Version
from newsletter.content.pictures import ADDRESS, address
from newsletter.content.values import UNWANTED
from newsletter.db import insert_new

LONGEST_NAME = 200
FOLDER = "media"


def keep(session: Session, data_dir: Path, picture: Encoded, name: str, now: datetime) -> Picture:
    """Keep `picture`, which somebody called `name`; the same one comes back as the row it has. `now` is aware.

    The row is written first, so that whoever deletes the same picture waits; nobody sees it before the bytes lie there.
    """
    called = " ".join(UNWANTED.sub(" ", name.replace("\\", "/").rpartition("/")[2]).split())
    row = {
        "digest": picture.digest,
        "name": called[:LONGEST_NAME] or "picture",
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "size": len(picture.data),
        "created_at": now,
    }
    insert_new(session, Picture, [row])
    kept = session.scalars(select(Picture).where(Picture.digest == picture.digest).with_for_update()).one()
    _write(file_of(data_dir, picture.digest), picture.data)
    return kept


def discard(session: Session, data_dir: Path, picture: Picture) -> None:
    """Delete `picture` and its bytes. Whether a letter still shows it is for the caller to ask."""
    session.delete(picture)
    session.flush()
    file_of(data_dir, picture.digest).unlink(missing_ok=True)


def find(session: Session, digest: str) -> Picture | None:
    """The picture whose bytes have this SHA-256, in hexadecimal."""
    return session.scalar(select(Picture).where(Picture.digest == digest))


def at(session: Session, address: str) -> Picture | None:
    """The picture that an address of ours names, with or without its host."""
    named = ADDRESS.search(address)
    return find(session, named[1]) if named else None


def newest(session: Session, limit: int) -> list[Picture]:
    """The pictures that were brought last, `limit` at most."""
    return list(session.scalars(select(Picture).order_by(Picture.id.desc()).limit(limit)))


def was_published(session: Session, picture: Picture) -> bool:
    """Whether any version but a test shows it, also one that is live no more: it may lie in somebody's mailbox."""
    shown = (
        select(Version.id)
        .join(Email, Email.id == Version.email_id)
        .where(Version.html.contains(picture.digest), ~Email.slug.startswith("test/"))
        .limit(1)
    )
    return session.scalar(shown) is not None


def address_of(picture: Picture) -> str:
    """Where `picture` is served, below the base URL."""
    return address(picture.digest, picture.media_type, picture.width, picture.height)


def file_of(data_dir: Path, digest: str) -> Path:
    """Where the bytes lie."""
    return data_dir / FOLDER / digest


def _write(file: Path, data: bytes) -> None:
    """All of it or nothing, whenever the power goes: another name, flushed, then renamed, then the folder flushed."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as beside:
            beside.write(data)
            beside.flush()
            os.fchmod(handle, 0o644)
            os.fsync(handle)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
