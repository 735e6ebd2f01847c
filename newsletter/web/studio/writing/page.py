"""Writing a letter: its words on the left, the e-mail as it will arrive on the right, a colleague's remarks below.

The page saves itself a moment after the writer stops (static/writing.js asks for JSON), and works by its buttons where
no script runs. Whatever is typed is kept, also what could not go out yet; what two people write at once is shown to
the second of them, and nothing is written over unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import subscriptions
from newsletter.campaigns.desk import drafting, penned
from newsletter.campaigns.desk.drafting import EditedMeanwhile, UsedMeanwhile
from newsletter.campaigns.desk.penned import Seen, Words
from newsletter.content.previewing import compiled_once
from newsletter.content.wearing import worn
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, me, reads
from newsletter.web.errors import wants_json
from newsletter.web.pages import hour
from newsletter.web.studio.practice import letters
from newsletter.web.studio.sequences import sequence
from newsletter.web.studio.writing import sharing_link, sheets, sittings
from newsletter.web.studio.writing.sheets import Looking, Sheet
from newsletter.web.transaction import house

SUBJECT_SHOWS = 60
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
# What the buttons above the body put where the cursor is: label, before the selection, after it, in place of none.
INSERTS = (
    ("First name", '{{ first_name | default("there") }}', "", ""),
    ("Greeting", "Hello{% if first_name %} {{ first_name }}{% endif %},", "", ""),
    ("Clinic name", "{{ clinic_name }}", "", ""),
    ("Phone", "{{ clinic_phone }}", "", ""),
)
BOOKING = {
    False: ("Booking link", "[", "]({{ booking_url }})", "Book a time"),
    True: ("Booking link", '<a href="{{ booking_url }}">', "</a>", "Book a time"),
}


@reads(roles=WRITES)
def show(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The letter, ready to be written on."""
    sheet = sheets.find(session, slug, key)
    return page(session, sheet, sheets.looking(session))


