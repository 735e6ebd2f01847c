"""The postman's round: claim, render, gate, hand over, record.

Each arrow is one short transaction, and none is open while a mail server talks. Everything that can fail and is ours
(words, headers, bytes) is done before the gate; the gate is durable and stands just before the bytes.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newsletter import clock as clocks
from newsletter.clock import Clock
from newsletter.db import Database
from newsletter.delivery import leases, mail, mailboxes, recording, suppression
from newsletter.delivery.leases import Claimed, held
from newsletter.delivery.letterhead import Letterhead, Rendered
from newsletter.delivery.models import Delivery
from newsletter.delivery.renewing import renewing
from newsletter.delivery.transports import Envelope, Outcome, Transport
from newsletter.errors import Refused

log = structlog.get_logger("newsletter.delivery")

BATCH = 20
GATE_GOOD_FOR = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=1)
JITTER = random.Random()  # noqa: S311  (it spreads retries, it keeps no secret)


@dataclass(frozen=True)
class Verdict:
    """Why the gate stays shut: for ever, or until it is asked again (`wait`), which is at `until` or in ten minutes."""

    kind: Literal["skipped", "canceled", "superseded", "expired", "wait"]
    reason: str
    until: datetime | None = None


Render = Callable[[str, Mapping[str, Any]], Rendered]
"""(letter, fields) -> the words; raises Refused, whose line becomes the delivery's reason."""

Gate = Callable[[Session, Sequence[Claimed], datetime], Mapping[int, Verdict]]
"""(session, deliveries, now) -> the verdicts of those that must not go; the mailboxes are locked already."""

Agreed = Callable[[Session, Sequence[int]], Collection[int]]
"""(session, people) -> those of them who agreed to have their opens and clicks counted."""

LOOK_AGAIN = timedelta(minutes=10)


def nobody(_session: Session, _people: Sequence[int]) -> Collection[int]:
    """Nobody agreed to be counted."""
    return ()


