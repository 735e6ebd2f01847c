"""A campaign folder's values become what people get: the words a version, the steps a timeline, an issue a draft."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns import broadcasts, pinning, timelines
from newsletter.campaigns.filing import proofreading
from newsletter.campaigns.filing.folders import BroadcastFolder, SequenceFolder, StepFile
from newsletter.campaigns.models import Broadcast, Sequence
from newsletter.content.publishing import publish
from newsletter.content.refusals import ContentRefused
from newsletter.delivery import queue
from newsletter.delivery.models import Delivery
from newsletter.errors import Refused


def place_sequence(
    session: Session, folder: SequenceFolder, now: datetime, *, new_people_only: bool = False
) -> Sequence:
    """Make a folder's words and steps live. A new sequence is switched on: it admits whoever confirms from `now`.

    In a known one whoever is under way is planned anew, and letters of steps that are gone are canceled; with
    `new_people_only` all of them keep what is live up to `now`, for good. Paused, it stays paused. Raises BadFolder or
    ContentRefused, naming the file.
    """
    refuse_namesake(session, folder)
    proofreading.check_table(session, folder)
    sequence = _find(session, folder.slug) or Sequence(
        slug=folder.slug, kind=folder.kind, trigger=folder.trigger, state="on", on_since=now, created_at=now
    )
    before = _keys(session, sequence)
    sequence.name, sequence.topics, sequence.reentry = folder.name, list(folder.topics), folder.reentry
    session.add(sequence)
    session.flush()
    steps = {
        step.plan: publish_words(session, folder.slug, f"{folder.slug}/{step.key}", step, now)
        for step in folder.steps
    }
    if new_people_only:
        pinning.pin(session, sequence, now)
    timelines.publish(session, sequence, steps, folder.digest, now)
    gone = before - {step.key for step in folder.steps}
    if gone:  # those, too, that wait for people whose last letter it was: nobody plans them anew
        which = (Delivery.campaign == folder.slug, Delivery.step.in_(gone))
        reason = "its step was taken out of the sequence"
        queue.cancel(session, *which, ~pinning.of_somebody_pinned(), reason=reason)
    session.flush()
    return sequence


def place_issue(session: Session, folder: BroadcastFolder, now: datetime) -> Broadcast:
    """Keep a newsletter as a draft, or put a folder's words into the draft of that name: nobody gets it unsent.

    Raises Refused for an issue that somebody has sent already, BadFolder or ContentRefused naming the file.
    """
    refuse_namesake(session, folder)
    proofreading.check_table(session, folder)
    # The letter's row is locked by now, so that of two at once the second finds the first one's draft.
    version_id = publish_words(session, folder.slug, folder.slug, folder, now)
    broadcast = session.scalar(select(Broadcast).where(Broadcast.slug == folder.slug).with_for_update())
    if broadcast is None:
        return broadcasts.draft(session, folder, version_id, now)
    refuse_sent(broadcast)
    return broadcasts.revise(broadcast, folder, version_id)


def publish_words(
    session: Session, place: str, slug: str, words: StepFile | BroadcastFolder, now: datetime
) -> int:
    """Make these words the live version of the letter `slug`; returns its id.

    Raises ContentRefused, naming the file in the folder `place`.
    """
    try:
        version = publish(session, slug, proofreading.source_of(words), now, kind="marketing")
        proofreading.check_fields(session, version.fields)
    except ContentRefused as problem:
        raise ContentRefused(f"{place}/{words.body.name}: {problem.line}") from problem
    return version.id


def refuse_namesake(session: Session, folder: SequenceFolder | BroadcastFolder) -> None:
    """Raise Refused where the name is a newsletter's and the folder a sequence's, or the other way round."""
    is_sequence = isinstance(folder, SequenceFolder)
    other: type[Sequence | Broadcast] = Broadcast if is_sequence else Sequence
    if session.scalar(select(other.id).where(other.slug == folder.slug)) is not None:
        taken = "newsletter" if is_sequence else "sequence"
        raise Refused(
            f"“{folder.slug}” is a {taken} here already; right would be another name for the folder"
        )


def refuse_sent(broadcast: Broadcast) -> None:
    """Raise Refused unless the issue is a draft: what has been sent is not written anew."""
    if broadcast.state != "draft":
        says = broadcasts.SAYS[broadcast.state]
        raise Refused(
            f"“{broadcast.slug}” is {says}, so its words stay; right would be another name for the folder"
        )


def _find(session: Session, slug: str) -> Sequence | None:
    """The known one, and ours: who is being admitted meanwhile is in it before, or comes after."""
    known = select(Sequence).where(Sequence.slug == slug)
    return session.scalar(known.with_for_update(key_share=True).execution_options(populate_existing=True))


def _keys(session: Session, sequence: Sequence) -> set[str]:
    if sequence.live_timeline_id is None:
        return set()
    return {step.key for step in timelines.read(session, sequence.live_timeline_id).plans}
