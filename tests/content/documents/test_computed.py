"""What Chromium computes for every element, before and after compiling."""

from __future__ import annotations

import re

import pytest

from newsletter.content.documents.compiling import compile_document
from tests import chromium
from tests.content.documents import templates
from tests.content.documents.computed import blank_page, compare

pytestmark = pytest.mark.browser

PAGE = "<!doctype html><html><head><style>{}</style></head><body>{}</body></html>"


@pytest.fixture(scope="module")
def blank(browser):
    """One page for all: each comparison fills it anew."""
    with chromium.contexts(browser) as open_context:
        yield blank_page(open_context)


@pytest.mark.parametrize("name", templates.EVERY)
def test_every_element_computes_as_before(blank, name):
    found = compare(blank, templates.EVERY[name], compile_document(templates.EVERY[name]).html)
    assert found.why == []
    assert found.elements > 5


@pytest.mark.parametrize("name", ["grid", "columns", "dark"])
def test_on_a_desktop_it_looks_the_same_without_any_style_sheet(blank, name):
    """As where a mail program leaves <style> out. A `<tbody>` that a browser adds has no tag to write into."""
    compiled = compile_document(
        re.sub(r"@(media|supports)[^{]*\{(?:[^{}]*\{[^}]*\})*[^}]*\}", "", templates.EVERY[name])
    )
    bare = re.sub(r"(?s)<style.*?</style>", "", compiled.html)
    found = compare(blank, compiled.html, bare)
    assert [why for why in found.why if "<tbody>" not in why] == []


def test_the_comparison_sees_a_difference(blank):
    found = compare(blank, PAGE.format("p{color:red}", "<p>a</p>"), PAGE.format("", "<p>a</p>"))
    assert len(found.differing) == 1
    assert "number 2" in found.why[0]


@pytest.mark.parametrize(
    ("css", "body"),
    [
        ("p{color:red!important} #x{color:blue}", "<p id=x>a</p>"),
        ("p{color:red} p{color:blue}", "<p>a</p>"),
        (".a{color:red} p{color:blue}", "<p class=a>a</p>"),
        ("p{margin:1px} p{margin-left:9px}", "<p>a</p>"),
        ("p.a{margin-left:9px} p{margin:1px}", "<p class=a>a</p>"),
        ("p{color:red!important}", "<p style='color:blue'>a</p>"),
        ("p{color:red!important}", "<p style='color:blue!important'>a</p>"),
        ("p{color:red} p{color:nonsense}", "<p>a</p>"),
        ("p{width:calc(1px + 2px);width:5px!important}", "<p>a</p>"),
        ("p{color:red} @media (max-width:500px){p{color:blue}}", "<p>a</p>"),
        (".a{color:red} @media (max-width:500px){p{color:blue}}", "<p class=a>a</p><p>b</p>"),
        ("p{color:red} @media (max-width:500px){p{color:blue}}", "<p style='color:green'>a</p><p>b</p>"),
        ("p{padding-left:1px} @media (max-width:500px){p{padding:9px}}", "<p>a</p>"),
        ("@media (max-width:500px){p{padding:9px}} p{padding-left:1px}", "<p>a</p>"),
        ("@media (max-width:500px){p{color:blue} .a{color:lime!important}} p{color:red}", "<p class=a>a</p>"),
        ("@media (max-width:500px){p{margin:0!important} .a{margin:5px}} .a{margin:9px}", "<p class=a>a</p>"),
        ("*{color:inherit} a{color:red}", "<a href=#>a</a>"),
        ("a:link{color:red} a{color:blue}", "<a href=#>a</a><a>b</a>"),
        ("p:empty{color:red} p:not(.a,.b){color:blue}", "<p></p><p class=b>b</p><p>c</p>"),
        ("p~p{color:red} p+p{color:blue} div>p{color:lime}", "<p>a</p><p>b</p><div><p>c</p></div>"),
        (
            "td[align=center i]{color:red} [CLASS~=b]{color:blue}",
            "<table><tr><td align=CENTER class='a b'>a</table>",
        ),
        (":where(#x) p{color:red} p{color:blue}", "<div id=x><p>a</p></div>"),
        ("p{--c:red;color:var(--c)}", "<p>a</p>"),
        (':root{--f:"Open Sans",serif} p{font-family:var(--f)}', "<p>a</p>"),
        ("p{font:12px/2 serif} p{line-height:3}", "<p>a</p>"),
        ("p{all:unset} @media (max-width:500px){p{color:blue}}", "<p>a</p>"),
        ("b{color:red} p b{color:blue}", "<b>a<p>b</p>"),
        ("@layer x{p{color:red}} p{color:blue}", "<p>a</p>"),
        (".a{color:red;&:hover{color:blue}}", "<p class=a>a</p>"),
        ("p{border-inline-start:1px solid red}", "<p style='border-left:3px solid'>a</p>"),
        (".\\31 a{color:red} .a\\:b{color:blue}", "<p class=1a>a</p><p class=a:b>b</p>"),
    ],
)
def test_the_order_of_force_is_a_browsers(blank, css, body):
    for html in (PAGE.format(css, body), PAGE.format(css, body).removeprefix("<!doctype html>")):
        assert compare(blank, html, compile_document(html).html).why == []
