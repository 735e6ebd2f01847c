"""The versions of a letter: what people got, what was written, newest first; one of them beside the words of now.

Any one can be looked at as it would arrive, compared with what the letter says now, and brought back.
"""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import history
from newsletter.campaigns.desk.differing import Piece, differences
from newsletter.campaigns.desk.drafting import EditedMeanwhile, UsedMeanwhile
from newsletter.campaigns.desk.history import Past
from newsletter.errors import Refused
from newsletter.staff.models import Staff
from newsletter.web.access import WRITES, changes, me, reads, remark
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.studio.sequences import sequence
from newsletter.web.studio.writing import dating, preview, sheets
from newsletter.web.studio.writing.sheets import Sheet
from newsletter.web.transaction import house

PARTS = {"subject": "Subject", "preview_text": "Preview text", "body": "Words"}


@reads(roles=WRITES)
def show(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The list; with `?see=` one of them opened, compared with the words of now."""
    return _page(session, sheets.find(session, slug, key))


@reads(roles=WRITES)
def frame(session: Session, slug: str, which: str, key: str | None = None) -> ResponseReturnValue:
    """One version as it would arrive, for the frame beside the list."""
    sheet, past = sheets.find(session, slug, key), history.find(session, slug, key, which)
    look = sheets.looking(session)
    glance = sheets.at_a_glance(session, replace(sheet, papers=past.on(sheet.papers, key)), look)
    shown = preview.framed(glance.seen, glance.mistakes, text=look.view == "text", dark=look.dark)
    return shown, 200, preview.POLICY


@changes()
def bring_back(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """Put a version on the draft, over the words that were seen and over no others."""
    sheet = sheets.find(session, slug, key)
    past = history.find(session, slug, key, request.form.get("which", ""))
    seen = request.form.get("revision", type=int)
    if seen is None or seen != sheet.revision:
        return _page(session, sheet, past, wrong=_meanwhile(session, sheet)), 409
    try:
        history.bring_back(session, slug, key, past, revision=seen, staff_id=me().id, now=house().clock.now())
    except (EditedMeanwhile, UsedMeanwhile):
        return _page(session, sheets.find(session, slug, key), past, wrong=_meanwhile(session, sheet)), 409
    except Refused as refused:
        return _page(session, sheet, past, wrong=sentence(refused)), 400
    remark(version=past.which)
    flash("It is back on the draft. What stood there is the version below it.")
    return redirect(sheet.url("write"), 303)


def _page(session: Session, sheet: Sheet, opened: Past | None = None, wrong: str = "") -> str:
    if opened is None and (which := request.args.get("see")):
        opened = history.find(session, sheet.slug, sheet.key, which)
    every, names = history.read(session, sheet.slug, sheet.key), _names(session)
    return render_template(
        "studio/versions.html",
        sheet=sheet,
        every=[(past, said(past, sheet), names.get(past.by or 0, "")) for past in every],
        opened=opened,
        title=said(opened, sheet) if opened else "",
        compared=_compared(opened, sheet) if opened else {},
        is_now=opened is not None and opened.says(sheet.papers, sheet.key),
        look=sheets.looking(session),
        wrong=wrong,
    )


def said(past: Past, sheet: Sheet) -> str:
    """A version in a few words: "live since 4 March", "draft, today 10:04 to 10:31"."""
    zone, now = house().settings.clinic.zone, house().clock.now()
    held = "live" if sheet.key is not None else "ready to go out"
    began, ended = (
        dating.day(moment or past.began_at, zone, now) for moment in (past.began_at, past.ended_at)
    )
    match past.kind:
        case "live":
            return f"{held} since {began}"
        case "was-live":
            return f"{held} {began}" if began == ended else f"{held} from {began} to {ended}"
        case "came":
            return f"came in as a folder, {dating.at(past.began_at, zone, now)}"
        case _:
            return f"draft, {dating.span(past.began_at, past.ended_at or past.began_at, zone, now)}"


def _compared(past: Past, sheet: Sheet) -> dict[str, tuple[Piece, ...]]:
    """What led from that version to the words of now, by part; parts that are the same are left out."""
    pairs = {label: (getattr(past.words, part), getattr(sheet.words, part)) for part, label in PARTS.items()}
    return {label: differences(old, new) for label, (old, new) in pairs.items() if old != new}


def _meanwhile(session: Session, sheet: Sheet) -> str:
    name = sequence.who(session, sheet.draft) or "Somebody"
    return f"{name[:1].upper()}{name[1:]} changed the draft since you looked. Compare once more, then press again."


def _names(session: Session) -> dict[int, str]:
    rows = session.execute(select(Staff.id, Staff.name, Staff.role))
    return {number: name or f"the {role}" for number, name, role in rows}