@changes(roles=WRITES)
def save(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """Keep what was typed. A script gets JSON; a form comes back to the page, or goes on to the next one."""
    with sittings.one_line_each(session, slug):
        return after_keeping(session, slug, key, _saved)


def after_keeping(
    session: Session,
    slug: str,
    key: str | None,
    then: Callable[[Session, Sheet, Looking, Mapping[str, str]], ResponseReturnValue],
) -> ResponseReturnValue:
    """Keep what the form holds, then do `then`; where somebody else was faster, show both wordings (409)."""
    mine, told = penned.typed(
        **{name: request.form.get(name, "") for name in ("subject", "preview_text", "body")}
    )
    _compile_ahead(slug, key, mine)
    sheets.find(session, slug, key)  # or 404, before anything is written
    look = sheets.looking(session)
    try:
        penned.keep(session, slug, key, mine, _seen(), me().id, house().clock.now())
    except (EditedMeanwhile, UsedMeanwhile):
        return _conflict(session, slug, key, look, mine)
    told |= {"person": look.wrong} if look.wrong else {}
    return then(session, sheets.find(session, slug, key), look, told)


def page(
    session: Session,
    sheet: Sheet,
    look: Looking,
    *,
    words: Words | None = None,
    wrong: Mapping[str, str] | None = None,
    meanwhile: Mapping[str, Any] | None = None,
) -> ResponseReturnValue:
    """The whole page; with something `wrong`, or changed `meanwhile`, it is 400 or 409, and keeps what was typed.

    Then nothing was written, so it still says what the writer saw before, and not what would be there now.
    """
    status = 409 if meanwhile else 400 if wrong else 200
    shown = render_template(
        "studio/write.html",
        sheet=sheet,
        look=look,
        words=words or sheet.words,
        seen=_seen() if status >= 400 else Seen(sheet.revision, sheet.words.mark),
        wrong=({"person": look.wrong} if look.wrong else {}) | dict(wrong or {}),
        meanwhile=meanwhile,
        inserts=(*INSERTS, BOOKING[sheet.is_html]),
        reads_like=reads_like,
        most=SUBJECT_SHOWS,
        topics={each.slug: each.name for each in subscriptions.offered(session)},
        link=sharing_link.of(sheet) if request.args.get("shared") == "1" else "",
        **_beside(session, sheet, look),
    )
    return shown, status


def reads_like(text: str) -> int:
    """How long a line reads, about: a printed field counts as ten characters, a condition as none."""
    return len(TAG.sub(lambda tag: "x" * 10 * tag[0].startswith("{{"), text))


def _compile_ahead(slug: str, key: str | None, mine: Words) -> None:
    """Compile what was typed before the request's own session writes: it takes longer than SQLite's writer may be held.

    Whatever is wrong is said by the one who needs the result.
    """
    with house().database.reading() as session, suppress(Refused):
        opened, _ = drafting.papers(session, slug)
        mine.put_on(opened, key)
        compiled_once(penned.source(opened, key), worn(session))


def _saved(session: Session, sheet: Sheet, look: Looking, told: Mapping[str, str]) -> ResponseReturnValue:
    if wants_json():
        return jsonify(_fresh(session, sheet, look, told))
    if request.form.get("then") == "on":
        return redirect(_onward(sheet), 303)
    for line in told.values():  # kept all the same
        flash(f"{line[:1].upper()}{line[1:]}")
    return redirect(sheet.url("write", **look.query), 303)


def _fresh(session: Session, sheet: Sheet, look: Looking, told: Mapping[str, str]) -> dict[str, Any]:
    """What a page that is open already puts in place of what it shows."""
    beside = _beside(session, sheet, look)
    return {
        "revision": sheet.revision,
        "mark": sheet.words.mark,
        "saved": _when(sheet),
        "wrong": dict(told),
        "row": render_template("studio/_write_row.html", **beside),
        "said": render_template("studio/_write_said.html", **beside),
        "frame": _frame(sheet, look),
        "shows": beside["glance"].seen is not None,
    }


def _beside(session: Session, sheet: Sheet, look: Looking) -> dict[str, Any]:
    """What stands on the right: the inbox row, the picture, the colleague."""
    glance = sheets.at_a_glance(session, sheet, look)
    seen = glance.seen
    return {
        "glance": glance,
        "subject": seen.subject if seen else sheet.words.subject,
        "first_words": (seen.preview_text or letters.preview(seen.html, seen.text))
        if seen
        else sheet.words.preview_text,
        "frame": _frame(sheet, look),
        "saved": _when(sheet),
    }


def _frame(sheet: Sheet, look: Looking) -> str:
    return sheet.url("preview", **look.query, r=f"{sheet.revision}.{sheet.words.mark}")


def _when(sheet: Sheet) -> str:
    return hour(sheet.saved_at, house().settings.clinic.zone) if sheet.saved_at else ""


def _seen() -> Seen:
    """What she had before her; `over` is the answer to two wordings: hers, over the one that she was shown."""
    said = request.form.get("over") or f"{request.form.get('revision', '')}.{request.form.get('mark', '')}"
    revision, _, mark = said.partition(".")
    if not re.fullmatch(r"\d{1,9}", revision, re.ASCII):
        abort(400)
    return Seen(int(revision), mark)


def _conflict(
    session: Session, slug: str, key: str | None, look: Looking, mine: Words
) -> ResponseReturnValue:
    theirs = sheets.find(session, slug, key)
    meanwhile = {
        "theirs": theirs.words,
        "mine": mine,
        "by": _whose(session, theirs),
        "at": _when(theirs),
        "over": f"{theirs.revision}.{theirs.words.mark}",
    }
    if wants_json():
        told = render_template("studio/_write_meanwhile.html", sheet=theirs, look=look, meanwhile=meanwhile)
        return jsonify(meanwhile=told), 409
    return page(session, theirs, look, words=mine, meanwhile=meanwhile)


def _whose(session: Session, sheet: Sheet) -> str:
    if sheet.draft and sheet.draft.edited_by == me().id:
        return "you, in another window"
    return sequence.who(session, sheet.draft)


def _onward(sheet: Sheet) -> str:
    if sheet.key is None:
        return url_for("studio.newsletter_choose", slug=sheet.slug)
    return url_for("studio.sequence", slug=sheet.slug)
