"""`/embed.js`: the sign-up form for other sites, as one script that asks nobody but us.

Put together here from files of `static/`: the sum's solver, the form, its style, and the colors of the site; what a
form of its own asks beside the e-mail comes along where it asks. The
words are those that the clinic says now, of a form of its own with `?form=slug`; our mark goes along, so that the
consent kept is the text that was shown.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience.forms import Standing
from newsletter.web.pages import STATIC
from newsletter.web.site import form
from newsletter.web.transaction import house, in_transaction

MINUTES = 10  # for so long a browser need not ask whether the words are still the same
SAYS = {
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
ASKS = {"name": "Your first name, if you like", "all": "All of them, unless you choose."}
SCRIPTS = ("proof.js", "embed-asking.js", "embed.js")
ASKS_NOTHING = "const asked = () => [], chosen = () => ({});\n"
DARK = "@media (prefers-color-scheme: dark)"


@in_transaction
def show(session: Session) -> ResponseReturnValue:
    """The script, as UTF-8; the same for everybody, so that caches may keep it."""
    response = Response(script(_facts(session)), mimetype="text/javascript")
    response.cache_control.public = True
    response.cache_control.max_age = MINUTES * 60
    response.add_etag()
    return response.make_conditional(request)


def script(facts: dict[str, Any]) -> str:
    """The whole file for one form of one clinic: `facts` is where it is, what it is called and says, and our mark."""
    asks = "asksName" in facts
    style = _short(
        "".join((STATIC / name).read_text() for name in ("embed.css", "embed-asking.css")[: 1 + bool(asks)])
    )
    light, dark = _colors(style)
    given = facts | {
        "says": SAYS | (ASKS if asks else {}) | facts["says"],
        "style": style,
        "light": light,
        "dark": dark,
        "inDark": DARK,
    }
    solve, asked, form_itself = (_bare((STATIC / name).read_text()) for name in SCRIPTS)
    parts = "".join((solve, asked if asks else ASKS_NOTHING, form_itself))
    return f'(() => {{\n"use strict";\nconst given = {_literal(given)};\n{parts}}})();\n'


def _facts(session: Session) -> dict[str, Any]:
    clinic, stands = house().settings.clinic, form.standing(session, form.named(request.args.get("form")))
    return {
        "to": house().links.url("/subscribe"),
        "clinic": clinic.name,
        "privacy": clinic.privacy_url,
        "says": stands.parts,
        "opened": form.mark(0, stands.words),  # of no particular moment: the file is kept by caches
        **_asked(session, stands),
    }


def _asked(session: Session, stands: Standing) -> dict[str, Any]:
    """What the form asks beside the e-mail; nothing at all for most, and then its code stays away, too."""
    topics = [(each.slug, each.name) for each in form.asked_topics(session, stands)]
    return {"asksName": stands.asks_name, "topics": topics} if stands.asks_name or topics else {}


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
