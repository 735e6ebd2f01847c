"""One connection, kept while it is good; what is said on it, and what is never said."""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager

import pytest

from newsletter.delivery.mail import digest
from newsletter.delivery.transports import smtp
from newsletter.delivery.transports.smtp import SmtpTransport
from newsletter.delivery.transports.urls import smtp_place
from tests.delivery.transports.letters import SENDER, envelope, message
from tests.servers.acts import Cut, Say
from tests.servers.scripted import FEATURES, ScriptedSMTP


@pytest.fixture
def server():
    with ScriptedSMTP() as running:
        yield running


@contextmanager
def transport_to(server, login="", **options):
    place = smtp_place(f"smtp://{login}127.0.0.1:{server.port}")
    with closing(SmtpTransport(place, patience=0.02, **options)) as opened:
        yield opened


def test_letters_arrive_byte_for_byte_over_one_connection(server):
    letters = [message(number) for number in range(1, 6)]
    with transport_to(server) as transport:
        assert [transport.send(envelope(), letter).kind for letter in letters] == ["accepted"] * 5
    assert [letter.raw for letter in server.letters] == letters
    assert [letter.sha256 for letter in server.letters] == [digest(letter) for letter in letters]
    assert {(letter.sender, letter.recipients) for letter in server.letters} == {
        (SENDER, ("reader@example.com",))
    }
    assert server.connections == 1
    assert server.verbs()[-1] == "QUIT"


@pytest.mark.parametrize("raw", [b"a\r\n.\r\nb\r\n", b".\r\n", b"..\r\n.x", b"\r\n.\r\n.\r\n", b"x"])
def test_dots_are_stuffed_so_that_no_letter_ends_early(server, raw):
    with transport_to(server) as transport:
        assert transport.send(envelope(), raw).kind == "accepted"
    (letter,) = server.letters
    assert letter.raw == (raw if raw.endswith(b"\r\n") else raw + b"\r\n")
    assert letter.sha256 == digest(raw) == hashlib.sha256(letter.raw).hexdigest()


@pytest.mark.parametrize(
    "raw",
    [
        b"a\r.\rMAIL FROM:<x@example.com>\r\n",
        b"a\n.\nMAIL FROM:<x@example.com>\r\n",
        b"a\r\n.\n",
        b"a\n.\r\n",
        b"a\r",
        b"\n",
        b"x" * 999 + b"\r\n",
    ],
)
def test_what_could_smuggle_a_second_letter_never_reaches_a_server(server, raw):
    with transport_to(server) as transport:
        outcome = transport.send(envelope(), raw)
    assert (outcome.kind, outcome.blame, outcome.stage) == ("refused", "sender", "message")
    assert server.connections == 0


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(server):
    with transport_to(server) as transport:
        transport.send(envelope(), message())
        server.on("mail", Cut(), times=1)
        assert transport.send(envelope(), message(2)).kind == "accepted"
        server.on("mail", Say("421 4.4.2 idle too long", cut=True), times=1)
        assert transport.send(envelope(), message(3)).kind == "accepted"
    assert server.connections == 3
    assert [letter.raw for letter in server.letters] == [message(), message(2), message(3)]


def test_a_fresh_connection_that_fails_is_not_replaced_at_once(server):
    server.on("mail", Cut())
    with transport_to(server) as transport:
        assert transport.send(envelope(), message()).kind == "unwritten"
    assert server.connections == 1


def test_a_connection_ends_after_its_share_of_letters(server, monkeypatch):
    monkeypatch.setattr(smtp, "MOST_LETTERS", 2)
    with transport_to(server) as transport:
        for number in range(5):
            transport.send(envelope(), message(number))
    assert server.connections == 3


def test_a_connection_that_rested_too_long_is_not_used(server, monkeypatch):
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0)
    with transport_to(server) as transport:
        for number in range(3):
            assert transport.send(envelope(), message(number)).kind == "accepted"
    assert server.connections == 3


def test_we_introduce_ourselves_by_a_full_name_or_by_our_address(server, monkeypatch):
    monkeypatch.setattr(smtp.socket, "gethostname", lambda: "laptop")
    with transport_to(server) as transport:
        transport.send(envelope(), message())
    with transport_to(server, hello="out.clinic.example") as transport:
        transport.send(envelope(), message())
    monkeypatch.setattr(smtp.socket, "gethostname", lambda: "mail.clinic.example")
    with transport_to(server) as transport:
        transport.send(envelope(), message())
    hellos = [command for command in server.commands if command.startswith("ehlo")]
    assert hellos == ["ehlo [127.0.0.1]", "ehlo out.clinic.example", "ehlo mail.clinic.example"]


def test_a_server_without_ehlo_is_greeted_the_old_way():
    with ScriptedSMTP() as server, transport_to(server) as transport:
        server.on("ehlo", Say("502 5.5.1 what?"))
        assert transport.send(envelope(), message()).kind == "accepted"
        assert f"MAIL FROM:<{SENDER}>" in server.commands


