"""Who may read along: a proven server, or nobody."""

from __future__ import annotations

import ssl
from contextlib import closing

import pytest

from newsletter.delivery.transports.smtp import SmtpTransport
from newsletter.delivery.transports.smtp.tls import Need, need
from newsletter.delivery.transports.urls import smtp_place
from tests.delivery.transports.letters import envelope, message
from tests.servers.acts import Cut, Hang, Say
from tests.servers.certificates import Authority
from tests.servers.scripted import ScriptedSMTP

# On Linux this reaches a server on the same machine, and is not a loopback address: it stands for the world.
WORLD = "0.0.0.0"
OURS, THEIRS = Authority(), Authority()


def send(server, scheme="smtp", query="", stream="marketing", login="", host=WORLD):
    place = smtp_place(f"{scheme}://{login}{host}:{server.port}{query}")
    with closing(SmtpTransport(place, patience=0.01, trust=OURS.trust())) as transport:
        return transport.send(envelope(stream), message())


@pytest.mark.parametrize(
    ("url", "stream", "expected"),
    [
        ("smtp://mail.example.com", "marketing", Need(encrypted=True, verified=True)),
        ("smtp://mail.example.com?tls=opportunistic", "marketing", Need(encrypted=False, verified=False)),
        ("smtp://mail.example.com?tls=opportunistic", "care", Need(encrypted=True, verified=True)),
        ("smtp://a:b@mail.example.com?tls=opportunistic", "marketing", Need(encrypted=True, verified=True)),
        ("smtp://mail.example.com?tls=none", "marketing", Need(encrypted=False, verified=False)),
        ("smtp://mail.example.com?tls=none", "care", Need(encrypted=True, verified=True)),
        ("smtp://127.0.0.1", "care", Need(encrypted=False, verified=False)),
        ("smtp://a:b@127.0.0.1", "account", Need(encrypted=False, verified=False)),
        ("smtp://127.0.0.1?tls=required", "marketing", Need(encrypted=True, verified=True)),
        ("smtps://mail.example.com", "care", Need(encrypted=True, verified=True)),
    ],
)
def test_the_policy_is_the_places_and_for_care_always_the_strictest(url, stream, expected):
    assert need(smtp_place(url), stream) == expected


@pytest.mark.parametrize("stream", ["marketing", "care"])
def test_a_proven_server_gets_the_letter_encrypted(stream):
    with ScriptedSMTP(host=WORLD, certificate=OURS.server(WORLD)) as server:
        assert send(server, stream=stream).kind == "accepted"
    assert server.letters[0].raw == message()
    assert server.verbs()[:3] == ["EHLO", "STARTTLS", "EHLO"]


def test_tls_from_the_first_byte():
    with ScriptedSMTP(host=WORLD, certificate=OURS.server(WORLD), implicit=True) as server:
        assert send(server, "smtps", stream="care").kind == "accepted"
    assert "STARTTLS" not in server.verbs()


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        (THEIRS.server(WORLD), "unable to get local issuer certificate"),
        (OURS.server("elsewhere.example"), "mismatch"),
        (OURS.expired(WORLD), "expired"),
    ],
    ids=["unknown authority", "another name", "expired"],
)
@pytest.mark.parametrize("implicit", [False, True])
def test_a_wrong_certificate_gets_nothing(certificate, said, implicit):
    with ScriptedSMTP(host=WORLD, certificate=certificate, implicit=implicit) as server:
        outcome = send(server, "smtps" if implicit else "smtp")
    assert (outcome.kind, outcome.blame, outcome.stage) == ("unwritten", "server", "tls")
    assert said in outcome.text
    assert server.letters == []
    assert "MAIL" not in server.verbs()


def test_a_stripped_starttls_gets_nothing():
    with ScriptedSMTP(host=WORLD) as server:
        outcome = send(server)
    assert (outcome.kind, outcome.blame) == ("deferred", "server")
    assert "STARTTLS" in outcome.text
    assert "MAIL" not in server.verbs()


@pytest.mark.parametrize("query", ["?tls=opportunistic", "?tls=none"])
def test_care_fails_closed_whatever_the_url_allows(query):
    with ScriptedSMTP(host=WORLD) as server:
        assert send(server, query=query, stream="care").kind == "deferred"
        assert send(server, query=query, stream="marketing").kind == "accepted"
    with ScriptedSMTP(host=WORLD, certificate=THEIRS.server(WORLD)) as server:
        assert send(server, query=query, stream="care").kind == "unwritten"
        assert server.letters == []
        assert send(server, query=query, stream="marketing").kind == "accepted"


def test_care_does_not_ride_on_a_connection_that_was_not_proven():
    with ScriptedSMTP(host=WORLD, certificate=OURS.server(WORLD)) as server:
        place = smtp_place(f"smtp://{WORLD}:{server.port}?tls=none")
        with closing(SmtpTransport(place, patience=0.01, trust=OURS.trust())) as transport:
            streams = ["marketing", "care", "marketing"]
            assert [transport.send(envelope(stream), message()).kind for stream in streams] == [
                "accepted"
            ] * 3
    assert server.connections == 2  # the proven one serves both
    assert server.verbs().count("STARTTLS") == 1


def test_care_within_this_machine_needs_no_tls():
    with ScriptedSMTP() as server:
        assert send(server, stream="care", host="127.0.0.1").kind == "accepted"


def test_opportunistic_encrypts_when_it_can():
    with ScriptedSMTP(host=WORLD, certificate=THEIRS.server("elsewhere.example")) as server:
        assert send(server, query="?tls=opportunistic").kind == "accepted"
    assert "STARTTLS" in server.verbs()


def test_a_password_is_never_shown_to_a_server_that_is_not_proven():
    with ScriptedSMTP(host=WORLD, certificate=THEIRS.server(WORLD), features=["AUTH PLAIN"]) as server:
        assert send(server, query="?tls=opportunistic", login="clinic:sesame@").kind == "unwritten"
    with ScriptedSMTP(host=WORLD, features=["AUTH PLAIN"]) as server:
        assert send(server, query="?tls=opportunistic", login="clinic:sesame@").kind == "deferred"
    assert "AUTH" not in server.verbs()


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Say("454 4.7.0 TLS not available"), "deferred"),
        (Say("220 go ahead\r\n250-injected\r\n250 PLAINTEXT"), "accepted"),
        (Say("501 no"), "deferred"),
        (Cut(), "unwritten"),
        (Hang(), "unwritten"),
    ],
    ids=repr,
)
def test_whatever_a_server_does_at_starttls(act, kind):
    with ScriptedSMTP(host=WORLD, certificate=OURS.server(WORLD)) as server:
        server.on("starttls", act)
        outcome = send(server)
    assert outcome.kind == kind  # what an attacker put in before TLS is not read after it
    assert len(server.letters) == (kind == "accepted")


def test_only_modern_tls_is_spoken():
    old = OURS.server(WORLD)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with ScriptedSMTP(host=WORLD, certificate=old) as server:
        assert send(server).kind == "unwritten"
    assert server.letters == []
