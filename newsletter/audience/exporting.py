"""People as a list that other tools read, and that our own import reads back without a difference.

Page by page, in constant memory. Who hears from us and who left are two lists: whoever moves to another tool needs
both, and must not confuse them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from newsletter.audience.fields import known_fields
from newsletter.audience.lists.cells import defused, spell_words
from newsletter.audience.models import Consent, Subscriber, Subscription, Topic, Wording
from newsletter.audience.newcomers import HOW
from newsletter.delivery.models import Mailbox, Suppression

PAGE = 2_000
PEOPLE = tuple("email first_name time_zone topics tags confirmed_at consent_source consent_wording".split())
LEAVERS = ("email", "left_at", "cleaned_at", "reason")
LEFT = "left our letters"


@dataclass
class _Proof:
    """What one person's consents come down to."""

    topics: list[str] = field(default_factory=list)
    since: datetime | None = None
    source: str | None = None
    wording_id: int | None = None


def snapshot(session: Session) -> None:
    """Let everything that follows in this session see one moment, whatever people do meanwhile.

    Call it first. On SQLite a reading session is one anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def rows(session: Session, status: str = "confirmed") -> Iterator[list[str]]:
    """The cells of the header, then of each person: `confirmed`, `pending` or `unsubscribed`.

    Confirmed are those who can be mailed: who is on the do-not-mail list stands among the unsubscribed, also where
    nothing but her address is known. Cells are harmless in a spreadsheet.
    """
    if status == "unsubscribed":
        return _leavers(session)
    return _people(session, status)


def _people(session: Session, status: str) -> Iterator[list[str]]:
    names = sorted(known_fields(session))
    marked = [] if status == "confirmed" else ["status"]
    yield [*PEOPLE, *marked, *names]
    texts: dict[int, str] = {}
    after = 0
    while page := session.execute(_page(status, after)).all():
        after = page[-1].id
        proofs = _proofs(session, [person.id for person in page], status)
        _learn_texts(session, texts, (proof.wording_id for proof in proofs.values()))
        for person in page:
            proof = proofs[person.id]
            cells = (
                *(person.address, person.first_name, person.time_zone),
                *(spell_words(proof.topics), spell_words(person.tags), _iso(proof.since)),
                *(proof.source or person.source, texts.get(proof.wording_id or 0)),
                *(status for _ in marked),
                *(person.fields.get(name) for name in names),
            )
            yield [defused("" if cell is None else str(cell)) for cell in cells]


def _page(status: str, after: int) -> Any:
    return (
        select(
            *(Subscriber.id, Mailbox.address, Subscriber.first_name, Subscriber.time_zone),
            *(Subscriber.tags, Subscriber.fields, Subscriber.source),
        )
        .join(Mailbox, Mailbox.id == Subscriber.mailbox_id)
        .where(
            Subscriber.id > after,
            Mailbox.fingerprint.is_(None),
            _is(status),
            ~_stopped(Subscriber.mailbox_id),
        )
        .order_by(Subscriber.id)
        .limit(PAGE)
    )


def _is(status: str) -> ColumnElement[bool]:
    if status == "confirmed":
        return _holds("confirmed")
    return and_(~_holds("confirmed"), _holds("pending"))


def _holds(state: str) -> ColumnElement[bool]:
    held = select(Subscription.id).where(
        Subscription.subscriber_id == Subscriber.id, Subscription.state == state
    )
    return held.exists()


def _stopped(mailbox_id: Any) -> ColumnElement[bool]:
    stops = select(Suppression.id).where(
        Suppression.mailbox_id == mailbox_id, Suppression.released_at.is_(None)
    )
    return stops.exists()


def _proofs(session: Session, people: Sequence[int], status: str) -> dict[int, _Proof]:
    """What these people hear about (or asked for), since when, from where and in which words."""
    proofs = {person_id: _Proof() for person_id in people}
    held = (
        select(Subscription.subscriber_id, Topic.slug, Subscription.confirmed_at)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id.in_(people), Subscription.state == status)
        .order_by(Topic.position)
    )
    for person_id, slug, at in session.execute(held):
        proof = proofs[person_id]
        proof.topics.append(slug)
        proof.since = min(filter(None, (proof.since, at)), default=None)
    acts = (
        select(Consent.subscriber_id, Consent.act, Consent.how, Consent.page, Consent.wording_id)
        .where(Consent.subscriber_id.in_(people), Consent.act != "withdrawn", Consent.stream == "marketing")
        .order_by(Consent.id)
    )
    for person_id, act, how, page, wording_id in session.execute(acts):
        proof = proofs[person_id]
        if act == "requested" or how == HOW:  # the words she agreed to; the confirm page only says "yes"
            proof.wording_id = wording_id
        if act == "confirmed":
            proof.source = page if how == HOW else None
    return proofs


def _learn_texts(session: Session, texts: dict[int, str], ids: Iterable[int | None]) -> None:
    if new := {wording_id for wording_id in ids if wording_id} - texts.keys():
        texts.update(session.execute(select(Wording.id, Wording.text).where(Wording.id.in_(new))).all())


def _leavers(session: Session) -> Iterator[list[str]]:
    yield list(LEAVERS)
    after = 0
    while page := session.execute(_leavers_page(after)).all():
        after = page[-1].id
        ids = [row.id for row in page]
        ends = dict(session.execute(_ends(ids)).all())
        stops = {row.mailbox_id: row for row in session.execute(_stops(ids))}
        for mailbox_id, address in page:
            stop = stops.get(mailbox_id)
            at = _iso(stop.created_at if stop else ends.get(mailbox_id))
            everything = stop is not None and stop.scope == "all"
            when = ("", at) if everything else (at, "")
            yield [defused(cell) for cell in (address, *when, stop.reason if stop else LEFT)]


def _leavers_page(after: int) -> Any:
    someone = select(Subscriber.id).where(Subscriber.mailbox_id == Mailbox.id)
    left = and_(someone.exists(), ~someone.where(or_(_holds("confirmed"), _holds("pending"))).exists())
    rows = select(Mailbox.id, Mailbox.address).where(
        Mailbox.id > after,
        Mailbox.fingerprint.is_(None),
        Mailbox.address != "",
        or_(_stopped(Mailbox.id), left),
    )
    return rows.order_by(Mailbox.id).limit(PAGE)


def _ends(mailbox_ids: Sequence[int]) -> Any:
    return (
        select(Subscriber.mailbox_id, func.max(Subscription.ended_at))
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(Subscriber.mailbox_id.in_(mailbox_ids))
        .group_by(Subscriber.mailbox_id)
    )


def _stops(mailbox_ids: Sequence[int]) -> Any:
    """Open stops; of several the widest comes last."""
    rows = select(Suppression.mailbox_id, Suppression.scope, Suppression.reason, Suppression.created_at)
    still = rows.where(Suppression.mailbox_id.in_(mailbox_ids), Suppression.released_at.is_(None))
    return still.order_by(Suppression.scope == "all", Suppression.id)


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
