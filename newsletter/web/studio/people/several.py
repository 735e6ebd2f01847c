"""The same for several people: the chosen rows, or everybody whom a list finds. It says to how many, then asks.

No request takes longer than a slice: the page asks for the next one by itself, and without scripts by a button.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from newsletter.audience import enlisting, finding, several, subscriptions
from newsletter.audience.models import Subscriber
from newsletter.audience.several import DEEDS, SLICE, Done, Wish
from newsletter.audience.wanted import Wanted, is_seen
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, reads, remark, unremarked
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.studio.people import listing as people
from newsletter.web.transaction import house

MOST_CHOSEN = finding.PER_PAGE
ASKS = {
    "tag": "Tag {}?",
    "untag": "Take a tag away from {}?",
    "subscribe": "Subscribe {}?",
    "block": "Stop mail to {}?",
}
DOES = {
    "tag": "Tag them",
    "untag": "Take it away",
    "subscribe": "Subscribe them",
    "block": "Do not mail them",
}


@reads(roles=WRITES)
def ask(session: Session) -> ResponseReturnValue:
    """To how many, and what is needed for it. Nothing happens yet."""
    return _sure(session, request.args)


@changes()
def do(session: Session) -> ResponseReturnValue:
    """One slice; then the next, until the last of them."""
    form = request.form
    wish, last = _wish(form), form.get("last", 0, type=int)
    try:
        several.check(wish)
        if wish.topic:
            subscriptions.chosen(session, [wish.topic])
    except Refused as refused:
        return _sure(session, form, sentence(refused))
    if last:
        unremarked()
    else:  # counted before it is done: who has lost a tag is not found by it any more
        remark(deed=wish.deed, people=_number(session, form))
    now, ids = house().clock.now(), _next(session, form, last)
    done = _so_far(form) + several.do(session, ids, wish, now)
    if len(ids) == SLICE:
        shown = {**_carried(form), "last": ids[-1], **vars(done)}
        answer = render_template("studio/_people_several.html", carried=shown, done=done)
        if "HX-Request" in request.headers:
            return answer
        return render_template("studio/people_several_goes.html", carried=shown, done=done)
    return _over(form, done)


def _over(form: MultiDict[str, str], done: Done) -> ResponseReturnValue:
    flash(_told(done))
    where = url_for("studio.people", **_filters(form))
    if "HX-Request" not in request.headers:
        return redirect(where, 303)
    answer = make_response("")
    answer.headers["HX-Redirect"] = where
    return answer


def _told(done: Done) -> str:
    said = [f"Done for {people.about(done.changed)}."]
    if done.same:
        said.append(f"For {people.about(done.same)} it was so already.")
    if done.left_out:
        said.append(f"{people.about(done.left_out)} left out: who left, or must not be mailed.")
    return " ".join(said)


def _sure(session: Session, given: MultiDict[str, str], wrong: str = "") -> ResponseReturnValue:
    deed = given.get("deed", "")
    number = _number(session, given)
    if deed not in DEEDS:
        abort(404)
    if not number:
        flash("Nobody was chosen.")
        return redirect(url_for("studio.people", **_filters(given)), 303)
    every = subscriptions.topics(session)
    shown = render_template(
        "studio/people_several.html",
        deed=deed,
        asks=ASKS[deed].format(people.about(number)),
        does=DOES[deed],
        carried=_carried(given) | {"upto": given.get("upto") or _newest(session)},
        topics={topic.slug: topic.name for topic in every if topic.retired_at is None},
        tags=finding.tags(session) if deed in {"tag", "untag"} else [],
        typed=given,
        wording=given.get("wording", enlisting.TOLD),
        back=url_for("studio.people", **_filters(given)),
        wrong=wrong,
    )
    return make_response(shown, 400 if wrong else 200)


def _next(session: Session, form: MultiDict[str, str], last: int) -> list[int]:
    """The next slice of those that were meant when it was asked: who came since is not among them."""
    upto = form.get("upto", 0, type=int)
    if _is_everybody(form):
        found = finding.after(session, _wanted(form), house().clock.now(), last, SLICE)
        return [each for each in found if each <= upto]
    rows = select(Subscriber.id).where(Subscriber.id.in_(_chosen(form)), Subscriber.id > last)
    return list(session.scalars(rows.where(is_seen()).order_by(Subscriber.id)))


def _number(session: Session, given: MultiDict[str, str]) -> int:
    if _is_everybody(given):
        return finding.count(session, _wanted(given), house().clock.now())
    rows = select(func.count()).select_from(Subscriber)
    return session.scalar(rows.where(Subscriber.id.in_(_chosen(given)), is_seen())) or 0


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Subscriber.id))) or 0


def _is_everybody(given: MultiDict[str, str]) -> bool:
    return given.get("whom") == "all"


def _chosen(given: MultiDict[str, str]) -> list[int]:
    return [
        int(each) for each in given.getlist("chosen")[:MOST_CHOSEN] if each.isdecimal() and len(each) < 19
    ]


def _filters(given: MultiDict[str, str]) -> dict[str, Any]:
    return people.filters(MultiDict(parse_qsl(given.get("filters", "")[:2000])))


def _wanted(given: MultiDict[str, str]) -> Wanted:
    return people.read_filters(MultiDict(_filters(given)))[0]


def _wish(form: Mapping[str, str]) -> Wish:
    return Wish(**{name: form.get(name, "") for name in Wish.__dataclass_fields__})


def _so_far(form: MultiDict[str, str]) -> Done:
    return Done(**{name: form.get(name, 0, type=int) for name in Done.__dataclass_fields__})


def _carried(given: MultiDict[str, str]) -> dict[str, Any]:
    """What each step of it hands to the next, in hidden fields: whom it is for, and what is done."""
    names = [*Wish.__dataclass_fields__, "whom", "upto"]
    kept: dict[str, Any] = {name: given[name] for name in names if given.get(name)}
    return kept | {"filters": urlencode(_filters(given)), "chosen": _chosen(given)}
