from __future__ import annotations

import csv
import io

import pytest

from newsletter.audience import exporting
from tests.cli.conftest import both

HEAD = "email,first_name,time_zone,topics,tags,confirmed_at,consent_source,consent_wording"
LIST = (
    "email,first_name,tags,confirmed_at,consent_wording,plan\r\n"
    'reader@example.com,=cmd,"a, b",2024-05-01T09:30:00Z,"Yes,\nplease",gold\r\n'
    "zoe@example.com,Zoë,,,,\r\n"
)


@pytest.fixture
def brought(house, run, tmp_path):
    """Two people from a list."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8", newline="")
    run("subscribers", "import", str(path), "--source", "the old site", "--fields", "all")
    return house


@both
def test_people_go_to_stdout_in_utf_8(brought, run):
    told = run("subscribers", "export").stdout_bytes.decode("utf-8")
    head, first, second, *_ = told.split("\r\n")
    assert head == HEAD + ",plan"
    assert first.startswith(
        'reader@example.com,\'=cmd,,"resources, tips, news","a, b",2024-05-01T09:30:00+00:00,'
    )
    assert second.startswith("zoe@example.com,Zoë,")


def test_a_file_appears_whole_and_only_its_owner_may_read_it(brought, run, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("older")
    assert run("subscribers", "export", str(path)).stdout == f"2 people in {path}.\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == run("subscribers", "export").stdout_bytes
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".people")] == []


def test_an_export_that_fails_leaves_the_older_file(brought, run, tmp_path, monkeypatch):
    path = tmp_path / "people.csv"
    path.write_text("older")

    def breaks(*_given):
        yield ["email"]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "rows", breaks)
    assert "no space left" in run.refused("subscribers", "export", str(path))
    assert path.read_text() == "older"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".people")] == []


def test_a_folder_that_is_not_there_is_one_clear_line(brought, run, tmp_path):
    assert "no such file or directory" in run.refused(
        "subscribers", "export", str(tmp_path / "no" / "people.csv")
    )


@both
def test_an_export_brought_back_over_itself_changes_nothing(brought, run, tmp_path):
    path = tmp_path / "people.csv"
    run("subscribers", "export", str(path))
    told = run.json("subscribers", "import", str(path), "--fields", "all")
    assert (told["known"], told["rejected"], told["unknown_columns"]) == (2, 0, [])
    assert run("subscribers", "export").stdout_bytes == path.read_bytes()


@both
def test_leavers_are_a_list_of_their_own(brought, run):
    run("suppressions", "add", "reader@example.com")
    head, row, _ = (
        run("subscribers", "export", "--status", "unsubscribed").stdout.replace("\r", "").split("\n")
    )
    assert head == "email,left_at,cleaned_at,reason"
    assert row.startswith("reader@example.com,,2")
    assert "reader@example.com" not in run("subscribers", "export").stdout


def test_who_has_not_confirmed_is_told_so(brought, run, sign_up):
    sign_up("visitor014@example.com", confirmed=False)
    told = run("subscribers", "export", "--status", "pending").stdout
    head, row = csv.DictReader(io.StringIO(told)).fieldnames, next(csv.DictReader(io.StringIO(told)))
    assert ",".join(head) == HEAD + ",status,plan"
    assert (row["email"], row["status"], row["confirmed_at"]) == ("visitor014@example.com", "pending", "")
