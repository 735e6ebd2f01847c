"""E-mails to decide on: maybe sent, stopped, refused, not to be written; what happened, and what would be right.

Whoever writes decides. Patients' notes are the care team's: a marketer does not see them here.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.delivery import reviving
from newsletter.delivery.models import STREAMS
from newsletter.insights import undecided
from newsletter.insights.undecided import Group
from newsletter.web.access import WRITES, changes, me, reads, remark
from newsletter.web.transaction import house

SHOWN = 100
STREAM_NAMES = {
    "marketing": "Letters",
    "care": "Notes to patients",
    "account": "Confirmations and links to readers",
    "staff": "Links to colleagues",
    "test": "Tests, sent to colleagues",
}


class Kind(NamedTuple):
    """What happened, what would be right, and what the button says that sends them again; empty where nothing helps."""

    happened: str
    right: str
    button: str = ""


KINDS = {
    "unknown": Kind(
        "maybe sent: the mail server never answered",
        "Nobody can know whether they arrived. If a reader answered, or the mail server’s own log shows them, they "
        "did. Sent again, whoever got it the first time gets it twice.",
        "Send again",
    ),
    "block": Kind(
        "refused because of how we send, not because of the readers",
        "Let whoever looks after the domain see to its set-up: SPF, DKIM, the name of the server. Then try again.",
        "Try again",
    ),
    "poison": Kind(
        "stopped after repeated failures",
        "Nobody has them: the program itself failed three times while it held them. Try again once; if they stop "
        "again, its log says why.",
        "Try again",
    ),
    "missing": Kind(
        "not sent: the letter prints a field that these readers have not",
        "Nobody got these, and with these words nobody can. In the letter, put the field between {% if … %} and "
        "{% endif %}, and use that wording from now on: whoever comes to it later gets it.",
    ),
    "unwritable": Kind(
        "not sent: no e-mail could be written",
        "The reason stands beside each. When it is mended, in the letter or in the settings, try again.",
        "Try again",
    ),
    "failed": Kind(
        "not accepted by the readers’ mail servers",
        "Often a full mailbox, or a server that gave no reason: another day may be better. It is not tried again by "
        "itself.",
        "Try again",
    ),
    "gone": Kind(
        "to an address that does not exist",
        "Nothing more goes there, so that the clinic’s good name does not suffer. If you know a reader’s new address, "
        "ask her to sign up with it.",
    ),
}


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """Every group of the last thirty days, the most pressing first."""
    groups = undecided.groups(session, _streams(), house().clock.now())
    return render_template("studio/deliveries.html", groups=groups, kinds=KINDS, names=STREAM_NAMES)


@reads(roles=WRITES)
def group(session: Session, kind: str, of: str) -> ResponseReturnValue:
    """One group: to whom, why, and the decision."""
    return _page(session, _find(session, kind, of))


@changes()
def again(session: Session, kind: str, of: str) -> ResponseReturnValue:
    """Send a group again. Of what was maybe sent, how many may get it twice is typed first."""
    found = _find(session, kind, of)
    if not KINDS[kind].button:
        abort(404)
    if kind == "unknown" and request.form.get("number", "").strip() != str(found.good):
        return _page(session, found, f"{found.good} go out again. Type that number."), 400
    ids = undecided.ids(session, _streams(), found, house().clock.now())
    number = reviving.send_again(session, ids, house().clock.now())
    if not number:
        return _page(session, found, "None of them can go out again: it is too late for them."), 400
    return _done(found, number, "going out again")


@changes()
def arrived(session: Session, kind: str, of: str) -> ResponseReturnValue:
    """Believe that what was maybe sent has arrived."""
    if kind != "unknown":
        abort(404)
    found = _find(session, kind, of)
    ids = undecided.ids(session, _streams(), found, house().clock.now())
    return _done(found, reviving.settle(session, ids, house().clock.now()), "settled: they arrived")


def _done(found: Group, number: int, what: str) -> ResponseReturnValue:
    remark(e_mails=number, slug=found.campaign.slug if found.campaign else found.stream)
    flash(f"{number:,} {'e-mail' if number == 1 else 'e-mails'} {what}.")
    return redirect(url_for("studio.deliveries"), 303)


def _page(session: Session, found: Group, wrong: str = "") -> str:
    fates = undecided.fates(session, _streams(), found, house().clock.now(), SHOWN)
    return render_template(
        "studio/deliveries_group.html",
        group=found,
        kind=KINDS[found.kind],
        name=STREAM_NAMES[found.stream],
        fates=fates,
        wrong=wrong,
        typed=request.form.get("number", ""),
    )


def _find(session: Session, kind: str, of: str) -> Group:
    found = undecided.find(session, _streams(), kind, of, house().clock.now())
    if found is None:
        abort(404)
    return found


def _streams() -> tuple[str, ...]:
    return STREAMS if me().role == "owner" else tuple(each for each in STREAMS if each != "care")
