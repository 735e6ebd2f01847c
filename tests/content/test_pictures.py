"""The address of a picture says how large a letter shows it, so that the letter need not."""

from __future__ import annotations

import re
from typing import Literal

import pytest

from newsletter.content import pictures
from newsletter.content.anonymous import for_anybody
from newsletter.content.compiling import Source, compile_letter
from newsletter.content.designs import letter_design

LINE = "What this letter is about, in one short line."


def test_an_address_says_the_size() -> None:
    digest = "0a" * 32
    path = pictures.address(digest, "image/jpeg", 200, 150)
    assert path == f"/media/{digest}-200x150.jpg"
    assert pictures.ADDRESS.fullmatch(path)


OURS = f"https://letters.clinic.example/media/{'ab' * 32}-600x400.jpg"


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        (f'<img src="{OURS}" alt="A room">', f'<img width="600" height="400" src="{OURS}" alt="A room">'),
        (f'<IMG alt="" src="{OURS}" />', f'<IMG width="600" height="400" alt="" src="{OURS}" />'),
        (f'<img src="{OURS}" width="300">', f'<img src="{OURS}" width="300">'),
        (
            '<img src="https://clinic.example/a-600x400.jpg">',
            '<img src="https://clinic.example/a-600x400.jpg">',
        ),
        (f'<a href="{OURS}">the picture</a>', f'<a href="{OURS}">the picture</a>'),
    ],
)
def test_our_own_pictures_get_the_size_that_their_address_tells(tag: str, told: str) -> None:
    assert pictures.sized(f"<p>{tag}</p>") == f"<p>{told}</p>"


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (f"Hello.\n\n![A room]({OURS})\n", "markdown"),
        (f'<p>Hello.</p><p><img src="{OURS}" alt="A room"></p>', "html"),
        (f'<style>p {{ font-size: 17px }}</style><p>Hello.</p><img src="{OURS}" alt="A room">', "html"),
        (f'{{% if first_name %}}<img alt="A room" src="{OURS}">{{% endif %}}', "html"),
    ],
)
def test_a_letter_says_the_size_and_no_colleague_misses_it(
    body: str, form: Literal["markdown", "html"]
) -> None:
    made = compile_letter(Source("A letter", LINE, body, form), letter_design())
    tag = re.search(r"<img [^>]*>", made.html)
    assert tag
    assert 'width="600" height="400"' in tag[0]
    assert "max-width:100%" in tag[0]
    assert "height:auto" in tag[0]
    assert made.warnings == ()
    assert "[A room]" in made.text


def test_a_past_issue_on_our_pages_says_it_too() -> None:
    body = f"Hello.\n\n![A room]({OURS})\n"
    read = for_anybody(Source("A letter", LINE, body), {}, "https://letters.clinic.example")
    assert 'width="600"' in read.html
    assert 'height="400"' in read.html


def test_a_size_that_the_writer_chose_stays() -> None:
    body = f'<p><img src="{OURS}" alt="A room" width="300" height="200"></p>'
    made = compile_letter(Source("A letter", LINE, body, "html"), letter_design())
    assert 'width="300" height="200"' in made.html
    assert "600" not in re.findall(r'<img [^>]*width="(\d+)"', made.html)
