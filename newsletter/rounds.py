"""One round of every verb, wired once: admit, queue, send. Ticks, `newsletter tick`, `clock advance` and tests call it.

A round never holds a transaction between verbs, says when it next has work, and may be run by any number of processes
at once: the rows decide who does what.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import clock as clocks
from newsletter import limits, pulse
from newsletter.audience import brought, counting
from newsletter.audience.lists import kept
from newsletter.campaigns import dispatch, enrollment, fanning
from newsletter.campaigns.gate import gate
from newsletter.clock import ClockRefused, Turnable
from newsletter.content.rendering import Renderer
from newsletter.delivery import leases
from newsletter.delivery.letterhead import Letterhead
from newsletter.delivery.models import Delivery, PracticeLetter
from newsletter.delivery.sending import Postman
from newsletter.delivery.transports import open_transport
from newsletter.errors import Mistakes, Refused
from newsletter.house import House
from newsletter.privacy.tidying import CHORES, Chore
from newsletter.staff import visits

log = structlog.get_logger("newsletter.rounds")

BREATH = 0.005  # after each commit of a loop: without it another process's one-row write waited for seconds
PATIENCE = timedelta(seconds=30)


class StillBusy(Refused):
    """The work does not come to an end: another process holds it, or the mail server cannot be used now."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Rounds:
    """The verbs of one process over one installation. `name` is its own among all that ever run."""

    def __init__(self, house: House, name: str, lease: timedelta) -> None:
        self.house = house
        self.name = name
        self.postman = Postman(
            database=house.database,
            clock=house.clock,
            transport=open_transport(house.settings.mail_url, database=house.database),
            letterhead=Letterhead(house.settings.clinic, house.links),
            render=Renderer(house.database, house.settings.base_url).render,
            gate=gate,
            agreed=counting.agreed,
            name=name,
            lease=lease,
        )
        self._silent = False

    def admit(self) -> int:
        """Enroll whoever should be in a sequence and is not; returns how many were looked at."""
        return self._drain(
            enrollment.any_waiting,
            lambda session, now: enrollment.admit(session, self.house.clinic(session).zone, now),
        )

    def queue(self) -> int:
        """Turn due steps into deliveries; returns how many enrollments were decided."""

        def anything_due(session: Session) -> bool:
            due = dispatch.next_due(session)
            return due is not None and due <= self.house.clock.now()

        return self._drain(anything_due, dispatch.queue_due)

    def fan_out(self) -> int:
        """Carry issues on: begin them, turn slices of their audience into deliveries; returns how many rows moved."""
        return self._drain(
            lambda session: fanning.anything_to_do(session, self.house.clock.now()),
            lambda session, now: fanning.work(session, self.house.clinic(session).zone, now),
        )

    def send(self) -> int:
        """Hand over what is due, under the clinic's letterhead of now; returns how many deliveries moved.

        While nobody has said who is writing, real mail waits.
        """
        done = 0
        while not self.stopping and not self._unsaid():
            moved = self.postman.round()
            if not moved:
                break
            done += moved
            clocks.pause(BREATH)
        return done

    def round(self) -> int:
        """Each verb once; returns how much there was to do."""
        return self.admit() + self.fan_out() + self.queue() + self.send()

    def until_idle(self) -> int:
        """Work until nothing is due and nothing is claimed, by anybody. Raises StillBusy after 30 s of no progress.

        Raises Mistakes where real mail would have to wait, because nobody has said who is writing.
        """
        if unsaid := self._unsaid():
            raise Mistakes(unsaid)
        done, since = 0, clocks.ticks()
        while not self.stopping:
            moved = self.round()
            done += moved
            if moved:
                since = clocks.ticks()
            elif self.is_idle():
                break
            elif clocks.ticks() - since > PATIENCE.total_seconds():
                raise StillBusy
            else:
                clocks.pause(0.02)
        return done

    def is_idle(self) -> bool:
        """Whether nothing is due now and no delivery is in anybody's hands."""
        with self.house.database.reading() as session:
            if session.scalar(select(Delivery.id).where(Delivery.state.in_(("claimed", "handoff"))).limit(1)):
                return False
            due = self._next_work_at(session)
        return due is None or due > self.house.clock.now()

    def next_work_at(self) -> datetime | None:
        """When the next thing is due, on the story's clock; None when nothing is planned."""
        with self.house.database.reading() as session:
            return self._next_work_at(session)

    def tidy(self) -> None:
        """Forget what has served its time, in short transactions."""
        with self.house.database.writing.begin() as session:
            limits.tidy(session, self.house.clock.now())
            pulse.tidy(session, self.house.clock.machine())
            visits.tidy(session, self.house.clock.machine())
            brought.tidy(session, self.house.settings.data_dir / kept.FOLDER, self.house.clock.machine())
        for chore in CHORES:
            self._drain(partial(self._waits, chore), chore.work)
        self.house.database.settle()

    def beat(self) -> None:
        """Leave a mark: the postman lives."""
        with self.house.database.writing.begin() as session:
            pulse.beat(session, self.name, self.house.clock.machine())

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self.postman.stopping.is_set()

    def stop(self) -> None:
        """Finish what is in hand, give the rest back. May be called from another thread or a signal handler."""
        self.postman.stopping.set()

    def close(self) -> None:
        """Say goodbye to the mail server."""
        self.postman.transport.close()

    def _unsaid(self) -> tuple[str, ...]:
        """Read who is writing, for the letters of the next round; returns what nobody has said yet."""
        with self.house.database.reading() as session:
            unsaid = self.house.unsaid(session)
            clinic = self.house.clinic(session)
        if clinic != self.postman.letterhead.clinic:
            self.postman.letterhead = Letterhead(clinic, self.house.links)
        if unsaid and not self._silent:
            log.error("mail_waits", says="; ".join(unsaid))
        self._silent = bool(unsaid)
        return unsaid

    def _waits(self, chore: Chore, session: Session) -> bool:
        return chore.waits(session, self.house.clock.now())

    def _drain(self, waiting: Callable[[Session], bool], work: Callable[[Session, datetime], int]) -> int:
        """Page by page while anything waits, each page one transaction; idle costs one read."""
        done = 0
        while not self.stopping:
            with self.house.database.reading() as session:
                if not waiting(session):
                    break
            with self.house.database.writing.begin() as session:
                moved = work(session, self.house.clock.now())
            if not moved:
                break
            done += moved
            clocks.pause(BREATH)
        return done

    def _next_work_at(self, session: Session) -> datetime | None:
        waiting = self.house.clock.now() if enrollment.any_waiting(session) else None
        moments = (waiting, fanning.next_due(session), dispatch.next_due(session), leases.next_due(session))
        return min((moment for moment in moments if moment), default=None)


