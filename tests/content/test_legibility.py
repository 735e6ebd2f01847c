"""Colors are read as mail programs read them: inline, inherited, and in the dark by the rule that weighs most."""

from __future__ import annotations

import pytest

from newsletter.content.legibility import faint

DARK = "@media (prefers-color-scheme: dark)"


def page(body: str, css: str = "") -> str:
    return f"<html><head><style>{css}</style></head><body>{body}</body></html>"


def said(body: str, css: str = "") -> list[str]:
    return [f"{each.words}{' (dark)' if each.dark else ''}" for each in faint(page(body, css))]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>black on white by itself</p>", []),
        ('<p style="color:#ddd">a <b>b</b> c</p>', ["a"]),
        ('<p style="color:#ddd"><span style="color:#000">dark again</span></p>', []),
        ('<div style="background:#000"><p style="color:#fff">white on black</p></div>', []),
        ('<div style="background:#000"><p>black on black</p></div>', ["black on black"]),
        ('<div bgcolor="#000000"><p>black on black</p></div>', ["black on black"]),
        ('<div bgcolor="#000"><p bgcolor="white">back again</p></div>', []),
        ('<p style="COLOR : #DDD ; font-size:9px">spaced</p>', ["spaced"]),
        ('<p style="color:#ddd"><span style="color:inherit">still</span></p>', ["still"]),
        ('<p style="color:nonsense">unknown</p>', []),
        ('<p style="color:rgb(0 0 0 / 10%)">unknown</p>', []),
        ('<p style="background:linear-gradient(#000,#fff)">unknown</p>', []),
        ('<p style="background:#000 no-repeat">black on black</p>', ["black on black"]),
        ('<p style="background-color:transparent;color:#eee">on white</p>', ["on white"]),
        ('<p style="color:#eee"><!-- not shown --> &nbsp; </p>', []),
        ('<p style="color:#eee"><b></b>behind</p>', ["behind"]),
        ('<div style="display:none;color:#eee">hidden <b>too</b></div>', []),
        ('<p style="color:#8a8a8a;font-size:20px"><span style="font-size:1.2em">24 px</span></p>', []),
        (
            '<p style="color:#8a8a8a;font-size:20px"><span style="font-size:119%">23.8 px</span></p>',
            ["23.8 px"],
        ),
        ('<p style="color:#8a8a8a;font-size:1.5rem">24 px</p>', []),
        ('<p style="color:#8a8a8a;font-size:19px;font-weight:700">bold</p>', []),
        (
            '<p style="color:#8a8a8a;font-size:19px"><b style="font-weight:normal">not bold</b></p>',
            ["not bold"],
        ),
        ('<p style="color:#8a8a8a;font-size:x-large">unknown size</p>', ["unknown size"]),
        ('<p style="color:#eee">{{ first_name }}</p>', ["{{ first_name }}"]),
        ('<p style="color:#eee">{% if first_name %}{% endif %}</p>', []),
    ],
)
def test_in_the_light(body: str, found: list[str]) -> None:
    assert said(body) == found


@pytest.mark.parametrize(
    ("css", "body", "found"),
    [
        ("", '<p style="color:#333">nobody turns it</p>', []),
        (
            DARK + "{ body { background-color: #111 !important } }",
            "<p>left behind</p>",
            ["left behind (dark)"],
        ),
        (
            DARK + "{ body { background-color: #111 !important; color: #eee !important } }",
            "<p>turned with it</p>",
            [],
        ),
        # Without !important an inline style stays.
        (
            DARK + "{ p { color: #111; background: #111 } }",
            '<p style="color:#eee;background:#000">inline wins</p>',
            [],
        ),
        (
            DARK + "{ p { color: #111; background: #111 } }",
            "<p>no inline style</p>",
            ["no inline style (dark)"],
        ),
        # The heavier selector wins, wherever it stands; of two as heavy, the later.
        (
            DARK + "{ .box .link { color: #fff !important } .box a { color: #111 !important }"
            " body { background: #111 !important; color: #fff !important } }",
            '<div class="box"><a class="link" href="#">weighs more</a></div>',
            [],
        ),
        (
            DARK
            + "{ body { background: #111 !important } p { color: #fff !important } p { color: #222 !important } }",
            "<p>comes later</p>",
            ["comes later (dark)"],
        ),
        (
            DARK + "{ .a, .b { background-color: #111 !important } }",
            '<div class="b">the second of two</div>',
            ["the second of two (dark)"],
        ),
        (DARK + "{ p { display: none } body { background: #111 !important } }", "<p>not shown there</p>", []),
        (DARK + "{ p:hover, p::first-line { color: #fff !important } }", "<p>no state matters</p>", []),
        (
            DARK + "{ p[ { color: #fff !important } b { color: #fff } }",
            "<p>broken</p><b>white</b>",
            ["white (dark)"],
        ),
        ("@media (prefers-color-scheme: light) { p { color: #fff !important } }", "<p>another query</p>", []),
        ("@media (max-width: 600px) { p { color: #fff !important } }", "<p>another query</p>", []),
    ],
)
def test_in_the_dark(css: str, body: str, found: list[str]) -> None:
    assert said(body, css) == found


def test_what_is_faint_in_both_is_said_once_and_each_pair_of_colors_once() -> None:
    body = '<p style="color:#777;background:#888">one</p><p style="color:#777;background:#888">two</p>'
    css = DARK + "{ body { background: #111 !important } }"
    assert said(body, css) == ["one"]
    found = faint(page(body))
    assert [(each.words, round(each.contrast, 1), each.least) for each in found] == [("one", 1.3, 4.5)]


def test_more_rules_than_any_letter_has_are_not_all_read() -> None:
    rules = " ".join(f".c{number} {{ color: #fff !important }}" for number in range(300))
    assert said('<p class="c10">read</p><p class="c299">not read</p>', DARK + "{" + rules + "}") == [
        "read (dark)"
    ]
