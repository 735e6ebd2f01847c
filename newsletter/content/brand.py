"""Pure: what makes the letters of one clinic hers: an accent color, a logo, the type of the headings. Decided once.

From one color come all others, light and dark, each far enough from what it stands on; a color that cannot be read as
a link on the letter's paper is not taken, so that no later choice has to mend it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from newsletter.content import colors, pictures
from newsletter.content.colors import Color
from newsletter.content.refusals import ContentRefused

NAME = "brand"  # under which it is stored
ACCENT = "#94442f"
PAPER, NIGHT = Color(0xFF, 0xFD, 0xFA), Color(0x21, 0x1D, 0x1A)  # what a letter is written on, light and dark
EASY = 7.0  # WCAG 2.2, 1.4.6: what we aim at in the dark, where nobody chose the color
LOGO = (260, 64)
SERIF = 'Georgia, "Times New Roman", serif'
SANS = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
# What mail programs have: a web font would be fetched from elsewhere, and most of them would not.
HEADINGS = {
    "georgia": ("Georgia", SERIF),
    "palatino": ("Palatino", f'"Palatino Linotype", Palatino, "Book Antiqua", {SERIF}'),
    "plain": ("As the text, without serifs", SANS),
    "trebuchet": ("Trebuchet", '"Trebuchet MS", "Lucida Grande", Tahoma, sans-serif'),
    "verdana": ("Verdana", "Verdana, Geneva, Tahoma, sans-serif"),
}


class AccentRefused(ContentRefused):
    """This color is none, or could not be read; `nearest` is the closest one that could, as CSS writes it."""

    def __init__(self, message: str, nearest: str = "") -> None:
        self.nearest = nearest
        super().__init__(message)


class Palette(NamedTuple):
    """Every color that follows from the accent, as CSS writes it; the `night` ones are for the dark."""

    accent: str
    on_accent: str
    edge: str
    night: str
    on_night: str
    night_edge: str


class Logo(NamedTuple):
    """The logo's address, and the size at which it stands at the top of a letter, in CSS pixels."""

    address: str
    width: int
    height: int


@dataclass(frozen=True)
class Brand:
    """`accent` as `#94442f`; `logo` the whole address of one of our pictures, or empty: then the name stands there."""

    accent: str = ACCENT
    logo: str = ""
    heading: str = "georgia"

    @property
    def palette(self) -> Palette:
        """What the design is painted with."""
        accent = colors.read(self.accent) or colors.BLACK
        night = colors.nearest(accent, NIGHT, EASY)
        return Palette(
            accent.hex,
            colors.on(accent).hex,
            colors.tint(accent, PAPER, 0.3).hex,
            night.hex,
            colors.on(night).hex,
            colors.tint(night, NIGHT, 0.4).hex,
        )

    @property
    def headings(self) -> str:
        """The CSS value of `font-family` for headings."""
        return HEADINGS[self.heading][1]

    @property
    def picture(self) -> Logo | None:
        """The logo, small enough for a letter's head."""
        found = pictures.ADDRESS.search(self.logo)
        if found is None:
            return None
        width, height = int(found[2]), int(found[3])
        part = min(1.0, LOGO[0] / width, LOGO[1] / height)
        return Logo(self.logo, max(1, round(width * part)), max(1, round(height * part)))

    @property
    def mark(self) -> str:
        """Tells two brands apart; empty for the one that every installation begins with."""
        if self == PLAIN:
            return ""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


PLAIN = Brand()


def read(kept: Mapping[str, Any]) -> Brand:
    """The brand as it was stored; whatever of it cannot be used is as it was at the beginning."""
    accent, logo, heading = (str(kept.get(name, "")) for name in ("accent", "logo", "heading"))
    try:
        accent = accent_of(accent)
    except AccentRefused:
        accent = ACCENT
    return Brand(
        accent,
        logo if logo.startswith(("http://", "https://")) and pictures.ADDRESS.search(logo) else "",
        heading if heading in HEADINGS else PLAIN.heading,
    )


def accent_of(typed: str) -> str:
    """The accent color that somebody typed, as `#94442f`. Raises AccentRefused."""
    color = colors.read(typed)
    if color is None:
        raise AccentRefused("this is not a color; right would be one such as #94442f")
    ratio = colors.contrast(color, PAPER)
    if ratio < colors.TEXT:
        better = colors.nearest(color, PAPER, colors.TEXT).hex
        raise AccentRefused(
            f"links in this color are hard to read: its contrast on a letter's paper is {ratio:.1f} to 1, and "
            f"{colors.TEXT} are needed; the nearest color that would do is {better}",
            better,
        )
    return color.hex
