"""The letter that the transport tests carry."""

from __future__ import annotations

from datetime import UTC, datetime

from newsletter.delivery.mail import Mail, compose
from newsletter.delivery.transports import Envelope

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SENDER = "b+1@bounce.clinic.example"


def message(
    number: int = 1, text: str = ".\r\n..two dots\r\n.\r\nRSET\r\n", to: str = "reader@example.com"
) -> bytes:
    """A letter whose text would end an unstuffed body early."""
    return compose(
        Mail(
            message_id=f"<d.{number}@news.clinic.example>",
            date=NOON,
            from_name="Example, Clinic ✨",
            from_address="news@clinic.example",
            to_address=to,
            subject="مرحبا ✨",
            text=text,
            html="<p>Hello</p>",
            stream="marketing",
            list_id="Clinic news <news.clinic.example>",
            unsubscribe_url="https://letters.clinic.example/u/" + "t" * 60,
        )
    )


def envelope(
    stream: str = "marketing", to: str = "reader@example.com", *, smtputf8: bool = False
) -> Envelope:
    return Envelope(SENDER, to, stream, smtputf8, "مرحبا ✨", NOON)
