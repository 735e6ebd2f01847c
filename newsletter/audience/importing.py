"""People from a list come in, one slice in one transaction: nobody is written to, nobody who said stop comes back.

What a list says is proof of the past, never an order for today: who chose here keeps her choice, a stop stays a stop,
and of someone who hears from us already only what is empty is filled in. A second run changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter.audience import consent, known, newcomers, subscriptions
from newsletter.audience.consent import Evidence
from newsletter.audience.erased import erased
from newsletter.audience.known import Known
from newsletter.audience.lists.entry import Agreed, Entry
from newsletter.audience.lists.records import Remark
from newsletter.audience.models import Subscriber
from newsletter.audience.newcomers import HOW, WORDING
from newsletter.audience.wordings import Words
from newsletter.delivery import suppression
from newsletter.vault import Vault

EMAIL = "email"
DELETED = "her data was deleted; only she can come back, by signing up herself"


@dataclass
class Taken:
    """What became of one slice. `counts`: new, confirmed, known, stopped; `arrived`: ids of who now hears from us."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)

    def refuse(self, entry: Entry, reason: str) -> None:
        """This row is not taken."""
        self.refused.append(Remark(entry.row, EMAIL, reason))

    def keep(self, entry: Entry, reason: str) -> None:
        """She is known; what her row says changes nothing, or little."""
        self.counts["known"] += 1
        self.remarks.append(Remark(entry.row, EMAIL, reason))


def take(
    session: Session, entries: Sequence[Entry], topics: Mapping[str, int], vault: Vault, now: datetime
) -> Taken:
    """Take these people in; each address once. `topics`: slug -> id. `now` is the story's.

    Each entry ends in exactly one of the counts, or in `refused`. Raises Refused without a pepper, if somebody's data
    was ever deleted.
    """
    taken = Taken()
    gone = erased(session, vault, [entry.key for entry in entries])
    wanted = {entry.key: entry.address for entry in entries if entry.key not in gone}
    made, before = known.settle(session, wanted, now)
    fresh: list[tuple[Entry, int]] = []
    filled: list[dict[str, Any]] = []
    for entry in entries:
        if entry.key in made:
            fresh.append((entry, made[entry.key]))
        elif (here := before.get(entry.key)) is None:
            taken.refuse(entry, DELETED)
        elif entry.stop:
            _stop(session, entry, here, taken, now)
        elif here.forbidden:
            taken.refuse(entry, f"on the do-not-mail list: {here.forbidden}")
        elif here.status is None:
            fresh.append((entry, here.mailbox_id))
        else:
            _meet(session, entry, here, taken, now)
            filled += _filled(entry, here)
    if filled:
        session.execute(update(Subscriber), filled)
    taken.arrived += newcomers.add(session, [one for one in fresh if one[0].agreed], topics, now)
    newcomers.stop(session, [one for one in fresh if one[0].stop], now)
    taken.counts["new"] += sum(entry.agreed is not None for entry, _ in fresh)
    taken.counts["stopped"] += sum(entry.stop is not None for entry, _ in fresh)
    return taken


def _meet(session: Session, entry: Entry, here: Known, taken: Taken, now: datetime) -> None:
    """Somebody who signed up here: what she said here counts."""
    if here.status == "unsubscribed":
        taken.refuse(entry, "she left our letters; only she can come back, by signing up herself")
    elif here.status == "confirmed":
        taken.keep(entry, "already here: her topics stay as she chose them")
    elif entry.agreed and entry.agreed.confirmed_at and here.person_id:
        _confirm(session, here.person_id, entry.agreed, entry.agreed.confirmed_at, now)
        taken.counts["confirmed"] += 1
        taken.arrived.append(here.person_id)
    else:
        taken.keep(entry, "asked here and has not confirmed; the list has no proof, so we wait for her")


def _confirm(session: Session, person_id: int, agreed: Agreed, at: datetime, now: datetime) -> None:
    """She asked here, and the list proves that she had confirmed: what she asked for begins."""
    person = session.get_one(Subscriber, person_id)
    held = subscriptions.of(session, person_id)
    waiting = [slug for slug, each in held.items() if each.state == "pending"]
    subscriptions.confirm(
        session, person, waiting, now
    )  # here from now on; when she said so, her consent says
    for slug in waiting:
        held[slug].admitted_at = now
    evidence = Evidence(HOW, agreed.source, agreed.confirmed_ip)
    words = Words(WORDING, agreed.wording) if agreed.wording else None
    consent.record(session, person_id, "confirmed", waiting, evidence, at, words)


def _filled(entry: Entry, here: Known) -> Iterable[dict[str, Any]]:
    """What is empty with us and told by the list, of somebody who hears from us."""
    if here.status != "confirmed":
        return []
    told: dict[str, Any] = {}
    for name in ("first_name", "time_zone", "tags"):
        if not getattr(here, name) and getattr(entry, name):
            told[name] = getattr(entry, name)
    if entry.fields and not entry.fields.keys() <= here.fields.keys():
        told["fields"] = entry.fields | here.fields
    return [{"id": here.person_id, **told}] if told else []


def _stop(session: Session, entry: Entry, here: Known, taken: Taken, now: datetime) -> None:
    """She left elsewhere, and is known here. A stop that was lifted once is not set again."""
    assert entry.stop is not None  # noqa: S101  (the caller has looked)
    stop = entry.stop
    if (stop.scope, stop.reason) in here.stops:
        taken.keep(entry, "her leaving is known already")
    elif stop.scope == "marketing" and _came_later(here.confirmed_at, stop.at):
        taken.keep(entry, "she left there, and signed up here after that: her newer word counts")
    else:
        suppression.suppress(session, here.mailbox_id, stop.scope, stop.reason, now, newcomers.evidence(stop))
        taken.counts["stopped"] += 1


def _came_later(confirmed_at: datetime | None, left_at: datetime | None) -> bool:
    return confirmed_at is not None and left_at is not None and confirmed_at > left_at
