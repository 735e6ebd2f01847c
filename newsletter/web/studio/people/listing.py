"""People: the list, with search and filters that stand in the address; numbers alone for whoever may see no person."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, cast
from urllib.parse import urlencode

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from newsletter.audience import finding, subscriptions
from newsletter.audience.finding import MOST_COUNTED, Found, Page
from newsletter.audience.wanted import Standing, Wanted
from newsletter.campaigns.localtime import at_local
from newsletter.web.access import SEES_PEOPLE, me, reads
from newsletter.web.studio.today import source_of
from newsletter.web.transaction import house

LONGEST_SEARCH = 120
STANDS: dict[Standing, str] = {
    "letters": "Gets letters",
    "waiting": "Waiting to confirm",
    "break": "On a break",
    "blocked": "Do not mail",
    "left": "Left",
}
TONES: dict[Standing, str] = {
    "letters": "well",
    "waiting": "",
    "break": "soft",
    "blocked": "alarm",
    "left": "soft",
}
FILTERS = ("q", "status", "topic", "tag", "source", "since")


@reads()
def show(session: Session) -> ResponseReturnValue:
    """The list: newest first, fifty to a page."""
    now = house().clock.now()
    if me().role not in SEES_PEOPLE:
        return render_template("studio/people_counted.html", tally=finding.tally(session, now), stands=STANDS)
    wanted, wrong = read_filters(request.args)
    page = finding.page(session, wanted, now, request.args.get("before", type=int))
    asked = filters(request.args)
    shown = render_template(
        "studio/people.html",
        people=page.people,
        older=url_for("studio.people", **asked, before=page.people[-1].id) if page.more else "",
        newest=url_for("studio.people", **asked) if "before" in request.args else "",
        about=about(_number(session, wanted, page)),
        asked=asked,
        wrong=wrong,
        stands=STANDS,
        chip=chip,
        came_from=came_from,
        dated=dated,
        choices=_choices(session, wanted),
        query=urlencode(asked),
    )
    return shown, 400 if wrong else 200


def read_filters(given: MultiDict[str, str]) -> tuple[Wanted, str]:
    """What an address or a form asks for, and what is wrong with its day; 404 for a place where nobody stands."""
    standing = given.get("status", "")
    if standing and standing not in STANDS:
        abort(404)
    since, wrong = _since(given.get("since", ""))
    text = " ".join(given.get("q", "")[:LONGEST_SEARCH].split())
    more = {name: given.get(name, "") for name in ("topic", "tag", "source")}
    return Wanted(text, cast("Standing", standing), since=since, **more), wrong


def filters(given: MultiDict[str, str]) -> dict[str, Any]:
    """What of them is asked at all, for an address that asks the same."""
    return {name: given[name][:LONGEST_SEARCH] for name in FILTERS if given.get(name)}


def about(number: int) -> str:
    """In words: “1 person”, “812 people”; above a bound it is not counted further."""
    if number > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} people"
    return f"{number:,} {'person' if number == 1 else 'people'}"


def chip(found: Found) -> tuple[str, str]:
    """Where she stands, in a few words, and their tone."""
    zone = house().settings.clinic.zone
    words = found.held.reason(zone) if found.standing == "break" and found.held else STANDS[found.standing]
    return words[:1].upper() + words[1:], TONES[found.standing]


def dated(moment: datetime) -> str:
    """An aware instant as a day on the clinic's calendar: "3 March 2026"."""
    local = moment.astimezone(house().settings.clinic.zone)
    return f"{local.day} {local:%B %Y}"


def came_from(source: str) -> str:
    """Where she came from, in words: lists and colleagues stated it themselves."""
    kind, _, stated = source.partition(":")
    if kind == "import" and stated:
        return f"List: {stated}"
    return f"Told to us: {stated}" if kind == "staff" and stated else source_of(source)


def _number(session: Session, wanted: Wanted, page: Page) -> int:
    """How many the list finds; where all of them are on the page, nobody walks through the others once more."""
    if page.more or "before" in request.args:
        return finding.count(session, wanted, house().clock.now())
    return len(page.people)


def _since(text: str) -> tuple[datetime | None, str]:
    if not text:
        return None, ""
    zone = house().settings.clinic.zone
    try:
        moment = at_local(date.fromisoformat(text), time(), zone)
        moment.timestamp()
    except (ValueError, OverflowError):
        return None, "This is not a day; right would be 2026-03-05."
    return moment, ""


def _choices(session: Session, wanted: Wanted) -> dict[str, dict[str, Any]]:
    """What the filters offer; what the address asks for is among it, whether anybody has it or not."""
    tags, sources = finding.tags(session), finding.sources(session)
    return {
        "topic": {topic.slug: topic.name for topic in subscriptions.topics(session)},
        "tag": {each: each for each in [*tags, wanted.tag] if each},
        "source": {each: came_from(each) for each in [*sources, wanted.source] if each},
    }
