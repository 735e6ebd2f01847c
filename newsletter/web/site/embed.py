"""`/embed.js`: the sign-up form for other sites, as one script that asks nobody but us.

Put together here from four files of `static/`: the sum's solver, the form, its style, and the colors of the site. The
words are those of `audience.wordings`, and our mark goes along, so that the consent kept is the text that was shown.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from newsletter.audience import wordings
from newsletter.web.pages import STATIC
from newsletter.web.site import form
from newsletter.web.transaction import house

MINUTES = 10  # for so long a browser need not ask whether the words are still the same
SAYS = {
    "heading": wordings.HEADING,
    "promise": wordings.PROMISE,
    "terms": wordings.TERMS,
    "button": wordings.SEND_ME,
    "label": "Your e-mail",
    "trap": "Leave this empty",
    "privacy": "Privacy notice",
    "meant": "Did you mean {}?",
    "use": "Yes, use that",
    "keep": "Keep mine",
    "moment": "One moment, please.",
    "sum": "One moment, please. Your browser does a short sum, and then goes on by itself.",
    "unreachable": "We cannot be reached just now. Nothing was lost: please press again in a minute.",
    "check": "Check your inbox",
    "wrote": "We wrote to {}. Look for {} from {}.",
    "subject": "Please confirm your e-mail address",
    "nothing": "Nothing after two minutes? Look in spam, then send it again. Wrong address? Change it.",
    "again": "Send again, or change the address",
}
DARK = "@media (prefers-color-scheme: dark)"


def show() -> ResponseReturnValue:
    """The script, as UTF-8; the same for everybody, so that caches may keep it."""
    response = Response(script(_facts()), mimetype="text/javascript")
    response.cache_control.public = True
    response.cache_control.max_age = MINUTES * 60
    response.add_etag()
    return response.make_conditional(request)


def script(facts: dict[str, Any]) -> str:
    """The whole file for one clinic: `facts` is where it is, what it is called, and our mark."""
    style = _short((STATIC / "embed.css").read_text())
    light, dark = _colors(style)
    given = facts | {"says": SAYS, "style": style, "light": light, "dark": dark, "inDark": DARK}
    parts = (_bare((STATIC / name).read_text()) for name in ("proof.js", "embed.js"))
    return f'(() => {{\n"use strict";\nconst given = {_literal(given)};\n{"".join(parts)}}})();\n'


def _facts() -> dict[str, Any]:
    clinic = house().settings.clinic
    return {
        "to": house().links.url("/subscribe"),
        "clinic": clinic.name,
        "privacy": clinic.privacy_url,
        "opened": form.mark(0),  # of no particular moment: the file is kept by caches
    }


def _literal(value: Any) -> str:
    """JSON that is JavaScript too, wherever it is pasted: no `</script>`, no line separators."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _colors(style: str) -> tuple[str, str]:
    """The site's own colors, light and dark, as far as `style` names them."""
    blocks = re.findall(r":root \{(.*?)\}", (STATIC / "tokens.css").read_text(), re.DOTALL)
    light, dark = (
        "".join(
            f"{name}:{value};" for name, value in re.findall(r"(--[\w-]+): ([^;]+);", block) if name in style
        )
        for block in blocks
    )
    return light, dark


def _bare(source: str) -> str:
    """A script without indents and the lines that only explain."""
    return re.sub(r"(?m)^\s*//.*\n|^\s+", "", source)


def _short(style: str) -> str:
    """A style sheet without remarks and layout."""
    return re.sub(r"\s*([{};:,]|\s)\s*", r"\1", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)).strip()
