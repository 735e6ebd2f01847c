from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter.delivery.models import PracticeLetter
from newsletter.web.studio.practice.letters import LONGEST_PREVIEW, framed, read


def letter(html: str, text: str = "") -> PracticeLetter:
    raw = (
        "From: Example Skin Clinic <letters@clinic.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
    )
    return PracticeLetter(
        id=1,
        recipient="reader@example.com",
        sender="letters@clinic.example",
        subject="A subject",
        stream="marketing",
        received_at=datetime(2026, 3, 2, tzinfo=UTC),
        raw=raw.encode(),
    )


def test_a_letter_is_taken_apart():
    found = read(letter("<p>Seen</p>", "Read"))
    assert found.sender_name == "Example Skin Clinic"
    assert found.text.strip() == "Read"
    assert "<p>Seen</p>" in found.html


def test_the_preview_is_what_an_inbox_shows_without_styles_and_fillers():
    html = (
        "<html><head><title>T</title><style>p{}</style></head><body><!-- c -->"
        "<div style='display:none'>One minute to read.&zwnj;&nbsp;&#847;</div><p>Dear reader</p></body></html>"
    )
    assert read(letter(html)).preview == "One minute to read. Dear reader"


def test_padding_ends_the_preview_as_it_does_on_a_phone():
    padding = " &#847;&zwnj;&nbsp;" * 40
    assert (
        read(letter(f"<p>One minute to read.{padding}</p><p>Dear reader</p>")).preview
        == "One minute to read."
    )


def test_a_long_preview_ends_between_words():
    preview = read(letter(f"<p>{'word ' * 200}</p>")).preview
    assert len(preview) <= LONGEST_PREVIEW + 2
    assert preview.endswith("word …")


def test_a_letter_without_html_previews_its_text():
    assert read(letter("", "Only text")).preview == "Only text"


@pytest.mark.parametrize("dark", [True, False])
def test_the_frame_decides_between_dark_and_light_whatever_this_computer_is(dark):
    style = "@media (prefers-color-scheme: dark) {a{}} @media (prefers-color-scheme:light) {b{}}"
    html = framed(f"<html><head><style>{style}</style></head><body></body></html>", dark=dark)
    assert "prefers-color-scheme" not in html
    dark_rule, light_rule = html.index("{a{}}"), html.index("{b{}}")
    on, off = "(min-width: 0) ", "(max-width: 0) "
    assert html[:dark_rule].endswith(on if dark else off)
    assert html[:light_rule].endswith(off if dark else on)
    assert f"color-scheme: {'dark' if dark else 'light'} only" in html


def test_links_in_the_frame_open_a_new_tab_also_without_a_head():
    assert framed("<p>x</p>", dark=False).startswith('<base target="_blank">')
    assert '<head lang="en"><base target="_blank">' in framed('<head lang="en"></head>', dark=False)
