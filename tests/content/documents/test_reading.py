"""The text part: what she sees, in order, and nothing that she does not."""

from __future__ import annotations

import pytest

from newsletter.content.documents.compiling import compile_document
from tests.content.documents import templates


def text(body: str, css: str = "") -> str:
    return compile_document(
        f"<!DOCTYPE html><html><head><style>{css}</style></head><body>{body}</body></html>"
    ).text


def test_headings_paragraphs_lists_links_and_pictures():
    body = (
        "<h1>Spring</h1><p>First <b>bold</b>\n words.</p><ul><li>One</li><li>Two</li></ul><ol><li>A</li></ol>"
        '<p><a href="https://clinic.example/a?b=1&amp;c=2">Book</a> <a href="https://clinic.example">https://clinic.example</a></p>'
        '<a href="https://clinic.example/p"><img src="x.png" alt="The room"></a><hr><p>a<br>b</p>'
    )
    assert text(body) == (
        "Spring\n\nFirst bold words.\n\n- One\n- Two\n\n1. A\n\n"
        "Book (https://clinic.example/a?b=1&c=2) https://clinic.example\n\n[The room] (https://clinic.example/p)\n\n"
        "* * *\n\na\nb"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">no</div>',
        '<div style="DISPLAY: None !important">no</div>',
        '<div class="gone">no</div>',
        '<div style="visibility:hidden">no</div>',
        '<div style="max-height:0px;overflow:hidden">no</div>',
        '<div style="mso-hide:all">no</div>',
        '<div style="opacity:0">no</div>',
        "<div hidden>no</div>",
        "<!-- no --><!--[if mso]><p>no</p><![endif]-->",
        "<style>p::before{content:'no'}</style><script>no</script><title>no</title>",
        "<svg><text>no</text></svg><video>no</video><iframe>no</iframe><object>no</object>",
        "<select><option>no</option></select><textarea>no</textarea>",
        '<img src="x.gif" alt="">\u200c\u200b\u00ad',
    ],
)
def test_what_is_hidden_is_left_out(hidden):
    assert text(f"<p>before</p>{hidden}<p>after</p>", ".gone{display:none}") == "before\n\nafter"


def test_what_only_other_programs_than_outlook_see_stays():
    assert (
        text("<!--[if !mso]><!--><p>seen</p><!--<![endif]--><![if !mso]><p>too</p><![endif]>")
        == "seen\n\ntoo"
    )


def test_rows_of_short_cells_stand_on_one_line_and_layout_comes_apart():
    rows = "<tr><th>Session</th><th>Price</th></tr><tr><td>First</td><td><b>100</b></td></tr>"
    assert text(f"<table>{rows}</table>") == "Session | Price\n\nFirst | 100"
    assert text("<table><tr><td><p>One</p></td><td><p>Two</p></td></tr></table>") == "One\n\nTwo"
    assert text(f"<table><tr><td>{'long ' * 20}</td><td>short</td></tr></table>").endswith("\n\nshort")


def test_no_line_is_longer_than_mail_allows():
    for body in ("x" * 5_000, "日本" * 3_000, f'<a href="https://clinic.example/{"y" * 4_000}">a</a>'):
        assert max(len(line.encode()) for line in text(f"<p>{body}</p>").split("\n")) <= 998


@pytest.mark.parametrize("href", ["", "#", "#top", "javascript:x()", "data:text/html,x"])
def test_addresses_that_lead_nowhere_are_left_out(href):
    assert text(f'<p><a href="{href}">Go</a></p>') == "Go"


def test_a_document_of_word_reads_like_a_letter():
    words = compile_document(templates.WORD).text
    assert words.startswith("Spring at the clinic\n\nOpening hours\n\n9:00 to 17:00")
    assert "Book a session (https://clinic.example/book)" in words
    for leftover in ("{", "mso", "<", "Font Definitions"):
        assert leftover not in words


def test_a_preview_text_is_left_out():
    assert compile_document(templates.COLUMNS).text == "Left\n\nRight"


def test_very_deep_and_very_broken_documents_read_too():
    assert text("<div>" * 400 + "deep") == "deep"
    words = compile_document(templates.BROKEN).text
    assert "In a table | Next" in words
    assert words.endswith("The end")
