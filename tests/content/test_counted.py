"""Which links lead through the counter, where each of them leads, and that nothing else of a letter changes."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from newsletter.content.compiling import Source, compile_letter
from newsletter.content.counted import PIXEL, counted, target
from newsletter.content.designs import letter_design
from newsletter.content.filling import Parsed, Rendered
from newsletter.content.refusals import MissingField
from newsletter.content.rendering import Renderer
from tests.content import letters
from tests.content.test_publishing import published

HOME = "https://letters.clinic.example"
HERS = {"clicks_url": f"{HOME}/c/token"}
BODY = """
# Spring

[A guide](https://clinic.example/guide?a=1&b=2) and [its sequel](https://clinic.example/guide?a=1&b=2&c=3).

[Book a visit]({{ booking_url }}), call [us](tel:+15550100), write [to us](mailto:desk@clinic.example),
read [a past issue](https://letters.clinic.example/archive/winter), or open <https://clinic.example/guide?a=1&b=2>.
"""
COMPILED = compile_letter(Source("Spring", "In short", BODY), letter_design())
GUIDE, SEQUEL = "https://clinic.example/guide?a=1&b=2", "https://clinic.example/guide?a=1&b=2&c=3"


def read(letter=COMPILED, **more) -> Rendered:
    fields = letters.fields() | {"preferences_url": f"{HOME}/preferences/t", "unsubscribe_url": f"{HOME}/u/t"}
    return Parsed.of(counted(letter, letter.links, HOME)).fill(fields | HERS | more)


def hrefs(html: str) -> list[str]:
    return re.findall(r'<a\b[^>]*\shref="([^"]*)"', html)


def test_pages_are_counted_and_what_is_hers_or_no_page_is_not():
    number = {link: place for place, link in enumerate(COMPILED.links, 1)}
    guide, sequel = number[GUIDE], number[SEQUEL]
    booking = number["{{ booking_url }}"]
    found = hrefs(read().html)
    assert found[:6] == [
        f"{HOME}/c/token/{guide}",
        f"{HOME}/c/token/{sequel}",
        f"{HOME}/c/token/{booking}",
        "tel:+15550100",
        "mailto:desk@clinic.example",
        f"{HOME}/archive/winter",
    ]
    assert [link for link in found[6:] if "/c/" in link] == [f"{HOME}/c/token/{guide}"]
    assert {f"{HOME}/u/t", f"{HOME}/preferences/t", "https://clinic.example/privacy"} <= set(found)


def test_the_text_part_has_the_same_links_with_what_follows_them():
    text = read().text
    assert GUIDE not in text
    assert re.findall(r"/c/token/(\d+)", text) == re.findall(r"/c/token/(\d+)", read().html)
    assert re.search(r"open\s+https://letters\.clinic\.example/c/token/\d+\.\n", text)
    assert "(+15550100)" in text
    assert f"{HOME}/archive/winter" in text
    assert f"{HOME}/u/t" in text


def test_an_address_that_only_begins_like_one_of_the_table_stays():
    letter = Rendered("s", "p", "", f"{GUIDE}&d={{{{ first_name }}}} {GUIDE}/more ({GUIDE}) {GUIDE}!")
    assert counted(letter, [GUIDE], HOME).text == (
        f"{GUIDE}&d={{{{ first_name }}}} {GUIDE}/more ({{{{ clicks_url }}}}/1) {{{{ clicks_url }}}}/1!"
    )


def test_only_who_agreed_gets_the_pixel_and_it_says_nothing_aloud():
    assert "<img" not in read().html
    html = read(opened_url=f"{HOME}/o/token.gif").html
    assert html.count("<img") == 1
    assert f'<img src="{HOME}/o/token.gif" width="1" height="1" border="0" alt=""></body>' in html
    assert counted(Rendered("s", "p", "<p>No body</p>", "t"), [], HOME).html == "<p>No body</p>" + PIXEL


def test_without_a_booking_page_the_letter_stops_as_it_always_did():
    with pytest.raises(MissingField, match="booking_url"):
        read(booking_url="")


@pytest.mark.parametrize("key", letters.MARKETING)
def test_every_starter_letter_says_the_same_words_and_leads_to_the_same_pages(key):
    letter = letters.letter(key)
    plain, through = Parsed.of(letter).fill(letters.fields()), read(letter)
    facts = letters.fields()

    def followed(text: str) -> str:
        return re.sub(
            rf"{HOME}/c/token/(\d+)", lambda found: str(target(letter.links, int(found[1]), facts)), text
        )

    shown = {**asdict(through), "html": followed(through.html), "text": followed(through.text)}
    for name, url in (("u", "unsubscribe_url"), ("preferences", "preferences_url")):
        shown = {key: text.replace(f"{HOME}/{name}/t", str(facts[url])) for key, text in shown.items()}
    assert shown == asdict(plain)
    assert ("/c/token/" in through.html) is any(
        target(letter.links, n + 1, facts) for n in range(len(letter.links))
    )


@pytest.mark.parametrize(
    ("number", "leads"),
    [
        (1, "https://clinic.example/a"),
        (2, "https://clinic.example/book"),
        (3, None),
        (4, None),
        (5, None),
        (6, None),
        (0, None),
        (-1, None),
        (10**30, None),
    ],
)
def test_a_number_leads_to_a_counted_page_or_nowhere(number, leads):
    table = [
        "https://clinic.example/a",
        "{{ booking_url }}",
        "{{ unsubscribe_url }}",
        "mailto:a@clinic.example",
        "javascript:alert(1)",
    ]
    facts = {"booking_url": "https://clinic.example/book", "unsubscribe_url": "https://elsewhere.example"}
    assert target(table, number, facts) == leads


@pytest.mark.parametrize("booking", ["", None, "tel:+15550100", "javascript:alert(1)", "//elsewhere.example"])
def test_a_booking_page_that_is_no_page_leads_nowhere(booking):
    assert target(["{{ booking_url }}"], 1, {"booking_url": booking}) is None


def test_two_spellings_of_the_booking_page_are_one_link():
    html = '<a href="{{ booking_url }}">a</a><a href="{{booking_url}}">b</a>'
    through = counted(Rendered("s", "p", html, ""), ["{{ booking_url }}", "{{booking_url}}"]).html
    assert re.findall(r"clicks_url }}/(\d)", through) == ["1", "1"]


def test_the_renderer_counts_versions_for_whom_it_is_told_to_and_account_mail_never(database, clock):
    version = published(database, clock, Source("Spring", "In short", BODY))
    renderer, name = Renderer(database, HOME), f"version:{version.id}"
    plain = renderer.render(name, letters.fields())
    through = renderer.render(name, letters.fields() | HERS)
    assert "/c/token/" not in plain.html + plain.text
    assert "/c/token/1" in through.html
    assert "/c/token/1" in through.text
    assert renderer.render(name, letters.fields()) == plain
    account = renderer.render("mail:confirm", letters.fields() | HERS | {"opened_url": HOME})
    assert account == renderer.render("mail:confirm", letters.fields())


def test_a_letter_with_more_links_than_tags_are_allowed_goes_out_uncounted(database, clock):
    body = "\n\n".join(["[Book]({{ booking_url }})"] * 500)
    version = published(database, clock, Source("Spring", "In short", body))
    read = Renderer(database, HOME).render(f"version:{version.id}", letters.fields() | HERS)
    assert read.html.count("https://clinic.example/book") == 500
