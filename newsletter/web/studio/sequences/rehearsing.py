"""Rehearse: what one person would get of a sequence, and when; each letter opens as she would read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, joinedload

from newsletter.audience import people, zones
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.models import Subscriber
from newsletter.campaigns.desk import drafting, onlookers, penned, standing
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.desk.standing import Standing
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.filing.folders import SequenceFolder
from newsletter.campaigns.localtime import at_local
from newsletter.campaigns.ordering import misplaced
from newsletter.campaigns.rehearsing import Letter, Rehearsed, listed, rehearse
from newsletter.content.previewing import preview
from newsletter.content.refusals import ContentRefused
from newsletter.content.wearing import worn
from newsletter.web.access import SEES_PEOPLE, changes, me, reads
from newsletter.web.studio.sequences import wordings
from newsletter.web.studio.writing.preview import POLICY, framed
from newsletter.web.transaction import house


@dataclass(frozen=True)
class Asked:
    """For whom, None being a new reader, and when she confirms: `day` and `hour` as typed, on the clock of `zone`."""

    zone: ZoneInfo
    day: str
    hour: str
    person: Subscriber | None
    at: datetime
    wrong: Mapping[str, str]

    @property
    def query(self) -> dict[str, Any]:
        """What an address carries to ask the same again: a number for the person, never her address."""
        mine = {"zone": self.zone.key, "day": self.day, "hour": self.hour}
        return mine | ({"as": self.person.id} if self.person else {})


@dataclass(frozen=True)
class Row:
    """One letter: when it would come as people get it now, and as the draft has it."""

    key: str
    subject: str
    live: Rehearsed | None
    draft: Rehearsed | None


@reads()
def show(session: Session, slug: str) -> ResponseReturnValue:
    """The dates filled in; live and draft side by side where both are."""
    return _page(standing.of(session, slug), _asked(session))


@changes(roles=SEES_PEOPLE)
def find(session: Session, slug: str) -> ResponseReturnValue:
    """For one of the people, by her address: it is posted, so that no log of addresses asked for holds it."""
    asked, typed = _asked(session), request.form.get("person", "")
    try:
        found = people.named(session, typed)
        wrong = "" if found else "Nobody here has this address."
    except AddressRefused as problem:
        found, wrong = [], problem.line
    if wrong:
        return _page(standing.of(session, slug), asked, typed, wrong)
    query = asked.query | {"as": found[0].id}
    return redirect(url_for("studio.rehearse", slug=slug, **query), 303)


@reads()
def letter(session: Session, slug: str, key: str) -> ResponseReturnValue:
    """One letter for a frame: compiled and filled as it would be for her, from the draft or from what is live."""
    stands, asked = standing.of(session, slug), _asked(session)
    papers, folder = _version(stands, request.args.get("version", ""))
    papers.letter(key)
    who: onlookers.Onlooker = asked.person.id if asked.person else "unnamed"
    hers = onlookers.known(session, who, slug, papers, asked.zone, asked.at)
    hers["letters"] = listed((each.subject, each.at) for each in _coming(folder, asked))
    everybody = onlookers.everybody(house().settings.clinic, house().links)
    dark = request.args.get("dark") == "1"
    try:
        seen = preview(penned.source(papers, key), everybody, hers, worn(session))
    except ContentRefused as problem:
        return framed(None, (problem.line,), text=False, dark=dark), 200, POLICY
    return framed(seen, (), text=False, dark=dark), 200, POLICY


def _page(stands: Standing, asked: Asked, typed: str = "", unknown: str = "") -> ResponseReturnValue:
    live = {each.step: each for each in _coming(stands.live, asked)}
    draft = {each.step: each for each in _coming(stands.desk if stands.draft else None, asked)}
    rows = [
        Row(each.step, each.subject, live.get(each.step), draft.get(each.step))
        for each in {**live, **draft}.values()
    ]
    rows.sort(key=lambda row: (row.draft or row.live or rows[0].draft or asked).at)
    shown = render_template(
        "studio/rehearse.html",
        stands=stands,
        asked=asked,
        rows=rows,
        changed=set(stands.changes),
        words=wordings.changed(stands.live, stands.desk) if stands.draft else {},
        both=bool(stands.draft and stands.live),
        zones=_zones(asked.zone),
        sees_people=me().role in SEES_PEOPLE,
        typed=typed,
        unknown=unknown,
    )
    return make_response(shown, 400 if unknown or asked.wrong else 200)


def _asked(session: Session) -> Asked:
    """What the address or the form asks for; what cannot be read falls back to now, and says so."""
    form, now = request.values, house().clock.now()
    person = _person(session, form.get("as", 0, type=int)) if me().role in SEES_PEOPLE else None
    wrong: dict[str, str] = {}
    clinic = house().settings.clinic.zone
    name = (person.time_zone or clinic.key) if person else form.get("zone", "") or clinic.key
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone, wrong["zone"] = clinic, "this zone is not known; right would be America/New_York"
    local = now.astimezone(zone)
    day, hour = form.get("day", "") or f"{local:%Y-%m-%d}", form.get("hour", "") or f"{local:%H:%M}"
    at = now
    try:
        at = at_local(date.fromisoformat(day), time.fromisoformat(hour).replace(tzinfo=None), zone)
        at.astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        wrong["day"] = "this is not a day and an hour; right would be 2026-03-05 and 22:30"
    return Asked(zone, day, hour, person, at.replace(microsecond=0), wrong)


def _person(session: Session, number: int) -> Subscriber | None:
    return session.get(Subscriber, number, options=[joinedload(Subscriber.mailbox)])


def _coming(folder: SequenceFolder | None, asked: Asked) -> tuple[Rehearsed, ...]:
    """In order of arrival; nothing of a draft whose letters cannot be laid out yet."""
    if folder is None or list(misplaced([step.intent for step in folder.steps])):
        return ()
    letters = [Letter(step.plan, step.subject) for step in folder.steps]
    return rehearse(letters, asked.at, asked.zone, HOURS)


def _version(stands: Standing, which: str) -> tuple[Papers, SequenceFolder]:
    if stands.live is not None and (which == "live" or stands.draft is None):
        return drafting.unfolded(stands.live), stands.live
    return stands.papers, stands.desk


def _zones(chosen: ZoneInfo) -> dict[str, str]:
    names = dict.fromkeys((house().settings.clinic.time_zone, chosen.key, *chain(*zones.COMMON.values())))
    return {name: name.rpartition("/")[2].replace("_", " ") for name in names}
