"""Pure: premailer behind one door. It opens no connection and no file, and gets no more CSS than it can swallow.

premailer 3.10 follows `@import` even with `allow_network=False`, opens `file:` addresses (a FIFO held it for ever),
drops a lower-case doctype, and takes `!important` out of media rules, which ends dark mode and the phone's layout.
"""

from __future__ import annotations

import logging
import re
from typing import Any

import cssutils
from premailer import Premailer

from newsletter.content.refusals import ContentRefused

LARGEST_CSS = 64 * 1024
MOST_RULES = 1_000
# Each rule looks at each element; 100,000 looks by costly selectors take about two seconds.
MOST_LOOKS = 100_000
MOST_DECLARATIONS = 2_000
MOST_IN_ONE_STYLE = 100
LOADERS = re.compile(r"<script\b.*?</script\s*>|<(?:script|link|base)\b[^>]*>", re.IGNORECASE | re.DOTALL)
IMPORT = re.compile(r"@import\b[^;}]*;?|@charset\b[^;}]*;?", re.IGNORECASE)
# CSS may spell @import with escapes or split it with a comment; both are read before anything is looked for.
HIDDEN = re.compile(r"/\*.*?\*/|\\[0-9a-f]{1,6}\s?", re.IGNORECASE | re.DOTALL)
DEEP = re.compile(r"\{[^{}]*\{[^{}]*\{[^{}]*\{")
ATTRIBUTE = re.compile(r"\bstyle=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style\s*>)", re.IGNORECASE | re.DOTALL)
DOCTYPE = "<!DOCTYPE html>"


class _Inliner(Premailer):  # type: ignore[misc]  # premailer has no types
    """Premailer whose CSS parser fetches nothing."""

    def _parse_css_string(self, css_body: str, validate: bool = False) -> Any:  # noqa: FBT001, FBT002
        return cssutils.CSSParser(
            fetcher=_fetch_nothing, validate=False, loglevel=logging.CRITICAL
        ).parseString(css_body)


def _fetch_nothing(_url: str) -> tuple[None, bytes]:
    return None, b""


def inline(html: str) -> str:
    """`html`, a whole document, with its CSS written into style attributes; media rules stay in the head.

    A `<style data-premailer="ignore">` stays as it is, and so do conditional comments. Raises ContentRefused for CSS
    that cannot be read, over 64 KB, over 1,000 rules, or too many rules for so large a document.
    """
    bare = LOADERS.sub("", html)
    bare = STYLE.sub(lambda found: found[1] + bare_css(found[2]) + found[3], bare)
    check_css("".join(found[2] for found in STYLE.finditer(bare)))
    _check_size(bare)
    body = re.sub(r"^\s*<!doctype[^>]*>", "", bare, flags=re.IGNORECASE)
    inliner = _Inliner(
        allow_network=False,
        allow_loading_external_files=False,
        strip_important=False,
        disable_validation=True,
        cache_css_parsing=False,
        # `height: auto` would come over the height that a picture's own tag says, and the page jump while it arrives.
        disable_basic_attributes=["height"],
        cssutils_logging_level=logging.CRITICAL,
    )
    try:
        return str(inliner.transform(DOCTYPE + body, pretty_print=False))
    except Exception as broken:  # premailer, cssutils and cssselect raise whatever they stumble over
        said = "it is nested too deeply" if isinstance(broken, RecursionError) else str(broken)[:200]
        raise ContentRefused(f"the page or its CSS cannot be read: {said}") from broken


def bare_css(css: str) -> str:
    """`css` without comments, escapes, `@import` and `@charset`."""
    return IMPORT.sub("", HIDDEN.sub("", css))


def check_css(css: str) -> None:
    """Raise ContentRefused for more CSS than premailer gets through in time (8,000 rules took it 21 s)."""
    size, rules, declarations = len(css.encode()), css.count("{"), css.count(";")
    if size > LARGEST_CSS:
        raise ContentRefused(f"the CSS has {size // 1024} KB; at most {LARGEST_CSS // 1024} KB")
    if css.count("(") > MOST_RULES or re.search(DEEP, css):
        raise ContentRefused("the CSS has too many parentheses, or braces too deep inside each other")
    if rules > MOST_RULES or declarations > MOST_DECLARATIONS:
        raise ContentRefused(
            f"the CSS has {rules} rules and {declarations} declarations; "
            f"at most {MOST_RULES} and {MOST_DECLARATIONS}"
        )


def _check_size(html: str) -> None:
    elements, rules = html.count("<") - html.count("</"), html.count("{")
    if elements * rules > MOST_LOOKS:
        raise ContentRefused(
            f"{elements} elements with {rules} CSS rules are too much for one e-mail; make it shorter"
        )
    for found in ATTRIBUTE.finditer(html):
        if found[0].count(";") > MOST_IN_ONE_STYLE:
            raise ContentRefused(f"a style attribute has at most {MOST_IN_ONE_STYLE} declarations")
