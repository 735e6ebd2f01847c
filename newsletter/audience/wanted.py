"""Whom to find among many people, as conditions for a query over Subscriber, and where each of them stands."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select

from newsletter.audience import holds, subscriptions
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.delivery.models import Mailbox, Suppression

Standing = Literal["letters", "waiting", "break", "blocked", "left"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)


@dataclass(frozen=True)
class Wanted:
    """Whom to find; what is empty asks for nothing. `since` is an aware instant."""

    text: str = ""
    standing: Standing | Literal[""] = ""
    topic: str = ""
    tag: str = ""
    source: str = ""
    since: datetime | None = None


def conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """What `wanted` asks, for a query over Subscriber."""
    asked = [is_seen()]
    if wanted.text:
        asked.append(begins_with(wanted.text))
    if wanted.standing:
        asked.append(standing_is(wanted.standing, now))
    if wanted.topic:
        asked.append(_has("confirmed", wanted.topic))
    if wanted.tag:
        asked.append(has_tag(wanted.tag))
    if wanted.source:
        asked.append(Subscriber.source == wanted.source)
    if wanted.since:
        asked.append(Subscriber.created_at >= wanted.since)
    return asked


def is_seen() -> ColumnElement[bool]:
    """Whether whoever reads lists may meet her: she signed up, or a list brought her, for our letters."""
    return or_(Subscriber.signed_up, _has())


def begins_with(text: str) -> ColumnElement[bool]:
    """Her address or her first name begins so, whatever the case.

    A database may know the case of A to Z only: for other letters the usual spellings are asked for too.
    """
    address = select(Mailbox.id).where(Mailbox.address_key.startswith(text.lower(), autoescape=True))
    spelled = set() if text.isascii() else {text, text.lower(), text.upper(), text.capitalize()}
    names = [Subscriber.first_name.startswith(each, autoescape=True) for each in sorted(spelled)]
    any_case = func.lower(Subscriber.first_name).startswith(text.lower(), autoescape=True)
    return or_(Subscriber.mailbox_id.in_(address), any_case, *names)


def has_tag(tag: str) -> ColumnElement[bool]:
    """She has this tag, letter by letter; as the list is written, on every database the same."""
    written = cast(Subscriber.tags, Text)
    return func.replace(written, json.dumps(tag), "") != written


def standing_is(standing: Standing, now: datetime) -> ColumnElement[bool]:
    """She stands there at `now`; each person in exactly one place, as `stands` says it."""
    stopped = (
        select(Suppression.id)
        .where(Suppression.mailbox_id == Subscriber.mailbox_id, Suppression.released_at.is_(None))
        .exists()
    )
    if standing == "blocked":
        return stopped
    hears, waits, held = _has("confirmed"), _has("pending"), holds.past(now)
    places = {
        "letters": and_(hears, ~held),
        "break": and_(hears, held),
        "waiting": and_(~hears, waits),
        "left": and_(~hears, ~waits),
    }
    return and_(~stopped, places[standing])


def stands(states: Collection[str], *, stopped: bool, held: bool) -> Standing:
    """Pure: one word for a person whose subscriptions are in `states`: the first thing that decides what she gets."""
    if stopped:
        return "blocked"
    status = subscriptions.status(states)
    if status == "confirmed":
        return "break" if held else "letters"
    return "waiting" if status == "pending" else "left"


def _has(state: str = "", topic: str = "") -> ColumnElement[bool]:
    rows: Select[Any] = select(Subscription.id).where(Subscription.subscriber_id == Subscriber.id)
    if state:
        rows = rows.where(Subscription.state == state)
    if topic:
        rows = rows.join(Topic, Topic.id == Subscription.topic_id).where(Topic.slug == topic)
    return rows.exists()
