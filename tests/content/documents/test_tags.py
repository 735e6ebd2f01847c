"""Merge tags of ours and of other tools, wherever they stand in a document."""

from __future__ import annotations

import pytest

from newsletter.content.documents.compiling import compile_document
from newsletter.content.documents.foreign import suggestion
from newsletter.content.refusals import MergeRefused

EVERYWHERE = """<!DOCTYPE html><html lang="en"><head><title>{{ subject }}</title><style>p{color:red}</style></head><body>
<!--[if mso]><p>{{ clinic_name }}</p><![endif]-->
<p title="{{ first_name | default("you") }}">Hi {{ first_name | default("you") }}, {% if number > 1 %}again{% else %}welcome{% endif %}</p>
<table>{% for letter in letters %}<tr><td>{{ letter.title }}</td></tr>{% endfor %}</table>
<a href="{{ booking_url }}" style="color:{{ color }}">Book</a> <a href="https://clinic.example/?who={{ first_name }}">See</a>
</body></html>"""
FIELDS = {
    "subject": "A letter",
    "clinic_name": "Example Skin Clinic",
    "first_name": "A <b>reader</b>",
    "number": 2,
    "letters": [{"title": "One"}, {"title": "Two"}],
    "booking_url": "https://clinic.example/book",
    "color": "red",
}


def test_without_fields_every_tag_comes_back_as_it_was():
    made = compile_document(EVERYWHERE)
    for tag in (
        '{{ first_name | default("you") }}',
        "{% if number > 1 %}",
        "{{ letter.title }}",
        '="{{ booking_url }}"',
    ):
        assert tag in made.html
    assert made.links == ("{{ booking_url }}", "https://clinic.example/?who={{ first_name }}")
    assert "{{ first_name" in made.text


def test_with_fields_they_are_filled_and_escaped():
    made = compile_document(EVERYWHERE, FIELDS)
    assert "Hi A &lt;b&gt;reader&lt;/b&gt;, again" in made.html
    assert "<table><tr><td>One</td></tr><tr><td>Two</td></tr></table>" in made.html
    assert "One\n\nTwo" in made.text
    assert "<!--[if mso]><p>Example Skin Clinic</p><![endif]-->" in made.html
    assert "Hi A <b>reader</b>, again" in made.text
    assert made.links[0] == "https://clinic.example/book"
    assert "{{" not in made.html + made.text
    assert not [each for each in made.warnings if "missing" in each]


def test_what_has_no_value_stays_and_is_named():
    made = compile_document(
        EVERYWHERE, {key: FIELDS[key] for key in FIELDS if key not in {"booking_url", "subject"}}
    )
    assert "missing booking_url: its tag was left as it is" in made.warnings
    assert "missing subject: its tag was left as it is" in made.warnings
    assert '<a href="{{ booking_url }}"' in made.html
    assert "again" in made.html


def test_a_choice_that_cannot_be_made_leaves_all_choices_as_they_are():
    made = compile_document("<p>{{ a }}{% if number > 1 %}x{% endif %}</p>", {"a": "b"})
    assert "<p>b{% if number > 1 %}x{% endif %}</p>" in made.html
    assert "missing number: its tag was left as it is" in made.warnings


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"home_url": "javascript:x()"}, "home_url is not an address"),
        ({"a": "x" * 20_000}, "at most 10000"),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, "too deep"),
    ],
)
def test_values_that_no_letter_may_have_are_refused(fields, says):
    with pytest.raises(MergeRefused, match=says):
        compile_document("<p>{{ a }}</p>", fields)


def test_fields_that_letters_do_not_have_are_named():
    made = compile_document("<p>{{ first_name }} {{ contact.firstname }} {{ company }}</p>")
    assert (
        "letters have no field company, contact.firstname; right would be a value in --fields"
        in made.warnings
    )
    made = compile_document("<p>{{ contact.firstname }}</p>")
    assert any("right would be first_name" in each or "{{ first_name }}" in each for each in made.warnings)


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("*|FNAME|*", "*|FNAME|* is Mailchimp's tag and stays as text; right would be {{ first_name }}"),
        ("*|IF:X|*", "*|IF:X|* is Mailchimp's tag and stays as text"),
        ("%%first_name%%", "is Salesforce's tag and stays as text; right would be {{ first_name }}"),
        ("%%=v(@name)=%%", "is Salesforce's tag"),
        ("{{#if vip}}x{{/if}}", "{{#if vip}} is Handlebars' tag and stays as text, and 1 more of its kind"),
        ("{{{ body }}}", "{{{ body }}} is Handlebars' tag"),
        ("{{ name | upcase: 'x' }}", "is another tool's tag"),
        ("{% include 'a' %}", "is a template program's (Liquid, Twig, Django, Jinja) tag"),
        ("{$name}", "{$name} is Smarty's tag"),
        (
            "[[firstname]]",
            "[[firstname]] is another tool's tag and stays as text; right would be {{ first_name }}",
        ),
        ("<%= user.name %>", "is a template program's (ERB, EJS, ASP) tag"),
        ("<?php echo $x; ?>", "is PHP's tag"),
        ("%recipient.name%", "is Mailgun's tag"),
        ("%FIRSTNAME%", "is ActiveCampaign's tag and stays as text; right would be {{ first_name }}"),
        ("${user.name}", "${user.name} is a program's tag"),
        ("[UNSUBSCRIBE]", "is another tool's tag and stays as text; right would be {{ unsubscribe_url }}"),
    ],
)
def test_other_tools_tags_stay_as_text_with_one_warning(tag, says):
    for source in (
        f"<p>{tag}</p>",
        f'<p title="{tag}">x</p>',
        f'<a href="{tag}">x</a>',
        f"<table>{tag}<tr><td>a</table>",
    ):
        made = compile_document(source, {})
        assert tag in made.html
        assert len([each for each in made.warnings if says in each]) == 1, made.warnings


def test_braces_in_css_are_no_tags():
    css = "@media x{#a{color:red}}@media y{a{b:c}}p{color:red}"
    made = compile_document(f"<style>{css}</style><p>{{{{ a }}}}</p>", {"a": "{{ b }}{# c #}"})
    assert '<p style="color:red">{{ b }}{# c #}</p>' in made.html
    assert "@media x{#a{color:red}}" in made.html


def test_our_comments_are_left_out_and_foreign_ones_stay():
    assert "secret" not in compile_document("<p>a{# secret #}</p>").html
    assert "{# secret #}" in compile_document("<p>{% extends 'x' %}{# secret #}</p>").html


def test_an_element_whose_attributes_a_program_decides_keeps_its_rule():
    source = "<style>td{color:red}</style><table><tr><td {% if wide %}style='width:9px'{% endif %}>a</td></tr></table>"
    made = compile_document(source)
    assert "td{color:red}" in made.html
    assert "<td {% if wide %}style='width:9px'{% endif %}>" in made.html


def test_a_field_in_a_style_sheet_travels_into_the_attribute():
    made = compile_document("<style>p{color:{{ tint }}}</style><p>a</p>", {"tint": "red"})
    assert '<p style="color:red">a</p>' in made.html


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("FNAME", "{{ first_name }}"),
        ("firstName", "{{ first_name }}"),
        ("contact.firstname", "{{ first_name }}"),
        ("contact.first_name", "{{ first_name }}"),
        ("UNSUB", "{{ unsubscribe_url }}"),
        ("Company", "{{ company }}"),
        ("IF:X", ""),
        ("#if a b", ""),
        ("= f(x)", ""),
        ("", ""),
    ],
)
def test_what_would_say_the_same(name, right):
    assert suggestion(name) == right
