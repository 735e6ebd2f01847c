"""`/preferences/<token>`: topics, a break, name and times, stop, her data. The link may be in a forwarded letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, get_flashed_messages, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import counting, datalinks, holds, locking, preferences, zones
from newsletter.audience.datalinks import Deed
from newsletter.audience.preferences import Preferences
from newsletter.campaigns import leaving, moving
from newsletter.links import Purpose
from newsletter.web import visitor
from newsletter.web.site import coming
from newsletter.web.transaction import house, in_transaction

PAGE = "preferences", "/preferences"
STOPPED = "Done. No more letters."
COUNTED = "Thank you. We count whether you open and click."
UNCOUNTED = "Done. What you open and click is not counted, and what we had counted is deleted."
LOOK = (
    "Please look in the inbox of {}. The link works for one hour. "
    "We send such links twice a day at most, two minutes apart."
)


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """Everything as it is."""
    person = preferences.read(session, _subscriber_id(token))
    now, zone = house().clock.now(), _zone(person)
    until = holds.on_break_until(session, person.subscriber_id, now)
    return render_template(
        "site/preferences.html",
        person=person,
        until=_date(until, zone) if until else "",
        breaks=[(months, _date(holds.back_on(months, now, zone), zone)) for months in holds.MONTHS],
        place=zones.place(zone.key),
        offered=zones.offered(),
        saved=" ".join(map(str, get_flashed_messages())),
        action=url_for("site.choose", token=token),
    )


@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """One of the page's buttons."""
    subscriber_id = _subscriber_id(token)
    act = ACTS.get(request.form.get("do", "save"))
    if act is None:
        abort(400)
    flash(act(session, preferences.read(session, subscriber_id), house().clock.now()))
    return redirect(url_for("site.preferences", token=token), 303)


def _stop(session: Session, person: Preferences, now: datetime) -> str:
    mailbox_id = locking.locked(session, person.subscriber_id).mailbox_id
    leaving.leave(session, mailbox_id, now, visitor.evidence(*PAGE))
    return STOPPED


def _save(session: Session, person: Preferences, now: datetime) -> str:
    """Topics; no topic at all is leaving."""
    if not request.form.getlist("topics"):
        return _stop(session, person, now)
    return _return(session, person, now)


def _return(session: Session, person: Preferences, now: datetime) -> str:
    """Topics, of somebody who may have left: there, none at all is a slip."""
    topics = request.form.getlist("topics")
    preferences.choose_topics(session, person.subscriber_id, topics, visitor.evidence(*PAGE), now)
    return _keep_person(session, person, now)


def _keep_person(session: Session, person: Preferences, now: datetime) -> str:
    """Her name and her time zone, where the form had them."""
    if "first_name" in request.form:
        preferences.set_first_name(session, person.subscriber_id, request.form["first_name"])
    zone = request.form.get("time_zone") or person.time_zone
    if zone and zone != person.time_zone:
        preferences.set_time_zone(session, person.subscriber_id, zone)
        moving.follow_zone(session, person.subscriber_id, zone, now)
    return _done(session, person, now)


def _count(session: Session, person: Preferences, now: datetime) -> str:
    """Whether her opens and clicks are counted; the form says yes, or it is no."""
    yes = request.form.get("counted") == "yes"
    counting.choose(session, person.subscriber_id, visitor.evidence(*PAGE), now, yes=yes)
    return COUNTED if yes else UNCOUNTED


def _break(session: Session, person: Preferences, now: datetime) -> str:
    zone = _zone(person)
    months = int(request.form["do"].removeprefix("break-"))
    until = holds.take_break(session, person.subscriber_id, months, now, zone)
    return f"Done. No letters until {_date(until, zone)}, then as before."


def _end_break(session: Session, person: Preferences, now: datetime) -> str:
    if holds.end_break(session, person.subscriber_id, now):
        moving.replan(session, person.subscriber_id, now)
    return _done(session, person, now)


def _ask(session: Session, person: Preferences, now: datetime) -> str:
    """Say the same whether a link was sent or not: the page may be a stranger's."""
    deed = Deed[request.form["do"].upper()]
    datalinks.ask(session, person.subscriber_id, deed, house().links, now)
    return LOOK.format(person.masked)


def _done(session: Session, person: Preferences, now: datetime) -> str:
    until = holds.on_break_until(session, person.subscriber_id, now)
    if until:
        return f"Done. No letters until {_date(until, _zone(person))}, then as before."
    following = coming.next_letter(session, person.subscriber_id)
    return f"Done. Next letter: {following}." if following else "Done."


ACTS: dict[str, Callable[[Session, Preferences, datetime], str]] = {
    "save": _save,
    "return": _return,
    "you": _keep_person,
    "count": _count,
    "break-1": _break,
    "break-3": _break,
    "end-break": _end_break,
    "stop": _stop,
    "show": _ask,
    "delete": _ask,
    "move": _ask,
}


def _zone(person: Preferences) -> ZoneInfo:
    return ZoneInfo(person.time_zone) if person.time_zone else house().settings.clinic.zone


def _date(moment: datetime, zone: ZoneInfo) -> str:
    """“3 March”: no break is longer than a year."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B}"


def _subscriber_id(token: str) -> int:
    return house().links.read(Purpose.PREFERENCES, token, house().clock.now())[0]
