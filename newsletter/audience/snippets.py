"""The sign-up form as HTML for another site, with our script and without any.

It stands in this slice because it asks people to sign up, in the words that they will agree to.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from newsletter.audience.forms import Standing


def with_script(script: str, slug: str, *, own: bool = False) -> str:
    """One line: our script (its address), and under which name its sign-ups are counted; `own` words are asked for."""
    asked = f"{script}?form={slug}" if own else script
    return f'<script src="{escape(asked)}" data-form="{escape(slug)}" async></script>'


def plain(to: str, form: Standing, privacy: str = "", topics: Sequence[tuple[str, str]] = ()) -> str:
    """The same words and fields as on our page, posted to the address `to`.

    The hidden paragraph is a trap for programs. `topics` are slugs and names, for a form that asks.
    """
    parts = {part: escape(text, quote=False) for part, text in form.parts.items()}
    notice = f' <a href="{escape(privacy)}">Privacy notice</a>' if privacy else ""
    lines = [
        f'<form action="{escape(to)}" method="post" accept-charset="utf-8">',
        f"  <h2>{parts['heading']}</h2>",
        f"  <p>{parts['promise']}</p>",
        '  <p><label for="newsletter-email">Your e-mail</label>',
        '    <input id="newsletter-email" name="email" type="email" autocomplete="email" required></p>',
        *(_name() if form.asks_name else ()),
        *(_topics(parts["question"], topics) if form.asks_topics else ()),
        '  <p hidden><label>Leave this empty <input name="subject" autocomplete="off" tabindex="-1"></label></p>',
        f'  <input type="hidden" name="form" value="{escape(form.slug)}">',
        f"  <p><button>{parts['button']}</button></p>",
        f"  <p>{parts['terms']}{notice}</p>",
        "</form>",
    ]
    return "\n".join(lines)


def _name() -> list[str]:
    return [
        '  <p><label for="newsletter-name">Your first name, if you like</label>',
        '    <input id="newsletter-name" name="first_name" autocomplete="given-name" maxlength="100"></p>',
    ]


def _topics(question: str, topics: Sequence[tuple[str, str]]) -> list[str]:
    boxes = [
        f'    <label><input type="checkbox" name="topics" value="{escape(slug)}"> {escape(name, quote=False)}</label>'
        for slug, name in topics
    ]
    return ["  <fieldset>", f"    <legend>{question}</legend>", *boxes, "  </fieldset>"]
