"""Remarks in plain words, each on one line; a clean document has none."""

from __future__ import annotations

import pytest

from newsletter.content.documents.compiling import compile_document
from newsletter.content.documents.examining import encoding_remark
from tests.content.documents import templates

CLEAN = (
    '<!DOCTYPE html><html lang="en"><head><title>A</title><style>p{{color:red}}{css}</style></head><body><p>Hello</p>{body}'
    '<a href="{{{{ unsubscribe_url }}}}">Unsubscribe</a></body></html>'
)


def warnings(body: str = "", css: str = "") -> tuple[str, ...]:
    return compile_document(CLEAN.format(body=body, css=css)).warnings


def test_a_clean_document_has_none():
    assert warnings() == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<form action=https://x.example><input name=a></form>", "a form: most mail programs do not send it"),
        (
            "<input type=text><input type=text>",
            "a form's field: most mail programs do not show it; right would be a link to a page (2 of them)",
        ),
        ("<iframe src=https://x.example></iframe>", "an <iframe>: mail programs leave it out"),
        ("<video src=https://x.example></video>", "a video: few mail programs play it"),
        ("<svg></svg>", "an SVG drawing: Gmail and Outlook do not show it"),
        ("<img src=https://x.example/a.svg alt=a>", "an SVG picture"),
        (
            "<img src=https://x.example/a.png>",
            "1 picture without a description (alt text), first https://x.example/a.png",
        ),
        (
            "<img src=data:image/png;base64,AA== alt=a>",
            "1 picture inside the HTML (base64): Gmail shows none",
        ),
        (
            "<img src=images/a.png alt=a>",
            "1 picture (images/a.png) relative to a page that an e-mail does not have",
        ),
        ("<a href=about.html>a</a><a href=/b>b</a>", "2 links (about.html) relative to a page"),
        (
            "<a href=http://x.example>a</a>",
            "1 link (http://x.example) without encryption; right would be https://",
        ),
        ("<a href=http://localhost:3000/>a</a>", "1 link (http://localhost:3000/) on this computer only"),
        ("<a href=file:///c:/a.html>a</a>", "1 link (file:///c:/a.html) on this computer only"),
        ("<a href='http://[x/'>a</a>", "that no program can read"),
        ("<a href='#'>a</a>", "1 link (#) leading nowhere"),
        (
            "<link rel=stylesheet href=https://x.example/a.css>",
            "the external style sheet or file https://x.example/a.css was taken out",
        ),
        (
            "<style>@import url(https://x.example/a.css);</style>",
            "@import url(https://x.example/a.css); was taken out",
        ),
        ("<base href=https://x.example>", "<base> was taken out"),
        ("<p style='position:absolute'>a</p>", "position is used for the layout; Outlook ignores it"),
        ("<p style='display: flex'>a</p>", "flex is used for the layout"),
        (
            "<table background=https://x.example/a.png><tr><td></table>",
            "a background picture; Outlook shows it only with VML",
        ),
        ("words " * 14_000, "84 KB of HTML; Gmail cuts off at 102 KB"),
        ("words " * 18_000, "108 KB of HTML are too many: Gmail cuts off at 102 KB"),
    ],
)
def test_each_is_said_once(body, says):
    assert len([each for each in warnings(body) if each.startswith(says) or says in each]) == 1, warnings(
        body
    )


@pytest.mark.parametrize(
    ("css", "says"),
    [
        (
            "a..b{color:red}",
            "line 1: the CSS selector “a..b” cannot be read; its rule stays in the <style>",
        ),
        ("}} .x{color:red}", "cannot be read"),
        (
            "@media x{" + "p{color:red}" * 1_500 + "}",
            "17 KB of CSS stay in <style>; Gmail leaves out more than 16 KB",
        ),
        ("?{a:b}!{a:b}%{a:b}&{a:b}", "1 more CSS selectors cannot be read"),
    ],
)
def test_css_that_is_trouble_is_named(css, says):
    assert any(says in each for each in warnings(css=css)), warnings(css=css)


def test_merge_tags_as_addresses_say_nothing_yet():
    body = "<a href='{{ booking_url }}'>a</a><a href='*|LINK|*'>b</a><img src='{{ first_name }}' alt=''>"
    assert [each for each in warnings(body) if "relative" in each] == []


def test_what_a_whole_document_has_is_missed():
    assert compile_document("<p>a</p>").warnings[0] == (
        "this is a piece of HTML without <html> and <body>; mail programs will add theirs"
    )
    said = compile_document("<html><body><p>a</p></body></html>").warnings
    assert 'the language is missing; right would be <html lang="en">' in said
    assert "the doctype is missing; right would be <!DOCTYPE html> as the first line" in said
    assert "no link to unsubscribe; right would be {{ unsubscribe_url }}" in said


def test_every_remark_is_one_line():
    for source in templates.EVERY.values():
        for warning in compile_document(source).warnings:
            assert "\n" not in warning
            assert len(warning) < 250


def test_an_encoding_is_named():
    assert encoding_remark("utf-8") == []
    assert encoding_remark("windows-1252") == [
        "the file is written in windows-1252; what comes out is UTF-8 (save or send it as such)"
    ]
