"""`/o/<token>.gif`: the picture of one pixel that stands only in letters of readers who agreed to be counted.

Whatever the token is, a picture is the answer: a mail program would show a broken one otherwise.
"""

from __future__ import annotations

from contextlib import suppress

from flask import make_response
from flask.typing import ResponseReturnValue

from newsletter.campaigns import clicking
from newsletter.links import LinkDamaged, Purpose
from newsletter.web.site.click import noted
from newsletter.web.transaction import house

# GIF89a, 1 x 1, its one color transparent.
PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


def show(token: str) -> ResponseReturnValue:
    """The pixel; what it says is written down when it has gone out."""
    answer = make_response(
        PIXEL, {"Content-Type": "image/gif", "Cross-Origin-Resource-Policy": "cross-origin"}
    )
    with suppress(LinkDamaged):
        now = house().clock.now()
        (delivery_id, *_) = house().links.read(Purpose.OPEN, token, now)
        answer.call_on_close(noted(lambda writing, look: clicking.opened(writing, delivery_id, look, now)))
    return answer
