"""Pure: single cells, as they stand in a file and as we mean them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_address

from newsletter.audience import plaintext

LONGEST_TAG, MOST_TAGS = 80, 100
LONGEST_WORDING = 10_000
# A spreadsheet takes such a cell for a formula. With an apostrophe before it, it is text.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
DEFUSED = re.compile(r"'+[=+\-@\t\r]")
WORD = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,;|]*))(?:[,;|]|$)')
NOT_BARE = re.compile(r'[,;|"]')
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff]")
YEARS = range(1990, 2101)


def defused(text: str) -> str:
    """The cell for `text`, harmless in a spreadsheet; `armed` undoes it exactly."""
    return f"'{text}" if FORMULA.match(text) else text


def armed(cell: str) -> str:
    """What `defused` was given."""
    return cell[1:] if cell[:1] == "'" and DEFUSED.match(cell) else cell


def instant(cell: str) -> datetime:
    """ISO 8601, or nearly; without an offset it is UTC, as other tools export. Raises ValueError that says so."""
    text = cell.strip()
    text = text.removesuffix(" UTC")
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year not in YEARS:
        raise ValueError(
            f"“{plaintext.plain(cell, 40)}” is not a moment; right would be 2026-03-02T09:30:00Z"
        )
    return moment


def words(cell: str) -> list[str]:
    """Several words in one cell, separated by commas, semicolons or bars; one that holds such a mark is quoted."""
    found = [_word(match) for match in WORD.finditer(cell)]
    return list(dict.fromkeys(word for word in found if word))[:MOST_TAGS]


def spell_words(several: Iterable[str]) -> str:
    """The inverse of `words`."""
    return ", ".join(_quoted(word) if NOT_BARE.search(word) else word for word in several)


def first_name(cell: str) -> str | None:
    """As `plaintext.first_name` says it; for plain letters it has a short way."""
    if cell.isascii() and cell.isprintable() and len(cell) <= plaintext.LONGEST_NAME:
        return " ".join(cell.split()) or None
    return plaintext.first_name(cell)


def wording(cell: str) -> str | None:
    """A text that somebody agreed to, with its lines; None if nothing is left."""
    return CONTROLS.sub("", cell.replace("\r\n", "\n")).strip()[:LONGEST_WORDING] or None


def ip(cell: str) -> str | None:
    """A network address, None for anything else."""
    try:
        return str(ip_address(cell.strip()))
    except ValueError:
        return None


def _word(match: re.Match[str]) -> str | None:
    quoted, bare = match.groups()
    return plaintext.plain(bare if quoted is None else quoted.replace('""', '"'), LONGEST_TAG)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
