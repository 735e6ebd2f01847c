"""`/data/<token>`: see what we hold, delete it, or move, by a link that came to the mailbox itself.

The link works once. Seeing takes longer than one look, so its tap opens `/data` in this browser for an hour, by a
signed cookie: the page can be reloaded and the file downloaded, and a copied address shows nobody anything.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from flask import Response, after_this_request, redirect, render_template, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import datalinks
from newsletter.audience.datalinks import Asked, Deed
from newsletter.audience.models import Subscriber
from newsletter.delivery.models import Mailbox
from newsletter.links import LinkLapsed
from newsletter.privacy import erasing, exporting, spans
from newsletter.web.site import held, move
from newsletter.web.transaction import house, in_transaction

OPEN_FOR = timedelta(hours=1)
OPENED = "data"  # in the cookie: whose data, and until when

log = structlog.get_logger("newsletter.web")


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """The button, and what it will do."""
    asked = datalinks.look(session, token, house().links, house().clock.now())
    if asked.deed is Deed.MOVE:
        return move.form(session, token, asked)
    person = session.get_one(Subscriber, asked.subscriber_id)
    return render_template(
        "site/data.html",
        deletes=asked.deed is Deed.DELETE,
        address=session.get_one(Mailbox, asked.mailbox_id).address,
        shared=exporting.others(session, person) > 0,
    )


@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Her tap."""
    now = house().clock.now()
    asked = datalinks.look(session, token, house().links, now)
    if asked.deed is Deed.MOVE:
        return move.post(session, token, asked)
    datalinks.use(session, token, house().links, now)
    return _delete(session, asked, now) if asked.deed is Deed.DELETE else _open(asked, now)


@in_transaction
def everything(session: Session) -> ResponseReturnValue:
    """What we hold, to read."""
    subscriber_id = _opened()
    export = exporting.export(session, subscriber_id)
    log.info("data.shown", subscriber=subscriber_id)
    zone = ZoneInfo(export["person"]["time_zone"] or house().settings.clinic.time_zone)
    return render_template("site/data_held.html", sections=held.sections(export, zone))


@in_transaction
def download(session: Session) -> ResponseReturnValue:
    """The same, for programs."""
    subscriber_id = _opened()
    export = exporting.export(session, subscriber_id)
    log.info("data.downloaded", subscriber=subscriber_id)
    text = json.dumps(export, indent=2, ensure_ascii=False)
    kept = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(text + "\n", mimetype="application/json", headers=kept)


def kept_how_long() -> ResponseReturnValue:
    """What we keep, and how long: the numbers that retention obeys."""
    return render_template("site/keep.html", spans=spans)


def _open(asked: Asked, now: datetime) -> ResponseReturnValue:
    visit[OPENED] = [asked.subscriber_id, (now + OPEN_FOR).isoformat()]
    return redirect(url_for("site.data"), 303)


def _opened() -> int:
    """Whose data this browser may see; raises LinkLapsed."""
    subscriber_id, until = visit.get(OPENED, [0, ""])
    if not until or house().clock.now() >= datetime.fromisoformat(until):
        raise LinkLapsed(())
    return int(subscriber_id)


def _delete(session: Session, asked: Asked, now: datetime) -> ResponseReturnValue:
    done = erasing.erase(session, asked.subscriber_id, house().vault, now)
    visit.clear()  # the address that she typed here once, too
    after_this_request(_settle)
    log.info("data.deleted", subscriber=asked.subscriber_id, shared=done.shared)
    return render_template("site/data_deleted.html", shared=done.shared)


def _settle(response: Response) -> Response:
    """By now the transaction has committed."""
    house().database.settle()
    return response
