"""A letter while it is written: what one reader would see, and what a colleague would say."""

from __future__ import annotations

from typing import Any

import pytest

from newsletter.clinic import EXAMPLE_CLINIC
from newsletter.content import compiling, filling
from newsletter.content.compiling import Source
from newsletter.content.designs import letter_design
from newsletter.content.filling import Parsed
from newsletter.content.previewing import Preview, preview
from newsletter.content.refusals import ContentRefused

NOWHERE = "https://letters.clinic.example/look/a-test"
EVERYBODY = {**EXAMPLE_CLINIC.fields(), "preferences_url": NOWHERE, "unsubscribe_url": NOWHERE}
LINE = "What this letter is about, in one short line."


def shown(body: str, reader: dict | None = None, everybody: dict | None = None, **words: Any) -> Preview:
    written: dict[str, Any] = {"subject": "A letter", "preview_text": LINE} | words
    return preview(Source(body=body, **written), EVERYBODY if everybody is None else everybody, reader or {})


def test_it_is_what_production_compiles_and_fills() -> None:
    source = Source(
        "For {{ first_name }}", LINE, "# Hello\n\nDear {{ first_name }}, [book]({{ booking_url }})."
    )
    seen = preview(source, EVERYBODY, {"first_name": "Reader"})
    sent = Parsed.of(compiling.compile_letter(source, letter_design())).fill(
        {**EVERYBODY, "first_name": "Reader"}
    )
    assert filling.Rendered(seen.subject, seen.preview_text, seen.html, seen.text) == sent
    assert seen.links[0] == "{{ booking_url }}"
    assert seen.size < len(seen.html.encode()) + 1000
    assert "first_name" in seen.fields


def test_a_name_that_is_printed_without_asking_would_stop_those_who_gave_none() -> None:
    for reader, said in (({"first_name": "Reader"}, "Dear Reader,"), ({}, "Dear [first_name],")):
        seen = shown("Dear {{ first_name }},", reader)
        assert said in seen.text
        assert seen.stops == ("first_name",)
        assert seen.remarks == (
            "would stop for readers without first_name; put it between {% if first_name %} and {% endif %}",
        )


def test_asked_for_first_it_stops_nobody() -> None:
    seen = shown("Hello{% if first_name %} {{ first_name }}{% endif %},")
    assert seen.stops == seen.remarks == ()
    assert "Hello," in seen.text


def test_what_stops_only_those_who_gave_a_name_is_found_when_it_is_shown_to_one() -> None:
    body = "Hello{% if first_name %} {{ first_name }} {{ last_name }}{% endif %},"
    assert shown(body).stops == ()
    assert shown(body, {"first_name": "Reader"}).stops == ("last_name",)


def test_a_clinic_without_a_telephone_hears_that_the_letter_would_stop_for_all() -> None:
    facts = {**EVERYBODY, "clinic_phone": "", "booking_url": ""}
    seen = shown("Call {{ clinic_phone }}, or [book]({{ booking_url }}).", everybody=facts)
    assert set(seen.stops) == {"clinic_phone", "booking_url"}
    assert "Call [clinic_phone]" in seen.text
    assert "https://not-given.example/booking_url" in seen.html


def test_a_field_with_a_dot_has_a_stand_in_too() -> None:
    seen = shown("Session {{ session.number }} of {{ session.total }}.", {"session": {"total": 4}})
    assert "Session [session.number] of 4." in seen.text
    assert set(seen.stops) == {"session.number", "session.total"}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"body": "One.\n\n{{ first_name"}, "body, line 3"),
        ({"body": "{% if first_name %}Hello"}, "body, line 1"),
        ({"body": "x", "subject": " "}, "a letter needs a subject"),
        ({"body": "x", "subject": "x" * 2_000}, "at most 250 characters"),
        ({"body": "x " * 20_000}, "at most 20000"),
        ({"body": "{% for letter in letters %}{{ letter.nothing }}{% endfor %}"}, "missing letter.nothing"),
    ],
    ids=["unclosed", "no-endif", "no-subject", "long-subject", "long-body", "no-such-part"],
)
def test_what_could_go_out_to_nobody_is_refused_with_its_place(words: dict, complaint: str) -> None:
    with pytest.raises(ContentRefused, match=complaint):
        shown(reader={"letters": [{"number": 1}]}, **words)


def test_a_hostile_letter_and_a_hostile_name_become_text() -> None:
    seen = shown(
        "Dear {{ first_name }} <script>alert(1)</script>", {"first_name": "<img src=x onerror=alert(2)>"}
    )
    assert "<script" not in seen.html
    assert "<img src=x" not in seen.html
    assert "&lt;img src=x" in seen.html
