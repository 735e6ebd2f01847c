"""`newsletter clock`: the story's time, which practice may turn."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from newsletter.cli.moments import read_moment
from newsletter.cli.opening import opened
from newsletter.cli.showing import echo_json, iso, json_option
from newsletter.clock import ClockRefused, SandboxClock, spell
from newsletter.clock import span as read_span
from newsletter.house import House

FURTHEST = timedelta(days=3660)
HALF_A_MINUTE = timedelta(seconds=30)


@click.group()
def clock() -> None:
    """Look at the story's time, and turn it. Practice only: nothing leaves this computer."""


@clock.command()
@json_option
def show(*, as_json: bool) -> None:
    """Say what time it is in the story, and how far it was turned."""
    with opened() as house:
        _show(house, as_json=as_json)


@clock.command()
@click.argument("span")
@json_option
def advance(span: str, *, as_json: bool) -> None:
    """Live through SPAN (3d, 12h, 1w 2d), from due moment to due moment; return when all of it is done."""
    # Late, because they bring the compiler: looking at the clock stays quick.
    from newsletter.cli.finishing import finishing
    from newsletter.rounds import live_through, open_rounds

    with opened() as house:
        until = _forward(_turnable(house).now(), read_span(span))
        rounds = open_rounds(house)
        with finishing(rounds):
            live_through(house, rounds, until)
        _show(house, as_json=as_json)


@clock.command("set")
@click.argument("moment")
@json_option
def set_to(moment: str, *, as_json: bool) -> None:
    """Jump forward to MOMENT (ISO 8601; the clinic's zone without an offset), as if the machine had been off."""
    with opened() as house:
        turned = _turnable(house)
        goal = read_moment(moment, house.settings.clinic.zone)
        if goal - turned.machine() > FURTHEST:
            raise _too_far()
        turned.turn_to(goal)
        _show(house, as_json=as_json)


@clock.command()
@json_option
def reset(*, as_json: bool) -> None:
    """Go back to the machine's time: the one way backward."""
    with opened() as house:
        _turnable(house).reset()
        _show(house, as_json=as_json)


def _show(house: House, *, as_json: bool) -> None:
    now, turned_by = house.clock.now(), spell(_turnable(house).offset() + HALF_A_MINUTE)
    if as_json:
        echo_json({"now": iso(now), "turned_by": turned_by})
        return
    local = now.astimezone(house.settings.clinic.zone)
    ahead = "as on the machine" if turned_by == "0m" else f"turned by {turned_by}"
    click.echo(f"It is {local:%A, %-d %B %Y, %H:%M} ({house.settings.clinic.time_zone}), {ahead}.")


def _turnable(house: House) -> SandboxClock:
    if not isinstance(house.clock, SandboxClock):
        raise ClockRefused("the clock is for practice only: here NEWSLETTER_MAIL_URL sends real mail")
    return house.clock


def _forward(now: datetime, length: timedelta) -> datetime:
    if length > FURTHEST:
        raise _too_far()
    return now + length


def _too_far() -> ClockRefused:
    return ClockRefused("the clock turns by ten years at most; right would be 3d, 24d or 52w")
