"""How far a long command has come."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from newsletter import clock
from newsletter.cli.progress import EVERY, progress

SHOW = """
from newsletter.cli.progress import progress
with progress("Importing", 3) as tell:
    for done in (1, 2, 3):
        tell(done)
print("what the command prints")
"""


def test_where_nobody_watches_it_says_a_line_now_and_then(monkeypatch, capsys):
    ticks = iter([0.0, 1.0, EVERY + 1, EVERY + 1, EVERY + 2, 3 * EVERY, 3 * EVERY])
    monkeypatch.setattr(clock, "ticks", lambda: next(ticks))
    with progress("Importing", 20_000) as tell:
        for done in (1, 500, 600, 20_000):
            tell(done)
    said = capsys.readouterr()
    assert said.err.splitlines() == ["Importing: 500 of 20000", "Importing: 20000 of 20000"]
    assert said.out == ""


def test_without_a_known_end_it_says_how_much_is_done(monkeypatch, capsys):
    ticks = iter([0.0, EVERY, EVERY])
    monkeypatch.setattr(clock, "ticks", lambda: next(ticks))
    with progress("Reading") as tell:
        tell(7)
    assert capsys.readouterr().err == "Reading: 7\n"


def test_on_a_terminal_it_is_a_bar_and_the_output_stays_clean():
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", SHOW], stderr=theirs, stdout=subprocess.PIPE, check=True, timeout=60
    )
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    assert b"Importing" in shown
    assert b"3/3" in shown
    assert done.stdout == b"what the command prints\n"


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # what Linux says when the other side has closed
        return b""
