"""The judge itself: it must find what is wrong, or its silence is worth nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import Database
from tests.delivery.office import READER, Answering, Office
from tests.faults.oracle import Stop, breaches, states
from tests.servers.log import Accepted, Log, read


@pytest.fixture
def office(sqlite_database: Database, clock: FrozenClock) -> Office:
    return Office(sqlite_database, clock)


def send(office: Office, log: Path, *, arrives: int = 1, **facts: str) -> int:
    """One letter that is sent, and that the receiver's log holds `arrives` times."""
    out, number = Answering(), office.put(**facts)
    office.postman(out).round()
    keep(log, Accepted("letters@clinic.example", (READER,), out.handed[0][1]), arrives)
    return number


def keep(log: Path, letter: Accepted, times: int = 1) -> None:
    book = Log(log)
    for _ in range(times):
        book.write(letter)
    book.close()


def judge(office: Office, log: Path, *promised: int) -> list[str]:
    return breaches(office.database, log, promised)


def test_a_kept_promise_is_no_breach(office: Office, tmp_path: Path):
    log = tmp_path / "log"
    assert judge(office, log, send(office, log)) == []
    assert states(office.database) == {"sent": 1}


def test_every_breach_is_named(office: Office, tmp_path: Path):
    log = tmp_path / "log"
    twice, never = send(office, log, arrives=2), send(office, log, arrives=0)
    called_back = send(office, log)
    office.force(called_back, state="canceled")
    unwanted = send(office, log)
    altered, astray = send(office, log), send(office, log)
    office.force(altered, digest="0" * 64)
    office.force(astray, mailbox_id=office.mailbox("another@example.com"))
    open_end = office.put()
    keep(log, Accepted("", (READER,), b"Message-ID: <d.999@clinic.example>\r\n"))
    found = judge(office, log, twice, never, open_end, called_back, altered, astray, 998)
    assert sorted(found) == sorted(
        [
            f"I2: {twice} was accepted 2 times",
            f"I8: {never} is called sent, and nobody has it",
            f"I1: {open_end} has come to no end, it is queued",
            f"I8: {called_back} was accepted and is called canceled",
            f"I1: {unwanted} was never promised",
            f"I7: {altered} is not what was written down",
            f"I7: {astray} went to somebody else",
            "I1: 998 was promised and is lost",
            "I1: 999 arrived and nobody knows it",
        ]
    )


def test_care_may_arrive_twice_only_where_nobody_knows(office: Office, tmp_path: Path):
    log = tmp_path / "log"
    sent, unknown = (send(office, log, arrives=2, stream="care") for _ in range(2))
    office.force(unknown, state="unknown")
    assert judge(office, log, sent, unknown) == [f"I3: {sent} was accepted 2 times"]


def test_nothing_comes_after_a_stop_but_what_was_in_handoff(office: Office, tmp_path: Path):
    log = tmp_path / "log"
    number = send(office, log)
    [letter] = read(log)
    for stop, found in (
        (Stop(READER, letter.at - 1), [f"I4: {number} came after its stop"]),
        (Stop(READER, letter.at - 1, frozenset({number})), []),
        (Stop(READER, letter.at + 1), []),
        (Stop("another@example.com", letter.at - 1), []),
    ):
        assert breaches(office.database, log, [number], [stop]) == found
