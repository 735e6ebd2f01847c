"""Pictures are kept: a row and a file, both or neither, each picture once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from newsletter.content import gallery
from newsletter.content.compiling import Source
from newsletter.content.encoding import Encoded
from newsletter.content.models import Picture
from newsletter.content.publishing import publish, set_aside
from newsletter.db import Database

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HERE = "https://letters.clinic.example"


def a_picture(data: bytes = b"the bytes of a picture", kind: str = "image/jpeg") -> Encoded:
    return Encoded(data, kind, 600, 400)


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in (folder / "media").iterdir())


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Picture)) or 0


def test_the_same_picture_is_kept_once_and_heals_where_its_file_was_lost(
    database: Database, tmp_path: Path
) -> None:
    one = a_picture()
    with database.writing.begin() as session:
        first = gallery.keep(session, tmp_path, one, "a room.jpg", NOW)
        assert (first.name, first.width, first.height, first.size) == ("a room.jpg", 600, 400, 22)
        assert gallery.address_of(first) == f"/media/{one.digest}-600x400.jpg"
        assert gallery.file_of(tmp_path, one.digest).read_bytes() == one.data
    gallery.file_of(tmp_path, one.digest).unlink()
    with database.writing.begin() as session:
        again = gallery.keep(session, tmp_path, one, "another name.jpg", NOW)
        assert (again.id, again.name) == (first.id, "a room.jpg")
    assert files(tmp_path) == [one.digest]
    assert count(database) == 1


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("a room.jpg", "a room.jpg"),
        ("C:\\Users\\reader\\a room.jpg", "a room.jpg"),
        ("../../etc/passwd", "passwd"),
        ("two\r\nlines\x00.png", "two lines .png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 500, "x" * 200),
        ("   ", "picture"),
        ("", "picture"),
        ("<b>{{ first_name }}</b>", "b>"),
    ],
)
def test_a_name_is_for_people_and_leads_nowhere(
    sqlite_database: Database, tmp_path: Path, called: str, kept: str
) -> None:
    with sqlite_database.writing.begin() as session:
        assert gallery.keep(session, tmp_path, a_picture(), called, NOW).name == kept


def test_a_disk_that_fails_leaves_neither_a_row_nor_half_a_file(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("newsletter.content.gallery.os.fsync", full)
        with pytest.raises(OSError, match="No space"), sqlite_database.writing.begin() as session:
            gallery.keep(session, tmp_path, a_picture(), "a.jpg", NOW)
    assert files(tmp_path) == []
    assert count(sqlite_database) == 0
    with sqlite_database.writing.begin() as session:
        gallery.keep(session, tmp_path, a_picture(), "a.jpg", NOW)
    assert len(files(tmp_path)) == count(sqlite_database) == 1


def test_two_who_bring_the_same_picture_at_once_get_the_same_one(database: Database, tmp_path: Path) -> None:
    numbers: list[int] = []
    together = threading.Barrier(2, timeout=30)

    def bring() -> None:
        together.wait()
        with database.writing.begin() as session:
            numbers.append(gallery.keep(session, tmp_path, a_picture(), "a.jpg", NOW).id)

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 1
    assert len(numbers) == 2
    assert files(tmp_path) == [a_picture().digest]


def test_what_is_thrown_away_is_gone_from_both(database: Database, tmp_path: Path) -> None:
    with database.writing.begin() as session:
        kept = [gallery.keep(session, tmp_path, a_picture(data), "a.jpg", NOW) for data in (b"1", b"2", b"3")]
        assert [each.id for each in gallery.newest(session, 2)] == [kept[2].id, kept[1].id]
        gallery.discard(session, tmp_path, kept[1])
    with database.reading() as session:
        assert gallery.find(session, a_picture(b"2").digest) is None
        assert gallery.at(session, f"{HERE}{gallery.address_of(kept[0])}") is not None
        assert gallery.at(session, f"{HERE}/media/nothing.jpg") is None
        assert gallery.at(session, "") is None
    assert files(tmp_path) == sorted(a_picture(data).digest for data in (b"1", b"3"))


def test_what_was_live_once_counts_as_shown_and_a_test_does_not(database: Database, tmp_path: Path) -> None:
    with database.writing.begin() as session:
        once, tested = (
            gallery.keep(session, tmp_path, a_picture(data), "a.jpg", NOW) for data in (b"1", b"2")
        )
        for picture, put in ((once, publish), (tested, set_aside)):
            source = Source("s", "p", f"![A room]({HERE}{gallery.address_of(picture)})")
            put(session, "welcome/one" if put is publish else "test/one", source, NOW, kind="marketing")
        publish(session, "welcome/one", Source("s", "p", "No picture now."), NOW, kind="marketing")
        assert gallery.was_published(session, once)
        assert not gallery.was_published(session, tested)
