"""Letters moved, added and taken out, on the draft: nothing that people get changes before it is used."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import arranging, drafting
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.desk.saying import read_when, spell_when
from newsletter.campaigns.models import CampaignDraft
from newsletter.campaigns.spelling import Misspelled
from newsletter.errors import NotFound, Refused
from newsletter.web.access import changes, me, unremarked
from newsletter.web.studio.sequences import sequence
from newsletter.web.studio.sequences.sequence import Typed
from newsletter.web.transaction import house

Change = Callable[[Papers], list[str]]


@changes()
def move(session: Session, slug: str, key: str) -> ResponseReturnValue:
    """Put a letter at the moment that was typed (“day 9 at 10”), or a day earlier or later by its arrows."""
    typed, days = request.form.get("when", ""), request.form.get("days", type=int)

    def change(papers: Papers) -> list[str]:
        arranging.folder(slug, papers)
        if days in {-1, 1}:
            return arranging.shift(papers, key, days)
        return arranging.place(papers, key, read_when(typed))

    try:
        draft, ended = save(session, slug, change)
    except NotFound:
        raise
    except Misspelled as problem:
        return sequence.page(session, slug, Typed(key, typed, problem.line), status=400)
    except Refused as problem:
        notice = sequence.conflict(session, problem)
        return sequence.page(session, slug, Typed(key, typed), notice, status=409)
    letter = drafting.read(draft).letter(key)
    when = spell_when(arranging.intent_of(letter).timing)
    flash(f"“{letter['subject']}” comes {_on(when)}. Not in use yet.")
    say_ended(ended, draft)
    return redirect(f"{url_for('studio.sequence', slug=slug)}#{key}", 303)


@changes()
def add(session: Session, slug: str) -> ResponseReturnValue:
    """One more letter, the day after the last."""
    subject, keys = request.form.get("subject", ""), []

    def change(papers: Papers) -> list[str]:
        arranging.folder(slug, papers)
        keys.append(arranging.add(papers, subject))
        return []

    try:
        save(session, slug, change)
    except NotFound:
        raise
    except Misspelled:
        wrong = "A letter needs a subject; right would be one like “Is one session enough?”"
        return sequence.page(session, slug, Typed("", subject, wrong), status=400)
    except Refused as problem:
        notice = sequence.conflict(session, problem)
        return sequence.page(session, slug, Typed("", subject), notice, status=409)
    flash("The letter is there, the day after the last one. Write its words, and move it where it belongs.")
    return redirect(f"{url_for('studio.sequence', slug=slug)}#{keys[0]}", 303)


@changes()
def remove(session: Session, slug: str, key: str) -> ResponseReturnValue:
    """Take a letter out of the draft."""

    def change(papers: Papers) -> list[str]:
        arranging.folder(slug, papers)
        return arranging.remove(papers, key)

    try:
        draft, ended = save(session, slug, change)
    except NotFound:
        raise
    except Refused as problem:
        return sequence.page(session, slug, notice=sequence.conflict(session, problem), status=409)
    flash("The letter is taken out of the draft. People get it until you use these changes.")
    say_ended(ended, draft)
    return redirect(url_for("studio.sequence", slug=slug), 303)


def save(session: Session, slug: str, change: Change) -> tuple[CampaignDraft, list[str]]:
    """Keep what `change` writes, if the draft is still the one that the form was made from.

    Returns the draft, and the keys of letters that have an end of their own now. Raises as `drafting.save` does.
    """
    ended: list[str] = []
    revision = request.form.get("revision", 0, type=int)
    draft = drafting.save(
        session, slug, revision, lambda papers: ended.extend(change(papers)), me().id, house().clock.now()
    )
    if draft.revision == revision:
        unremarked()  # it stood like that already
    return draft, ended


def say_ended(ended: list[str], draft: CampaignDraft) -> None:
    """Say which letters changed beside the one that was meant."""
    papers = drafting.read(draft)
    for key in ended:
        flash(f"“{papers.letter(key)['subject']}” comes last now, and stays worth sending for 7 days.")


def _on(when: str) -> str:
    return f"on {when}" if when.startswith("day ") else when
