"""Pure: days and spans of the past as people say them; instants are aware, `zone` is the clinic's."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def day(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A day: "today", "yesterday", "4 March", with the year where it is another."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    if local == today:
        return "today"
    if local == today - timedelta(days=1):
        return "yesterday"
    return f"{local.day} {local:%B}{'' if local.year == today.year else f' {local.year}'}"


def at(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A moment: "today 10:04", "4 March, 10:04"."""
    said = day(moment, zone, now)
    return f"{said}{',' if said[0].isdigit() else ''} {moment.astimezone(zone):%H:%M}"


def span(began: datetime, ended: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A span: "today 10:04 to 10:31"; where it ends on another day "4 March, 23:55 to 5 March, 00:20"."""
    first, last = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (began, ended))
    if first == last:
        return at(began, zone, now)
    end = last[-5:] if first[:10] == last[:10] else at(ended, zone, now)
    return f"{at(began, zone, now)} to {end}"
