"""A whole document in, an e-mail out: nothing lost, nothing loaded, and nothing that takes for ever."""

from __future__ import annotations

import os
import re
import socket
from time import process_time

import pytest

from newsletter.content.documents.compiling import compile_document
from newsletter.content.refusals import ContentRefused
from tests.content.documents import templates

PAGE = '<!DOCTYPE html><html lang="en"><head><style>{}</style></head><body>{}</body></html>'


def test_styles_go_in_and_rules_for_phones_stay_and_still_win():
    css = "p{color:red} @media (max-width:400px){p{color:blue}} a:hover{color:lime}"
    made = compile_document(
        PAGE.format(css, "<p>Hello</p><a style='color:red' href='https://clinic.example'>x</a>")
    )
    assert '<p style="color:red">Hello</p>' in made.html
    assert "p{color:blue !important}" in made.html
    assert "a:hover{color:lime}" in made.html
    assert "p{color:red}" not in made.html


def test_nothing_but_styles_is_touched():
    """Every letter outside of style attributes and style sheets is the author's."""
    for name, source in templates.EVERY.items():
        made = compile_document(source).html
        assert _without_styles(made) == _without_styles(source), name


def _without_styles(html: str) -> str:
    bare = re.sub(r"(?s)(<style[^>]*>).*?</style>", r"\1", html)
    bare = re.sub(r"\sstyle=(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", "", bare)
    return re.sub(r"<link[^>]*>", "", bare)


def test_comments_for_outlook_stay_with_what_their_styles_need():
    made = compile_document(templates.COLUMNS).html
    assert (
        '<!--[if mso | IE]><table align="center" border="0" style="width:600px;" width="600"><tr><td><![endif]-->'
        in made
    )
    assert "table, td { border-collapse:collapse" in made  # Outlook's own table has no other styles
    assert "#outlook a" in made
    assert "p { display:block" not in made


def test_names_that_mail_programs_bring_along_stay():
    made = compile_document(templates.GRID).html
    for name in (".ExternalClass p", "table.button:hover", "@media only screen and (max-width: 596px)"):
        assert name in made
    assert ".wrapper" in made  # there is room
    assert "td.large-6" not in made


def test_rules_for_nothing_leave_where_they_would_cost_the_rest():
    """Gmail drops a <style> over 16 KB as a whole."""
    idle = "".join(f".unused-{number} {{ color: red }}" for number in range(1_000))
    made = compile_document(PAGE.format(idle + ".ExternalClass p{color:red} p:hover{color:red}", "<p>a</p>"))
    assert ".unused-1" not in made.html
    assert ".ExternalClass p{color:red}" in made.html
    assert any("1000 CSS rules for nothing in this document left out" in each for each in made.warnings)


@pytest.mark.parametrize(
    ("own", "becomes"),
    [
        ('style="color:blue"', 'style="margin:0;color:blue;width:9px"'),
        ("style='color:blue;'", "style='margin:0;color:blue;width:9px'"),
        ("style=color:blue", 'style="margin:0;color:blue;width:9px"'),
        ("style", 'style="margin:0;width:9px"'),
        ('style=""', 'style="margin:0;width:9px"'),
        ("STYLE='a:\"b\"'", "STYLE='margin:0;a:\"b\";width:9px'"),
        ("style=\"background:url('data:image/png;base64,AA==')\"", "base64,AA==');width:9px\""),
        (
            'style="color: red; color: rgb(1 2 3 / 50%)"',
            "margin:0;color: red; color: rgb(1 2 3 / 50%);width:9px",
        ),
        ('style="mso-hide:all;*zoom:1"', "margin:0;mso-hide:all;*zoom:1;width:9px"),
        ('style="content:&quot;a&quot;"', "content:&quot;a&quot;;width:9px"),
    ],
)
def test_what_the_author_wrote_stays_between_what_is_weaker_and_stronger(own, becomes):
    made = compile_document(PAGE.format("p{margin:0;width:9px!important}", f"<p {own}>a</p>"))
    assert becomes in made.html


@pytest.mark.parametrize(
    ("css", "becomes"),
    [
        (
            "p{background:#fff;background:linear-gradient(red,blue)}",
            "background:#fff;background:linear-gradient(red,blue)",
        ),
        ("p{color:red} p{color:blue}", 'style="color:blue"'),
        ("p{color:red} p{color:var(--x)}", 'style="color:red;color:var(--x)"'),
        ("p{padding:0} p{padding-left:3px}", 'style="padding:0;padding-left:3px"'),
        ("p{padding-left:3px} p{padding:0}", 'style="padding:0"'),
        ('p{font-family:"Open Sans",serif}', "font-family:'Open Sans',serif"),
        ("p{mso-line-height-rule:exactly;-webkit-x:y}", "mso-line-height-rule:exactly;-webkit-x:y"),
        ("p{width:calc(100% - 2px)}", "width:calc(100% - 2px)"),
        ("p{color:red;;}}", 'style="color:red"'),
        ("<!-- p{color:red} -->", 'style="color:red"'),
    ],
)
def test_a_declaration_is_left_out_only_where_a_later_one_surely_replaces_it(css, becomes):
    assert becomes in compile_document(PAGE.format(css, "<p>a</p>")).html


