"""`inbox:`: the practice inbox. Every letter is accepted into a table of this database; none leaves the computer."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from newsletter.db import Database, readable
from newsletter.delivery.models import PracticeLetter
from newsletter.delivery.transports import Envelope, Outcome, Result

BUSY_SECONDS = 15.0  # SQLite waits up to ten for another writer


class InboxTransport:
    """Keeps the bytes as they came, dated by the story's clock."""

    deadline = BUSY_SECONDS

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """One row, committed. A full disk or a locked database defers; a commit whose answer was lost is `unknown`."""
        letter = PracticeLetter(
            recipient=envelope.recipient,
            sender=envelope.sender,
            subject=envelope.subject,
            stream=envelope.stream,
            received_at=envelope.at,
            raw=message,
        )
        try:
            with self._database.writing.begin() as session:
                session.add(letter)
        except DBAPIError as failure:
            kind: Result = "unknown" if failure.connection_invalidated else "deferred"
            return Outcome(kind, None, None, readable(failure).line, "server", "inbox")
        except SQLAlchemyError:  # no connection was free
            return Outcome("deferred", None, None, "the database is busy", "server", "inbox")
        return Outcome("accepted", 250, None, "kept in the practice inbox", "server", "inbox")

    def close(self) -> None:
        """Nothing to say goodbye to."""
