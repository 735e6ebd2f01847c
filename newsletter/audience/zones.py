"""Time zones as browsers and people name them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

# Files that lie beside the zones and name no place.
NO_PLACE = frozenset({"localtime", "Factory"})

# What a page offers to somebody whose browser does not say: a place for each common offset and clock change.
COMMON = {
    "The Americas": (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Toronto",
        "America/Vancouver",
        "America/Halifax",
        "America/St_Johns",
        "America/Mexico_City",
        "America/Bogota",
        "America/Santiago",
        "America/Sao_Paulo",
        "America/Argentina/Buenos_Aires",
    ),
    "Europe and Africa": (
        "Europe/London",
        "Europe/Dublin",
        "Europe/Lisbon",
        "Europe/Berlin",
        "Europe/Madrid",
        "Europe/Paris",
        "Europe/Rome",
        "Europe/Athens",
        "Europe/Helsinki",
        "Europe/Kyiv",
        "Europe/Istanbul",
        "Africa/Cairo",
        "Africa/Johannesburg",
        "Africa/Lagos",
        "Africa/Nairobi",
    ),
    "Asia": (
        "Asia/Jerusalem",
        "Asia/Riyadh",
        "Asia/Dubai",
        "Asia/Karachi",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Dhaka",
        "Asia/Bangkok",
        "Asia/Jakarta",
        "Asia/Singapore",
        "Asia/Hong_Kong",
        "Asia/Manila",
        "Asia/Seoul",
        "Asia/Tokyo",
    ),
    "The Pacific": (
        "Australia/Perth",
        "Australia/Adelaide",
        "Australia/Brisbane",
        "Australia/Sydney",
        "Pacific/Auckland",
        "Pacific/Honolulu",
    ),
}


def known(name: str | None) -> str | None:
    """`name` if it is an IANA zone that this installation can compute with, else None."""
    return name if name in _zones() else None


def place(name: str) -> str:
    """The city in a zone's name: “New York” for America/New_York."""
    return name.rpartition("/")[2].replace("_", " ")


def offered() -> dict[str, list[tuple[str, str]]]:
    """The common zones that this installation knows, by part of the world: (zone, city), by city."""
    return {
        part: sorted(((name, place(name)) for name in names if name in _zones()), key=lambda each: each[1])
        for part, names in COMMON.items()
    }


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - NO_PLACE
