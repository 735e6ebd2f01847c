"""What can be done for one person: her name, tags and clock, a topic, a break, an end, do not mail, her data."""

from __future__ import annotations

from flask import Response, after_this_request, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import blocking, datalinks, enlisting, holds, locking, preferences
from newsletter.audience.consent import Evidence
from newsletter.audience.datalinks import Deed
from newsletter.audience.lists import cells
from newsletter.audience.plaintext import plain
from newsletter.campaigns import leaving, moving
from newsletter.campaigns.enrollment import zone_of
from newsletter.errors import Refused
from newsletter.privacy import counting, erasing
from newsletter.web.access import OWNS, changes, reads
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.studio.people import person
from newsletter.web.transaction import house

LINK_SENT = "A link to her data is on its way to her mailbox. It works once, for an hour."
LINK_HELD = "No link was sent: she got one minutes ago, or two today."
NOT_HERS = "That is not her address. Type it as it stands above."


@changes()
def facts(session: Session, person_id: int) -> ResponseReturnValue:
    """First name, tags and time zone, as they stand in the form."""
    one, form = person.find(session, person_id), request.form
    now, zone = house().clock.now(), form.get("time_zone", "")
    try:
        if zone and zone != one.time_zone:
            preferences.set_time_zone(session, person_id, zone)
            moving.follow_zone(session, person_id, zone, now)
    except Refused as refused:
        return _again(session, person_id, facts=refused)
    preferences.set_first_name(session, person_id, form.get("first_name", ""))
    one.tags = cells.words(form.get("tags", ""))
    return _done(person_id, "Saved.")


@changes()
def subscribe(session: Session, person_id: int) -> ResponseReturnValue:
    """One more topic, with where she said so and the words she was told."""
    person.find(session, person_id)
    form = request.form
    topics = [form["topic"]] if form.get("topic") else []
    source, wording = form.get("source", ""), form.get("wording", "")
    try:
        new = enlisting.subscribe(session, person_id, topics, source, wording, house().clock.now())
    except Refused as refused:
        return _again(session, person_id, subscribe=refused)
    return _done(person_id, "She hears about it from now on." if new else "She hears about it already.")


@changes()
def pause(session: Session, person_id: int) -> ResponseReturnValue:
    """A break of one or three months, or the end of one."""
    one, now = person.find(session, person_id), house().clock.now()
    zone = zone_of(one, house().settings.clinic.zone)
    months = request.form.get("months", type=int)
    if months == 0:
        if holds.end_break(session, person_id, now):
            moving.replan(session, person_id, now)
        return _done(person_id, "Her break is over: letters come as before.")
    try:
        until = holds.take_break(session, person_id, months or 0, now, zone).astimezone(zone)
    except Refused as refused:
        return _again(session, person_id, deed=refused)
    return _done(person_id, f"No letters until {until.day} {until:%B}, then as before.")


@changes()
def end(session: Session, person_id: int) -> ResponseReturnValue:
    """She asked for it: every topic ends, and what waits is canceled."""
    person.find(session, person_id)
    source = plain(request.form.get("source"), 200)
    if source is None:
        asks = Refused("say where she asked for it; it is kept with her consents")
        return _again(session, person_id, end=asks)
    one = locking.locked(session, person_id)
    leaving.leave(session, one.mailbox_id, house().clock.now(), Evidence(enlisting.HOW, source))
    return _done(person_id, "Her letters have ended. Nothing that waited will be sent.")


@changes()
def block(session: Session, person_id: int) -> ResponseReturnValue:
    """Put her mailbox on the do-not-mail list."""
    one, form = person.find(session, person_id), request.form
    try:
        new = blocking.block(
            session, one.mailbox_id, form.get("scope", ""), form.get("why", ""), house().clock.now()
        )
    except Refused as refused:
        return _again(session, person_id, block=refused)
    return _done(person_id, "She is not mailed any more." if new else "She was on the list already.")


@changes()
def release(session: Session, person_id: int) -> ResponseReturnValue:
    """Take her mailbox off the do-not-mail list, as far as it is not her own word."""
    one = person.find(session, person_id)
    try:
        blocking.release(session, one.mailbox_id, request.form.get("note", ""), house().clock.now())
    except Refused as refused:
        return _again(session, person_id, release=refused)
    return _done(person_id, "She may be mailed again. Subscriptions that ended stay ended.")


@changes()
def data(session: Session, person_id: int) -> ResponseReturnValue:
    """Mail her a link to what we hold."""
    person.find(session, person_id)
    sent = datalinks.ask(session, person_id, Deed.SHOW, house().links, house().clock.now())
    return _done(person_id, LINK_SENT if sent else LINK_HELD)


@reads(roles=OWNS)
def ask_erase(session: Session, person_id: int) -> ResponseReturnValue:
    """What erasing does, and the address to type."""
    return _sure(session, person_id)


@changes(roles=OWNS)
def erase(session: Session, person_id: int) -> ResponseReturnValue:
    """Delete everything held about her. By its number the log knows who it was, and nobody else does."""
    one = person.find(session, person_id)
    if request.form.get("address", "").strip().casefold() != one.mailbox.address.casefold():
        return _sure(session, person_id, NOT_HERS), 400
    erasing.erase(session, person_id, house().vault, house().clock.now())
    after_this_request(_settle)
    flash("Her data is erased.")
    return redirect(url_for("studio.people"), 303)


def _sure(session: Session, person_id: int, wrong: str = "") -> str:
    one = person.find(session, person_id)
    held = counting.count(session, one)
    typed = request.form.get("address", "")
    return render_template("studio/person_erase.html", person=one, held=held, wrong=wrong, typed=typed)


def _settle(response: Response) -> Response:
    """By now the transaction has committed."""
    house().database.settle()
    return response


def _again(session: Session, person_id: int, **wrong: Refused) -> ResponseReturnValue:
    """The same page with what was typed, and at its form what is wrong; nothing was changed."""
    said = {form: sentence(refused) for form, refused in wrong.items()}
    return person.page(session, person_id, said, request.form), 400


def _done(person_id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("studio.person", person_id=person_id), 303)
