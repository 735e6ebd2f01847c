"""Pure: which properties a shorthand sets, and whether a value is certainly understood by every reader's program.

`background: #fff; background: linear-gradient(…)` are two declarations for two kinds of programs. Only where the later
one is certainly understood may the earlier one be left out.
"""

from __future__ import annotations

import re
from functools import cache

SIDES = ("top", "right", "bottom", "left")
CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")
LOGICAL = {"inline-start": "left", "inline-end": "right", "block-start": "top", "block-end": "bottom"}
EDGE = ("width", "style", "color")


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {
        "background": tuple(
            f"background-{part}"
            for part in "color image repeat attachment position-x position-y size origin clip".split()
        ),
        "background-position": ("background-position-x", "background-position-y"),
        "border-radius": tuple(f"border-{corner}-radius" for corner in CORNERS),
        "font": (
            *(f"font-{part}" for part in "style variant weight stretch size family".split()),
            "line-height",
        ),
        "list-style": ("list-style-type", "list-style-position", "list-style-image"),
        "text-decoration": tuple(f"text-decoration-{part}" for part in "line style color thickness".split()),
        "outline": ("outline-width", "outline-style", "outline-color"),
        "flex": ("flex-grow", "flex-shrink", "flex-basis"),
        "flex-flow": ("flex-direction", "flex-wrap"),
        "overflow": ("overflow-x", "overflow-y"),
        "gap": ("row-gap", "column-gap"),
        "columns": ("column-width", "column-count"),
        "inset": SIDES,
        "text-emphasis": ("text-emphasis-style", "text-emphasis-color"),
        "place-items": ("align-items", "justify-items"),
        "place-content": ("align-content", "justify-content"),
        "place-self": ("align-self", "justify-self"),
    }
    for box in ("margin", "padding"):
        table[box] = tuple(f"{box}-{side}" for side in SIDES)
        table[f"{box}-inline"] = (f"{box}-left", f"{box}-right")
        table[f"{box}-block"] = (f"{box}-top", f"{box}-bottom")
        for logical, side in LOGICAL.items():
            table[f"{box}-{logical}"] = (f"{box}-{side}",)
    for part in EDGE:
        table[f"border-{part}"] = tuple(f"border-{side}-{part}" for side in SIDES)
    for side in SIDES:
        table[f"border-{side}"] = tuple(f"border-{side}-{part}" for part in EDGE)
    for logical, side in LOGICAL.items():
        table[f"border-{logical}"] = table[f"border-{side}"]
        for part in EDGE:
            table[f"border-{logical}-{part}"] = (f"border-{side}-{part}",)
    every = tuple(f"border-{side}-{part}" for side in SIDES for part in EDGE)
    return table | {"border": (*every, "border-image"), "word-wrap": ("overflow-wrap",)}


LONGHANDS = _table()


@cache
def longhands(name: str) -> frozenset[str]:
    """What the property `name` sets. `all` sets everything, which is written as "all" alone."""
    plain = re.sub(r"\A-(?:webkit|moz|ms|o)-", "", name)
    return frozenset(LONGHANDS.get(name) or LONGHANDS.get(plain) or (plain,))


def overlap(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What both set."""
    if "all" in one:
        return other
    return one if "all" in other else one & other


_LENGTH = r"(?:0|(?:\d+\.?\d*|\.\d+)(?:px|em|rem|%|pt))"
_SIGNED = rf"-?{_LENGTH}"
_BYTE = r"\s*\d{1,3}\s*"
_NAMED = "(?:transparent|black|white|red|green|blue|gray|grey|silver|navy|orange|yellow|purple|maroon|teal)"
_COLOR = rf"(?:#[0-9a-f]{{3}}|#[0-9a-f]{{6}}|{_NAMED}|rgb\({_BYTE},{_BYTE},{_BYTE}\))"
_FAMILY = r"""(?:"[^"\\]+"|'[^'\\]+'|-?[a-z][a-z0-9-]*(?:\s+-?[a-z][a-z0-9-]*)*)"""
_LINE = r"(?:solid|dashed|dotted|double)"
_EDGE = rf"(?:0|none|0 none|none 0|{_LENGTH} {_LINE} {_COLOR})"


def _boxes(length: str) -> str:
    return rf"{length}(?:\s+{length}){{0,3}}"


_KINDS = {
    _COLOR: "color background-color border-color border-top-color border-right-color border-bottom-color "
    "border-left-color",
    rf"{_COLOR}|none": "background",
    rf"{_LENGTH}|auto": "width height",
    _LENGTH: "min-width min-height padding-top padding-right padding-bottom padding-left border-width "
    "border-top-width border-right-width border-bottom-width border-left-width border-spacing border-radius",
    rf"{_LENGTH}|none": "max-width max-height",
    rf"{_SIGNED}|auto": "margin-top margin-right margin-bottom margin-left",
    _boxes(_LENGTH): "padding",
    _boxes(rf"(?:{_SIGNED}|auto)"): "margin",
    rf"{_LENGTH}|small|medium|large|x-large|smaller|larger": "font-size",
    rf"{_LENGTH}|\d+(?:\.\d+)?|normal": "line-height",
    rf"{_SIGNED}|normal": "letter-spacing",
    r"normal|bold|bolder|lighter|[1-9]00": "font-weight",
    r"normal|italic": "font-style",
    rf"{_FAMILY}(?:\s*,\s*{_FAMILY})*": "font-family",
    "left|right|center|justify": "text-align",
    "none|underline|line-through": "text-decoration text-decoration-line",
    "none|uppercase|lowercase|capitalize": "text-transform",
    "block|inline|inline-block|none|table|table-cell|table-row": "display",
    "top|middle|bottom|baseline|text-top|text-bottom|sub|super": "vertical-align",
    "left|right|none": "float",
    "none|both|left|right": "clear",
    "collapse|separate": "border-collapse",
    "auto|fixed": "table-layout",
    "normal|nowrap|pre|pre-wrap|pre-line": "white-space",
    "none|disc|circle|square|decimal": "list-style-type",
    "none": "list-style",
    "normal|break-all": "word-break",
    "border-box|content-box": "box-sizing",
    "visible|hidden|auto": "overflow",
    "visible|hidden": "visibility",
    _EDGE: "border border-top border-right border-bottom border-left outline",
}
_CERTAIN = {
    name: re.compile(rf"(?:{pattern}|inherit)", re.IGNORECASE)
    for pattern, names in _KINDS.items()
    for name in names.split()
}


def certain(name: str, value: str) -> bool:
    """Whether every program takes this value for what it is, so that nothing before it counts any more."""
    pattern = _CERTAIN.get(name)
    return bool(pattern and pattern.fullmatch(value))
