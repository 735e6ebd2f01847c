"""Merge tags travel as words and come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content.refusals import MergeRefused
from newsletter.content.tokens import Tokens

TAGS = st.sampled_from(
    ["{{ a }}", "{{ a|default('x > y') }}", '{{ a|default("b") }}', "{% if a > 1 %}b{% endif %}"]
)
TEXTS = st.text(alphabet="ab zq019<>&_*\n\"'é", max_size=20)


@given(st.lists(TAGS | TEXTS, max_size=12).map("".join))
def test_a_text_without_comments_comes_back_as_it_was(source: str) -> None:
    tokens = Tokens([source])
    text, numbers = tokens.protect(source, "body")
    assert "{" not in text
    assert tokens.numbers(text) == list(numbers)
    assert tokens.restore(text) == source


def test_words_hold_no_space_and_nothing_that_markdown_or_html_reads() -> None:
    text, _ = Tokens(["{{ a }}"]).protect("{{ a }}", "body")
    assert text.isalnum()
    assert text == text.lower()


def test_a_text_that_holds_our_words_gets_other_words() -> None:
    tokens = Tokens(["qz0q00000z {{ a }}"])
    text, _ = tokens.protect("qz0q00000z {{ a }}", "body")
    assert tokens.restore(text) == "qz0q00000z {{ a }}"


def test_comments_are_left_out() -> None:
    tokens = Tokens([""])
    assert tokens.protect("a{# not for readers #}b", "body") == ("ab", range(0))


def test_each_comes_back_once_and_in_order_or_is_named_with_its_line() -> None:
    tokens = Tokens([""])
    text, numbers = tokens.protect("{{ a }}\n{{ b }}", "body")
    first, second = text.split("\n")
    tokens.check(text, numbers)
    with pytest.raises(MergeRefused, match=r"body, line 2: \{\{ b \}\} got lost"):
        tokens.check(first, numbers)
    with pytest.raises(MergeRefused, match=r"\{\{ b \}\} came back in another place"):
        tokens.check(second + first, numbers)
    with pytest.raises(MergeRefused, match=r"\{\{ a \}\} came back in another place"):
        tokens.check(first + first + second, numbers)
