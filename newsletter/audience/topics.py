"""What readers may choose to hear about: its words, its order, and its end.

A topic's slug stands in consents, letters and forms, so it never changes. Whoever retires or deletes one asks first
what is about it (`campaigns.desk.about`), since this slice knows nothing of campaigns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscription, Topic
from newsletter.audience.plaintext import plain
from newsletter.errors import NotFound, Refused

LONGEST_SLUG = 40
LONGEST_NAME = 80
LONGEST_HINT = 200
NO_WORD = "topic"


class NotAName(Refused):
    """A name that is none, or that another topic has."""


def get(session: Session, slug: str) -> Topic:
    """The topic of this slug; raises NotFound."""
    topic = session.scalar(select(Topic).where(Topic.slug == slug))
    if topic is None:
        raise NotFound(f"there is no topic “{slug:.40}”")
    return topic


def add(session: Session, name: str, hint: str) -> Topic:
    """One more, at the end. Raises NotAName."""
    others = _locked(session)
    topic = Topic(
        slug=free_slug(name, {each.slug for each in others}),
        name=_name(name, others),
        hint=plain(hint, LONGEST_HINT) or "",
        position=len(others) + 1,
    )
    session.add(topic)
    session.flush()
    return topic


def rename(session: Session, slug: str, name: str, hint: str) -> Topic:
    """Other words for it, on every page from now on; what people agreed to stays. Raises NotAName, NotFound."""
    topic = get(session, slug)
    topic.name = _name(name, [each for each in _locked(session) if each is not topic])
    topic.hint = plain(hint, LONGEST_HINT) or ""
    session.flush()
    return topic


def move(session: Session, slug: str, by: int) -> None:
    """One place up (-1) or down (1), as far as there is one; raises NotFound."""
    topic, order = get(session, slug), _locked(session)
    at = order.index(topic)
    order.insert(min(max(at + by, 0), len(order) - 1), order.pop(at))
    for position, each in enumerate(order, start=1):
        each.position = position
    session.flush()


def retire(session: Session, slug: str, now: datetime) -> Topic:
    """Nobody can choose it any more; who has it keeps it. Raises Refused for the last one that is offered, NotFound."""
    topic = get(session, slug)
    _refuse_last(session, topic)
    topic.retired_at = topic.retired_at or now
    session.flush()
    return topic


def offer_again(session: Session, slug: str) -> Topic:
    """It can be chosen again; raises NotFound."""
    topic = get(session, slug)
    topic.retired_at = None
    session.flush()
    return topic


def delete(session: Session, slug: str) -> None:
    """Let go of one that nobody ever had. Raises Refused where somebody did, or for the last one, NotFound."""
    topic = get(session, slug)
    if had_by(session, [topic])[slug]:
        raise Refused("people have chosen it, and what they agreed to names it; retire it instead")
    _refuse_last(session, topic)
    session.delete(topic)
    session.flush()


def had_by(session: Session, topics: Collection[Topic]) -> dict[str, int]:
    """Slug -> how many people ever chose it, whether they confirmed or not and whether they left or not."""
    return _counted(session, topics)


def heard_by(session: Session, topics: Collection[Topic]) -> dict[str, int]:
    """Slug -> how many people hear about it now."""
    return _counted(session, topics, "confirmed")


def free_slug(name: str, taken: Collection[str]) -> str:
    """Pure: a name for addresses that is not `taken`, from a name for people: “After care” becomes after-care."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[: LONGEST_SLUG - 4].strip("-") or NO_WORD
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug


def _counted(session: Session, topics: Collection[Topic], state: str = "") -> dict[str, int]:
    rows = select(Subscription.topic_id, func.count()).group_by(Subscription.topic_id)
    found = dict(session.execute(rows.where(Subscription.state == state) if state else rows).all())
    return {topic.slug: found.get(topic.id, 0) for topic in topics}


def _locked(session: Session) -> list[Topic]:
    """Every topic in its order; whoever else changes one waits."""
    rows = select(Topic).order_by(Topic.position, Topic.id).with_for_update()
    return list(session.scalars(rows))


def _name(name: str, others: Collection[Topic]) -> str:
    kept = plain(name, LONGEST_NAME + 1) or ""
    if not kept or len(kept) > LONGEST_NAME:
        raise NotAName(f"a topic's name has 1 to {LONGEST_NAME} characters; right would be one like “Guides”")
    if kept.casefold() in {each.name.casefold() for each in others}:
        raise NotAName(f"there is a topic “{kept}” already")
    return kept


def _refuse_last(session: Session, topic: Topic) -> None:
    offered = [each.slug for each in _locked(session) if each.retired_at is None]
    if offered == [topic.slug]:
        raise Refused("it is the only topic that can be chosen, and a sign-up needs one")
