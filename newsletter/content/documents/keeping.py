"""Pure: which rules stay in their style sheet.

A rule leaves it only where everything it does is written down elsewhere. It stays for a phone, a pointer or dark mode;
for Outlook's own markup in conditional comments; for names that only a mail program brings along, such as
`.ExternalClass`; and for elements without a tag in the text.
"""

from __future__ import annotations

import re

from newsletter.content.documents.cascade import Styled
from newsletter.content.documents.markup import Tag
from newsletter.content.documents.selectors import Selector

LARGEST_STYLE = 16 * 1024  # Gmail leaves out a style element that is longer, with all that is in it
OUTLOOK = re.compile(r"<!--\[if\b[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL | re.IGNORECASE)
NAMES = re.compile(
    r"""<([a-z][\w:-]*)|\bclass\s*=\s*["']?([^"'>]*)|\bid\s*=\s*["']?([^"'\s>]*)""", re.IGNORECASE
)
# Names that mail programs put around a letter; rules about them match nothing until then.
PROGRAMS = re.compile(
    r"externalclass|readmsgbody|outlook|yshortcuts|ogs[cb]|owa|gmail|yahoo|aol|apple|moz|messageview|android|"
    r"cloudhq|im\b|ii\b|bloop|thread|msg|\.body|#body",
    re.IGNORECASE,
)


def outlook_names(html: str, tags: list[Tag]) -> set[str]:
    """Elements, classes and ids in conditional comments."""
    names: set[str] = set()
    for tag in tags:
        if tag.kind == "comment":
            for comment in OUTLOOK.finditer(html[tag.start : tag.end]):
                for name, classes, identity in NAMES.findall(comment[1]):
                    names.update(filter(None, [name.lower(), *(f".{each}" for each in classes.split())]))
                    names.update({f"#{identity}"} if identity else ())
    return names


def kept(every: list[Styled], outlook: set[str]) -> tuple[set[Styled], int]:
    """The rules that stay, and how many were left out although they match nothing: all stay while Gmail has room."""
    needed = {each for each in every if _is_needed(each, outlook)}
    idle = {each for each in every if each not in needed and _is_idle(each)}
    if sum(each.rule.end - each.rule.start for each in needed | idle) <= LARGEST_STYLE:
        return needed | idle, 0
    return needed, sum(not each.matched for each in idle)


def _is_needed(each: Styled, outlook: set[str]) -> bool:
    if (
        each.stays
        or each.out_of_reach
        or not each.selectors
        or any(one.moving or one.part for one in each.selectors)
    ):
        return True
    if any(PROGRAMS.search(one.text) for one in _unmatched(each)):
        return True
    return any(_may_match(one.key, outlook) for one in each.selectors)


def _is_idle(each: Styled) -> bool:
    """Whether it says something about names that are not in this document, or matches nothing in it."""
    return not each.matched or any(one.names for one in _unmatched(each))


def _unmatched(each: Styled) -> list[Selector]:
    return [one for place, one in enumerate(each.selectors) if place not in each.matched]


def _may_match(key: tuple[str, str], names: set[str]) -> bool:
    kind, name = key
    return bool(names) and {"id": f"#{name}", "class": f".{name}", "tag": name}.get(kind, "") in names | {""}
