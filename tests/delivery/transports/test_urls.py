"""Which mail URLs are taken, and that a complaint never shows the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.delivery.transports import Envelope, EnvelopeRefused, check_url, open_transport
from newsletter.delivery.transports.maildir import MaildirTransport
from newsletter.delivery.transports.smtp import SmtpTransport
from newsletter.delivery.transports.urls import SmtpPlace, UrlRefused, maildir_path, smtp_place
from tests.delivery.transports.letters import NOON


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("smtp://mail.example.com", SmtpPlace("mail.example.com", 25, "required")),
        (
            "smtp://a:b@mail.example.com",
            SmtpPlace("mail.example.com", 587, "required", user="a", password="b"),
        ),
        (
            "smtp://a%40b.example:p%3Aw%2F@mail.example.com:2525/",
            SmtpPlace("mail.example.com", 2525, "required", user="a@b.example", password="p:w/"),
        ),
        (
            "smtps://a:b@mail.example.com",
            SmtpPlace("mail.example.com", 465, "required", implicit=True, user="a", password="b"),
        ),
        ("smtp://127.0.0.1:25", SmtpPlace("127.0.0.1", 25, "none")),
        ("smtp://localhost", SmtpPlace("localhost", 25, "none")),
        ("smtp://[::1]:25", SmtpPlace("::1", 25, "none")),
        ("smtp://localhost?tls=required", SmtpPlace("localhost", 25, "required")),
        ("smtp://mail.example.com?tls=opportunistic", SmtpPlace("mail.example.com", 25, "opportunistic")),
        ("smtp://mail.example.com?tls=none", SmtpPlace("mail.example.com", 25, "none")),
    ],
)
def test_a_mail_server_is_read_from_its_url(url, place):
    assert smtp_place(url) == place
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "SMTP//x",
        "smtp://",
        "smtp://:25",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:70000",
        "smtp://mail.example.com:port",
        "smtp://a@mail.example.com",
        "smtp://:sesame@mail.example.com",
        "smtp://mail.example.com?tls=maybe",
        "smtp://mail.example.com?tls=none&tls=required",
        "smtp://mail.example.com?verify=no",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com#fragment",
        "smtp://[::1",
        "smtp://mail..example.com",
        f"smtp://{'a' * 64}.example.com",
        "smtp://a:sesame@mail.example.com?tls=none",
        "smtps://mail.example.com?tls=none",
        "inbox:somewhere",
        "maildir:relative",
        "maildir://host/path",
        "maildir:///",
        "maildir:///path?x=1",
        "maildir:///a%00b",
    ],
)
def test_a_wrong_mail_url_is_refused_in_one_line_without_its_password(url):
    with pytest.raises(UrlRefused) as refused:
        check_url(url)
    assert "sesame" not in str(refused.value)
    assert refused.value.line == str(refused.value)
    with pytest.raises(UrlRefused):
        open_transport(url, database=None)


def test_a_place_never_shows_its_password():
    assert "sesame" not in repr(smtp_place("smtp://a:sesame@mail.example.com"))


def test_a_url_opens_its_transport_without_connecting():
    assert isinstance(open_transport("smtp://mail.example.com", database=None), SmtpTransport)
    assert isinstance(open_transport("maildir:///nowhere/at%20all", database=None), MaildirTransport)
    assert maildir_path("maildir:///nowhere/at%20all") == Path("/nowhere/at all")
    with pytest.raises(UrlRefused, match="database"):
        open_transport("inbox:", database=None)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "@example.com",
        "reader@example.com>\r\nRCPT TO:<other@example.com",
        "reader@example.com\r\n",
        "reader @example.com",
        "<reader@example.com>",
        "reader\0@example.com",
        "reader\u2028@example.com",
        "lesér@example.com",
        "r" * 320 + "@example.com",
    ],
)
def test_an_envelope_refuses_what_cannot_stand_in_a_command(address):
    with pytest.raises(EnvelopeRefused):
        Envelope("b@clinic.example", address, "marketing", smtputf8=False, subject="", at=NOON)
    if address:
        with pytest.raises(EnvelopeRefused):
            Envelope(address, "reader@example.com", "marketing", smtputf8=False, subject="", at=NOON)


def test_an_envelope_takes_the_null_path_and_with_smtputf8_any_script():
    Envelope("", "reader@example.com", "marketing", smtputf8=False, subject="", at=NOON)
    Envelope("b@clinic.example", "lesér@example.com", "marketing", smtputf8=True, subject="", at=NOON)
