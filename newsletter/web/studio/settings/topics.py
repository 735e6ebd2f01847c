"""Topics: what readers may choose to hear about. Each says first who has it and what is about it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import forms, subscriptions, topics
from newsletter.audience.topics import NotAName
from newsletter.campaigns.desk import about
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, reads, remark
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.transaction import house

WAYS = {"up": -1, "down": 1}


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """All of them in their order, and the form for one more."""
    return _list(session)


@changes(roles=WRITES)
def add(session: Session) -> ResponseReturnValue:
    """One more, at the end."""
    try:
        topic = topics.add(session, request.form.get("name", ""), request.form.get("hint", ""))
    except NotAName as wrong:
        return _list(session, sentence(wrong)), 400
    remark(slug=topic.slug)
    flash(f"“{topic.name}” can be chosen from now on.")
    return redirect(url_for("studio.topics"), 303)


@reads(roles=WRITES)
def one(session: Session, slug: str) -> ResponseReturnValue:
    """One of them, and what can be done."""
    return _one(session, slug)


@changes(roles=WRITES)
def save(session: Session, slug: str) -> ResponseReturnValue:
    """Other words for it."""
    try:
        topic = topics.rename(session, slug, request.form.get("name", ""), request.form.get("hint", ""))
    except NotAName as wrong:
        return _one(session, slug, name=sentence(wrong)), 400
    flash(f"Saved. Every page calls it “{topic.name}” from now on.")
    return redirect(url_for("studio.topics"), 303)


@changes(roles=WRITES)
def move(session: Session, slug: str) -> ResponseReturnValue:
    """One place up or down on every page."""
    topics.move(session, slug, WAYS.get(request.form.get("way", ""), 0))
    return redirect(url_for("studio.topics", _anchor=slug), 303)


@changes(roles=WRITES)
def retire(session: Session, slug: str) -> ResponseReturnValue:
    """Nobody can choose it any more; refused while something is about it."""
    if _uses(session, slug):
        return _one(session, slug, retire="First give these another topic, or let them end."), 400
    try:
        topic = topics.retire(session, slug, house().clock.now())
    except Refused as refused:
        return _one(session, slug, retire=sentence(refused)), 400
    flash(f"Nobody can choose “{topic.name}” any more. Who has it keeps it.")
    return redirect(url_for("studio.topics"), 303)


@changes(roles=WRITES)
def offer(session: Session, slug: str) -> ResponseReturnValue:
    """It can be chosen again."""
    topic = topics.offer_again(session, slug)
    flash(f"“{topic.name}” can be chosen again.")
    return redirect(url_for("studio.topics"), 303)


@changes(roles=WRITES)
def delete(session: Session, slug: str) -> ResponseReturnValue:
    """Let go of one that nobody ever had and nothing ever was about."""
    name = topics.get(session, slug).name
    if about.is_named(session, slug) or forms.with_topic(session, slug):
        return _one(session, slug, retire="Newsletters, sequences or forms name it: retire it instead."), 400
    try:
        topics.delete(session, slug)
    except Refused as refused:
        return _one(session, slug, retire=sentence(refused)), 400
    flash(f"“{name}” is gone. Nobody ever had it.")
    return redirect(url_for("studio.topics"), 303)


def _list(session: Session, wrong: str = "") -> str:
    every = subscriptions.topics(session)
    return render_template(
        "studio/topics.html",
        topics=every,
        hear=topics.heard_by(session, every),
        typed=request.form,
        wrong=wrong,
        longest=topics.LONGEST_NAME,
        longest_hint=topics.LONGEST_HINT,
    )


def _one(session: Session, slug: str, **wrong: str) -> str:
    topic, words = topics.get(session, slug), request.form if "name" in wrong else {}
    return render_template(
        "studio/topic.html",
        topic=topic,
        name=words.get("name", topic.name),
        hint=words.get("hint", topic.hint),
        hear=topics.heard_by(session, [topic])[slug],
        had=topics.had_by(session, [topic])[slug],
        uses=_uses(session, slug),
        named=about.is_named(session, slug),
        wrong=wrong,
        longest=topics.LONGEST_NAME,
        longest_hint=topics.LONGEST_HINT,
    )


def _uses(session: Session, slug: str) -> list[tuple[str, str, str]]:
    """What would be left without new readers: kind, name, page."""
    found = [
        ("Newsletter" if each.is_issue else "Sequence", each.name, _page_of(each))
        for each in about.topic(session, slug)
    ]
    mine = forms.with_topic(session, slug)
    return found + [("Form", form.name, url_for("studio.form", slug=form.slug)) for form in mine]


def _page_of(each: about.About) -> str:
    return url_for("studio.newsletter" if each.is_issue else "studio.sequence", slug=each.slug)
