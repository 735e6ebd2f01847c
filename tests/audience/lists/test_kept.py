"""Files of lists that were brought to the studio: private, named at random, and gone when they should be."""

from __future__ import annotations

import csv
import io
import os
import stat

import pytest

from newsletter.audience.lists import kept
from newsletter.audience.lists.kept import Files
from newsletter.audience.lists.records import Remark
from newsletter.errors import NotFound, Refused

TOKEN = "a" * 32


def test_an_upload_is_kept_as_it_came_where_nobody_else_reads(tmp_path):
    folder = tmp_path / "imports"
    before = os.umask(0)
    try:
        files = kept.keep(folder, io.BytesIO(b"email\r\na@example.com\r\n"))
    finally:
        os.umask(before)
    assert files.uploaded.read_bytes() == b"email\r\na@example.com\r\n"
    assert stat.S_IMODE(files.uploaded.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert kept.TOKEN.fullmatch(files.token)


def test_two_uploads_never_have_one_name(tmp_path):
    names = {kept.keep(tmp_path, io.BytesIO(b"x")).token for _ in range(20)}
    assert len(names) == 20


@pytest.mark.parametrize(("size", "fits"), [(10, True), (11, False)])
def test_what_is_too_long_is_refused_and_leaves_nothing(tmp_path, monkeypatch, size, fits):
    monkeypatch.setattr(kept, "MOST_BYTES", 10)
    if fits:
        assert kept.keep(tmp_path, io.BytesIO(b"x" * size)).uploaded.stat().st_size == size
        return
    with pytest.raises(Refused, match="newsletter subscribers import FILE"):
        kept.keep(tmp_path, io.BytesIO(b"x" * size))
    assert list(tmp_path.iterdir()) == []


def test_a_stream_that_breaks_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        kept.keep(tmp_path, Broken())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("token", ["", "..", "../pepper", "A" * 32, "a" * 31, "a" * 33, "a" * 31 + "/"])
def test_only_our_own_names_lead_to_files(tmp_path, token):
    with pytest.raises(NotFound):
        Files(tmp_path, token)


def test_forgetting_twice_is_once(tmp_path):
    files = kept.keep(tmp_path, io.BytesIO(b"x"))
    for path in (files.prepared, files.report):
        kept.private(path).close()
    files.forget()
    files.forget()
    assert list(tmp_path.iterdir()) == []


def report(tmp_path):
    files = Files(tmp_path, TOKEN)
    kept.private(files.report).close()
    return files.report


def test_a_report_is_in_the_order_of_the_list_whenever_its_lines_came(tmp_path):
    path = report(tmp_path)
    size = kept.append(path, 0, [(Remark(7, "email", "bad"), "rejected")])
    size = kept.append(
        path, size, [(Remark(2, "zone", "left out"), "remark"), (Remark(10, "", "x"), "rejected")]
    )
    rows = list(csv.reader(io.StringIO(kept.reported(path, size))))
    assert rows == [
        ["row", "column", "reason", "kind"],
        ["2", "zone", "left out", "remark"],
        ["7", "email", "bad", "rejected"],
        ["10", "", "x", "rejected"],
    ]


def test_what_a_killed_slice_had_written_is_written_over(tmp_path):
    path = report(tmp_path)
    size = kept.append(path, 0, [(Remark(2, "email", "bad"), "rejected")])
    kept.append(path, size, [(Remark(3, "email", "a much longer reason, never committed"), "rejected")])
    again = kept.append(path, size, [(Remark(3, "email", "short"), "rejected")])
    assert path.stat().st_size == again
    assert "never committed" not in kept.reported(path, again)


def test_cells_of_a_report_are_harmless_in_a_spreadsheet(tmp_path):
    path = report(tmp_path)
    size = kept.append(path, 0, [(Remark(2, "=cmd()", "+1 is no address"), "rejected")])
    [_, line] = csv.reader(io.StringIO(kept.reported(path, size)))
    assert line == ["2", "'=cmd()", "'+1 is no address", "rejected"]


def test_strays_are_old_uploads_by_our_names_and_nothing_else(tmp_path):
    old, new = (kept.keep(tmp_path, io.BytesIO(b"x")) for _ in range(2))
    (tmp_path / "notes.csv").write_text("somebody else’s")
    for path in (old.uploaded, tmp_path / "notes.csv"):
        os.utime(path, (100, 100))
    os.utime(new.uploaded, (300, 300))
    assert list(kept.strays(tmp_path, 200)) == [old]
    assert list(kept.strays(tmp_path / "not-there", 200)) == []