@pytest.mark.parametrize(
    "asks",
    [
        '<link rel="stylesheet" href="{0}">',
        "<style>@import url({0});</style>",
        "<style>@import '{0}' screen;</style>",
        '<base href="{0}"><img src="x.png">',
        '<script src="{0}"></script>',
        '<iframe src="{0}"></iframe><object data="{0}"></object><img src="{0}"><video src="{0}"></video>',
        '<!DOCTYPE html SYSTEM "{0}">',
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "{0}">]><p>&b;</p>',
        '<meta http-equiv="refresh" content="0;url={0}">',
        '<svg><image href="{0}"/><style>@import "{0}";</style></svg>',
    ],
)
@pytest.mark.timeout(20)
def test_nothing_is_asked_of_any_host_and_no_file_is_opened(asks, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    compile_document(asks.format(f"file://{tmp_path}/pipe"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        compile_document(asks.format(f"http://127.0.0.1:{listener.getsockname()[1]}/x"))
        with pytest.raises(TimeoutError):
            listener.accept()


BOMBS = {
    "deep": "<div>" * 100_000,
    "deep within bounds": "<div>" * 9_000,
    "rules": PAGE.format("p{color:red}" * 8_000, "<p>a</p>" * 3_000),
    "descendants": PAGE.format("q " + "i " * 6 + "b{color:red}", "<i>" * 900 + "<b>"),
    "universal": PAGE.format("* * * * * *{color:red}" * 500, "<div>" * 400),
    "siblings": PAGE.format("p ~ p ~ p ~ p ~ p ~ q ~ p{color:red}" * 50, "<p>a</p>" * 3_000),
    "of type": PAGE.format("p:nth-of-type(2n+1){color:red}", "<p>a</p>" * 8_000),
    "declarations": PAGE.format("p{" + "color:red;" * 100_000 + "}", "<p>a</p>"),
    "attributes": "<p " + "a " * 800_000 + ">",
    "text": "x&amp;" * 200_000,
    "fields": "{{ a }}" * 50_000,
    "never closed": "<b><p>" * 1_000,
    "endless": "x" * 2_000_001,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.timeout(60)
def test_what_is_made_to_take_for_ever_ends_soon_in_one_line(name):
    start = process_time()
    with pytest.raises(ContentRefused) as refused:
        compile_document(BOMBS[name])
    assert len(refused.value.line) < 120
    # Not a speed: without the bounds most of these take minutes or a whole day.
    assert process_time() - start < 10


@pytest.mark.parametrize(
    "odd",
    [
        PAGE.format(":not(" * 5_000, "<p>a"),
        PAGE.format("a" * 100_000 + "{}", "<p>a"),
        PAGE.format("@media x{" * 20_000, "<p>a"),
        PAGE.format("a{b:" + "(" * 100_000, "<p>a"),
        PAGE.format("/*" * 50_000, "<p>a"),
        PAGE.format('"' * 50_000, "<p>a"),
        "<" * 100_000,
        "<!--" * 50_000,
        "&#x" * 50_000,
        "{{" * 50_000,
        "{%" * 50_000,
        "<%" * 50_000,
        "<a href='" * 400,
        "<title>" * 50_000,
        "<p>" * 9_000,
        "<b><p>" * 200,
        "</div>" * 9_000,
        "<svg><p></svg><math><mi>x</math><table><svg><td></table>",
        "<body><body class=a><html lang=en><head><frameset><plaintext>a",
        "<p style='" + "color:red;" * 5_000 + "'>a",
    ],
)
@pytest.mark.timeout(60)
def test_what_is_merely_odd_compiles(odd):
    assert compile_document(odd).html


def test_an_empty_file_is_refused():
    with pytest.raises(ContentRefused, match="the file is empty"):
        compile_document(" \n")


def test_a_large_letter_compiles_with_a_warning():
    made = compile_document(PAGE.format("", "<p>words and words</p>" * 5_500))
    assert any("KB of HTML are too many: Gmail cuts off at 102 KB" in each for each in made.warnings)


def test_links_come_in_order_each_once():
    body = '<a href="https://b.example/?a=1&amp;b=2">b</a><a href=" https://a.example ">a</a><a href="https://a.example">a</a>'
    assert compile_document(PAGE.format("", body)).links == (
        "https://b.example/?a=1&b=2",
        "https://a.example",
    )


def test_scripts_are_taken_out_with_a_word():
    made = compile_document(
        PAGE.format(
            "",
            '<p onclick="x()">a</p><script>1</script><a href="java\nscript:x()">b</a><a href="#" onload>c</a>',
        )
    )
    assert "script" not in made.html
    assert "onclick" not in made.html
    assert "a script was taken out; no mail program runs one" in made.warnings
    assert "a script in onclick= was taken out" in made.warnings
    assert "a link that runs a script was taken out" in made.warnings
