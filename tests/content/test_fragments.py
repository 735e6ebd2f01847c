"""A body becomes one clean fragment: tips are tips in every part, and as HTML of its own it says what it said before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter.content.compiling import Source, compile_letter, fragment_of
from newsletter.content.designs import letter_design
from newsletter.content.refusals import ContentRefused
from tests.content import letters

TIP = (
    "Before.\n\n> **Tip**\n>\n> Call {{ clinic_phone }}, or [book]({{ booking_url }}).\n>\n> - one\n\nAfter."
)
SUBJECT, PREVIEW = "A letter", "What this letter is about, in one short line."


def test_a_quote_that_begins_with_a_tip_is_a_tinted_cell_and_stays_a_quote_as_text(compiled):
    letter = compiled(TIP)
    cell = letter.html.partition('class="tip-cell"')[2].partition("</td>")[0]
    assert letter.html.count('class="tip-cell"') == 1
    assert "background-color:#f5f0e9" in cell
    assert 'bgcolor="#f5f0e9"' in cell  # Outlook reads the attribute
    assert "<strong>Tip</strong>" in cell
    assert "{{ clinic_phone }}" in cell
    assert "<blockquote" not in letter.html
    assert ".tip-cell { background-color: #2e2824 !important" in letter.html
    assert "> Tip\n\n> Call {{ clinic_phone }}" in letter.text
    assert letter.links[0] == "{{ booking_url }}"


@pytest.mark.parametrize(
    "body",
    [
        "> **Tip** of the iceberg\n>\n> more",
        "> **Tip**",
        "> Tip\n>\n> more",
        "> more\n>\n> **Tip**\n>\n> words",
        "**Tip**\n\nmore",
    ],
    ids=["words-behind", "nothing-behind", "not-bold", "later", "no-quote"],
)
def test_what_only_looks_like_a_tip_stays_what_it_is(compiled, body):
    assert 'class="tip-cell"' not in compiled(body).html


def test_a_tip_may_stand_under_a_condition_and_around_one(compiled):
    letter = compiled(
        "{% if first_name %}\n" + TIP + "\n{% endif %}\n\n> **Tip**\n>\n> {% if topics %}x{% endif %}"
    )
    assert letter.html.count('class="tip-cell"') == 2


@pytest.mark.parametrize("key", letters.MARKETING)
def test_every_letter_as_html_of_its_own_is_the_same_letter(key):
    source = letters.written(key)
    own = replace(source, body=fragment_of(source), format="html")
    before, after = compile_letter(source, letter_design()), compile_letter(own, letter_design())
    assert (after.html, after.text, after.links) == (before.html, before.text, before.links)


def test_tips_buttons_and_pictures_survive_as_html_and_comments_do_not():
    body = (
        TIP
        + "\n\n[Book a time]({{ booking_url }}){.button}\n\n---\n\n{# a remark #}![A room](https://clinic.example/a.png)"
    )
    source = Source(SUBJECT, PREVIEW, body)
    words = fragment_of(source)
    assert '<a class="button" href="{{ booking_url }}">' in words
    assert '<blockquote class="tip">' in words
    assert "remark" not in words
    again = compile_letter(replace(source, body=words, format="html"), letter_design())
    assert again.html == compile_letter(source, letter_design()).html


def test_what_cannot_go_out_becomes_no_html():
    with pytest.raises(ContentRefused, match="never closed"):
        fragment_of(Source(SUBJECT, PREVIEW, "{% if first_name %}x"))
    with pytest.raises(ContentRefused, match="a button is a link alone"):
        fragment_of(Source(SUBJECT, PREVIEW, "so [x](https://a.example){.button}"))
