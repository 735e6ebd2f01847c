"""Death, and a database that blinks, at every single statement of a delivery: for every n, the n-th."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from newsletter.delivery.models import ENDED
from newsletter.delivery.transports import Outcome
from tests.delivery.office import ACCEPTED, Answering, Office


class Died(BaseException):
    """As SIGKILL: nothing of that process is done after it."""


@dataclass
class Fault:
    """Strikes at the statement number `at`; a dead process stays dead."""

    at: int
    deadly: bool
    statements: int = 0
    struck: bool = False

    def __call__(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        self.statements += 1
        if self.struck and self.deadly:
            raise Died
        if self.statements == self.at:
            self.struck = True
            if self.deadly:
                raise Died
            raise OperationalError(statement, {}, Exception("the database blinked"))


@contextmanager
def striking(office: Office, fault: Fault) -> Iterator[None]:
    engines = {office.database.engine, office.database.reading.kw["bind"]}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", fault)
    try:
        yield
    except (Died, OperationalError):
        pass
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", fault)


def one_life(office: Office, fault: Fault) -> tuple[str, int, bool]:
    """A letter, a fault, and another postman who comes later; what became of it, how often it was accepted."""
    number, accepted = office.put(), Answering([ACCEPTED])
    with striking(office, fault):
        office.postman(accepted).round()
    office.clock.advance(minutes=2)
    other = office.postman(accepted, name="two")
    while other.round():
        office.clock.advance(minutes=10)
    return office.row(number).state, len(accepted.handed), fault.struck


def test_a_process_may_die_at_any_statement_and_no_letter_is_lost_or_doubled(office: Office):
    ends = []
    for at in range(1, 100):
        state, times, struck = one_life(office, Fault(at, deadly=True))
        ends.append(state)
        assert (state, times) in {("sent", 1), ("unknown", 1), ("unknown", 0)}, at
        if not struck:
            break
    assert ends[-1] == "sent"
    assert 0 < ends.count("unknown") < len(ends) / 2  # between the gate and the record, and nowhere else


def test_a_database_that_blinks_at_any_statement_costs_nothing_but_time(office: Office):
    for at in range(1, 100):
        state, times, struck = one_life(office, Fault(at, deadly=False))
        assert (state, times) == ("sent", 1), at
        if not struck:
            return
    raise AssertionError("the delivery has no end")


def test_death_during_the_conversation_is_an_honest_unknown(office: Office):
    number = office.put()

    def dies() -> Outcome:
        raise Died

    with striking(office, Fault(0, deadly=True)):
        office.postman(Answering([dies])).round()
    assert office.row(number).state == "handoff"
    office.clock.advance(minutes=2)
    out = Answering()
    assert office.postman(out, name="two").round() == 1
    assert (office.row(number).state, out.handed) == ("unknown", [])
    assert office.row(number).state in ENDED
