"""Servers that we did not write: what they store is what we sent."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.delivery.mail import digest
from newsletter.delivery.transports.smtp import SmtpTransport
from newsletter.delivery.transports.urls import smtp_place
from tests.delivery.transports.letters import envelope, message
from tests.servers import log, postfix, process
from tests.services import need

pytestmark = pytest.mark.services
LETTERS = [
    message(1),
    message(2, text="a\r.\rb"),
    message(3, text="From the clinic\n>From\n" + "عيادة " * 300),
    message(4, text="x" * 200_000),
    message(5, text="trailing   \n\n\n"),
]


@pytest.fixture
def public_folder():
    """A folder that servers which give up root may enter; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def transport_to(port):
    return closing(SmtpTransport(smtp_place(f"smtp://127.0.0.1:{port}"), patience=0.05))


def test_postfix_delivers_the_same_bytes_into_a_mailbox(public_folder):
    with postfix.running(need("postfix"), public_folder) as server, transport_to(server.port) as transport:
        outcomes = [transport.send(envelope(), letter) for letter in LETTERS]
        assert [outcome.kind for outcome in outcomes] == ["accepted"] * len(LETTERS)
        stored = server.letters(len(LETTERS))
    assert sorted(digest(log.without_trace(letter)) for letter in stored) == sorted(map(digest, LETTERS))
    assert all(letter.count(b"Delivered-To: reader@example.com") == 1 for letter in stored)


def test_postfix_knows_no_such_reader(public_folder):
    with postfix.running(need("postfix"), public_folder) as server, transport_to(server.port) as transport:
        gone = transport.send(envelope(to="gone@example.com"), message())
        relay = transport.send(envelope(to="reader@elsewhere.example"), message())
        assert transport.send(envelope(), message()).kind == "accepted"
        assert len(server.letters(1)) == 1
    assert (gone.kind, gone.code, gone.enhanced, gone.blame) == ("refused", 550, "5.1.1", "recipient")
    assert (relay.kind, relay.code, relay.enhanced, relay.blame) == ("refused", 554, "5.7.1", "sender")


@pytest.mark.parametrize(
    ("options", "kind", "stage"),
    [
        ((), "accepted", "dot"),
        (("-W", ".:1"), "accepted", "dot"),
        (("-q", "connect"), "unwritten", "greeting"),
        (("-q", "ehlo"), "unwritten", "hello"),
        (("-q", "mail"), "unwritten", "mail"),
        (("-q", "rcpt"), "unwritten", "rcpt"),
        (("-q", "data"), "unwritten", "data"),
        (("-q", "."), "unknown", "dot"),
        (("-Q", "rcpt"), "deferred", "rcpt"),
        (("-Q", "."), "deferred", "dot"),
        (("-r", "rcpt"), "deferred", "rcpt"),
        (("-r", "."), "deferred", "dot"),
        (("-f", "mail"), "refused", "mail"),
        (("-f", "rcpt"), "refused", "rcpt"),
        (("-f", "."), "refused", "dot"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_smtp_sink_fails_where_it_is_told_to(public_folder, options, kind, stage):
    with (
        process.smtp_sink(need("smtp-sink"), public_folder, *options) as port,
        transport_to(port) as transport,
    ):
        outcome = transport.send(envelope(), message())
    assert (outcome.kind, outcome.stage) == (kind, stage)
    stored = [
        log.without_trace(path.read_bytes()) for path in public_folder.glob("letter.*") if path.stat().st_size
    ]
    if kind == "accepted":
        assert stored == [message() + b"\r\n"]  # it ends every file with an empty line of its own


def test_the_receivers_log_outlives_it_and_tells_what_was_taken_over(tmp_path):
    path = tmp_path / "accepted.jsonl"
    options = ("--refuse", "0.3", "--lose", "0.2", "--latency", "1", "--seed", "7")
    with process.receiver(path, *options) as port, transport_to(port) as transport:
        outcomes = {number: transport.send(envelope(), message(number)).kind for number in range(1, 41)}
    taken = log.read(path)
    assert {letter.delivery_id for letter in taken} == {
        n for n, kind in outcomes.items() if kind in {"accepted", "unknown"}
    }
    assert all(letter.raw == message(letter.delivery_id) for letter in taken)
    assert len(taken) == len({letter.message_id for letter in taken})
    assert {"accepted", "deferred", "unknown"} == set(outcomes.values())
