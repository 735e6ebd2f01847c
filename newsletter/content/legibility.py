"""Pure: can every word of a finished letter be read on what it stands on, in the light and in the dark?

The styles are read as mail programs read them: inline, inherited, and for the dark the rules of the media query that
outweigh them. What cannot be known (a picture behind words, a color that is half transparent) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from cssselect import GenericTranslator, SelectorError
from cssselect.parser import parse as parse_selectors
from lxml import html as trees

from newsletter.content import colors
from newsletter.content.colors import Color

MOST_RULES = 200
DARK = re.compile(
    r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}", re.IGNORECASE
)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DECLARATION = re.compile(r"\s*([\w-]+)\s*:\s*([^;]+?)\s*(!\s*important)?\s*(?:;|$)", re.IGNORECASE)
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
LENGTH = re.compile(r"([\d.]+)(px|pt|em|rem|%)")
PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
BOLD = re.compile(r"bold|bolder|[6-9]00")
UNREAD = {"head", "style", "script", "title"}
LARGE, LARGE_BOLD = 24.0, 18.66  # CSS pixels; WCAG 2.2, "large scale"


class Faint(NamedTuple):
    """Words that are hard to read: which, how strong their contrast is and how strong it should be, and when."""

    words: str
    contrast: float
    least: float
    dark: bool


@dataclass(frozen=True)
class _Look:
    """What an element hands on to those inside it; None for a color or a ground that cannot be known."""

    color: Color | None = colors.BLACK
    ground: Color | None = colors.WHITE
    size: float = 16.0
    bold: bool = False


Styles = dict[str, str]


def faint(html: str) -> list[Faint]:
    """What is hard to read in `html`, a finished letter with its merge tags; each pair of colors once."""
    root = trees.document_fromstring(html)
    found: dict[tuple[Color | None, Color | None, bool], Faint] = {}
    said: set[str] = set()
    for dark, rules in ((False, {}), (True, _dark_rules(root))):
        for words, look in _texts(root, _Look(), rules):
            faint_one = None if words in said else _judged(words, look, dark=dark)
            if faint_one:
                found.setdefault((look.color, look.ground, dark), faint_one)
                said.add(words)  # as faint in the dark, often: once is enough
    return list(found.values())


def _judged(words: str, look: _Look, *, dark: bool) -> Faint | None:
    if look.color is None or look.ground is None:
        return None
    large = look.size >= (LARGE_BOLD if look.bold else LARGE)
    least = colors.LARGE_TEXT if large else colors.TEXT
    ratio = colors.contrast(look.color, look.ground)
    return Faint(words, ratio, least, dark) if ratio < least else None


def _texts(element: Any, look: _Look, rules: dict[Any, Styles]) -> Iterator[tuple[str, _Look]]:
    """Every piece of text that is shown, and how it looks."""
    if not isinstance(element.tag, str) or element.tag in UNREAD:
        return
    styles = _styles(element) | rules.get(element, {})
    if styles.get("display") == "none":
        return
    look = _inside(look, element, styles)
    if words := _words(element.text):
        yield words, look
    for child in element:
        yield from _texts(child, look, rules)
        if words := _words(child.tail):
            yield words, look


def _words(text: str | None) -> str:
    """What a reader sees of `text`: a field counts as words, a condition as none."""
    shown = TAG.sub(lambda tag: tag[0] if tag[0].startswith("{{") else "", text or "")
    return " ".join(shown.split()).strip("\u034f\u200c ")


def _inside(look: _Look, element: Any, styles: Styles) -> _Look:
    if "color" in styles:
        value = styles["color"].lower()
        look = look if value in {"inherit", "currentcolor"} else replace(look, color=colors.read(value))
    ground = styles.get("background-color") or styles.get("background") or element.get("bgcolor", "")
    if ground and ground.lower() not in {"transparent", "none", "inherit", "initial", "unset"}:
        look = replace(look, ground=_first_color(ground))
    if size := LENGTH.fullmatch(styles.get("font-size", "")):
        unit = {"em": look.size, "%": look.size / 100}.get(size[2]) or PIXELS[size[2]]
        look = replace(look, size=float(size[1]) * unit)
    if element.tag in {"b", "strong", "th"} or "font-weight" in styles:
        weight = styles.get("font-weight", "bold")
        look = replace(look, bold=bool(BOLD.fullmatch(weight)))
    return look


def _first_color(background: str) -> Color | None:
    """The color in a `background`; None where there is a picture, or a color that lets something through."""
    if "url(" in background or "gradient" in background:
        return None
    whole = colors.read(background)
    return whole or next((color for each in background.split() if (color := colors.read(each))), None)


def _styles(element: Any) -> Styles:
    return {name.lower(): value for name, value, _ in DECLARATION.findall(element.get("style", ""))}


def _dark_rules(root: Any) -> dict[Any, Styles]:
    """What each element wears in the dark besides: rules by weight, and against inline styles important ones only."""
    css = "\n".join(each.text or "" for each in root.iter("style"))
    rules = [found for block in DARK.findall(css) for found in RULE.findall(block)][:MOST_RULES]
    weighed = [
        (weight, number, xpath, DECLARATION.findall(body))
        for number, (selectors, body) in enumerate(rules)
        for weight, xpath in _read(selectors.strip())
    ]
    worn: dict[Any, Styles] = {}
    for _, _, xpath, declarations in sorted(weighed, key=lambda rule: rule[:2]):
        for element in root.xpath(xpath):
            own = _styles(element)
            taken = {name.lower(): value for name, value, wins in declarations if wins or name not in own}
            worn.setdefault(element, {}).update(_in_full(taken))
    return worn


def _in_full(styles: Styles) -> Styles:
    """A `background` is the ground's color too, and comes over one that was written out."""
    return styles | ({"background-color": styles["background"]} if "background" in styles else {})


@cache
def _read(selectors: str) -> tuple[tuple[tuple[int, int, int], str], ...]:
    """The weight of each selector, and the XPath that finds its elements; none where it cannot be read."""
    try:
        return tuple(
            (each.specificity(), GenericTranslator().selector_to_xpath(each))
            for each in parse_selectors(selectors)
            if each.pseudo_element is None
        )
    except SelectorError:
        return ()
