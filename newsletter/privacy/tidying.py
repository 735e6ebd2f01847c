"""What is forgotten by itself, each chore in slices that are one short transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from newsletter.audience import retention as people
from newsletter.campaigns.desk import revisions
from newsletter.delivery import retention
from newsletter.privacy import spans, unconfirmed

SLICE = 1_000  # rows of one transaction
FEW = 100  # people of one transaction: each has several rows


class Chore(NamedTuple):
    """`waits` says whether there is something to do, and `work` does one slice of it; returns how much."""

    waits: Callable[[Session, datetime], bool]
    work: Callable[[Session, datetime], int]


CHORES = (
    Chore(unconfirmed.any_person, lambda session, now: unconfirmed.forget_people(session, now, FEW)),
    Chore(unconfirmed.any_address, lambda session, now: unconfirmed.forget_addresses(session, now, SLICE)),
    Chore(
        lambda session, now: people.any_traces(session, now - spans.TRACES),
        lambda session, now: people.forget_traces(session, now - spans.TRACES, SLICE),
    ),
    Chore(
        lambda session, now: retention.any_old(session, now - spans.BODIES),
        lambda session, now: retention.empty_old(session, now - spans.BODIES, SLICE),
    ),
    Chore(
        lambda session, _now: retention.any_stray(session),
        lambda session, _now: retention.empty_strays(session, SLICE),
    ),
    Chore(
        lambda session, now: retention.any_old_practice(session, now - spans.PRACTICE),
        lambda session, now: retention.forget_old_practice(session, now - spans.PRACTICE, SLICE),
    ),
    Chore(
        lambda session, now: revisions.any_old(session, now - spans.DRAFTS),
        lambda session, now: revisions.forget_old(session, now - spans.DRAFTS, SLICE),
    ),
)
