"""A poster for the waiting room: what we write, a code for the telephone's camera, and the address in words.

It stands in this slice because it asks people to sign up, in the words that they will agree to.
"""

from __future__ import annotations

from typing import NamedTuple

import segno

from newsletter.audience.lettering import balanced, fitting
from newsletter.audience.printing import Box, Line, Sheet
from newsletter.audience.wordings import OURS, Parts

WIDTH, HEIGHT = 595.28, 841.89  # A4 in points
SCALES = {"a4": 1.0, "a5": 0.5**0.5}
MARGIN = 60.0
ROOM = WIDTH - 2 * MARGIN
INK, SOFT, ACCENT, TINT, PAPER = "#241d19", "#6b5f57", "#9c4a36", "#f6ebe5", "#ffffff"
PAD = 22.0
CODE = 232.0  # how wide the code is, its quiet zone included; 8 cm, and 6 on A5
QUIET = 4  # modules of light around a code (ISO/IEC 18004)
POINT = "Open your phone’s camera and point it here."
OR_TYPE = "Or type this address:"


class Style(NamedTuple):
    """How words look; `leading` is the distance from line to line, in sizes."""

    size: float
    face: str
    color: str
    leading: float = 1.45


def draw(clinic: str, url: str, size: str = "a4", says: Parts = OURS["sign-up"]) -> Sheet:
    """The poster of `clinic` whose code leads to `url`, where a form `says` the same; `size` is one of SCALES."""
    heading, below = _text(says["heading"], MARGIN, 178, Style(_largest(says["heading"]), "serif", INK, 1.1))
    promise, _ = _text(says["promise"], MARGIN, below + 16, Style(17, "sans", SOFT))
    terms, _ = _text(says["terms"], MARGIN, 798, Style(11, "sans", SOFT))
    shapes = [
        Box(0, 0, WIDTH, 10, ACCENT),
        _one_line(clinic, 92, Style(19, "bold", ACCENT)),
        *heading,
        *promise,
        *_panel(url, 420),
        *terms,
    ]
    return Sheet(WIDTH, HEIGHT, f"{says['heading']} - {clinic}", shapes, SCALES[size])


def _largest(heading: str) -> float:
    """A long heading gets smaller, so that the promise below it stays above the code."""
    return next(
        (size for size in (50, 40, 32, 26) if len(balanced(heading, "serif", size, ROOM)) * size <= 160), 20
    )


def said(url: str) -> str:
    """An address as people type it: without https, which browsers add, and without a lonely last slash."""
    return url.removeprefix("https://").removesuffix("/")


def _panel(url: str, top: float) -> list[Box | Line]:
    """The code on a ground of its own, what to do with it beside, the address beneath."""
    beside = MARGIN + PAD + CODE + 26
    room = WIDTH - MARGIN - PAD - beside
    ask, _ = _text(POINT, beside, top + PAD + 92, Style(24, "serif", INK, 1.25), room)
    below = top + CODE + 2 * PAD
    return [
        Box(MARGIN, top, ROOM, CODE + 2 * PAD, TINT),
        Box(MARGIN + PAD, top + PAD, CODE, CODE, PAPER),
        *_code(url, MARGIN + PAD, top + PAD),
        *ask,
        _one_line(OR_TYPE, below + 30, Style(12, "sans", SOFT)),
        _one_line(said(url), below + 52, Style(18, "bold", INK)),
    ]


def _code(url: str, left: float, top: float) -> list[Box]:
    """The dark modules, those side by side as one; error correction M or better."""
    rows = [list(row) for row in segno.make(url, error="m", micro=False).matrix_iter(border=QUIET)]
    module = CODE / len(rows)
    boxes = []
    for down, row in enumerate(rows):
        edges = [at for at, (a, b) in enumerate(zip([0, *row], [*row, 0], strict=True)) if a != b]
        boxes += [
            Box(left + start * module, top + down * module, (end - start) * module, module, INK)
            for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]
    return boxes


def _one_line(text: str, y: float, style: Style) -> Line:
    """From margin to margin at most: a longer text gets smaller."""
    size = fitting(text, style.face, style.size, ROOM)
    return Line(MARGIN, y, size, style.face, style.color, text)


def _text(text: str, x: float, y: float, style: Style, room: float = ROOM) -> tuple[list[Line], float]:
    """`text` in lines from `y` down, and where the next would stand."""
    size, face, color, leading = style
    broken = balanced(text, face, size, room)
    placed = [Line(x, y + at * size * leading, size, face, color, line) for at, line in enumerate(broken)]
    return placed, y + len(broken) * size * leading
