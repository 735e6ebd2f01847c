"""Consent texts: the words that people agree to, in use and before, and how many agreed to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience import forms, rewording, wordings
from newsletter.audience.rewording import NothingSaid, Version
from newsletter.audience.wordings import OURS, STORED, Parts
from newsletter.web.access import OWNS, changes, me, reads
from newsletter.web.transaction import house

# Each text: what it is called, and where people meet it.
CALLED = {
    "sign-up": ("Signing up", "On the sign-up page, in forms elsewhere and on posters."),
    "confirm": ("Confirming", "On the page behind the link in the first e-mail."),
    "preferences": (
        "Choosing topics",
        "Above the switches, after confirming and on the page of her letters.",
    ),
    "counting": ("Being counted", "After confirming, and on the page of her letters."),
    "move": ("A new address", "On the page behind the link to the new address."),
}
PARTS = {
    "heading": "Heading",
    "promise": "What comes, and when",
    "button": "Button",
    "terms": "Below the button",
    "note": "Below the button",
    "question": "Question",
}


@dataclass(frozen=True)
class Shown:
    """One text as the page lists it: how it stands now, and its versions; `uses` says of a version where it stands."""

    name: str
    called: str
    where: str
    parts: Parts
    is_ours: bool
    since: datetime | None
    versions: list[Version]
    uses: dict[str, list[str]]

    @property
    def agreed(self) -> int:
        """How many people agreed to the words in use."""
        mark = wordings.joined(self.name, self.parts).mark
        return sum(version.agreed for version in self.versions if version.words.mark == mark)


@reads(roles=OWNS)
def show(session: Session) -> ResponseReturnValue:
    """Every text: its words, since when, and who agreed."""
    return render_template("studio/consent_texts.html", texts=_texts(session), labels=PARTS)


@reads(roles=OWNS)
def one(session: Session, name: str) -> ResponseReturnValue:
    """The words of one text, to be changed; what is typed meanwhile is shown as it would look."""
    return _one(session, name, request.args)


@changes(roles=OWNS)
def save(session: Session, name: str) -> ResponseReturnValue:
    """Say it in these words from now on."""
    _parts(session, name)
    try:
        news = rewording.say(session, name, request.form, me().id, house().clock.now())
    except NothingSaid as wrong:
        return _one(session, name, request.form, wrong.wrong), 400
    flash(
        "These words are used from now on."
        if news
        else "Nothing was changed: these words are in use already."
    )
    return redirect(url_for("studio.consent_texts", _anchor=name), 303)


@changes(roles=OWNS)
def reset(session: Session, name: str) -> ResponseReturnValue:
    """Say it in our words again."""
    _parts(session, name)
    rewording.ours_again(session, name, me().id, house().clock.now())
    flash("Our words are used again from now on.")
    return redirect(url_for("studio.consent_texts", _anchor=name), 303)


def _texts(session: Session) -> list[Shown]:
    texts = wordings.said(stored.get(session, STORED))
    since, versions, uses = rewording.since(session), rewording.versions(session), _uses(session, texts)
    return [
        Shown(
            name,
            *CALLED[name],
            parts=parts,
            is_ours=parts == OURS[name],
            since=since.get(name),
            versions=versions[name],
            uses=uses[name],
        )
        for name, parts in texts.items()
    ]


def _uses(session: Session, texts: dict[str, Parts]) -> dict[str, dict[str, list[str]]]:
    """By text, the versions in use now (by their mark), and where."""
    uses = {name: {wordings.joined(name, parts).mark: ["in use now"]} for name, parts in texts.items()}
    for form in forms.every(session):
        if form.retired_at is None:
            words = rewording.of_form(texts["sign-up"], form)
            uses["sign-up"].setdefault(words.mark, []).append(f"form “{form.name}”")
    return uses


def _one(session: Session, name: str, typed: Mapping[str, str], wrong: dict[str, str] | None = None) -> str:
    parts = _parts(session, name)
    given = {part: typed[part] for part in parts if part in typed}
    called, where = CALLED[name]
    return render_template(
        "studio/consent_text.html",
        name=name,
        called=called,
        where=where,
        parts=parts | given,
        ours=OURS[name],
        is_ours=parts == OURS[name],
        labels=PARTS,
        wrong=wrong or {},
        longest=rewording.LONGEST,
    )


def _parts(session: Session, name: str) -> Parts:
    return wordings.said(stored.get(session, STORED)).get(name) or abort(404)
