"""People nobody knew before, written down in bulk: who they are, what they agreed to, or that they must not be mailed.

Their subscriptions count as looked at from the start (`admitted_at`): a list that is moved here starts no sequence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy.orm import Session

from newsletter.audience import wordings
from newsletter.audience.bulk import Bulk
from newsletter.audience.lists.entry import Agreed, Entry, Stop

HOW = "import"
WORDING = "import"
PERSON = "id mailbox_id signed_up first_name time_zone source tags fields arrivals created_at".split()
SUBSCRIPTION = "subscriber_id topic_id state source requested_at confirmed_at admitted_at".split()
CONSENT = "subscriber_id act stream topics wording_id how page ip at".split()
STOP = "mailbox_id scope reason evidence created_at".split()


def add(
    session: Session, people: Sequence[tuple[Entry, int]], topics: Mapping[str, int], now: datetime
) -> Sequence[int]:
    """Write these (entry, mailbox) as confirmed subscribers; returns their ids. `topics`: slug -> id.

    The mailboxes are locked or new, and nobody has signed up with them.
    """
    if not people:
        return []
    words = _words(session, people, now)
    bulk = Bulk(session)
    ids = bulk.numbers("subscribers", len(people))
    at, at_now = bulk.at, bulk.at(now)
    persons: list[tuple[Any, ...]] = []
    held: list[tuple[Any, ...]] = []
    acts: list[tuple[Any, ...]] = []
    for person_id, (entry, mailbox_id) in zip(ids, people, strict=True):
        agreed = entry.agreed
        assert agreed is not None  # noqa: S101  (a leaver is no subscriber)
        source = source_of(agreed.source)
        persons.append(_person(person_id, mailbox_id, entry, source, at_now))
        confirmed = at(agreed.confirmed_at) if agreed.confirmed_at else at_now
        requested = at(agreed.requested_at) if agreed.requested_at else confirmed
        held += [
            (person_id, topics[slug], "confirmed", source, requested, confirmed, at_now)
            for slug in entry.topics
        ]
        acts += _acts(person_id, entry.topics, agreed, words.get(agreed.wording), (requested, confirmed))
    bulk.put("subscribers", PERSON, persons)
    bulk.put("subscriptions", SUBSCRIPTION, held)
    bulk.put("consents", CONSENT, acts)
    return ids


def stop(session: Session, leavers: Sequence[tuple[Entry, int]], now: datetime) -> None:
    """Put these (entry, mailbox) on the do-not-mail list; nothing waits for them, as they were not known."""
    bulk = Bulk(session)
    at = bulk.at(now)
    rows = [(mailbox, e.stop.scope, e.stop.reason, evidence(e.stop), at) for e, mailbox in leavers if e.stop]
    bulk.put("suppressions", STOP, rows)


def evidence(stop: Stop) -> str:
    """What the do-not-mail list keeps beside an imported stop."""
    return "from an imported list" + (f"; since {stop.at:%Y-%m-%d %H:%M} UTC" if stop.at else "")


@lru_cache(1024)
def source_of(stated: str) -> str:
    """Where a subscriber came from, as her row keeps it."""
    return f"{HOW}:{stated}"[:80].rstrip()


def _person(person_id: int, mailbox_id: int, entry: Entry, source: str, now: Any) -> tuple[Any, ...]:
    tags = json.dumps(entry.tags) if entry.tags else "[]"
    fields = json.dumps(entry.fields) if entry.fields else "{}"
    name, zone = entry.first_name, entry.time_zone
    return person_id, mailbox_id, True, name, zone, source, tags, fields, 1, now


def _acts(
    person_id: int, topics: tuple[str, ...], agreed: Agreed, wording: int | None, moments: tuple[Any, Any]
) -> list[tuple[Any, ...]]:
    """Her acts of consent, each at its own time and from its own address, as far as the list proves them."""
    requested, confirmed = moments
    slugs, page, ip = _slugs(topics), agreed.source, agreed.confirmed_ip
    yes = (person_id, "confirmed", "marketing", slugs, wording, HOW, page, ip, confirmed)
    if not agreed.requested_at:
        return [yes]
    asked_from = agreed.requested_ip
    return [(person_id, "requested", "marketing", slugs, wording, HOW, page, asked_from, requested), yes]


@cache
def _slugs(topics: tuple[str, ...]) -> str:
    return json.dumps(sorted(topics))


def _words(session: Session, people: Sequence[tuple[Entry, int]], now: datetime) -> dict[str | None, int]:
    """The wordings of this slice, kept: text -> id."""
    texts = {entry.agreed.wording for entry, _ in people if entry.agreed and entry.agreed.wording}
    return {text: wordings.keep(session, WORDING, text, now).id for text in sorted(texts)}
