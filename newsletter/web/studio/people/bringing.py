"""Bring a list: upload it, say what its columns are, see what would happen, then let it in, slice by slice.

No request takes longer than a slice: the page asks for the next one by itself, and without scripts by a button.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import (
    Response,
    after_this_request,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import bringing, brought, subscriptions
from newsletter.audience.brought import MATCHING, TAKEN, TAKING, TRIED, Brought
from newsletter.audience.lists import kept, matching
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.kept import Files
from newsletter.audience.plaintext import plain
from newsletter.errors import NotFound, Refused
from newsletter.web.access import WRITES, changes, me, reads, remark, unremarked
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.transaction import house

WHAT = {
    "new": "new",
    "confirmed": "were waiting here, and are confirmed by the list",
    "known": "already here: what they chose here stays",
    "stopped": "left elsewhere or cannot be reached: do not mail",
}


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """The upload, and lists that are on their way."""
    return _upload(session)


@changes()
def upload(session: Session) -> ResponseReturnValue:
    """Keep the file, if it is a list."""
    file = request.files.get("list")
    if file is None or not file.filename:
        return _upload(session, "Choose a file first."), 400
    try:
        one = bringing.keep(session, folder(), file.stream, file.filename, me().id, house().clock.machine())
    except Refused as refused:
        line = f"this file {refused.line}" if refused.line.startswith("is ") else refused.line
        return _upload(session, sentence(Refused(line))), 400
    remark(list=one.token)
    return redirect(url_for("studio.brought", token=one.token), 303)


@reads(roles=WRITES)
def one(session: Session, token: str) -> ResponseReturnValue:
    """Where it stands: its columns, what a trial came to, how far it is in."""
    return _page(session, brought.find(session, token))


@changes()
def columns(session: Session, token: str) -> ResponseReturnValue:
    """What the columns mean, what for and where they agreed; reads the list anew. Nothing is taken yet."""
    unremarked()
    with house().database.reading() as reading:  # reading a list takes seconds: nobody is kept from writing
        found = brought.find(reading, token)
        stated = _stated(reading)
    if found.step in {TAKING, TAKEN}:
        return redirect(url_for("studio.brought", token=token), 303)
    try:
        if not stated.topics:
            raise Refused("choose at least one topic")
        ready = bringing.prepare(_files(found), found, _means(), stated)
    except NotFound:
        raise
    except Refused as refused:
        return _page(session, found, sentence(refused), matches=True), 400
    brought.put(session, ready, me().id, house().clock.machine())
    return redirect(url_for("studio.brought", token=token), 303)


@changes()
def start(session: Session, token: str) -> ResponseReturnValue:
    """After the trial: let it in."""
    found = brought.find(session, token)
    remark(list=token)
    try:
        brought.put(session, bringing.start(found), me().id, house().clock.machine())
    except Refused as refused:
        return _page(session, found, sentence(refused)), 400
    return redirect(url_for("studio.brought", token=token), 303)


@changes()
def go_on(session: Session, token: str) -> ResponseReturnValue:
    """The next slice. A page with scripts gets how far it is, and is loaded anew at the end."""
    unremarked()
    with house().database.reading() as reading:
        seen = brought.find(reading, token)
        topics = {topic.slug: topic.id for topic in subscriptions.topics(reading)}
    now_at = seen
    if seen.moves:
        files = _files(seen)
        now_at = bringing.go_on(session, files, seen, topics, house().vault, house().clock.now())
        brought.put(session, now_at, me().id, house().clock.machine())
        if now_at.step == TAKEN and seen.step == TAKING:
            remark(list=token, people=now_at.counts.get("new", 0) + now_at.counts.get("confirmed", 0))
            after_this_request(_leaving_only_the_report(files))
    if "HX-Request" not in request.headers:
        return redirect(url_for("studio.brought", token=token), 303)
    answer = make_response(render_template("studio/_people_bringing.html", one=now_at))
    if not now_at.moves:
        answer.headers["HX-Refresh"] = "true"
    return answer


@changes()
def forget(session: Session, token: str) -> ResponseReturnValue:
    """Delete the file and what was read of it. Who came in by it stays."""
    remark(list=token)
    brought.forget(session, Files(folder(), token))
    flash("The list is deleted here. Who came in by it stays.")
    return redirect(url_for("studio.bringing"), 303)


@reads(roles=WRITES)
def report(session: Session, token: str) -> ResponseReturnValue:
    """A CSV line for each row that is not taken, and for each remark."""
    found = brought.find(session, token)
    try:
        text = kept.reported(_files(found).report, found.report)
    except FileNotFoundError:
        raise NotFound("there is no report of this list yet") from None
    named = {"Content-Disposition": 'attachment; filename="rejected-rows.csv"'}
    return Response(text, mimetype="text/csv", headers=named)


def folder() -> Path:
    """Where lists lie while they come in."""
    return house().settings.data_dir / kept.FOLDER


def _files(found: Brought) -> Files:
    return Files(folder(), found.token)


def _leaving_only_the_report(files: Files) -> Any:
    def delete(response: Response) -> Response:
        """By now the transaction has committed."""
        files.uploaded.unlink(missing_ok=True)
        files.prepared.unlink(missing_ok=True)
        return response

    return delete


def _stated(session: Session) -> Stated:
    every = subscriptions.topics(session)
    ticked = request.form.getlist("topics")
    chosen = tuple(topic.slug for topic in every if topic.slug in ticked)
    names = {topic.slug: topic.name for topic in every}
    return Stated(chosen, names, house().clock.now(), plain(request.form.get("source"), 200))


def _means() -> dict[int, str]:
    """Column -> meaning, from the selects `column-0`, `column-1` and so on."""
    given = {name.removeprefix("column-"): value for name, value in request.form.items()}
    return {int(number): value for number, value in given.items() if number.isdecimal() and len(number) < 4}


def _upload(session: Session, wrong: str = "") -> str:
    return render_template(
        "studio/people_upload.html",
        wrong=wrong,
        waiting=brought.waiting(session),
        megabytes=kept.MOST_BYTES >> 20,
        most=kept.MOST_ROWS,
    )


def _page(session: Session, found: Brought, wrong: str = "", *, matches: bool = False) -> str:
    """The page of its step; `matches` or the address may go back to the columns before anything is taken."""
    again = matches or (request.args.get("columns") == "1" and found.step not in {TAKING, TAKEN})
    if found.step == MATCHING or again:
        return _matching(session, found, wrong)
    return render_template(
        "studio/people_bringing.html",
        one=found,
        what=WHAT,
        wrong=wrong,
        tried=found.step == TRIED,
        topics=[topic.name for topic in subscriptions.topics(session) if topic.slug in found.topics],
    )


def _matching(session: Session, found: Brought, wrong: str) -> str:
    sample = bringing.look(_files(found))
    typed = request.form
    means = {**sample.proposed, **{int(column): meaning for column, meaning in found.means.items()}}
    every = [topic for topic in subscriptions.topics(session) if topic.retired_at is None]
    return render_template(
        "studio/people_columns.html",
        one=found,
        sample=sample,
        means={**means, **_means()} if typed else means,
        meanings=matching.MEANINGS,
        topics=every,
        chosen=typed.getlist("topics") if typed else found.topics or [topic.slug for topic in every],
        source=typed.get("source", found.source),
        wrong=wrong,
    )
