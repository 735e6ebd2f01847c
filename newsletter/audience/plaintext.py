"""Pure: text from outside, made safe to keep: one line, printable, of bounded length. What it says is not judged."""

from __future__ import annotations

import unicodedata

# Joiners stay: emoji, Persian and Indic names are spelled with them.
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
SPACES = frozenset({"Zs", "Zl", "Zp"})
LONGEST_NAME = 100


def plain(text: str | None, longest: int) -> str | None:
    """`text` on one line, without controls and marks that turn text around, cut to `longest`; None if nothing is left.

    A NUL would be refused by PostgreSQL, a lone surrogate (JSON may hold one) by UTF-8: both go.
    """
    kept = "".join(_kept(letter) for letter in unicodedata.normalize("NFC", (text or "")[: longest * 4]))
    return " ".join(kept.split())[:longest].strip() or None


def first_name(text: str | None) -> str | None:
    """A first name as data: braces, angle brackets and emoji are letters like others; None if empty."""
    return plain(text, LONGEST_NAME)


def _kept(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in SPACES or letter in "\t\r\n":
        return " "
    return "" if category in DROPPED and letter not in JOINERS else letter
