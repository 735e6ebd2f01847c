"""A seeded simulation: everything that may happen to letters, in any order, against a model of what should.

Senders are simulated step by step, so that they die, come back late and overlap as processes do.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from newsletter import migrating
from newsletter.clock import FrozenClock
from newsletter.db import open_database
from newsletter.delivery import leases, recording, suppression
from newsletter.delivery.leases import MOST_CRASHES, Claimed
from newsletter.delivery.models import ENDED, Delivery
from newsletter.delivery.transports import Outcome
from tests.delivery.office import ACCEPTED, DEFERRED, DOWN, NOBODY, SILENT, Office

ADDRESSES = ("reader@example.com", "another@example.com")
STREAMS = ("marketing", "account")
OUTCOMES = {
    "accepted": (ACCEPTED, "sent"),
    "deferred": (DEFERRED, "queued"),
    "unwritten": (DOWN, "queued"),
    "silent": (SILENT, "unknown"),
    "nobody": (NOBODY, "failed"),
}
LEASE = 60
MESSAGE = b"From: letters@clinic.example\r\n\r\nHello\r\n"


@dataclass
class Model:
    """What we believe of one letter."""

    address: str
    stream: str
    state: str = "queued"
    epoch: int = 0
    crashes: int = 0
    accepted: int = 0
    history: list[str] = field(default_factory=list)

    def become(self, state: str) -> None:
        assert self.state not in ENDED or (self.state, state) == ("unknown", "sent"), (self.state, state)
        self.history.append(state)
        self.state = state


class Letters(RuleBasedStateMachine):
    """Two addresses, two streams, any number of senders."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=SCRATCH))
        shutil.copyfile(TEMPLATE, self.folder / "n.db")
        self.database = open_database(f"sqlite:///{self.folder / 'n.db'}")
        self.clock = FrozenClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        self.office = Office(self.database, self.clock)
        self.letters: dict[int, Model] = {}
        self.stopped: set[str] = set()
        self.held: list[Claimed] = []  # by senders before the gate; some are thought dead by now
        self.handed: list[Claimed] = []  # in conversations

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    @precondition(lambda self: not self.any_in("queued"))
    @rule(address=st.sampled_from(ADDRESSES), stream=st.sampled_from(STREAMS))
    def put(self, address: str, stream: str) -> None:
        expires = self.clock.now() + timedelta(days=30)
        number = self.office.put(address, stream=stream, expires_at=expires)
        self.letters[number] = Model(address, stream)

    @precondition(lambda self: self.any_in("queued"))
    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        claimed = self.office.claim(limit=limit, lease=LEASE)
        for each in claimed:
            letter = self.letters[each.id]
            assert letter.state == "queued"
            letter.become("claimed")
            letter.epoch += 1
            assert each.epoch == letter.epoch
        assert len({each.stream for each in claimed}) <= 1
        if any(self.letters[each.id].crashes for each in claimed):
            assert len(claimed) == 1
        self.held += claimed

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def gate(self, data: st.DataObject) -> None:
        claimed = self.one_of(self.held, data)
        letter = self.letters[claimed.id]
        opened = self.office.postman(lease=timedelta(seconds=LEASE))._pass_gate(claimed, MESSAGE)
        ours = (letter.state, letter.epoch) == ("claimed", claimed.epoch)
        stopped = letter.address in self.stopped
        assert (opened is not None) == (ours and not stopped)
        if ours:
            letter.become("skipped" if stopped else "handoff")
        if opened:
            self.handed.append(claimed)

    @precondition(lambda self: self.handed)
    @rule(data=st.data(), kind=st.sampled_from(sorted(OUTCOMES)))
    def answer(self, data: st.DataObject, kind: str) -> None:
        """The mail server says something, in time or long after the sender was thought dead."""
        claimed = self.one_of(self.handed, data)
        outcome, state = OUTCOMES[kind]
        letter = self.letters[claimed.id]
        letter.accepted += kind == "accepted"
        self._record(claimed, outcome)
        believed = ("handoff", "unknown") if kind == "accepted" else ("handoff",)
        if letter.epoch == claimed.epoch and letter.state in believed:
            letter.become(state)
        if kind == "nobody":
            self._stop(letter.address)

    def bury_the_dead(self, seconds: int) -> None:
        """Every lease has lapsed; a sender that lives on does not know."""
        self.clock.advance(seconds=seconds)
        held = [each for each in self.letters.values() if each.state in ("claimed", "handoff")]
        assert self.office.reclaim() == len(held)
        for letter in held:
            letter.crashes += 1
            again = "poison" if letter.crashes >= MOST_CRASHES else "queued"
            letter.become("unknown" if letter.state == "handoff" else again)

    @rule(
        data=st.data(), how=st.sampled_from(("die", "die", "wait", "cancel", "give_back", "stop", "let_go"))
    )
    def meddle(self, data: st.DataObject, how: str) -> None:
        """What comes more seldom: one rule, or most lives would end before they have begun."""
        if how == "die":
            self.bury_the_dead(data.draw(st.sampled_from((LEASE, 3600))))
        elif how == "wait":
            self.clock.advance(hours=1)  # long enough for a retry; leases lapse, and nobody looks yet
        elif how == "cancel" and self.letters:
            self.cancel(data.draw(st.sampled_from(sorted(self.letters))))
        elif how == "give_back" and self.held:
            self.give_back(self.one_of(self.held, data))
        elif how == "stop" and not self.stopped:
            self.stop(data.draw(st.sampled_from(ADDRESSES)))
        elif how == "let_go" and self.stopped:
            self.let_go()

    def cancel(self, number: int) -> None:
        letter = self.letters[number]
        called_back = self.office.cancel(number)
        assert called_back == (letter.state in ("queued", "claimed"))
        if called_back:
            letter.become("canceled")

    def give_back(self, claimed: Claimed) -> None:
        with self.database.writing.begin() as session:
            leases.give_back(session, claimed)
        letter = self.letters[claimed.id]
        if (letter.state, letter.epoch) == ("claimed", claimed.epoch):
            letter.become("queued")

    def stop(self, address: str) -> None:
        mailbox = self.office.mailbox(address)
        with self.database.writing.begin() as session:
            suppression.suppress(session, mailbox, "all", "complaint", self.clock.now())
        self._stop(address)

    def let_go(self) -> None:
        for address in self.stopped:
            mailbox = self.office.mailbox(address)
            with self.database.writing.begin() as session:
                suppression.release(session, mailbox, self.clock.now(), "she called")
        self.stopped.clear()

    @invariant()
    def the_database_agrees(self) -> None:
        with self.database.reading() as session:
            rows = session.execute(
                select(Delivery.id, Delivery.state, Delivery.epoch, Delivery.crashes)
            ).all()
        believed = {number: (each.state, each.epoch, each.crashes) for number, each in self.letters.items()}
        assert {row.id: (row.state, row.epoch, row.crashes) for row in rows} == believed

    @invariant()
    def no_letter_is_accepted_twice_and_none_is_called_sent_without(self) -> None:
        for letter in self.letters.values():
            assert letter.accepted <= 1, letter
            assert (letter.state == "sent") == bool(letter.accepted), letter

    def any_in(self, *states: str) -> bool:
        return any(letter.state in states for letter in self.letters.values())

    def one_of(self, waiting: list[Claimed], data: st.DataObject) -> Claimed:
        return waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))

    def _record(self, claimed: Claimed, outcome: Outcome) -> None:
        with self.database.writing.begin() as session:
            recording.record(session, claimed, outcome, self.clock.now(), jitter=0.0)

    def _stop(self, address: str) -> None:
        self.stopped.add(address)
        for letter in self.letters.values():
            if letter.address == address and letter.state in ("queued", "claimed"):
                letter.become("canceled")


SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # thousands of small commits
TEMPLATE = Path(tempfile.gettempdir())


@pytest.fixture(scope="module", autouse=True)
def _template() -> Iterator[None]:
    """A migrated file, made once."""
    global TEMPLATE  # noqa: PLW0603  (Hypothesis runs the machine outside pytest's fixtures)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        TEMPLATE = Path(folder) / "template.db"
        database = open_database(f"sqlite:///{TEMPLATE}")
        migrating.migrate(database)
        database.close()
        yield


TestLetters = Letters.TestCase
TestLetters.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking takes minutes: let a person ask for it
    database=None,
    suppress_health_check=list(HealthCheck),
)