def refuse_practice_data(house: House) -> None:
    """Raise Refused where real mail would leave to people of a practice: what was tried must reach nobody."""
    if house.settings.practice:
        return
    with house.database.reading() as session:
        practiced = session.scalar(select(PracticeLetter.id).limit(1)) is not None
    if practiced:
        raise Refused(
            "this database was used for practice, so no real mail leaves from it; "
            "give NEWSLETTER_DATA_DIR (or NEWSLETTER_DATABASE_URL) a place of its own"
        )


def open_rounds(house: House, lease: timedelta = leases.LEASE) -> Rounds:
    """The verbs, wired from the settings in the process that uses them.

    Raises Refused for a broken mail URL, or where real mail would leave from a practice database.
    """
    refuse_practice_data(house)
    name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
    return Rounds(house, name, lease)


def live_through(house: House, rounds: Rounds, until: datetime) -> int:
    """Practice: turn the clock from due moment to due moment, working at each, and then to `until` (aware).

    So everything arrives in its own hour, as if the time had been lived. Returns how much was done.
    A moment already past turns nothing. Raises Refused outside practice.
    """
    clock = house.clock
    if not isinstance(clock, Turnable):
        raise Refused("the clock can only be turned in practice (NEWSLETTER_MAIL_URL=inbox:)")
    done = rounds.until_idle()
    while not rounds.stopping and (due := rounds.next_work_at()) is not None and due <= until:
        _reach(clock, due)
        done += rounds.until_idle()
    if rounds.stopping:  # what is not done yet must not become late
        return done
    _reach(clock, until)
    return done + rounds.until_idle()


def _reach(clock: Turnable, moment: datetime) -> None:
    """Turn to `moment`, unless the clock, which runs meanwhile, has passed it by itself."""
    with suppress(ClockRefused):
        clock.turn_to(moment)
