"""Sign-up forms: each with its own words, its address, what to paste elsewhere, and how many came by it."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience import forms, printing, rewording, snippets, subscriptions, wordings
from newsletter.audience import poster as posters
from newsletter.audience.forms import Came, Draft, NotAForm
from newsletter.audience.models import Form
from newsletter.audience.wordings import STORED, Parts
from newsletter.clinic import host_of
from newsletter.web.access import WRITES, changes, reads, remark
from newsletter.web.transaction import house

LABELS = {
    "heading": "Heading",
    "promise": "What comes, and when",
    "question": "Question before the topics",
    "button": "Button",
}
WRITERS = {"pdf": (printing.pdf, "application/pdf"), "svg": (printing.svg, "image/svg+xml")}
ONLY_HERE = frozenset({"127.0.0.1", "localhost"})


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """Those there are, and who came by which."""
    every, came = forms.every(session), forms.came_by(session)
    kept = {form.slug for form in every}
    named = sorted(slug for slug in came if slug not in kept | forms.TAKEN)
    return render_template(
        "studio/forms.html", forms=every, came=came, site=came.get("site", Came()), named=named, nobody=Came()
    )


@reads(roles=WRITES)
def new(session: Session) -> ResponseReturnValue:
    """The form for a form."""
    return _new(session, Draft("", {}))


@changes(roles=WRITES)
def add(session: Session) -> ResponseReturnValue:
    """Make one, and show what to do with it."""
    draft = _typed()
    try:
        form = forms.add(session, draft, _slugs(session), house().clock.now())
    except NotAForm as wrong:
        return _new(session, draft, {wrong.field: wrong.line}), 400
    remark(slug=form.slug)
    flash(f"“{form.name}” can be used from now on.")
    return redirect(url_for("studio.form", slug=form.slug), 303)


@reads(roles=WRITES)
def one(session: Session, slug: str) -> ResponseReturnValue:
    """One form: where it is, what to paste, and its words."""
    form = forms.get(session, slug)
    return _one(session, form, Draft(form.name, form.words, tuple(form.topics), form.asks_name))


@changes(roles=WRITES)
def save(session: Session, slug: str) -> ResponseReturnValue:
    """Say and ask something else from now on."""
    draft = _typed()
    try:
        forms.change(session, slug, draft, _slugs(session), house().clock.now())
    except NotAForm as wrong:
        return _one(session, forms.get(session, slug), draft, {wrong.field: wrong.line}), 400
    flash("Saved. Everybody who opens it from now on sees it like this.")
    return redirect(url_for("studio.form", slug=slug), 303)


@changes(roles=WRITES)
def retire(session: Session, slug: str) -> ResponseReturnValue:
    """Take it out of the list of those in use, or back into it."""
    back = request.form.get("back") == "yes"
    form = forms.set_retired(session, slug, None if back else house().clock.now())
    flash(f"“{form.name}” is in use{'' if back else ' no more. Its address goes on working'}.")
    return redirect(url_for("studio.forms"), 303)


@reads(roles=WRITES)
def poster(session: Session, slug: str, kind: str) -> ResponseReturnValue:
    """A poster whose code leads to the form, on one page."""
    write, media_type = WRITERS.get(kind) or abort(404)
    form, says = forms.get(session, slug), forms.standing(session, slug, _sign_up(session)).parts
    size = request.args.get("size", "a4")
    if size not in posters.SCALES:
        abort(404)
    url = house().links.url(f"/?form={form.slug}")
    body = write(posters.draw(house().settings.clinic.name, url, size, says))
    names = {"Content-Disposition": f'attachment; filename="poster-{form.slug}-{size}.{kind}"'}
    return Response(body, mimetype=media_type, headers=names)


def _typed() -> Draft:
    """What the form holds. Topics count where they are preset; the question, where they are asked."""
    given, about = request.form, request.form.get("about", "all")
    words = {part: given.get(part, "") for part in rewording.FORM_PARTS}
    if about != "ask":
        words.pop("question")
    topics = tuple(given.getlist("topics")) if about != "all" else ()
    return Draft(given.get("name", ""), words, topics, given.get("asks_name") == "yes")


def _slugs(session: Session) -> list[str]:
    return [topic.slug for topic in subscriptions.offered(session)]


def _sign_up(session: Session) -> Parts:
    return wordings.said(stored.get(session, STORED))["sign-up"]


def _new(session: Session, draft: Draft, wrong: dict[str, str] | None = None) -> str:
    return render_template("studio/form_new.html", **_asked(session, draft, wrong))


def _one(session: Session, form: Form, draft: Draft, wrong: dict[str, str] | None = None) -> str:
    links, clinic, stands = (
        house().links,
        house().settings.clinic,
        forms.standing(session, form.slug, _sign_up(session)),
    )
    topics = [(each.slug, each.name) for each in subscriptions.offered(session)]
    chosen = [each for each in topics if not stands.topics or each[0] in stands.topics]
    return render_template(
        "studio/form.html",
        form=form,
        came=forms.came_by(session).get(form.slug, Came()),
        parts=stands.parts,
        address=links.url(f"/?form={form.slug}"),
        script=snippets.with_script(links.url("/embed.js"), form.slug, own=True),
        html=snippets.plain(links.url("/subscribe"), stands, clinic.privacy_url, chosen),
        only_here=host_of(links.base_url) in ONLY_HERE,
        sizes=list(posters.SCALES),
        **_asked(session, draft, wrong),
    )


def _asked(session: Session, draft: Draft, wrong: dict[str, str] | None) -> dict[str, Any]:
    """What the fields hold: the words of the sign-up page stand beneath those that are left empty."""
    asks = bool(draft.words.get("question"))
    return {
        "draft": draft,
        "about": "ask" if asks else "these" if draft.topics else "all",
        "labels": LABELS,
        "sign_up": _sign_up(session),
        "offered": subscriptions.offered(session, draft.topics),
        "wrong": wrong or {},
        "longest": rewording.LONGEST,
    }
