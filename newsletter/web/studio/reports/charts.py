"""Pure: a few figures as a line, drawn in units of its own frame; the page puts words and a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 20, 20, 28, 26


@dataclass(frozen=True)
class Dot:
    """One figure: where it stands, what it says, and what stands below it. One that says nothing has no `y`."""

    x: float
    y: float | None
    words: str
    under: str


@dataclass(frozen=True)
class Line:
    """A line through dots that stand evenly; the lowest place is zero. `path` is for a polyline's points."""

    title: str
    dots: tuple[Dot, ...]
    said: str

    @property
    def path(self) -> str:
        """The points, as SVG spells them; empty where no figure says anything."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots if dot.y is not None)


def line(title: str, figures: Sequence[tuple[str, float | None, str]]) -> Line:
    """A line for `figures`: what stands below each, its value (not negative, None for no figure), and in words."""
    highest = max([value for _, value, _ in figures if value is not None], default=0) or 1
    step = (WIDTH - LEFT - RIGHT) / max(len(figures) - 1, 1)
    dots = tuple(
        Dot(round(LEFT + number * step, 1), _height(value, highest), words, under)
        for number, (under, value, words) in enumerate(figures)
    )
    return Line(title, dots, "; ".join(f"{under}: {words}" for under, _, words in figures))


def _height(value: float | None, highest: float) -> float | None:
    return None if value is None else round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / highest), 1)
