"""A slow walk goes on where it was left."""

from __future__ import annotations

from sqlalchemy import func, select

from newsletter import bookmarks
from newsletter.bookmarks import Bookmark


def test_a_walk_that_has_not_begun_stands_at_zero(database):
    with database.reading() as session:
        assert bookmarks.read(session, "bodies") == 0


def test_a_walk_goes_on_where_it_was_left(database):
    for at in (7, 40):
        with database.writing.begin() as session:
            bookmarks.move(session, "bodies", at)
        with database.reading() as session:
            assert bookmarks.read(session, "bodies") == at
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Bookmark)) == 1


def test_two_walks_do_not_know_of_each_other(database):
    with database.writing.begin() as session:
        bookmarks.move(session, "bodies", 7)
        bookmarks.move(session, "a walk of another name", 3)
    with database.reading() as session:
        assert bookmarks.read(session, "bodies") == 7
        assert bookmarks.read(session, "a walk of another name") == 3


def test_what_is_rolled_back_was_not_walked(database):
    with database.writing() as session:
        bookmarks.move(session, "bodies", 7)
        session.rollback()
    with database.reading() as session:
        assert bookmarks.read(session, "bodies") == 0
