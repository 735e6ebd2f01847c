"""The merge language: what it prints, what it refuses, and that nothing in it can run away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from newsletter.content.merging import MergeRefused, MissingField, one_line, parse, parse_condition

THURSDAY = datetime(2026, 3, 5, 14, 7)

# From public collections of server-side template injection.
PAYLOADS = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ config }}{{ config.items() }}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum(n=100000) }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__ }}",
    "{{ request['application']['__globals__'] }}",
    "{{ request|attr('application')|attr('\\x5f\\x5fglobals\\x5f\\x5f') }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__['current_app'].config }}",
    "{{ [].append(1) }}",
    "{{ dict(a=1) }}",
    "{{ range(10**9) }}",
    "{% for a in range(10**8) %}{% endfor %}",
    "{{ 9**(9**9) }}",
    "{{ 'a' * 10**9 }}",
    "{{ 7*7 }}",
    "{{ '%c' % 97 }}",
    "{{ 'a'~'b' }}",
    "{{ first_name|attr('upper') }}",
    "{{ first_name|map('upper') }}",
    "{{ first_name|format }}",
    "{{ first_name|safe }}",
    "{{ first_name|tojson }}",
    "{{ first_name|pprint }}",
    "{{ first_name.upper() }}",
    "{{ first_name['upper'] }}",
    "{{ first_name[0:1] }}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'base.html' %}",
    "{% block a %}{% endblock %}",
    "{% macro a() %}{{ a() }}{% endmacro %}",
    "{% call a() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% with a=1 %}{% endwith %}",
    "{% autoescape false %}{{ first_name }}{% endautoescape %}",
    "{% raw %}{{ first_name }}{% endraw %}",
    "{% do a %}",
    "{% debug %}",
    "{% for a in b recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a in b if c %}{% endfor %}",
    "{% for a, b in c %}{% endfor %}",
    "{% for loop in c %}{% endfor %}",
    "{% for a in [1, 2] %}{% endfor %}",
    "{% for a in 'abc' %}{% endfor %}",
    "{% for a in x %}{% for b in y %}{% for c in z %}{% endfor %}{% endfor %}{% endfor %}",
    "{{ a if b else c }}",
    "{{ first_name is defined }}",
    "{{ {'a': 1} }}",
    "{{ a.b.c.d }}",
    "{{ _private }}",
    "{{ -1 }}",
    "{{ first_name|default }}",
    "{{ first_name|upper('x') }}",
    "{{ first_name|default(boolean=true) }}",
    "{{ day|date }}",
    "{{ day|date(pattern) }}",
    "{{ day|date('%Q') }}",
    "{{ day|date('%') }}",
    "{{ first_name",
    "{% if first_name %}",
    "{% if first_name %}{% endfor %}",
    "{% endif %}",
    "{# never closed",
    "{{ 'never closed }}",
    "{{ }}",
    "{{ a b }}",
    "{{ " + "(" * 240 + "a" + ")" * 240 + " }}",
    "{{ " + "not " * 200 + "a }}",
    "{{ a" * 3000,
    "{{ a }}" * 3000,
    "{% if a %}" * 200 + "{% endif %}" * 200,
    "{{ a" + "|upper" * 200 + " }}",
]


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_public_attack_ends_in_one_clear_line(payload: str) -> None:
    with pytest.raises(MergeRefused) as refused:
        parse(payload, html=True, name="body")
    assert refused.value.line.startswith("body")
    assert "\n" not in str(refused.value)
    assert "0x" not in str(refused.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hi {{ first_name }}", "Hi Ann &amp; Co"),
        ("{{ nobody|default('there') }}", "there"),
        ("{{ nobody|upper|default(first_name)|lower }}", "ann &amp; co"),
        ("{{ session.number }} of {{ session.of }}", "2 of 4"),
        ("{% if session.number > 1 %}again{% else %}first{% endif %}", "again"),
        ("{% if session.number == 1 %}a{% elif 1 < session.number <= 2 %}b{% endif %}", "b"),
        ("{% if nobody %}a{% elif not nobody %}b{% endif %}", "b"),
        ("{% if first_name and not nobody or nobody %}yes{% endif %}", "yes"),
        ("{% if nobody == '' %}empty{% endif %}", "empty"),
        ("{% if first_name != nobody %}differs{% endif %}", "differs"),
        ("{% if 'tips' in topics and 'news' not in topics %}tips{% endif %}", "tips"),
        ("{% if session.number in [1, 2] %}early{% endif %}", "early"),
        (
            "{% for t in topics %}{{ loop.index }}{{ t }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1a, 2tips",
        ),
        ("{% for t in none_yet %}x{% else %}nothing{% endfor %}", "nothing"),
        ("{{ topics|join(' / ') }}, {{ topics|length }}", "a / tips, 2"),
        ("{{ shouted|title }} {{ shouted|capitalize }}", "O&#39;neill Smith-Jones O&#39;neill smith-jones"),
        ("{{ day|date('%A, %-d %B %Y') }}", "Thursday, 5 March 2026"),
        ("{{ day|date('%a %d.%m.%y %H:%M %-I %p 100%%') }}", "Thu 05.03.26 14:07 2 pm 100%"),
        ("{# said to nobody #}x", "x"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_it_says(source: str, expected: str) -> None:
    fields: dict[str, Any] = {
        "first_name": "Ann & Co",
        "session": {"number": 2, "of": 4},
        "topics": ["a", "tips"],
        "none_yet": [],
        "shouted": "O'NEILL SMITH-JONES",
        "day": THURSDAY,
    }
    assert parse(source, html=True).fill(fields) == expected


@pytest.mark.parametrize("empty", [None, "", "  ", "\t\n"])
def test_what_is_empty_is_missing_and_named(empty: str | None) -> None:
    with pytest.raises(MissingField) as missing:
        parse("Hi {{ first_name }}", html=True).fill({"first_name": empty})
    assert missing.value.line == "missing first_name"
    assert missing.value.field == "first_name"


@pytest.mark.parametrize(
    ("source", "name"),
    [("{{ a.b }}", "a.b"), ("{% for x in xs %}{% endfor %}", "xs"), ("{% if n > 1 %}{% endif %}", "n")],
)
def test_a_missing_field_is_named_wherever_it_is_needed(source: str, name: str) -> None:
    with pytest.raises(MissingField, match=f"^missing {name}$"):
        parse(source, html=False).fill({})


def test_the_fields_it_may_ask_for_are_known_and_loop_names_are_not_fields() -> None:
    merge = parse(
        "{% for x in xs %}{{ x.a }}{{ loop.index }}{{ b.c }}{% endfor %}{% if d %}{% endif %}", html=True
    )
    assert merge.fields == ("b.c", "d", "xs")


def test_a_complaint_names_the_line_of_the_unclosed_if_and_not_the_end() -> None:
    with pytest.raises(MergeRefused, match=r"line 2: .*endif"):
        parse("one\n{% if first_name %}\nthree\nfour", html=True, name="body")


def test_a_complaint_at_filling_names_the_line_too() -> None:
    with pytest.raises(MergeRefused, match="body, line 2: str and int cannot be compared by size"):
        parse("one\n{% if first_name > 1 %}{% endif %}", html=True, name="body").fill({"first_name": "x"})


@pytest.mark.parametrize(
    "source",
    [
        "{{ xs }}",
        "{% for x in name %}{% endfor %}",
        "{{ name|date('%A') }}",
        "{{ day|date('%H') }}",
        "{{ name|join }}",
        "{{ number|length }}",
        "{% if 1 in name %}{% endif %}",
    ],
)
def test_the_wrong_kind_of_value_is_refused_when_it_is_filled_in(source: str) -> None:
    with pytest.raises(MergeRefused):
        parse(source, html=True).fill({"xs": ["a"], "name": "b", "number": 3, "day": date(2026, 3, 5)})


class Sly(str):
    """A text that runs code of its own when it is escaped."""

    __slots__ = ()

    def __html__(self) -> str:
        raise AssertionError("this ran")


@dataclass
class Person:
    """What must never be handed to a letter."""

    name: str = "x"


@pytest.mark.parametrize(
    "value",
    [
        Sly("a"),
        Markup("<b>"),
        Person(),
        Decimal("1.5"),
        pytest.param(object(), id="object"),
        print,
        {1: "a"},
        {"a": {2}},
        ("a",),
        float("nan"),
        10**20,
    ],
    ids=str,
)
def test_only_plain_values_may_be_filled_in(value: Any) -> None:
    with pytest.raises(MergeRefused):
        parse("{{ x }}", html=True).fill({"x": value})


@pytest.mark.parametrize(
    "value",
    ["x" * 10_001, ["x"] * 501, [["a"] * 100] * 100, {"a": {"b": {"c": {"d": "e"}}}}],
    ids=["long", "many", "many many", "deep"],
)
def test_values_that_are_too_much_are_refused(value: Any) -> None:
    with pytest.raises(MergeRefused):
        parse("x", html=True).fill({"x": value})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b", "/u/1", 'https://a"b']
)
def test_a_url_field_is_an_address_that_can_be_opened(url: str) -> None:
    with pytest.raises(MergeRefused, match="booking_url is not an address"):
        parse("x", html=True).fill({"booking_url": url})


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("{% for a in x %}{% for b in x %}{{ b }}{% endfor %}{% endfor %}", {"x": ["y"] * 500}),
        ("{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}", {"x": ["y"] * 500}),
        ("{% for a in x %}{{ y|upper|lower|title }}{% endfor %}", {"x": [1] * 500, "y": "z" * 9_999}),
        (
            "{% for a in x %}{% if x|join(y)|length %}{% endif %}{% endfor %}",
            {"x": [1] * 500, "y": "z" * 9_999},
        ),
    ],
)
def test_a_bomb_runs_out_of_fuel(source: str, fields: dict[str, Any]) -> None:
    with pytest.raises(MergeRefused, match="too many steps"):
        parse(source, html=True).fill(fields)


@given(st.text(alphabet=st.sampled_from("{}%#<>&\"' ab|"), min_size=1, max_size=40))
def test_a_value_is_printed_and_never_read_as_a_template(value: str) -> None:
    filled = parse("<b>{{ name|default('nobody') }}</b>", html=True).fill({"name": value})
    assert filled == f"<b>{escape(value.strip()) or 'nobody'}</b>"


@given(st.text(alphabet="{}%#-+ abif'\"|().\n0*<", max_size=60))
def test_any_text_is_read_or_refused_in_one_line(source: str) -> None:
    try:
        said = parse(source, html=False, name="body").fill({"a": "1"})
    except MergeRefused as refused:
        said = refused.line
    assert said or not source.replace("\n", "") or "{" in source
    assert source in (said, said.strip()) or "{" in source


@given(
    st.dictionaries(
        st.text(max_size=5), st.none() | st.integers(-9, 9) | st.lists(st.text(max_size=9)), max_size=5
    )
)
def test_values_are_copied(fields: dict[str, Any]) -> None:
    before = json.dumps(fields)
    parse("{{ a|default('b') }}", html=True).fill({**fields, "a": "x"})
    assert json.dumps(fields) == before


def test_control_characters_and_turned_text_do_not_pass() -> None:
    filled = parse("{{ a }}", html=False).fill({"a": "x\x00\x07y\u202ez\u2028w"})
    assert filled == "x y z w"


def test_a_subject_is_one_line_whatever_is_filled_in() -> None:
    assert one_line(" a\r\nBcc: x@example.com\t\u2029b  c\x85d ") == "a Bcc: x@example.com b c d"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("session.number > 1", True),
        ("'tips' in topics and not session.number == 3", True),
        ("nobody", False),
        ("nobody == 'x' or topics", True),
        ("true", True),
    ],
)
def test_a_condition_holds_or_not(condition: str, holds: bool) -> None:
    assert parse_condition(condition).holds({"session": {"number": 2}, "topics": ["tips"]}) is holds


@pytest.mark.parametrize(
    "condition", ["", "a b", "{{ a }}", "a >", "a = 1", "f()", "1 +", "a" * 501, "(" * 400, "a %}{% if b"]
)
def test_a_condition_that_is_none_is_refused(condition: str) -> None:
    with pytest.raises(MergeRefused, match=r"^only_if"):
        parse_condition(condition)


def test_a_condition_knows_its_fields() -> None:
    assert parse_condition("session.number > 1 and topics").fields == ("session.number", "topics")
