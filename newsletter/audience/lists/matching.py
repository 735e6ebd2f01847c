"""Pure: which column of a list means what, as it is recognized, and as a person corrects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsletter.audience.lists import columns, foreign
from newsletter.audience.lists.columns import MOST_FIELDS, Layout, shown, spelled, usable
from newsletter.audience.lists.lines import NotAList
from newsletter.errors import Refused

FIELD, NOTHING = "field", ""
MEANINGS = {
    NOTHING: "Leave out",
    "email": "E-mail address",
    "first_name": "First name",
    "name": "Full name: its first word",
    "time_zone": "Time zone",
    "topics": "Topics",
    "tags": "Tags",
    "status": "Status: hears from us, left ...",
    "requested_at": "When she asked",
    "confirmed_at": "When she confirmed",
    "requested_ip": "Network address when she asked",
    "confirmed_ip": "Network address when she confirmed",
    "consent_source": "Where she agreed",
    "consent_wording": "The words she agreed to",
    "left_at": "When she left",
    "cleaned_at": "When her address was found bad",
    "attributes": "Attributes, as JSON",
    FIELD: "Keep it, for use in letters",
}


def proposed(headers: Sequence[str]) -> dict[int, str]:
    """Column -> meaning, as far as the header says it; raises NotAList for a header that is somebody's row."""
    try:
        found = columns.layout(headers)
    except NotAList:
        if any("@" in header for header in headers):
            raise
        at = {spelled(header): column for column, header in reversed(list(enumerate(headers)))}
        known = {
            at[name]: meaning
            for meaning, names in columns.ALIASES.items()
            for name in reversed(names)
            if name in at
        }
        return {column: known.get(column, NOTHING) for column in range(len(headers))}
    means = {column: meaning for meaning, column in found.at.items()}
    return {column: means.get(column, NOTHING) for column in range(len(headers))}


def corrected(headers: Sequence[str], means: Mapping[int, str]) -> Layout:
    """The layout that a person chose: column -> meaning.

    Raises Refused where no column is the address, one meaning is chosen twice, a meaning is none, or a column cannot
    be a field.
    """
    at: dict[str, int] = {}
    fields: dict[str, int] = {}
    for column, meaning in sorted(means.items()):
        if meaning == NOTHING or not 0 <= column < len(headers):
            continue
        if meaning == FIELD:
            fields[_field(headers[column], fields)] = column
        elif meaning not in MEANINGS:
            raise Refused(f"“{shown(meaning)}” is not a meaning of a column")
        elif meaning in at:
            both = f"“{shown(headers[at[meaning]])}” and “{shown(headers[column])}”"
            raise Refused(f"both {both} are chosen as “{MEANINGS[meaning]}”; keep one")
        else:
            at[meaning] = column
    if "email" not in at:
        raise Refused("choose the column that holds the e-mail address")
    if "first_name" in at:
        at.pop("name", None)
    taken = {*at.values(), *fields.values()}
    unknown = tuple(shown(header) for column, header in enumerate(headers) if column not in taken)
    tool = foreign.recognized(frozenset(map(spelled, headers))).name
    return Layout(tool, tuple(map(shown, headers)), at, fields, unknown, frozenset({columns.ALL}))


def _field(header: str, fields: Mapping[str, int]) -> str:
    name = spelled(header)
    if not usable(name) or name in fields:
        raise Refused(
            f"“{shown(header)}” cannot be a name in letters; leave it out, or rename it in the list"
        )
    if len(fields) >= MOST_FIELDS:
        raise Refused(f"at most {MOST_FIELDS} columns can be kept for letters")
    return name
