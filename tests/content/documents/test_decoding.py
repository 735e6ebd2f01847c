"""Bytes become text as browsers read them."""

from __future__ import annotations

import codecs

import pytest

from newsletter.content.documents.decoding import decoded

WORDS = "<p>Grüße – ‘soon’ €</p>"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (WORDS.encode(), "utf-8"),
        (codecs.BOM_UTF8 + WORDS.encode(), "utf-8"),
        (WORDS.encode("utf-16"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("utf-16-le"), "utf-16-le"),
        (WORDS.encode("utf-16-be"), "utf-16-be"),
        (WORDS.encode("windows-1252"), "windows-1252"),
        (b"<meta charset=iso-8859-1>" + WORDS.encode("windows-1252"), "windows-1252"),
        (b"<meta charset='windows-1252'>" + WORDS.encode(), "utf-8"),
        (b'<meta http-equiv=Content-Type content="text/html; charset=utf-16">' + WORDS.encode(), "utf-8"),
        (b"<meta charset=no-such>" + WORDS.encode(), "utf-8"),
        (b"<meta charset=base64>" + WORDS.encode(), "utf-8"),
    ],
)
def test_the_encoding_is_found(raw, name):
    text, found = decoded(raw)
    assert found == name
    assert text.endswith(WORDS)


def test_what_is_declared_counts():
    text, name = decoded(
        b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">' + "мир".encode("koi8-r")
    )
    assert (text[-3:], name) == ("мир", "koi8-r")


@pytest.mark.parametrize("raw", [b"", b"\xff", b"\xff\xfe\x00", bytes(range(256)), b"\x00" * 300])
def test_nothing_fails(raw):
    text, _ = decoded(raw)
    assert "\0" not in text


def test_every_newline_is_a_line_feed():
    assert decoded(b"a\r\nb\rc\nd")[0] == "a\nb\nc\nd"
