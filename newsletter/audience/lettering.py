"""Pure: how wide a line of print is, and where it breaks.

Widths are in thousandths of the size, for three of the fourteen fonts that every PDF reader has (ISO 32000-1, section
9.6.2.2) and from space to tilde as in Adobe's metrics. A letter with an accent is as wide as without.
"""

from __future__ import annotations

import unicodedata

FIRST = ord(" ")
SANS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)
BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 "
    "584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 "
    "333 611 556 778 556 556 500 389 280 389 584"
)
SERIF = (
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 278 "
    "564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 "
    "722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 "
    "278 500 500 722 500 500 444 480 200 480 541"
)
FACES = {
    name: [*map(int, widths.split())] for name, widths in (("sans", SANS), ("bold", BOLD), ("serif", SERIF))
}
WIDE, OTHER = 1000, 667  # of letters that the tables do not hold: a Chinese one fills its square


def width(text: str, face: str, size: float) -> float:
    """How wide `text` is in one line, in the unit of `size`."""
    return sum(_letter(each, FACES[face]) for each in text) * size / 1000


def lines(text: str, face: str, size: float, room: float) -> list[str]:
    """`text` broken between words into lines of at most `room`; a longer word stands alone."""
    broken: list[str] = []
    for word in text.split():
        longer = f"{broken[-1]} {word}" if broken else word
        if broken and width(longer, face, size) <= room:
            broken[-1] = longer
        else:
            broken.append(word)
    return broken


def balanced(text: str, face: str, size: float, room: float) -> list[str]:
    """As many lines as `lines` needs, about equally long: no lonely last word."""
    best = lines(text, face, size, room)
    for narrower in range(int(room) - 1, 0, -1):
        broken = lines(text, face, size, narrower)
        if len(broken) > len(best) or any(width(line, face, size) > narrower for line in broken):
            break
        best = broken
    return best


def fitting(text: str, face: str, size: float, room: float) -> float:
    """`size`, or as much smaller as `text` needs to fit into one line of `room`."""
    return min(size, size * room / max(width(text, face, size), 1))


def _letter(letter: str, widths: list[int]) -> int:
    place = ord(unicodedata.normalize("NFD", letter)[0]) - FIRST
    if 0 <= place < len(widths):
        return widths[place]
    if unicodedata.combining(letter):
        return 0
    return WIDE if unicodedata.east_asian_width(letter) in "WF" else OTHER
