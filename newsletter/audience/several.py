"""The same for several people, a slice in one transaction: a tag, a topic they told us about, do not mail.

Whoever may not have it is left out and counted: what holds for one holds for each of many.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import blocking, enlisting, subscriptions
from newsletter.audience.lists import cells
from newsletter.audience.models import Subscriber
from newsletter.delivery import mailboxes
from newsletter.errors import Refused

SLICE = 200
TAG, UNTAG, SUBSCRIBE, BLOCK = "tag", "untag", "subscribe", "block"
DEEDS = (TAG, UNTAG, SUBSCRIBE, BLOCK)


@dataclass(frozen=True)
class Wish:
    """What is to be done, as it was typed; only what the deed needs."""

    deed: str
    tag: str = ""
    topic: str = ""
    source: str = ""
    wording: str = ""
    scope: str = ""
    why: str = ""


@dataclass(frozen=True)
class Done:
    """Of how many people something changed, for how many it was so already, and how many were left out."""

    changed: int = 0
    same: int = 0
    left_out: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.changed + other.changed, self.same + other.same, self.left_out + other.left_out)


def check(wish: Wish) -> None:
    """Raise Refused for what is missing, before anybody is touched."""
    if wish.deed in {TAG, UNTAG}:
        _tag(wish)
    elif wish.deed == SUBSCRIBE:
        enlisting.check([wish.topic] if wish.topic else [], wish.source, wish.wording)
    elif wish.deed == BLOCK:
        blocking.check(wish.scope, wish.why)
    else:
        raise Refused(f"“{wish.deed[:20]}” is none of {', '.join(DEEDS)}")


def do(session: Session, ids: Collection[int], wish: Wish, now: datetime) -> Done:
    """Do it for these people; those who are gone are passed over. Raises Refused as `check`, NotFound for no topic."""
    check(wish)
    if wish.deed == SUBSCRIBE:
        subscriptions.chosen(session, [wish.topic])
    rows = select(Subscriber.mailbox_id).where(Subscriber.id.in_(ids))
    mailboxes.lock(
        session, session.scalars(rows).all()
    )  # all at once, in their order: two at once never wait in a ring
    people = session.scalars(select(Subscriber).where(Subscriber.id.in_(ids)).order_by(Subscriber.id)).all()
    if wish.deed in {TAG, UNTAG}:
        done = _tagged(people, _tag(wish), has=wish.deed == TAG)
        session.flush()
        return done
    act = partial(_subscribe if wish.deed == SUBSCRIBE else _block, session, wish=wish, now=now)
    return _each(people, act)


def _tagged(people: Sequence[Subscriber], tag: str, *, has: bool) -> Done:
    others = [person for person in people if (tag in person.tags) != has]
    for person in others:
        person.tags = [*person.tags, tag] if has else [each for each in person.tags if each != tag]
    return Done(changed=len(others), same=len(people) - len(others))


def _each(people: Sequence[Subscriber], act: Callable[[Subscriber], bool]) -> Done:
    done = Done()
    for person in people:
        try:
            changed = act(person)
        except Refused:
            done += Done(left_out=1)
        else:
            done += Done(changed=1) if changed else Done(same=1)
    return done


def _subscribe(session: Session, person: Subscriber, *, wish: Wish, now: datetime) -> bool:
    return bool(enlisting.subscribe(session, person.id, [wish.topic], wish.source, wish.wording, now))


def _block(session: Session, person: Subscriber, *, wish: Wish, now: datetime) -> bool:
    return blocking.block(session, person.mailbox_id, wish.scope, wish.why, now)


def _tag(wish: Wish) -> str:
    found = cells.words(wish.tag)
    if len(found) != 1:
        raise Refused("name one tag")
    return found[0]
