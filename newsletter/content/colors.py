"""Pure: colors as CSS writes them, and how well one is read on another (WCAG 2.2, "contrast ratio")."""

from __future__ import annotations

from typing import NamedTuple

from PIL import ImageColor

TEXT = 4.5  # WCAG 2.2, 1.4.3: text on its ground
LARGE_TEXT = 3.0  # the same, for 24 px and more, or 18.66 px and more in bold
STEPS = 100


class Color(NamedTuple):
    """Red, green and blue, 0 to 255 each."""

    red: int
    green: int
    blue: int

    @property
    def hex(self) -> str:
        """As `#94442f`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


WHITE, BLACK = Color(255, 255, 255), Color(0, 0, 0)


def read(css: str) -> Color | None:
    """The color that CSS names in any of its usual ways; None for what is none, or is not wholly opaque."""
    try:
        *channels, alpha = ImageColor.getcolor(css.strip().lower(), "RGBA")  # type: ignore[misc]  # four, for RGBA
    except ValueError:
        return None
    return Color(*channels) if alpha == 255 else None


def contrast(one: Color, other: Color) -> float:
    """From 1, the same, to 21, black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def nearest(color: Color, ground: Color, least: float) -> Color:
    """`color`, made as little darker or lighter as it takes to be read on `ground` with a contrast of `least`.

    Away from the ground: darker on a light one, lighter on a dark one; black or white where nothing less will do.
    """
    end = BLACK if contrast(BLACK, ground) > contrast(WHITE, ground) else WHITE
    for step in range(STEPS):
        mixed = _mixed(color, end, step / STEPS)
        if contrast(mixed, ground) >= least:
            return mixed
    return end


def on(ground: Color) -> Color:
    """What is read best on `ground`: white, or nearly black."""
    ink = Color(27, 21, 18)
    return max(WHITE, ink, key=lambda text: contrast(text, ground))


def tint(color: Color, ground: Color, part: float) -> Color:
    """`part` (0 to 1) of `color` on `ground`: for lines and edges that carry no words."""
    return _mixed(ground, color, part)


def _mixed(color: Color, end: Color, part: float) -> Color:
    return Color(*(round(a + (b - a) * part) for a, b in zip(color, end, strict=True)))


def _luminance(color: Color) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = (_linear(channel / 255) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
