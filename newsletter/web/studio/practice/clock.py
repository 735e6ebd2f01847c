"""The practice clock's buttons: live through an hour, a day, three weeks."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from newsletter.clock import ClockRefused, SandboxClock, span
from newsletter.errors import Refused
from newsletter.rounds import live_through, open_rounds
from newsletter.web.access import practises
from newsletter.web.studio.entry import arriving
from newsletter.web.studio.practice import inbox
from newsletter.web.transaction import house

FURTHEST = timedelta(days=366)


@practises
def turn() -> ResponseReturnValue:
    """Turn the clock forward by `span`, working at each due moment, as if the time had been lived.

    Many transactions, none of them this request's: each letter is one.
    """
    typed = request.form.get("span", "")
    try:
        _live(span(typed))
    except Refused as wrong:
        return inbox.show(typed=typed[:40], wrong=wrong.line)
    return redirect(_back(), 303)


@practises
def reset() -> ResponseReturnValue:
    """Back to this computer's time. What arrived stays."""
    clock = house().clock
    if not isinstance(clock, SandboxClock):
        raise ClockRefused("this clock cannot be turned")
    clock.reset()
    flash("The clock shows this computer's time again. The letters stay.")
    return redirect(url_for("studio.inbox"), 303)


def _back() -> str:
    """Where the button was pressed, if that is a page of the studio; else where letters arrive."""
    return arriving.own_page(request.form.get("back", "")) or url_for("studio.inbox")


def _live(length: timedelta) -> None:
    if length > FURTHEST:
        raise ClockRefused("a year at once is the most; right would be 3d, 12h or 2w")
    rounds = open_rounds(house())
    try:
        live_through(house(), rounds, house().clock.now() + length)
    finally:
        rounds.close()
