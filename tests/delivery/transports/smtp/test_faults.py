"""A server that fails at every stage in every way, and what each failure is called."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from newsletter.delivery.transports.smtp import SmtpTransport
from newsletter.delivery.transports.urls import smtp_place
from tests.delivery.transports.letters import envelope, message
from tests.servers.acts import Cut, Drip, Hang, Say, Wait
from tests.servers.process import free_port
from tests.servers.scripted import ScriptedSMTP

HASTY = 0.002  # 0.6 s before the dot, 1.2 s for its answer


@pytest.fixture
def server():
    with ScriptedSMTP() as running:
        yield running


@pytest.fixture
def transport(server):
    with closing(SmtpTransport(smtp_place(f"smtp://127.0.0.1:{server.port}"), patience=HASTY)) as opened:
        yield opened


BEFORE = ["greeting", "ehlo", "mail", "rcpt", "data", "body"]
ENDLESS = Say(b"250-x\r\n" * 5000)
ANSWERED = ["greeting", "ehlo", "mail", "rcpt", "data", "dot"]


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("stage", BEFORE)
def test_a_line_cut_before_the_dot_is_unwritten(server, transport, stage, reset):
    server.on(stage, Cut(reset=reset))
    outcome = transport.send(envelope(), message(text="long enough to be under way " * 20_000))
    assert (outcome.kind, outcome.code, outcome.blame) == ("unwritten", None, "server")
    assert server.letters == []


@pytest.mark.parametrize("stage", BEFORE)
def test_silence_before_the_dot_is_unwritten(server, transport, stage):
    server.on(stage, Hang())
    outcome = transport.send(envelope(), message(text="more than any buffer holds " * 400_000))
    assert outcome.kind == "unwritten"
    assert outcome.text.endswith("no answer in time")
    assert server.letters == []


@pytest.mark.parametrize(
    ("act", "kept"),
    [
        (Cut(), 0),
        (Cut(reset=True), 0),
        (Cut(keep=True), 1),
        (Cut(keep=True, reset=True), 1),
        (Hang(), 0),
        (Say("gibberish"), 0),
        (Say("\0\0\0"), 0),
        (Say("354 what?"), 0),
        (Say("999 what?"), 0),
        (Say("25", cut=True), 0),
        (Say("250-and so on", cut=True), 0),
        (ENDLESS, 0),
    ],
    ids=lambda value: "endless" if value is ENDLESS else repr(value),
)
def test_a_lost_or_senseless_answer_to_the_dot_is_unknown(server, transport, act, kept):
    server.on("dot", act, times=1)
    outcome = transport.send(envelope(), message())
    assert (outcome.kind, outcome.blame, outcome.stage) == ("unknown", "server", "dot")
    assert len(server.letters) == kept
    assert transport.send(envelope(), message(2)).kind == "accepted"
    assert server.letters[-1].raw == message(2)


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize(
    "said",
    ["gibberish", "\0", "12", "2500 ok", b"\xff\xfe\r\n", "", ENDLESS.lines],
    ids=lambda said: repr(said)[:12],
)
def test_gibberish_before_the_dot_is_unwritten(server, transport, stage, said):
    server.on(stage, Say(said))
    outcome = transport.send(envelope(), message())
    assert (outcome.kind, outcome.blame) == ("unwritten", "server")
    assert server.letters == []


@pytest.mark.timeout(25)  # it would be 50 s if each byte started the time anew
@pytest.mark.parametrize("stage", ANSWERED)
def test_a_dripping_server_cannot_hold_a_letter_for_ever(server, transport, stage):
    server.on(
        stage, Drip(0.05, b"250-" + b"x" * 1000 + b"\r\n")
    )  # each read is quick, the whole would take a minute
    outcome = transport.send(envelope(), message())
    assert outcome.kind == ("unknown" if stage == "dot" else "unwritten")


def test_a_server_that_drips_but_arrives_is_heard(server, transport):
    server.on("rcpt", Drip(0.002))
    server.on("dot", Drip(0.002))
    assert transport.send(envelope(), message()).kind == "accepted"


def test_a_slow_answer_to_the_dot_has_a_time_of_its_own(server, transport):
    server.on("dot", Wait(0.8))  # longer than all that comes before the dot may take
    assert transport.send(envelope(), message()).kind == "accepted"


@pytest.mark.parametrize(
    ("stage", "said", "expected"),
    [
        ("greeting", "421 4.3.2 closing", ("deferred", 421, "4.3.2", "server")),
        ("greeting", "554 5.7.1 go away", ("deferred", 554, "5.7.1", "server")),
        ("ehlo", "421 4.3.2 closing", ("deferred", 421, "4.3.2", "server")),
        ("mail", "451 4.3.0 later", ("deferred", 451, "4.3.0", "server")),
        ("mail", "421 4.3.2 closing", ("deferred", 421, "4.3.2", "server")),
        ("mail", "550 5.1.8 unknown sender", ("refused", 550, "5.1.8", "sender")),
        ("mail", "530 5.7.0 Must issue a STARTTLS command first", ("deferred", 530, "5.7.0", "server")),
        ("rcpt", "450 4.2.0 greylisted", ("deferred", 450, "4.2.0", "recipient")),
        ("rcpt", "421 4.7.0 too much", ("deferred", 421, "4.7.0", "server")),
        ("rcpt", "452 4.2.2 mailbox full", ("deferred", 452, "4.2.2", "recipient")),
        ("rcpt", "550 5.1.1 User unknown", ("refused", 550, "5.1.1", "recipient")),
        ("rcpt", "550 User unknown", ("refused", 550, None, "recipient")),
        ("rcpt", "554 5.7.1 Relay access denied", ("refused", 554, "5.7.1", "sender")),
        ("data", "451 4.3.0 later", ("deferred", 451, "4.3.0", "server")),
        ("data", "554 no valid recipients", ("refused", 554, None, "sender")),
        ("dot", "451 4.3.0 later", ("deferred", 451, "4.3.0", "server")),
        ("dot", "421 4.3.2 closing", ("deferred", 421, "4.3.2", "server")),
        ("dot", "552 5.2.2 mailbox full", ("refused", 552, "5.2.2", "recipient")),
        ("dot", "550 5.1.1 User unknown", ("refused", 550, "5.1.1", "recipient")),
        ("dot", "554 5.6.0 content", ("refused", 554, "5.6.0", "sender")),
        ("dot", "550 5.7.26 unauthenticated", ("refused", 550, "5.7.26", "sender")),
        ("dot", "554 Transaction failed", ("refused", 554, None, "sender")),
    ],
)
def test_an_answer_says_whether_and_whom_it_is_about(server, transport, stage, said, expected):
    server.on(stage, Say(said), times=1)
    if "421" in said and stage == "mail":
        server.on(stage, Say(said), times=1)
    outcome = transport.send(envelope(), message())
    assert (outcome.kind, outcome.code, outcome.enhanced, outcome.blame) == expected
    assert server.letters == []
    assert transport.send(envelope(), message(2)).kind in {"accepted", "deferred"}
    assert all(letter.raw == message(2) for letter in server.letters)


def test_a_refused_recipient_leaves_no_trace_in_the_next_letter(server, transport):
    server.on("rcpt", Say("550 5.1.1 User unknown"), times=1)
    transport.send(envelope(to="gone@example.com"), message(1, to="gone@example.com"))
    assert transport.send(envelope(), message(2)).kind == "accepted"
    assert [letter.recipients for letter in server.letters] == [("reader@example.com",)]
    assert server.connections == 1
    assert "RSET" in server.verbs()


def test_a_refusal_in_the_middle_of_the_body_is_heard(server, transport):
    server.on("body", Say("552 5.3.4 too big", cut=True))
    outcome = transport.send(envelope(), message(text="long enough to be under way " * 200_000))
    assert (outcome.kind, outcome.code, outcome.blame) in {
        ("refused", 552, "sender"),
        ("unwritten", None, "server"),
    }
    assert server.letters == []


def test_an_answer_given_before_the_dot_is_not_taken_for_the_answer_to_it(server, transport):
    server.on("data", Say("354 go on\r\n250 2.0.0 taken over"), times=1)
    assert transport.send(envelope(), message()).kind == "unwritten"
    assert transport.send(envelope(), message(2)).kind == "accepted"
    assert [letter.raw for letter in server.letters] == [message(2)]


def test_a_server_out_of_step_is_left(server, transport):
    server.on("rcpt", Say("250 ok\r\n250 ok"), times=1)
    assert transport.send(envelope(), message()).kind == "unwritten"
    assert server.letters == []


def test_a_kept_letter_refused_all_the_same_is_not_called_accepted(server, transport):
    server.on("dot", Say("451 4.3.0 later", keep=True))
    assert transport.send(envelope(), message()).kind == "deferred"
    assert len(server.letters) == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("250 2.0.0 " + "long " * 20_000, "2.0.0 long"),
        ("250-2.0.0 several\r\n250-lines\r\n250 here", "2.0.0 several lines here"),
        ("250", ""),
        ("250 nul\0and\x1b[31mescape", "nul and [31mescape"),
        ("251 will forward", "will forward"),
        (b"250 ok\n", "ok"),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_an_odd_but_clear_acceptance_is_one(server, transport, said, shown):
    server.on("dot", Say(said), times=1)
    outcome = transport.send(envelope(), message())
    assert outcome.kind == "accepted"
    assert outcome.text.startswith(shown)
    assert len(outcome.text) <= 500
    assert transport.send(envelope(), message(2)).kind == "accepted"
    assert [letter.raw for letter in server.letters] == [message(), message(2)]


@pytest.mark.parametrize(
    "act", [Cut(), Cut(reset=True), Hang(), Say("500 never"), Say("gibberish")], ids=repr
)
def test_a_bad_goodbye_changes_nothing(server, transport, act):
    server.on("quit", act)
    assert transport.send(envelope(), message()).kind == "accepted"
    transport.close()
    transport.close()


def test_a_server_that_is_down_is_unwritten():
    with closing(SmtpTransport(smtp_place(f"smtp://127.0.0.1:{free_port()}"), patience=HASTY)) as transport:
        outcome = transport.send(envelope(), message())
    assert (outcome.kind, outcome.blame, outcome.stage) == ("unwritten", "server", "connect")
    assert "Connection refused" in outcome.text


def test_a_server_that_comes_back_is_used_again(transport, server):
    server.on("greeting", Say("421 4.3.2 starting", cut=True), times=1)
    assert transport.send(envelope(), message()).kind == "deferred"
    assert transport.send(envelope(), message()).kind == "accepted"


def test_a_name_without_an_address_is_unwritten(monkeypatch):
    def nowhere(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    outcome = SmtpTransport(smtp_place("smtp://mail.clinic.example"), patience=HASTY).send(
        envelope(), message()
    )
    assert (outcome.kind, outcome.stage) == ("unwritten", "connect")
    assert "Name or service not known" in outcome.text
