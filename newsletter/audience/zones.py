"""Time zones as browsers and people name them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# Files that lie beside the zones and name no place.
NO_PLACE = frozenset({"localtime", "Factory"})


def known(name: str | None) -> str | None:
    """`name` if it is an IANA zone that this installation can compute with, else None."""
    return name if name in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - NO_PLACE
