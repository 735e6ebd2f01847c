"""How far a slow walk through a table has come, so that the next round goes on there."""

from __future__ import annotations

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from newsletter.db import Base, insert_new


class Bookmark(Base):
    """The last row that the walk `name` has dealt with."""

    __tablename__ = "bookmarks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[int]


def read(session: Session, name: str) -> int:
    """The last row that was dealt with; 0 before the first."""
    return session.scalar(select(Bookmark.at).where(Bookmark.name == name)) or 0


def move(session: Session, name: str, at: int) -> None:
    """Go on from `at` next time."""
    insert_new(session, Bookmark, [{"name": name, "at": at}], returning=Bookmark.name)
    session.execute(update(Bookmark).where(Bookmark.name == name).values(at=at))
