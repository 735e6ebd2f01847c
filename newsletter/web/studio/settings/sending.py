"""How we send: by which road, what went out today, and a test to oneself by the road of all e-mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.audience import addresses
from newsletter.campaigns.desk import onlookers, trials
from newsletter.campaigns.localtime import at_local
from newsletter.content.compiling import Source
from newsletter.delivery.models import OPEN, Delivery, Mailbox
from newsletter.delivery.transports import urls
from newsletter.errors import Refused
from newsletter.insights import sending
from newsletter.web.access import OWNS, changes, me, reads
from newsletter.web.studio.writing.trying import TESTS
from newsletter.web.transaction import house

LETTER = Source(
    subject="An e-mail from your studio",
    preview_text="If you can read this, e-mails from your studio arrive.",
    body=(
        "# It works\n\nThis e-mail came from the studio of {{ clinic_name }}, by the same road as every newsletter. "
        "If it lies in your inbox and not among the spam, the road is a good one.\n"
    ),
)
STREAMS = {
    "marketing": "Newsletters and sequences",
    "care": "Notes to patients",
    "account": "Confirmations and other answers to readers",
    "staff": "To colleagues",
    "test": "Tests",
}
OUTCOMES = {
    "accepted": "The mail server took an e-mail over.",
    "deferred": "The mail server said no for now. Such an e-mail is tried again by itself.",
    "refused": "The mail server refused an e-mail for good.",
    "unwritten": "The mail server could not be used. Such an e-mail is tried again by itself.",
    "unknown": "The mail server never answered: that e-mail was maybe sent.",
    "crashed": "The program itself failed at an e-mail.",
}
STATES = {
    "queued": "It waits to be handed over.",
    "claimed": "It is being handed over.",
    "handoff": "It is being handed over.",
    "sent": "The mail server took it over. Look into your inbox, and among the spam.",
    "skipped": "It was not sent",
    "canceled": "It was not sent",
    "superseded": "It was not sent",
    "expired": "It was too late to be useful, and was not sent",
    "failed": "It was not accepted",
    "unknown": "Maybe sent: the mail server never answered.",
    "poison": "It was stopped after repeated failures",
}
IN_PRACTICE = "It is in the practice inbox."


@dataclass(frozen=True)
class Road:
    """Where e-mails are handed to, and who can read along on the way; never a login or a password."""

    to: str
    secrecy: str


@dataclass(frozen=True)
class Trial:
    """A test and what became of it, in words; `moves` while that may change by itself."""

    number: int
    says: str
    moves: bool
    well: bool


@reads(roles=OWNS)
def show(session: Session) -> ResponseReturnValue:
    """The road, today's figures, and the test that was just sent."""
    number = request.args.get("test", type=int)
    return _page(session, _trial(session, number) if number else None)


@changes(roles=OWNS)
def test(session: Session) -> ResponseReturnValue:
    """An e-mail to whoever presses, through the queue."""
    clock, everybody = house().clock, onlookers.everybody(house().settings.clinic, house().links)
    if not limits.take(session, TESTS, str(me().id), clock.machine()):
        return _page(session, wrong=f"{TESTS.times} tests an hour are the most."), 400
    try:
        number = trials.send(session, me().address, "how-we-send", LETTER, everybody, {}, clock.now())
    except Refused as refused:
        return _page(session, wrong=f"{refused.line[:1].upper()}{refused.line[1:]}."), 400
    flash(f"A test is on its way to {me().address}.")
    return redirect(url_for("studio.sending", test=number, _anchor="test"), 303)


@reads(roles=OWNS)
def state(session: Session, number: int) -> ResponseReturnValue:
    """What became of one's own test: the part of the page that asks again by itself."""
    return render_template("studio/_sending_test.html", trial=_trial(session, number) or abort(404))


def road(url: str) -> Road:
    """Pure: a mail URL in words, without what is secret in it: a provider's user name may be its key."""
    scheme = url.partition(":")[0]
    if scheme == "inbox":
        return Road("The practice inbox", "Nobody can: it stays here.")
    if scheme == "maildir":
        return Road(f"A folder on this machine, {urls.maildir_path(url)}", "Whoever may read that folder.")
    place = urls.smtp_place(url)
    login = "with a login" if place.user else "without a login"
    return Road(f"{place.host}, port {place.port}, {login}", _secrecy(place))


def _secrecy(place: urls.SmtpPlace) -> str:
    if place.tls == "required":
        return "Nobody can: always encrypted, and only to the server that proves its name (TLS)."
    if place.tls == "opportunistic":
        return "Encrypted wherever the server offers it; notes to patients never without."
    if place.loopback:
        return "Not encrypted, and it needs not be: the server is on this very machine."
    return "Everybody on the way can: not encrypted. Notes to patients are not sent like that."


def _page(session: Session, trial: Trial | None = None, wrong: str = "") -> str:
    settings, clock = house().settings, house().clock
    zone = settings.clinic.zone
    return render_template(
        "studio/sending.html",
        found=sending.read(session, _midnight(clock.now()), clock.machine()),
        road=road(settings.mail_url),
        streams=STREAMS,
        outcomes=OUTCOMES,
        unsaid=house().unsaid(session),
        trial=trial,
        wrong=wrong,
        zone=zone,
    )


def _midnight(now: datetime) -> datetime:
    zone = house().settings.clinic.zone
    return at_local(now.astimezone(zone).date(), time(0), zone)


def _trial(session: Session, number: int) -> Trial | None:
    """One's own test; nobody else's e-mail is shown here."""
    mine = (Mailbox.address_key == addresses.judge(me().address).key, Delivery.stream == "test")
    row = session.execute(
        select(Delivery.state, Delivery.reason).join(Mailbox).where(Delivery.id == number, *mine)
    ).first()
    if row is None:
        return None
    says = IN_PRACTICE if row.state == "sent" and house().settings.practice else STATES[row.state]
    if row.reason:
        says = f"{says.rstrip('.')}: {row.reason}."
    return Trial(number, says, moves=row.state in OPEN, well=row.state == "sent")
