"""Campaign folders on a real disk: whole or not at all, and nothing of anybody else's written over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.campaigns.filing import exporting
from newsletter.campaigns.filing.files import read_folder, read_folders
from newsletter.errors import Refused
from tests.campaigns.filing.test_writing import CAMPAIGNS, ISSUE, PLAIN, STEP, WELCOME


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_what_is_exported_is_read_from_the_disk_as_it_was(tmp_path: Path, name: str) -> None:
    (folder,) = exporting.export([CAMPAIGNS[name]], tmp_path / "out")
    assert folder == tmp_path / "out" / CAMPAIGNS[name].slug
    assert read_folder(folder).digest == CAMPAIGNS[name].digest


def test_several_stand_side_by_side_in_a_folder_that_is_made(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    assert exporting.export([WELCOME, ISSUE], out) == [out / "welcome", out / "spring-guide"]
    assert {each.slug for each in read_folders(out)} == {"welcome", "spring-guide"}


def test_a_second_export_is_the_same_byte_for_byte_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    exporting.export([WELCOME, ISSUE], tmp_path)
    before = tree(tmp_path)
    exporting.export([WELCOME, ISSUE], tmp_path)
    assert tree(tmp_path) == before
    assert set(before) == {
        "welcome/sequence.toml",
        "welcome/01-hello.md",
        "spring-guide/broadcast.toml",
        "spring-guide/issue.md",
    }


def test_an_older_export_gives_way_with_the_files_that_are_no_longer_meant(tmp_path: Path) -> None:
    older = replace(STEP, body=replace(PLAIN, name="01-good-day.md", text="Good day."))
    exporting.export([replace(WELCOME, steps=(older,))], tmp_path)
    exporting.export([WELCOME], tmp_path)
    assert set(tree(tmp_path)) == {"welcome/sequence.toml", "welcome/01-hello.md"}


def test_files_that_the_campaign_does_not_name_are_never_taken_away(tmp_path: Path) -> None:
    exporting.export([WELCOME, ISSUE], tmp_path)
    (tmp_path / "welcome" / "notes.md").write_text("my notes")
    before = tree(tmp_path)
    with pytest.raises(
        Refused, match=r"welcome holds what its campaign does not name: notes.md; right would be"
    ):
        exporting.export([replace(ISSUE, name="Other"), WELCOME], tmp_path)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("there", ["photos/a.jpg", ".git/config", "link.md", "01-hello.md"])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, there: str) -> None:
    path = tmp_path / "welcome" / there
    path.parent.mkdir(parents=True)
    if there == "link.md":
        path.symlink_to(tmp_path / "elsewhere.md")
    else:
        path.write_text("precious")
    with pytest.raises(Refused, match="does not name"):
        exporting.export([WELCOME], tmp_path)
    assert path.is_symlink() or path.read_text() == "precious"


def test_a_campaign_with_a_mistake_in_it_is_somebody_s_work_and_is_left_alone(tmp_path: Path) -> None:
    exporting.export([WELCOME], tmp_path)
    (tmp_path / "welcome" / "sequence.toml").write_text('name = "half an ed')
    with pytest.raises(Refused, match=r"does not name: 01-hello.md"):
        exporting.export([WELCOME], tmp_path)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "welcome").mkdir()
    exporting.export([WELCOME], tmp_path)
    assert read_folder(tmp_path / "welcome").digest == WELCOME.digest


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="file is a file; right would be a folder"):
        exporting.export([WELCOME], tmp_path / "file")
    (tmp_path / "welcome").write_text("")
    with pytest.raises(Refused, match="welcome is in the way"):
        exporting.export([WELCOME], tmp_path)


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "welcome").symlink_to(tmp_path / "real")
    with pytest.raises(Refused, match="welcome is in the way"):
        exporting.export([WELCOME], tmp_path)
    assert not list((tmp_path / "real").iterdir())


def test_a_letter_that_cannot_be_written_leaves_the_older_export_whole(tmp_path: Path) -> None:
    exporting.export([WELCOME], tmp_path)
    before = tree(tmp_path)
    too_long = replace(STEP, body=replace(PLAIN, name=f"{'x' * 300}.md"))
    with pytest.raises(OSError, match="too long"):
        exporting.export([replace(WELCOME, name="Other", steps=(too_long,))], tmp_path)
    assert tree(tmp_path) == before
    assert [each.name for each in tmp_path.iterdir()] == ["welcome"]