def test_the_size_is_announced_and_a_letter_too_big_is_not_sent():
    with ScriptedSMTP(features=["SIZE 2000"]) as server, transport_to(server) as transport:
        assert transport.send(envelope(), message(text="short")).kind == "accepted"
        outcome = transport.send(envelope(), message(text="long " * 1000))
    assert (outcome.kind, outcome.blame) == ("refused", "sender")
    assert "the server takes 2000" in outcome.text
    assert any(command.endswith(f"> SIZE={len(message(text='short'))}") for command in server.commands)
    assert len(server.letters) == 1


@pytest.mark.parametrize("size", ["", "0", "nonsense", "9" * 400])
def test_an_odd_size_limit_is_none(size):
    with ScriptedSMTP(features=[f"SIZE {size}"]) as server, transport_to(server) as transport:
        assert transport.send(envelope(), message()).kind == "accepted"


def test_an_international_mailbox_needs_a_server_that_knows_them():
    letter, to = message(to="lesér@example.com"), "lesér@example.com"
    with ScriptedSMTP() as server, transport_to(server) as transport:
        assert transport.send(envelope(to=to, smtputf8=True), letter).kind == "accepted"
        assert server.letters[0].recipients == (to,)
        assert server.letters[0].raw == letter
        assert f"MAIL FROM:<{SENDER}> SIZE={len(letter)} SMTPUTF8 BODY=8BITMIME" in server.commands
    plain = [feature for feature in FEATURES if feature != "SMTPUTF8"]
    with ScriptedSMTP(features=plain) as server, transport_to(server) as transport:
        outcome = transport.send(envelope(to=to, smtputf8=True), letter)
        assert (outcome.kind, outcome.blame, outcome.code) == ("refused", "recipient", None)
        assert "SMTPUTF8" in outcome.text
        assert transport.send(envelope(), message(2)).kind == "accepted"
        assert server.connections == 1


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ("AUTH PLAIN LOGIN CRAM-MD5", ["AUTH PLAIN AGNsaW5pYwBvcGVuIHNlc2FtZQ=="]),
        ("AUTH LOGIN", ["AUTH LOGIN", "Y2xpbmlj", "b3BlbiBzZXNhbWU="]),
    ],
)
def test_a_login_is_one_try(offered, expected):
    with (
        ScriptedSMTP(features=[offered]) as server,
        transport_to(server, "clinic:open%20sesame@") as transport,
    ):
        assert transport.send(envelope(), message()).kind == "accepted"
    assert server.commands[1 : 1 + len(expected)] == expected


def test_a_refused_login_is_said_plainly_and_not_tried_again_at_once():
    with (
        ScriptedSMTP(features=["AUTH PLAIN LOGIN"]) as server,
        transport_to(server, "clinic:sesame@") as transport,
    ):
        server.on("auth", Say("535 5.7.8 Username and Password not accepted"))
        outcomes = [transport.send(envelope(), message(number)) for number in range(3)]
        assert {(outcome.kind, outcome.code, outcome.blame) for outcome in outcomes} == {
            ("deferred", 535, "server")
        }
        assert "NEWSLETTER_MAIL_URL" in outcomes[0].text
        assert "sesame" not in outcomes[0].text
        assert server.connections == 1
        assert server.verbs().count("AUTH") == 1


def test_a_login_is_tried_again_when_the_pause_is_over_and_a_busy_server_at_once():
    with (
        ScriptedSMTP(features=["AUTH PLAIN"]) as server,
        transport_to(server, "clinic:sesame@", login_pause=0) as transport,
    ):
        server.on("auth", Say("535 5.7.8 no"), times=1)
        server.on("auth", Say("454 4.7.0 busy"), times=1)
        kinds = [transport.send(envelope(), message(number)).kind for number in range(3)]
    assert kinds == ["deferred", "deferred", "accepted"]


def test_a_server_without_a_login_that_we_know_is_left_alone():
    with (
        ScriptedSMTP(features=["AUTH GSSAPI"]) as server,
        transport_to(server, "clinic:sesame@") as transport,
    ):
        outcome = transport.send(envelope(), message())
    assert (outcome.kind, outcome.blame) == ("deferred", "server")
    assert "AUTH" not in server.verbs()


@pytest.mark.parametrize("said", ["421 4.3.2 closing", "250 " + "x" * 9000], ids=["leaving", "babbling"])
def test_after_a_goodbye_or_a_reply_cut_short_the_connection_is_not_used_again(server, said):
    server.on("dot", Say(said), times=1)
    with transport_to(server) as transport:
        transport.send(envelope(), message())
        assert transport.send(envelope(), message(2)).kind == "accepted"
    assert server.connections == 2
