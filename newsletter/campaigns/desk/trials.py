"""A letter as it stands, to whoever writes it: by the road of all letters, in the stream `test`, for no reader.

Its words become a version of a letter of their own, `test/<name>`, so that nothing that people get changes. Its links
for stopping and choosing lead to a page that says so (`onlookers.NO_READER`): a forwarded test stops nobody's letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.audience import addresses
from newsletter.campaigns.dispatch import printed
from newsletter.content import publishing
from newsletter.content.compiling import LONGEST_SUBJECT, Source
from newsletter.content.filling import Parsed
from newsletter.content.previewing import compiled_once
from newsletter.content.refusals import MissingField
from newsletter.content.wearing import worn
from newsletter.delivery import mailboxes, queue, suppression
from newsletter.delivery.models import Delivery
from newsletter.delivery.queue import Order
from newsletter.errors import Refused

USEFUL = timedelta(days=1)
BEFORE = "Test: "
LONGEST_NAME = 160


def send(  # noqa: PLR0917  (to whom, under which name, which words, filled with what, and when)
    session: Session,
    to: str,
    name: str,
    source: Source,
    everybody: Mapping[str, Any],
    reader: Mapping[str, Any],
    now: datetime,
) -> int:
    """Queue `source` as a test to the address `to`; returns the delivery's id. `name` is the letter's.

    Raises Refused where the address may not be mailed or this reader would not get it, ContentRefused for words that
    cannot go out.
    """
    fields = {**everybody, **reader}
    try:
        Parsed.of(compiled_once(source, worn(session))).fill(fields)
    except MissingField as gap:
        raise Refused(
            f"this reader would not get it, since there is no {gap.field}; choose another one"
        ) from gap
    address = addresses.judge(to)
    mailbox = mailboxes.find_or_add(session, address.address, address.key, now)
    stops = suppression.stops(session, [mailbox.id]).get(mailbox.id, {})
    if forbidden := suppression.forbids(stops, "test"):
        raise Refused(f"{to} is on the “do not mail” list ({forbidden}), so no test goes there")
    version = publishing.set_aside(
        session, f"test/{name}"[:LONGEST_NAME], _named(source), now, kind="marketing"
    )
    earlier = select(func.count()).where(Delivery.mailbox_id == mailbox.id, Delivery.stream == "test")
    order = Order(
        dedupe_key=f"test:{mailbox.id}:{session.scalar(earlier)}",
        stream="test",
        mailbox_id=mailbox.id,
        letter=f"version:{version.id}",
        fields=printed(fields, version.fields),
        send_after=now,
        expires_at=now + USEFUL,
    )
    return queue.put(session, [order], now)[0]


def _named(source: Source) -> Source:
    """Told apart from the letter itself in an inbox, where that leaves room for the subject."""
    subject = BEFORE + source.subject
    return replace(source, subject=subject) if len(subject) <= LONGEST_SUBJECT else source
