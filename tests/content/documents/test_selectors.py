"""Selectors: how heavy, whether they can be written down, and what they match."""

from __future__ import annotations

import pytest

from newsletter.content.documents.markup import scan
from newsletter.content.documents.matching import Unreadable
from newsletter.content.documents.selectors import parse, split
from newsletter.content.documents.trees import Tree

HTML = (
    '<!doctype html><html><body id=top class="Page a"><div id=one class="a b"><p>1</p><p class="b c" title="Big Room">2</p><span></span>'
    '<p id=three lang=en-US>3</p></div><table><tr><td align=CENTER>x</td><td>y</td></tr></table><a href="#">l</a><a>m</a></body></html>'
)


def matched(selector: str, *, quirks: bool = False) -> list[str]:
    tree = Tree(HTML, list(scan(HTML)))
    found = parse(selector, quirks=quirks)
    return [
        node.attributes.get("id")
        or "".join(child for child in node.children if isinstance(child, str))
        or node.name
        for node in tree.body.walk()
        if any(each.matches(node) for each in found)
    ]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("p", ["1", "2", "three"]),
        ("P.b", ["2"]),
        (".a.b", ["one"]),
        ("#one > p", ["1", "2", "three"]),
        ("body #three", ["three"]),
        ("p + p", ["2"]),
        ("p ~ p", ["2", "three"]),
        ("p:first-child, p:last-child", ["1", "three"]),
        ("p:nth-child(2n+1)", ["1"]),
        ("p:nth-of-type(odd)", ["1", "three"]),
        ("p:nth-last-of-type(1)", ["three"]),
        ("p:nth-child(-n+2)", ["1", "2"]),
        ("span:only-of-type", ["span"]),
        ("span:empty", ["span"]),
        ("p:not(.b)", ["1", "three"]),
        ("p:not(.b, #three)", ["1"]),
        (":is(#three, .c)", ["2", "three"]),
        ("td[align=center]", ["x"]),
        ("td:not([align])", ["y"]),
        ('[title="Big Room"]', ["2"]),
        ("[title^=Big], [title$=Room], [title*='g R'], [title~=Room]", ["2"]),
        ("[title=big i]", []),
        ("[title='big room' i]", ["2"]),
        ("[lang|=en]", ["three"]),
        ("[title^='']", []),
        ("a:link", ["l"]),
        ("tbody > tr > td", ["x", "y"]),
        ("table > tr", []),
        (".page", []),
        ("\\70", ["1", "2", "three"]),
    ],
)
def test_it_matches_what_a_browser_matches(selector, found):
    assert matched(selector) == found


def test_the_old_rules_ignore_the_case_of_classes_and_ids():
    assert matched(".page", quirks=True) == ["top"]
    assert matched("#TOP", quirks=True) == ["top"]


@pytest.mark.parametrize(
    ("selector", "weight"),
    [
        ("*", (0, 0, 0)),
        ("p", (0, 0, 1)),
        ("p.a#b[c]:hover::before", (1, 3, 2)),
        (":not(#a, .b)", (1, 0, 0)),
        (":where(#a) p", (0, 0, 1)),
        ("ul li:nth-child(2)", (0, 1, 2)),
    ],
)
def test_weights_are_the_standards(selector, weight):
    assert parse(selector)[0].weight == weight


@pytest.mark.parametrize(
    "selector", ["a:hover", "p:not(:focus)", "a:visited", ":checked", ":-moz-any-link", "p:has(b)"]
)
def test_what_depends_on_the_reader_moves(selector):
    assert parse(selector)[0].moving


@pytest.mark.parametrize("selector", ["p::before", "p:first-line", "li::marker", "::-webkit-x"])
def test_parts_of_elements_are_told_apart(selector):
    assert parse(selector)[0].part


@pytest.mark.parametrize(
    "selector",
    [
        "",
        "a,",
        ",a",
        "} .b",
        "a..b",
        "a >",
        "> a",
        "#1",
        ".1a",
        "a[",
        "[=b]",
        "a:not(",
        "a b::c d",
        ":nth-child(x)",
        "&:hover",
        "a%",
        "a" * 30_000,
    ],
)
def test_what_is_none_is_unreadable(selector):
    with pytest.raises(Unreadable):
        parse(selector)


def test_commas_inside_brackets_and_strings_part_nothing():
    assert split("a:not(b, c), [d=','], \\,e") == ["a:not(b, c)", " [d=',']", " \\,e"]
