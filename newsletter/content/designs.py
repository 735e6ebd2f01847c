"""The e-mail design: our own Jinja, run once when a letter is published, never on what a marketer wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from newsletter.paths import TEMPLATES

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}
BUTTON = re.compile(
    r"<p>\s*<a (?=[^>]*\bclass=\"button\")[^>]*\bhref=\"([^\"]*)\"[^>]*>((?:(?!</a>).)*)</a>\s*</p>"
)
RULE = re.compile(r"<hr[^>]*>")


@dataclass(frozen=True)
class Design:
    """A layout in two files, `<name>.html` and `<name>.txt`, with its parts in `parts.html`."""

    name: str
    environment: Environment

    def html(self, body: str, **words: Any) -> str:
        """The whole document around `body`, a clean fragment; buttons and rules become the design's own."""
        parts: Any = self.environment.get_template("parts.html").module
        body = BUTTON.sub(lambda found: parts.button(unescape(found[1]), Markup(found[2])), body)  # noqa: S704
        body = RULE.sub(lambda _: parts.divider(), body)
        page = self.environment.get_template(f"{self.name}.html")
        return page.render(body=Markup(body), dir=direction(words["lang"]), **words)  # noqa: S704

    def text(self, body: str, **words: Any) -> str:
        """The text part around `body`."""
        page = self.environment.get_template(f"{self.name}.txt")
        return page.render(body=body, **words).strip() + "\n"


@cache
def letter_design() -> Design:
    """The one design that every letter and account e-mail wears."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "email" / "designs"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Design("letter", environment)


def direction(lang: str) -> str:
    """The reading direction of a language tag."""
    return "rtl" if lang.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
