"""The six welcome letters, the example issues and the account e-mails, as a reader gets them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from newsletter.content.account import account_letter
from newsletter.content.merging import MissingField, parse
from newsletter.content.values import Value
from newsletter.errors import NotFound
from tests.content import letters

FIELDS = {"all": letters.fields, "least": letters.least_fields}


def html(key: str, fields: dict[str, Value]) -> str:
    return parse(letters.letter(key).html, html=True).fill(fields)


def text(key: str, fields: dict[str, Value]) -> str:
    return parse(letters.letter(key).text, html=False).fill(fields)


class Page(HTMLParser):
    """What a page links to, and whether its elements close in order."""

    VOID = {"br", "hr", "img", "meta"}  # noqa: RUF012

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.opened: list[str] = []
        self.crossed: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.opened.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.opened or self.opened.pop() != tag:
            self.crossed.append(tag)


@pytest.mark.parametrize("key", letters.EVERY)
def test_a_letter_compiles_without_a_remark_and_far_below_60_kb(key: str) -> None:
    made = letters.letter(key)
    assert made.warnings == ()
    assert len(made.html.encode()) < 60_000
    assert len(made.subject) <= 60
    assert 40 <= len(made.preview_text) <= 100


@pytest.mark.parametrize("known", FIELDS)
@pytest.mark.parametrize("key", letters.EVERY)
def test_a_letter_is_whole_for_whoever_reads_it(key: str, known: str) -> None:
    fields = FIELDS[known]()
    page, said = html(key, fields), text(key, fields)
    assert not re.search(r"\{\{|\{%|qz\d+q|None(?! of this)|\bHello ,|<p[^>]*>\s*</p>", page + said)
    assert Page(page).crossed == []
    assert Page(page).opened == []
    assert "Example Skin Clinic" in page
    assert "12 Garden Street, Springfield, IL 62701" in said


@pytest.mark.parametrize("known", FIELDS)
@pytest.mark.parametrize("key", letters.EVERY)
def test_the_text_part_has_every_link_of_the_page_unbroken(key: str, known: str) -> None:
    fields = FIELDS[known]()
    page, said = html(key, fields), text(key, fields)
    addresses = re.findall(r"https://[^\s)]+", said)
    assert set(addresses) == set(Page(page).links)
    assert all(len(line) <= 75 or "https://" in line for line in said.split("\n"))
    assert "\n\n\n" not in said


@pytest.mark.parametrize("key", letters.MARKETING)
def test_a_marketing_letter_can_be_stopped_in_both_parts(key: str) -> None:
    fields = letters.fields()
    assert str(fields["unsubscribe_url"]) in Page(html(key, fields)).links
    assert f"Stop all letters:\n{fields['unsubscribe_url']}\n" in text(key, fields)


LENGTHS = {
    **dict.fromkeys(letters.WELCOME, (120, 260)),
    "guide-start-to-finish": (200, 350),
    "tips-five-questions": (200, 350),
    "news-what-is-new": (100, 180),
}


@pytest.mark.parametrize("key", letters.MARKETING)
def test_a_letter_is_short_and_does_not_shout(key: str) -> None:
    body = re.sub(r"\{[{%].*?[}%]\}", "", letters.written(key).body)
    fewest, most = LENGTHS[key]
    assert fewest <= len(body.split()) <= most
    assert not re.search(r"!(?!\[)|youthful|transformative|guarantee|amazing|\bjust\b", body)


def test_the_first_letter_lists_all_six_with_their_dates_once() -> None:
    said = text("welcome", letters.fields())
    assert (
        "- Today\n  Welcome: your first letter, and what comes next\n- Saturday, 7 March, 10:00\n  Is one"
        in said
    )
    assert "- Thursday, 26 March, 10:00\n  A plan that fits your skin\n\nAll six" in said
    assert html("welcome", letters.fields()).count("<li") == 6
    assert html("welcome", letters.fields()).count("<ul") == 1


def test_the_first_letter_promises_six_letters_and_then_two_a_month_and_links_to_the_way_out() -> None:
    said = " ".join(text("welcome", letters.fields()).partition("Here are the six")[0].split())
    assert "six short ones in three weeks, then about two a month" in said
    assert f"/u/{letters.TOKEN}" in said


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ((), "Ask for a consultation:\nhttps://clinic.example/book\n\nOr call us: +1 555 0100"),
        (("clinic_phone",), "Ask for a consultation:\nhttps://clinic.example/book\n\nThis was the last"),
        (("booking_url",), "good care.\n\nTo ask for one, call us: +1 555 0100\n\nThis was"),
        (("booking_url", "clinic_phone"), "good care.\n\nThis was the last of the six."),
    ],
)
def test_the_last_letter_leaves_out_what_the_clinic_has_not_given(
    missing: tuple[str, ...], line: str
) -> None:
    fields = {name: value for name, value in letters.fields().items() if name not in missing}
    said = text("a-plan-that-fits", fields)
    assert line in said
    assert "Already in a plan with us? Then this one is not for you." in said


BOOK = "Ask for a consultation:\nhttps://clinic.example/book\n\n"


@pytest.mark.parametrize(
    ("key", "missing", "end"),
    [
        ("guide-start-to-finish", "", f"decides with you.\n\n{BOOK}Or call us: +1 555 0100\n\nWarmly,"),
        (
            "guide-start-to-finish",
            "booking_url",
            "with you.\n\nTo ask for one, call us: +1 555 0100\n\nWarmly,",
        ),
        ("guide-start-to-finish", "clinic_phone", f"decides with you.\n\n{BOOK}Warmly,"),
        ("guide-start-to-finish", "booking_url clinic_phone", "decides with you.\n\nWarmly,"),
        ("tips-five-questions", "", f"{BOOK}Questions before that? Call us: +1 555 0100\n\nWarmly,"),
        ("tips-five-questions", "booking_url clinic_phone", "from the start.\n\nWarmly,"),
        ("news-what-is-new", "", "call us:\n+1 555 0100\n\nWould you rather talk in person? Ask for"),
        ("news-what-is-new", "clinic_phone", "topics you want.\n\nWould you rather talk in person? Ask for"),
        ("news-what-is-new", "booking_url clinic_phone", "topics you want.\n\nWarmly,"),
    ],
)
def test_an_issue_leaves_out_what_the_clinic_has_not_given(key: str, missing: str, end: str) -> None:
    fields = {name: value for name, value in letters.fields().items() if name not in missing.split()}
    assert end in text(key, fields)


def test_a_missing_name_is_no_reason_to_write_hello_comma() -> None:
    assert "\nHello,\n" in text("welcome", letters.least_fields())
    assert "\nHello Reader,\n" in text("welcome", letters.fields())


@pytest.mark.parametrize("key", letters.MARKETING)
def test_a_letter_without_a_way_out_is_never_rendered(key: str) -> None:
    fields = letters.fields()
    del fields["unsubscribe_url"]
    with pytest.raises(MissingField, match="missing unsubscribe_url"):
        html(key, fields)


def test_the_confirmation_asks_for_one_tap() -> None:
    fields = letters.least_fields()
    assert f"Confirm my address:\n{fields['confirm_url']}\n" in text("confirm", fields)
    assert Page(html("confirm", fields)).links == [fields["confirm_url"]]


@pytest.mark.parametrize(
    ("key", "words", "field"),
    [
        ("data-link", "asked Example Skin Clinic for a link\nto see what we hold about you", "data_url"),
        ("new-address", "Move my letters here:\n", "confirm_url"),
    ],
)
def test_a_letter_about_her_data_holds_its_link_and_no_other(key: str, words: str, field: str) -> None:
    fields = letters.least_fields()
    assert words in text(key, fields)
    assert Page(html(key, fields)).links == [fields[field]]
    assert "/preferences/" not in text(key, fields)


def test_account_letters_are_compiled_once_and_others_do_not_exist() -> None:
    assert account_letter("confirm") is account_letter("confirm")
    with pytest.raises(NotFound, match="there are confirm, already-subscribed"):
        account_letter("../campaigns")
