"""The e-mail design: our own Jinja, run once when a letter is published, never on what a marketer wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from newsletter.content.brand import PLAIN, Brand
from newsletter.paths import TEMPLATES

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}
BUTTON = re.compile(
    r"<p>\s*<a (?=[^>]*\bclass=\"button\")[^>]*\bhref=\"([^\"]*)\"[^>]*>((?:(?!</a>).)*)</a>\s*</p>"
)
RULE = re.compile(r"<hr[^>]*>")
TIP = re.compile(r'<blockquote class="tip">((?:(?!</?blockquote).)*)</blockquote>', re.DOTALL)


@dataclass(frozen=True)
class Design:
    """A layout in two files, `<name>.html` and `<name>.txt`, with its parts in `parts.html`."""

    name: str
    environment: Environment
    brand: Brand = PLAIN

    def html(self, body: str, **words: Any) -> str:
        """The whole document around `body`, a clean fragment; buttons, rules and tips become the design's own."""
        parts: Any = self.environment.get_template("parts.html").module
        body = BUTTON.sub(lambda found: parts.button(unescape(found[1]), Markup(found[2])), body)  # noqa: S704
        body = RULE.sub(lambda _: parts.divider(), body)
        body = TIP.sub(lambda found: parts.tip(Markup(found[1])), body)  # noqa: S704
        page = self.environment.get_template(f"{self.name}.html")
        worn = {"brand": self.brand, "paint": self.brand.palette, "dir": direction(words["lang"])}
        return page.render(body=Markup(body), **worn, **words)  # noqa: S704

    def text(self, body: str, **words: Any) -> str:
        """The text part around `body`."""
        page = self.environment.get_template(f"{self.name}.txt")
        return page.render(body=body, **words).strip() + "\n"


def letter_design(brand: Brand = PLAIN) -> Design:
    """The one design that every letter and account e-mail wears, in the colors of `brand`."""
    return Design("letter", _environment(), brand)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES / "email" / "designs"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def direction(lang: str) -> str:
    """The reading direction of a language tag."""
    return "rtl" if lang.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
