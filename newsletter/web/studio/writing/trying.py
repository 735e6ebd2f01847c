"""“Send me a test”: the letter as it stands, to whoever writes it, as a real e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.campaigns.desk import glancing, onlookers, penned, trials
from newsletter.campaigns.desk.onlookers import Onlooker
from newsletter.errors import Refused
from newsletter.limits import Limit
from newsletter.web.access import WRITES, changes, me
from newsletter.web.studio.writing import page as writing
from newsletter.web.studio.writing import sheets
from newsletter.web.studio.writing.sheets import Looking, Sheet
from newsletter.web.transaction import house

TESTS = Limit("test-letter", 20, timedelta(hours=1))
TOO_MANY = f"{TESTS.times} tests an hour are the most; look at the picture beside it meanwhile"


@changes(roles=WRITES)
def send(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """Keep what was typed, and send it to the one who typed it."""
    return writing.after_keeping(session, slug, key, _send)


def _send(session: Session, sheet: Sheet, look: Looking, told: Mapping[str, str]) -> ResponseReturnValue:
    try:
        _queue(session, sheet, look)
    except Refused as problem:
        return writing.page(session, sheet, look, wrong={**told, "test": problem.line})
    flash(_on_its_way(me().address))
    return redirect(sheet.url("write", **look.query), 303)


def _queue(session: Session, sheet: Sheet, look: Looking) -> None:
    for problem in glancing.mistakes(session, sheet.papers, sheet.key):
        raise Refused(problem)
    if not limits.take(session, TESTS, str(me().id), house().clock.machine()):
        raise Refused(TOO_MANY)
    trials.send(
        session,
        me().address,
        sheet.slug if sheet.key is None else f"{sheet.slug}/{sheet.key}",
        penned.source(sheet.papers, sheet.key),
        onlookers.everybody(house().settings.clinic, house().links),
        sheets.known(session, sheet, _nobody(look.who)),
        house().clock.now(),
    )


def _nobody(who: Onlooker) -> Onlooker:
    """What is known of one of the people stays here: her erasure reaches no e-mail to somebody else."""
    return "named" if isinstance(who, int) else who


def _on_its_way(address: str) -> str:
    said = Markup("A test is on its way to {}.").format(address)
    if not house().settings.practice:
        return said
    return said + Markup(' <a href="{}">Open the practice inbox</a>').format(url_for("studio.inbox"))
