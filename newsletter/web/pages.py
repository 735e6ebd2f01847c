"""What every template may use: its two folders, fingerprinted assets, the clinic, and times said as people say them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, url_for
from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.local import LocalProxy

from newsletter import paths
from newsletter.audience import wordings
from newsletter.house import House
from newsletter.web import transaction

STATIC = Path(__file__).parent / "static"


def furnish(app: Flask, house: House) -> None:
    """Show Flask the pages, and only the pages: e-mails have their own environments elsewhere."""
    app.jinja_loader = PrefixLoader(
        {name: FileSystemLoader(paths.TEMPLATES / name) for name in ("site", "studio")}
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        archive=house.settings.archive,
        asset=asset,
        clinic=LocalProxy(lambda: transaction.house().settings.clinic),
        practice=house.settings.practice,
        mark_of=lambda name: wordings.joined(name, transaction.said()[name]).mark,
        words=LocalProxy(transaction.said),
    )
    app.context_processor(lambda: {"now": house.clock.now()})
    app.jinja_env.filters.update(breakable=breakable, day=day, hour=hour, stamp=stamp)


def asset(name: str) -> str:
    """The address of a static file, which changes when its bytes do: browsers may keep it for a year."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def breakable(address: str) -> Markup:
    """An e-mail address, escaped, that a narrow screen may break after the @ rather than anywhere."""
    return Markup("@<wbr>").join(address.split("@"))  # join escapes what it joins


def day(moment: datetime, zone: ZoneInfo) -> str:
    """An aware instant as a calendar day in `zone`: "Tuesday, 3 March"."""
    local = moment.astimezone(zone)
    return f"{local:%A}, {local.day} {local:%B}"


def hour(moment: datetime, zone: ZoneInfo) -> str:
    """An aware instant as an hour in `zone`: "10:04"."""
    return f"{moment.astimezone(zone):%H:%M}"


def stamp(moment: datetime, zone: ZoneInfo) -> str:
    """An aware instant in a list: "Tue 3 Mar, 10:04"."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
