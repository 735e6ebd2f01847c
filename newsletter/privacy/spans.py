"""Pure: how long we keep what. Retention obeys these numbers, and the page “what we keep” prints them."""

from __future__ import annotations

from datetime import timedelta

YEAR = timedelta(days=365)

UNCONFIRMED = timedelta(days=30)  # a sign-up that nobody confirmed
TRACES = YEAR  # the network address and the browser beside an act of consent
BODIES = YEAR  # what stood in an e-mail, what the mail server said of it, and whether its reader opened it
PRACTICE = YEAR  # letters in the practice inbox
DRAFTS = YEAR  # what a draft said at each sitting, once it was used or let go


def said(span: timedelta) -> str:
    """“12 months” for whole years, else “30 days”."""
    years, rest = divmod(span, YEAR)
    return f"{span.days} days" if rest else f"{years * 12} months"
