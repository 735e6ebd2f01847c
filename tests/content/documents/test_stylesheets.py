"""CSS as browsers read it, broken or not."""

from __future__ import annotations

import pytest

from newsletter.content.documents.properties import certain, longhands
from newsletter.content.documents.stylesheets import Rule, Statement, declarations, rules


def read(css: str) -> list[str]:
    return [_shown(each) for each in rules(css)]


def _shown(each: Rule | Statement) -> str:
    if isinstance(each, Statement):
        return f"@{each.name}"
    said = [f"{one.name}={one.value}" + "!" * one.important for one in each.declarations]
    return f"{' '.join((*each.within, each.selectors))}: {'; '.join(said)}"


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("a{b:c}", ["a: b=c"]),
        ("a , b{c:d;e:f}", ["a , b: c=d; e=f"]),
        ("<!-- a{b:c} -->", ["a: b=c"]),
        ("/*x*/a/*y*/{b:/*z*/c}", ["a: b=c"]),
        ("a{b:c !important;D:e!IMPORTANT}", ["a: b=c!; d=e!"]),
        ("a{--B:c}", ["a: --B=c"]),
        ("@media x{a{b:c}}d{e:f}", ["@media x a: b=c", "d: e=f"]),
        ("@media x{@supports y{a{b:c}}}", ["@media x @supports y a: b=c"]),
        ("@import url(x);@charset 'y';a{b:c}", ["@import", "@charset", "a: b=c"]),
        (
            "@font-face{a:b}@keyframes x{from{a:b}}@page{a:b}c{d:e}",
            ["@font-face", "@keyframes", "@page", "c: d=e"],
        ),
        ("a{b:'}'}c{d:url(x;y)}", ["a: b='}'", "c: d=url(x;y)"]),
        ("a{b:c}} d{e:f}", ["a: b=c", "} d: e=f"]),
        ("a{b:c", ["a: b=c"]),
        ("a{;;b:c;;}", ["a: b=c"]),
        ("a{b c;d:e}", ["a: d=e"]),
        ("a{*b:c;d:e}", ["a: d=e"]),
        ("a{b:(c;d}e{f:g})}", ["a: b=(c;d}e{f:g})"]),
        ("a{b:url(data:image/png;base64,AA==)}", ["a: b=url(data:image/png;base64,AA==)"]),
        ("a", []),
        ("", []),
    ],
)
def test_rules_and_their_declarations(css, found):
    assert read(css) == found


def test_places_are_those_of_the_text():
    css = "  a { b : c ; d:e }\n@import 'x';"
    rule, statement = rules(css)
    assert isinstance(rule, Rule)
    assert isinstance(statement, Statement)
    assert css[rule.start : rule.end] == "a { b : c ; d:e }"
    assert [css[each.start : each.end] for each in rule.declarations] == ["b : c", "d:e"]
    assert css[statement.start : statement.end] == "@import 'x';"


@pytest.mark.parametrize(
    ("css", "plain"), [("a:b;c:d", True), ("a:b;c{d:e}f:g", False), ("&:hover{a:b}", False), ("", True)]
)
def test_a_rule_inside_a_rule_is_noticed(css, plain):
    assert declarations(css)[1] is plain


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("margin", {"margin-left", "margin-top"}),
        ("border", {"border-left-color", "border-top-style", "border-image"}),
        ("border-inline-start", {"border-left-width"}),
        ("font", {"line-height", "font-size"}),
        ("-webkit-border-radius", {"border-top-left-radius"}),
        ("padding-inline", {"padding-left", "padding-right"}),
        ("color", {"color"}),
        ("mso-hide", {"mso-hide"}),
    ],
)
def test_shorthands_set_their_longhands(name, some):
    assert some <= longhands(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("color", "#fff"),
        ("margin", "0 auto"),
        ("font-family", "'A B', serif"),
        ("border", "1px solid #ccc"),
        ("width", "50%"),
        ("color", "INHERIT"),
    ],
)
def test_plain_values_are_certain(name, value):
    assert certain(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("color", "nonsense"),
        ("color", "var(--x)"),
        ("width", "calc(1px)"),
        ("width", "5"),
        ("padding", "-1px"),
        ("display", "grid"),
        ("x", "y"),
        ("margin", "1px !x"),
    ],
)
def test_what_some_program_may_not_know_is_not(name, value):
    assert not certain(name, value)
