"""Moments and zones as people type them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.campaigns.localtime import at_local
from newsletter.errors import Refused


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """An ISO 8601 moment, aware; one without an offset is on the wall clock of `zone`. Raises Refused."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as unreadable:
        raise Refused(
            f"“{text:.40}” is not a moment; right would be 2026-03-05T22:30 or 2026-03-05T22:30-05:00"
        ) from unreadable
    moment = moment.replace(microsecond=0)
    try:
        local = at_local(moment.date(), moment.time(), zone) if moment.tzinfo is None else moment
        local.astimezone(zone)
    except OverflowError as beyond:
        raise Refused(f"“{text:.40}” lies outside the calendar") from beyond
    return local


def read_zone(name: str) -> ZoneInfo:
    """An IANA zone by its name; raises Refused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise Refused(f"“{name:.40}” is not an IANA zone; right would be America/New_York") from unknown
