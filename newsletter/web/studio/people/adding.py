"""Add a person by hand, with where she said so and the words she was told."""

from __future__ import annotations

from collections import defaultdict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import enlisting, subscriptions, zones
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.enlisting import AlreadyHere, Newcomer
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, reads, remark
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.transaction import house


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """The form."""
    return _form(session)


@changes()
def post(session: Session) -> ResponseReturnValue:
    """Add her; who may not be added is said at her address, and nothing is changed."""
    form = request.form
    who = Newcomer(
        email=form.get("email", ""),
        topics=tuple(form.getlist("topics")),
        source=form.get("source", ""),
        wording=form.get("wording", ""),
        first_name=form.get("first_name", ""),
        time_zone=form.get("time_zone", ""),
        tags=form.get("tags", ""),
        starts=form.get("starts") == "yes",
    )
    missing = _missing(who)
    if missing:
        return _form(session, missing), 400
    try:
        number = enlisting.add(session, who, house().vault, house().clock.now())
    except AlreadyHere as here:
        return _form(session, {"email": "She is here already."}, here=here.subscriber_id), 400
    except AddressRefused as refused:
        return _form(session, {"email": refused.line}), 400
    except Refused as refused:
        return _form(session, {"email": sentence(refused)}), 400
    remark(person_id=number)
    flash("She is on the list.")
    return redirect(url_for("studio.person", person_id=number), 303)


def _missing(who: Newcomer) -> dict[str, str]:
    """What is empty and must not be, each said at its field."""
    asks = {
        "topics": "" if who.topics else "Choose at least one topic.",
        "source": "" if who.source.strip() else "Say where she said so, in words that you could show her.",
        "wording": "" if who.wording.strip() else "Write what she agreed to, in the words she was told.",
    }
    return {name: words for name, words in asks.items() if words}


def _form(session: Session, wrong: dict[str, str] | None = None, here: int = 0) -> str:
    every = [topic for topic in subscriptions.topics(session) if topic.retired_at is None]
    typed = request.form
    return render_template(
        "studio/person_new.html",
        topics=every,
        chosen=typed.getlist("topics") if typed else [topic.slug for topic in every],
        typed=typed,
        wording=typed.get("wording", enlisting.TOLD),
        starts=typed.get("starts") == "yes" if typed else True,
        wrong=defaultdict(str, wrong or {}),
        here=here,
        offered=zones.offered(),
        place=zones.place(house().settings.clinic.time_zone),
    )
