"""One file per letter, whole or not at all."""

from __future__ import annotations

import mailbox
import os
import subprocess
from pathlib import Path

import pytest

from newsletter.delivery.transports.maildir import MaildirTransport
from tests.delivery.transports.letters import envelope, message
from tests.servers.log import without_trace


def files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()]


def test_a_letter_lies_in_new_with_its_trace_on_top(tmp_path):
    folder = tmp_path / "a" / "b"
    outcome = MaildirTransport(folder).send(envelope(), message())
    assert outcome.kind == "accepted"
    (file,) = files(folder)
    assert file.parent.name == "new"
    assert file.read_bytes() == (
        b"Return-Path: <b+1@bounce.clinic.example>\r\nDelivered-To: reader@example.com\r\n" + message()
    )
    assert without_trace(file.read_bytes()) == message()
    assert folder.joinpath("new").stat().st_mode & 0o077 == 0


def test_other_programs_can_read_it(tmp_path):
    MaildirTransport(tmp_path / "box").send(envelope(), message())
    (letter,) = mailbox.Maildir(tmp_path / "box")
    assert letter["Delivered-To"] == "reader@example.com"


def test_two_letters_are_two_files_though_the_clock_stands_still(tmp_path):
    transport = MaildirTransport(tmp_path / "box")
    for _ in range(20):
        transport.send(envelope(), message())
    assert len(files(tmp_path / "box")) == 20


def test_a_folder_that_cannot_be_made_defers(tmp_path):
    (tmp_path / "file").write_text("in the way")
    outcome = MaildirTransport(tmp_path / "file" / "box").send(envelope(), message())
    assert (outcome.kind, outcome.blame) == ("deferred", "server")
    assert "Not a directory" in outcome.text


def test_a_full_disk_defers_and_leaves_nothing_behind(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root on a machine that may mount can fill a small disk")
    try:
        transport = MaildirTransport(disk / "box")
        outcomes = [transport.send(envelope(), message(text="glow " * 4000)).kind for _ in range(4)]
        assert outcomes[0] == "accepted"
        assert outcomes[-1] == "deferred"
        kept = files(disk / "box")
        assert len(kept) == outcomes.count("accepted")
        assert all(without_trace(file.read_bytes()) == message(text="glow " * 4000) for file in kept)
    finally:
        subprocess.run(["umount", disk], check=True)
