"""Pure: what the columns of a list mean, told from its header."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsletter.audience.lists import foreign
from newsletter.audience.lists.foreign import Tool
from newsletter.audience.lists.lines import NotAList
from newsletter.audience.plaintext import plain

ALIASES: Mapping[str, tuple[str, ...]] = {
    "email": tuple("email e_mail email_address e_mail_address mail mail_address subscriber_email".split()),
    "first_name": tuple("first_name firstname fname given_name first".split()),
    "name": tuple("name full_name fullname".split()),
    "time_zone": tuple("time_zone timezone tz".split()),
    "topics": ("topics", "topic"),
    "tags": ("tags", "tag", "labels"),
    "status": ("status",),
    "confirmed_at": tuple("confirmed_at confirm_time confirmation_time".split()),
    "consent_source": ("consent_source",),
    "consent_wording": ("consent_wording",),
    # Our own list of leavers. Whoever stands in a list with such a column is not mailed.
    "left_at": ("left_at",),
    "cleaned_at": ("cleaned_at",),
}
MOST_FIELDS, LONGEST_FIELD = 100, 40
ALL = "all"
# Names that letters use for something else.
TAKEN = frozenset("email first_name time_zone topics tags status letters".split())


@dataclass(frozen=True)
class Layout:
    """Where everything stands. `at`: meaning -> column; `fields`: name -> column; `unknown`: headers left out.

    `wanted` says which of listmonk's attributes become fields: names, or ALL.
    """

    tool: str
    headers: tuple[str, ...]
    at: Mapping[str, int]
    fields: Mapping[str, int]
    unknown: tuple[str, ...]
    wanted: frozenset[str]

    @property
    def leavers_only(self) -> bool:
        """Whether everybody in this file left, or cannot be reached."""
        return "status" not in self.at and ("left_at" in self.at or "cleaned_at" in self.at)


def layout(headers: Sequence[str], tool: str | None = None, fields: Collection[str] = ()) -> Layout:
    """Read a header; `tool` says whose it is, else it is recognized. Raises NotAList that names row and column."""
    spelling = [spelled(header) for header in headers]
    known = foreign.TOOLS.get(tool, foreign.NO_TOOL) if tool else foreign.recognized(frozenset(spelling))
    at = {meaning: column for meaning, column in _meanings(spelling, known) if column is not None}
    _check_email(headers, spelling, at)
    if "first_name" in at:
        at.pop("name", None)
    rest = [column for column in range(len(headers)) if column not in at.values()]
    wanted = frozenset(ALL if name == ALL else spelled(name) for name in fields)
    taken = dict(_fields(spelling, rest, wanted))
    if not wanted - {ALL} <= taken.keys() and "attributes" not in at:
        missing = min(wanted - {ALL} - taken.keys())
        names = ", ".join(shown(headers[column]) for column in rest) or "no other columns"
        raise NotAList(f"row 1: there is no column “{missing}” that could be a field; there are {names}")
    unknown = tuple(shown(headers[column]) for column in rest if column not in taken.values())
    return Layout(known.name, tuple(map(shown, headers)), at, taken, unknown, wanted)


def spelled(header: str) -> str:
    """A header as a name: “E-mail Address” is `e_mail_address`."""
    return re.sub(r"[^a-z0-9]+", "_", header.casefold()).strip("_")


def usable(name: str) -> bool:
    """Whether a letter can print a field of this name: {{ name }}, and no other thing has it."""
    good = name.isidentifier() and len(name) <= LONGEST_FIELD
    return good and name not in TAKEN and not name.startswith("clinic_") and not name.endswith("_url")


def shown(header: str) -> str:
    """A header for a message."""
    return plain(header, 60) or "(no name)"


def _meanings(spelling: Sequence[str], tool: Tool) -> Iterator[tuple[str, int | None]]:
    for meaning in {**ALIASES, **tool.means}:
        names = (*tool.means.get(meaning, ()), *ALIASES.get(meaning, ()))
        yield meaning, next((spelling.index(name) for name in names if name in spelling), None)


def _fields(
    spelling: Sequence[str], rest: Sequence[int], wanted: frozenset[str]
) -> Iterator[tuple[str, int]]:
    """The columns that become fields; of two with one name the first."""
    seen: set[str] = set()
    for column in rest:
        name = spelling[column]
        if (
            usable(name)
            and (ALL in wanted or name in wanted)
            and name not in seen
            and len(seen) < MOST_FIELDS
        ):
            seen.add(name)
            yield name, column


def _check_email(headers: Sequence[str], spelling: Sequence[str], at: Mapping[str, int]) -> None:
    if "email" not in at:
        if any("@" in header for header in headers):
            raise NotAList(
                "row 1: the columns have no names; right would be a first line like email,first_name"
            )
        names = ", ".join(map(shown, headers[:20])) or "none"
        raise NotAList(
            f"row 1: no column is the e-mail address; right would be “email”; the columns are {names}"
        )
    again = [column for column, name in enumerate(spelling) if name in ALIASES["email"]]
    if len(again) > 1:
        both = " and ".join(f"“{shown(headers[column])}”" for column in again[:2])
        raise NotAList(f"row 1, column {again[1] + 1}: both {both} could be the e-mail address; keep one")
