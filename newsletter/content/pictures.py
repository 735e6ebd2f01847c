"""Pure: where pictures of ours are served, and what their addresses tell: the size at which a letter shows them."""

from __future__ import annotations

import re

ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}
ADDRESS = re.compile(r"/media/([0-9a-f]{64})-(\d{1,4})x(\d{1,4})\.(jpg|png)")
IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)


def address(digest: str, media_type: str, width: int, height: int) -> str:
    """Where a picture is served, below the base URL: `/media/<digest>-600x400.jpg`, with the size it is shown at."""
    return f"/media/{digest}-{width}x{height}.{ENDINGS[media_type]}"


def sized(html: str) -> str:
    """`html` with the width and height of each of our own pictures that says neither, as its address tells them.

    Without them the text jumps while a picture arrives, and Outlook shows it at twice its size.
    """
    return IMG.sub(lambda found: _sized(found[0]), html)


def _sized(tag: str) -> str:
    ours = ADDRESS.search(tag)
    if ours is None or re.search(r"\s(width|height)\s*=", tag, re.IGNORECASE):
        return tag
    return f'{tag[:4]} width="{ours[2]}" height="{ours[3]}"{tag[4:]}'
