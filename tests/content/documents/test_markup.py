"""Where tags and comments are, however they are written."""

from __future__ import annotations

import pytest

from newsletter.content.documents.edits import Edit, applied
from newsletter.content.documents.markup import scan
from newsletter.content.documents.trees import Node, Tree


def shapes(html: str) -> list[str]:
    return [f"{tag.kind} {tag.name}".strip() for tag in scan(html)]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("a<p>b</p>c", ["start p", "end p"]),
        ("<P CLASS=a></P >", ["start p", "end p"]),
        ("<br/><o:p></o:p>", ["start br", "start o:p", "end o:p"]),
        ("<!-- <p> --><p>", ["comment", "start p"]),
        ("<!--><p><!---><p>", ["comment", "start p", "comment", "start p"]),
        ("<!-- a --!><p>", ["comment", "start p"]),
        ("<!-- never closed <p>", ["comment"]),
        ("<![if !mso]><p><![endif]>", ["comment", "start p", "comment"]),
        ("<?xml version='1.0'?></ p><p>", ["comment", "comment", "start p"]),
        ("1 < 2 <3 <% a %> <p>", ["start p"]),
        ("<script>'<p>'</script ><p>", ["start script", "start p"]),
        ("<style><!-- <p> --></style><p>", ["start style", "start p"]),
        (
            "<title><b></title><textarea><p></textareas></textarea><i>",
            ["start title", "start textarea", "start i"],
        ),
        ("<style>p{}", ["start style"]),
        ("<p><a href='never closed><b>", ["start p"]),
        ("<p title='>'>", ["start p"]),
    ],
)
def test_tags_are_found_as_a_browser_finds_them(html, found):
    assert shapes(html) == found


@pytest.mark.parametrize(
    ("attributes", "values"),
    [
        ("a=1 b='2' c=\"3\" d", {"a": "1", "b": "2", "c": "3", "d": ""}),
        ("a = 1 b", {"a": "1", "b": ""}),
        ("A=1 a=2", {"a": "1"}),
        ("a=1/b=2", {"a": "1/b=2"}),
        ("a/b", {"a": "", "b": ""}),
        ("=a", {"=a": ""}),
        ("a='&amp;&quot;'", {"a": '&"'}),
        ("a=", {"a": ""}),
        ('a="1"b="2"', {"a": "1", "b": "2"}),
    ],
)
def test_attributes_have_their_values_and_places(attributes, values):
    html = f"<p {attributes}>"
    tag = next(scan(html))
    assert {name: each.value for name, each in tag.attributes.items()} == values
    for name, each in tag.attributes.items():
        assert html[each.start : each.end].lower().startswith(name)
        assert html[each.inner[0] : each.inner[1]].replace("&amp;", "&").replace("&quot;", '"') == each.value


def test_edits_are_made_in_order_and_the_first_of_two_wins():
    edits = [Edit(4, 5, "E"), Edit(0, 1, "A"), Edit(2, 2, "+"), Edit(4, 5, "x")]
    assert applied("abcde", edits) == "Ab+cdE"
    assert applied("abc", []) == "abc"


def tree(html: str) -> Tree:
    return Tree(html, list(scan(html)))


def written(node: Node) -> str:
    """Names and nesting, and nothing else."""
    inside = " ".join(written(each) for each in node.elements)
    return f"{node.name}({inside})" if inside else node.name


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<table><tr><td>a<td>b</table>", "body(table(tbody(tr(td td))))"),
        ("<p>a<p>b<div>c</div>", "body(p p div)"),
        ("<p>a<table></table>", "body(p table)"),
        ("<table><div>a</div><tr></tr></table>", "body(div table(tbody(tr)))"),
        ("<ul><li>a<li>b</ul>", "body(ul(li li))"),
        ("<b>a<p>b</b>c</p>", "body(b p(b))"),
        ("<a>a<a>b</a>", "body(a a)"),
        ("<img><br></br><hr>", "body(img br br hr)"),
        ("<svg><path/><g><path/></g></svg><p>", "body(svg(path g(path)) p)"),
        ("<o:p></o:p><x-y><v:rect></x-y>", "body(o:p x-y(v:rect))"),
        ("<table><style>a</style><tr></table>", "body(table(style tbody(tr)))"),
        ("<title>a</title><meta><p>", "body(p)"),
        ("text<style>a</style><p>", "body(style p)"),
        ("a</div></p></b>", "body(p)"),
        ("<noscript><p></noscript>", "body(p)"),
        ("a<noscript><p></noscript>", "body(noscript(p))"),
    ],
)
def test_elements_stand_where_a_browser_puts_them(html, body):
    assert written(tree(html).body) == body
    assert written(tree(f"<!doctype html><html><head></head><body class=a>{html}").body).startswith("body(")


@pytest.mark.parametrize(
    ("doctype", "quirks"),
    [
        ("<!doctype html>", False),
        ("<!DOCTYPE HTML>", False),
        ("<!-- a --><!DOCTYPE html>", False),
        ('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/x.dtd">', False),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/x.dtd">', False),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">', True),
        ('<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">', True),
        ("", True),
        ("<p><!doctype html>", True),
    ],
)
def test_a_document_without_a_modern_doctype_is_shown_by_the_old_rules(doctype, quirks):
    assert tree(f"{doctype}<html><body><p>a").quirks is quirks
