"""The link by which anybody may look at a draft for fourteen days: which letter of which draft, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from zlib import crc32

from flask import url_for

from newsletter.links import Purpose
from newsletter.web.studio.writing.sheets import Sheet
from newsletter.web.transaction import house

GOOD_FOR = timedelta(days=14)


def of(sheet: Sheet) -> str:
    """The full address; empty where there is no draft, or the letter is for patients."""
    if sheet.draft is None or sheet.is_care:
        return ""
    until = house().clock.now() + GOOD_FOR
    token = house().links.sign(Purpose.LOOK, sheet.draft.id, key_number(sheet.key), until=until)
    return house().links.url(url_for("site.look", token=token))


def key_number(key: str | None) -> int:
    """Which letter of a draft: a token holds numbers, and letters may change places."""
    return 0 if key is None else crc32(key.encode())
