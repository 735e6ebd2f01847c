"""The clinic's facts: what every page and every e-mail says of who is writing, from the next one on."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience import plaintext
from newsletter.clinic import REQUIRED, SETTINGS, STORED, wrong_with
from newsletter.environment import PREFIX
from newsletter.web.access import OWNS, changes, me, reads
from newsletter.web.transaction import as_started, house

LONGEST = 200
LABELS = {
    "name": "Name",
    "sender": "From",
    "reply_to": "Answers go to",
    "postal_address": "Postal address",
    "city": "City",
    "time_zone": "Time zone",
    "phone": "Phone",
    "booking_url": "Booking page",
    "privacy_url": "Privacy notice",
}


@reads(roles=OWNS)
def show(_session: Session) -> ResponseReturnValue:
    """What is known of the clinic, and whence."""
    return _page(vars(house().settings.clinic))


@changes(roles=OWNS)
def post(session: Session) -> ResponseReturnValue:
    """Keep what was typed, of the facts that the environment leaves open; or say at each field what is wrong."""
    typed = {fact: plaintext.plain(request.form.get(fact), LONGEST) or "" for fact in _open_facts()}
    wrong = {fact: complaint for fact, text in typed.items() if (complaint := _judge(fact, text))}
    if wrong:
        return _page(vars(house().settings.clinic) | typed, wrong), 400
    under = as_started().settings.clinic
    # What is as it would be anyway is not kept: an example of practice must not look like somebody's decision.
    chosen = {fact: text for fact, text in typed.items() if text != getattr(under, fact)}
    stored.put(session, STORED, chosen, me().id, house().clock.machine())
    flash("Saved. Every page and every e-mail says so from now on.")
    return redirect(url_for("studio.clinic_facts"), 303)


def _judge(fact: str, text: str) -> str:
    """What is wrong with `text`, as a sentence at its field."""
    if not text and fact in (*REQUIRED, "time_zone"):
        return "Every e-mail needs this." if fact != "time_zone" else "Hours need this: Europe/London."
    complaint = wrong_with(fact, text)
    return f"This {complaint}." if complaint else ""


def _open_facts() -> list[str]:
    return [fact for fact in SETTINGS if fact not in house().settings.clinic_given]


def _page(facts: dict[str, str], wrong: dict[str, str] | None = None) -> str:
    given = house().settings.clinic_given
    return render_template(
        "studio/clinic_facts.html",
        facts=facts,
        labels=LABELS,
        given={fact: f"{PREFIX}CLINIC_{SETTINGS[fact]}" for fact in given},
        wrong=wrong or {},
        missing=[LABELS[fact] for fact in REQUIRED if not facts[fact] and not house().settings.practice],
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        longest=LONGEST,
    )
