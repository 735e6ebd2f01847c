"""HTML to paste: what stands in it is data, whatever a clinic calls its form."""

from __future__ import annotations

from lxml import html as trees

from newsletter.audience import snippets, wordings
from newsletter.audience.forms import Standing

SIGN_UP = wordings.OURS["sign-up"]
TO = "https://letters.clinic.example/subscribe"


def test_our_script_is_asked_for_the_words_of_a_form_of_its_own():
    own = snippets.with_script("https://letters.clinic.example/embed.js", "footer", own=True)
    assert own == (
        '<script src="https://letters.clinic.example/embed.js?form=footer" data-form="footer" async></script>'
    )
    assert "?form=" not in snippets.with_script("https://letters.clinic.example/embed.js", "footer")


def test_words_are_text_and_never_markup():
    parts = SIGN_UP | {"heading": "<script>alert(1)</script>", "question": "Which & why?"}
    form = Standing("footer", parts, ("tips",), asks_name=True)
    made = trees.fromstring(
        snippets.plain(TO, form, 'https://clinic.example/"><b>', [("tips", "Tips <all>")])
    )
    assert made.xpath(".//script") == []
    assert made.xpath(".//h2")[0].text == "<script>alert(1)</script>"
    assert made.xpath(".//legend")[0].text == "Which & why?"
    assert made.xpath(".//a/@href") == ['https://clinic.example/"><b>']
    assert [each.get("name") for each in made.iter("input")] == [
        "email",
        "first_name",
        "topics",
        "subject",
        "form",
    ]
    for field in made.xpath(".//input[@id]"):
        assert made.xpath(f".//label[@for='{field.get('id')}']")


def test_a_form_that_asks_nothing_has_one_field():
    made = trees.fromstring(snippets.plain(TO, Standing("footer", SIGN_UP)))
    assert [each.get("name") for each in made.iter("input")] == ["email", "subject", "form"]
    assert made.xpath(".//fieldset") == []
