"""What stood in the subject of an e-mail that is in the queue or was sent, as far as it is still known. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.content.account import account_letter
from newsletter.content.merging import one_line, parse
from newsletter.content.models import Version
from newsletter.delivery.models import Delivery
from newsletter.errors import Refused

PRINTED = re.compile(r"\{\{.*?\}\}")
DECIDED = re.compile(r"\{%.*?%\}")


def of(session: Session, deliveries: Iterable[Delivery]) -> dict[int, str]:
    """Delivery -> subject; with “…” where what filled it is forgotten by now."""
    wanted = list(deliveries)
    names = {each.letter for each in wanted}
    known = _written(session, names) | {name: _account(name) for name in names if name.startswith("mail:")}
    return {each.id: _filled(known.get(each.letter, ""), each) for each in wanted}


def _written(session: Session, names: Iterable[str]) -> dict[str, str]:
    numbers = [int(name.removeprefix("version:")) for name in names if name.startswith("version:")]
    rows = session.execute(select(Version.id, Version.subject).where(Version.id.in_(numbers)))
    return {f"version:{row.id}": row.subject for row in rows}


def _account(name: str) -> str:
    try:
        return account_letter(name.removeprefix("mail:")).subject
    except Refused:  # a kind of letter that this version no longer writes
        return ""


def _filled(subject: str, delivery: Delivery) -> str:
    try:
        return one_line(parse(subject, html=False, name="subject").fill(delivery.fields))
    except Refused:
        return one_line(DECIDED.sub("", PRINTED.sub("…", subject)))
