"""A letter as anybody may read it: nothing of a person, nothing of the e-mail's looks, nothing from another host."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html as lxml_html

from newsletter.content.anonymous import Reading, for_anybody
from newsletter.content.compiling import Source
from newsletter.content.refusals import ContentRefused, MissingField
from tests.content import letters

HOME = "https://letters.clinic.example"
FACTS = {
    "clinic_name": "Example Skin Clinic",
    "clinic_phone": "+1 555 0100",
    "booking_url": "https://clinic.example/book?from=letter&who=any",
    "preferences_url": f"{HOME}/",
    "unsubscribe_url": f"{HOME}/",
}


def read(body: str, **more: Any) -> Reading:
    source = Source(**{"subject": "The subject", "preview_text": "The preview.", "body": body} | more)
    return for_anybody(source, FACTS, HOME)


def html(body: str) -> str:
    """What becomes of a body written as HTML."""
    return re.sub(r"\s+", " ", read(body, format="html").html)


@pytest.mark.parametrize("key", letters.ISSUES)
def test_every_starter_issue_reads_well_without_a_reader(key: str) -> None:
    reading = for_anybody(letters.written(key), FACTS, HOME)
    everything = f"{reading.subject} {reading.preview_text} {reading.title} {reading.html}"
    assert "Hello," in reading.html
    assert "Example Skin Clinic" in reading.html
    assert not re.search(r"\{[{%]|[%}]\}|/u/|/preferences/|style=|<h1|<table|<font", everything)
    links = [link for _, _, link, _ in lxml_html.fromstring(reading.html).iterlinks()]
    assert set(links) <= {FACTS["booking_url"], f"{HOME}/"}


@pytest.mark.parametrize("key", letters.ISSUES)
def test_a_clinic_that_has_given_little_has_an_archive_too(key: str) -> None:
    least = {name: value for name, value in FACTS.items() if name not in {"clinic_phone", "booking_url"}}
    reading = for_anybody(letters.written(key), least, HOME)
    assert "Ask for a consultation" not in reading.html
    assert "Warmly," in reading.html


def test_a_letter_that_prints_what_only_a_person_has_is_refused_by_the_fields_name() -> None:
    for body in (
        "Dear {{ first_name }},",
        "[Yours]({{ care_url }})",
        "{% for each in letters %}x{% endfor %}",
    ):
        with pytest.raises(MissingField, match=r"missing (first_name|care_url|letters)"):
            read(body)
    with pytest.raises(MissingField, match="missing first_name"):
        read("Dear reader,", subject="A letter for {{ first_name }}")


def test_what_depends_on_a_person_counts_as_not_known() -> None:
    body = (
        "Dear {{ first_name | default('reader') }}{% if first_name %}, our {{ first_name }}{% endif %}.\n\n"
        "{% if first_name %}\nWe know you.\n{% else %}\nWelcome, whoever you are.\n{% endif %}\n"
    )
    assert lxml_html.fromstring(read(body).html).text_content().split("\n") == [
        "Dear reader.",
        "",
        "Welcome, whoever you are.",
    ]


def test_a_letter_that_is_no_letter_is_refused() -> None:
    with pytest.raises(ContentRefused):
        read("{% if first_name %} and nothing closes it")


def test_the_heading_it_begins_with_becomes_the_title() -> None:
    reading = read("# What is *new* at {{ clinic_name }}\n\nThis.")
    assert reading.title == "What is new at Example Skin Clinic"
    assert reading.html == "<p>This.</p>"


@pytest.mark.parametrize("body", ["This.", "This.\n\n# A heading later", "## Small at first\n\nThis."])
def test_a_letter_that_begins_otherwise_has_its_subject_as_title(body: str) -> None:
    reading = read(body, subject="News from {{ clinic_name }}")
    assert reading.title == reading.subject == "News from Example Skin Clinic"
    assert "This." in reading.html


@pytest.mark.parametrize(
    ("levels", "become"),
    [
        ("1 2 3", "2 3"),
        ("1 3 3 4", "2 2 3"),
        ("1 1 2", "2 3"),
        ("2 4 6", "2 3 4"),
        ("1 2 5 2 5", "2 3 2 3"),
    ],
)
def test_headings_stand_under_the_pages_own_and_skip_no_level(levels: str, become: str) -> None:
    body = "\n\n".join(f"{'#' * int(level)} Heading\n\nText." for level in levels.split())
    assert " ".join(re.findall(r"<h(\d)>", read(body).html)) == become


def test_a_button_stays_one_and_no_other_class_or_style_does() -> None:
    assert read("[Book]({{ booking_url }}){.button}").html == (
        '<p><a class="button" href="https://clinic.example/book?from=letter&amp;who=any">Book</a></p>'
    )
    dressed = '<p class="lead button" style="color: red" align="center" bgcolor="red"><a class="x" href="https://a.example/">a</a></p>'
    assert html(dressed) == '<p><a href="https://a.example/">a</a></p>'


def test_what_the_e_mail_hides_the_page_does_not_show() -> None:
    body = '<div style="font-size: 1px; display : none">Preview</div> <p>Seen</p> tail'
    assert "Preview" not in html(body)
    assert "<p>Seen</p> tail" in html(body)


def test_tables_that_place_things_unfold_and_tables_of_data_stay() -> None:
    laid_out = "<table><tr><td>One</td><td><p>Two</p></td></tr></table>"
    assert "table" not in html(laid_out)
    assert lxml_html.fromstring(html(laid_out)).text_content().split() == ["OneTwo"]
    assert re.sub(r"</?div>|\s", "", html(laid_out)) == "One<p>Two</p>"
    data = '<table><tr><th scope="col">Weeks</th></tr><tr><td>4</td></tr></table>'
    assert '<th scope="col">Weeks</th>' in html(data)
    assert "<td>4</td>" in html(data)


def test_no_picture_comes_from_another_host() -> None:
    pictures = (
        '<p><img src="https://elsewhere.example/a.png" alt="A &lt;b&gt; face">, '
        f'<img src="{HOME}/media/b.png" alt="Ours">, <img src="{HOME}.elsewhere.example/c.png"></p>'
    )
    assert html(pictures) == (
        f'<p><span>A &lt;b&gt; face</span>, <img src="{HOME}/media/b.png" alt="Ours">, <span></span></p>'
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        "<style>p { display: none }</style>",
        '<iframe src="https://elsewhere.example/"></iframe>',
        '<form action="https://elsewhere.example/"><input name="email"></form>',
    ],
)
def test_nothing_in_it_runs_asks_or_looks_elsewhere(hostile: str) -> None:
    try:
        shown = html(f"<p>Before</p>{hostile}<p>After</p>")
    except ContentRefused:
        return
    assert not re.search(r"alert|<style|<form|<input|<iframe|javascript|elsewhere", shown)
    assert "<p>Before</p>" in shown


def test_a_fact_with_angle_brackets_is_text() -> None:
    reading = for_anybody(Source("s", "p", "{{ clinic_name }}"), {"clinic_name": "<b>Skin</b> & Co"}, HOME)
    assert reading.html == "<p>&lt;b&gt;Skin&lt;/b&gt; &amp; Co</p>"


def test_it_keeps_its_language_and_the_way_it_is_read() -> None:
    assert (read("x").lang, read("x").direction) == ("en", "ltr")
    assert (read("x", lang="he").lang, read("x", lang="he").direction) == ("he", "rtl")