@dataclass
class Postman:
    """One sender: one transport, one connection, one delivery at a time."""

    database: Database
    clock: Clock
    transport: Transport
    letterhead: Letterhead
    render: Render
    gate: Gate
    name: str  # whose hands a delivery is in, for people
    lease: timedelta = leases.LEASE
    agreed: Agreed = nobody
    stopping: threading.Event = field(default_factory=threading.Event)
    _failures: int = 0
    _rests_until: datetime | None = None

    def round(self) -> int:
        """Work off one batch of what is due; returns how many deliveries ended or moved. Idle costs one read."""
        now, machine = self.clock.now(), self.clock.machine()
        with self.database.reading() as session:
            due, dead = leases.next_due(session), leases.any_lapsed(session, machine)
        resting = self._rests(machine)
        if not dead and (due is None or due > now or resting):
            return 0
        with self.database.writing.begin() as session:
            reclaimed = leases.reclaim(session, now, machine) if dead else 0
            claimed = [] if resting else self._claim(session, now, machine)
        with renewing(self.database, self.clock, claimed, self.lease):
            return reclaimed + self._work_off(claimed)

    def _claim(self, session: Session, now: datetime, machine: datetime) -> list[Claimed]:
        """A batch, and who of its readers agreed to be counted: one more statement, for newsletters only."""
        claimed = leases.claim(session, self.name, now, machine + self.lease, BATCH)
        readers = [each.person_id for each in claimed if each.stream == "marketing" and each.person_id]
        agreed = self.agreed(session, readers) if readers else ()
        return [replace(each, counted=each.person_id in agreed) for each in claimed]

    def _work_off(self, claimed: list[Claimed]) -> int:
        """Deliver one by one. What is not begun goes back, also when something breaks: it bears no mark of it."""
        waiting = deque(claimed)
        try:
            while waiting and not self._leaves(waiting[0]):
                self._deliver(waiting.popleft())
        finally:
            for each in waiting:
                # A transaction each: holding two rows, it could wait for a stop that waits for it.
                with self.database.writing.begin() as session:
                    leases.give_back(session, each)
        return len(claimed) - len(waiting)

    def _leaves(self, following: Claimed) -> bool:
        """Whether the rest of the batch has to wait: we stop, the road is broken, or a note is more urgent."""
        if self.stopping.is_set() or self._rests(self.clock.machine()):
            return True
        if following.stream != "marketing":
            return False
        with self.database.reading() as session:
            return leases.any_urgent(session, self.clock.now())

    def _deliver(self, claimed: Claimed) -> None:
        try:
            envelope, message = self._compose(claimed)
        except Refused as refusal:
            self._end(claimed, "failed", refusal.line)
            return
        except DBAPIError:
            raise  # nothing is wrong with the letter
        except Exception:
            log.exception("a letter could not be written", delivery=claimed.id)
            self._end(claimed, "failed", "the letter could not be written: the log says why")
            return
        opened_at = self._pass_gate(claimed, message)
        if opened_at is None:
            return
        if self.clock.machine() - opened_at > GATE_GOOD_FOR:
            outcome = Outcome("unwritten", None, None, "the gate was open too long ago", "server")
        else:
            outcome = self._hand_over(envelope, message)
        self._record(claimed, outcome)

    def _compose(self, claimed: Claimed) -> tuple[Envelope, bytes]:
        words = self.render(claimed.letter, self.letterhead.fields(claimed))
        now = self.clock.now()
        letter = self.letterhead.letter(claimed, words, now)
        envelope = Envelope(
            sender=mail.wire_address(self.letterhead.clinic.sender, "From"),
            recipient=mail.wire_address(claimed.address),
            stream=claimed.stream,
            smtputf8=mail.needs_smtputf8(letter),
            subject=words.subject,
            at=now,
        )
        return envelope, mail.compose(letter)

    def _pass_gate(self, claimed: Claimed, message: bytes) -> datetime | None:
        """The last look. Returns the machine's time at which the gate opened, or None when it stayed shut.

        The mailbox is locked first and everything is read in later statements: in one statement PostgreSQL would keep
        the snapshot from before the wait, and a letter would pass after a stop has committed.
        """
        with self.database.writing.begin() as session:
            mailboxes.share(session, [claimed.mailbox_id])
            if session.scalar(select(Delivery.id).where(*held(claimed, "claimed"))) is None:
                return None  # canceled, or taken away while it was being written
            now, machine = self.clock.now(), self.clock.machine()
            verdict = self._verdict(session, claimed, now)
            if verdict is None:
                handoff = (
                    update(Delivery)
                    .where(*held(claimed, "claimed"))
                    .values(
                        state="handoff",
                        lease_until=machine + self.lease,
                        message_id=mail.message_id(claimed.id, self.letterhead.clinic.domain),
                        digest=mail.digest(message),
                    )
                )
                # Others end or take a delivery without its mailbox (superseded, reclaimed): also since we looked.
                ours = session.execute(handoff.returning(Delivery.id)).first()
                return machine if ours else None
            if verdict.kind == "wait":
                recording.wait(session, claimed, verdict.until or now + LOOK_AGAIN, verdict.reason)
            else:
                recording.end(session, claimed, verdict.kind, verdict.reason)
            return None

    def _verdict(self, session: Session, claimed: Claimed, now: datetime) -> Verdict | None:
        if now >= claimed.expires_at:
            return Verdict("expired", "too late to be useful")
        stop = suppression.stops(session, [claimed.mailbox_id]).get(claimed.mailbox_id, {})
        forbidden = suppression.forbids(stop, claimed.stream)
        if forbidden:
            return Verdict("skipped", f"do not mail: {forbidden}")
        return self.gate(session, [claimed], now).get(claimed.id)

    def _hand_over(self, envelope: Envelope, message: bytes) -> Outcome:
        try:
            return self.transport.send(envelope, message)
        except Exception as failure:
            log.exception("the transport broke its promise")
            return Outcome("unknown", None, None, f"{type(failure).__name__}", "server")

    def _record(self, claimed: Claimed, outcome: Outcome) -> None:
        """Keep at it for a minute: an acceptance that is not written down is a letter nobody can account for."""
        tries = 0
        while True:
            try:
                with self.database.writing.begin() as session:
                    recording.record(session, claimed, outcome, self.clock.now(), jitter=JITTER.random())
                break
            except DBAPIError:
                tries += 1
                if tries > 60:
                    raise
                log.warning("the outcome waits for the database", delivery=claimed.id, tries=tries)
                clocks.pause(min(tries * 0.1, 1.0))
        self._notice(outcome)

    def _notice(self, outcome: Outcome) -> None:
        """After a failure of the road itself rest for 1, 2, 4 … 60 seconds, instead of trying every letter on it."""
        if outcome.kind == "accepted" or outcome.blame != "server":
            self._failures, self._rests_until = 0, None
            return
        self._failures += 1
        rest = min(timedelta(seconds=2 ** min(self._failures - 1, 6)), LONGEST_REST)
        self._rests_until = self.clock.machine() + rest
        log.warning(
            "the mail server cannot be used now", rests_seconds=rest.total_seconds(), stage=outcome.stage
        )

    def _rests(self, machine: datetime) -> bool:
        return self._rests_until is not None and machine < self._rests_until

    def _end(self, claimed: Claimed, state: str, reason: str) -> None:
        with self.database.writing.begin() as session:
            recording.end(session, claimed, state, reason)
