"""premailer behind its door: styles go in, nothing goes out."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from newsletter.content.inlining import inline
from newsletter.content.refusals import ContentRefused


def page(css: str, body: str = "<p>a</p>", head: str = "") -> str:
    return f"<!doctype html>\n<html><head>{head}<style>{css}</style></head><body>{body}</body></html>"


def test_styles_go_into_attributes_and_media_rules_keep_their_force() -> None:
    html = inline(page("p { color: red } @media (max-width: 9px) { p { color: blue !important } }"))
    assert '<p style="color:red">a</p>' in html
    assert "blue !important" in html


def test_the_doctype_and_conditional_comments_stay() -> None:
    html = inline(page("p { color: red }", "<!--[if mso]><table><tr><td><![endif]--><p>a</p>"))
    assert html.startswith("<!DOCTYPE html>")
    assert "<!--[if mso]><table><tr><td><![endif]-->" in html


def test_a_style_marked_so_is_left_alone() -> None:
    css = "[data-ogsc] p { color: red !important; }"
    html = inline(page("p { color: blue }", head=f'<style data-premailer="ignore">{css}</style>'))
    assert f"<style>{css}</style>" in html


@pytest.mark.parametrize(
    "asks",
    [
        '<link rel="stylesheet" href="{0}">',
        "<style>@import url({0});</style>",
        "<style>@import '{0}';</style>",
        "<style>@IMPORT url({0}) screen;</style>",
        "<style>@\\69mport url({0});</style>",
        "<style>@im/**/port url({0});</style>",
        "<style>@media screen {{ @import url({0}); }}</style>",
        "<style>p {{ background: url({0}) }} @font-face {{ src: url({0}) }}</style>",
        '<base href="{0}"><img src="x.png">',
        '<script src="{0}"></script>',
        '<style src="{0}"></style>',
    ],
)
def test_nothing_is_asked_of_any_host(asks: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        inline(
            page("p { color: red }", head=asks.format(f"http://127.0.0.1:{listener.getsockname()[1]}/x.css"))
        )
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.timeout(20)
def test_no_file_is_opened_not_even_one_that_would_block_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    html = inline(
        page(
            f"@import url(file://{tmp_path}/pipe); p {{ color: red }}",
            head=f"<link rel=stylesheet href={tmp_path}/pipe>",
        )
    )
    assert "color:red" in html
    assert "pipe" not in html


@pytest.mark.parametrize(
    ("css", "says"),
    [
        ("p{color:red}" * 1_001, "at most 1000"),
        ("p{" + "color:red;" * 2_001 + "}", "at most 1000 and 2000"),
        ("/*x*/p{color:'" + "a" * 66_000 + "'}", "KB; at most 64 KB"),
        ("p{a:" + "(" * 5_000 + "}", "parentheses"),
        ("@media a{" * 200, "too deep"),
    ],
)
def test_css_that_would_take_too_long_or_makes_no_sense_is_refused(css: str, says: str) -> None:
    with pytest.raises(ContentRefused, match=says):
        inline(page(css))


def test_many_rules_on_many_elements_are_refused() -> None:
    with pytest.raises(ContentRefused, match="make it shorter"):
        inline(page("p{color:red}" * 500, "<p>a</p>" * 500))


def test_one_endless_style_attribute_is_refused() -> None:
    with pytest.raises(ContentRefused, match="at most 100 declarations"):
        inline(page("", f'<p style="{"color:red;" * 5_000}">a</p>'))


def test_a_page_that_is_none_is_refused() -> None:
    with pytest.raises(ContentRefused, match="cannot be read"):
        inline("")
