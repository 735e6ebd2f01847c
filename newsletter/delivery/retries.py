"""Pure: what a server's refusal says of whom, and after a failure: when again, or give up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter.delivery.transports import Outcome

# RFC 5321 4.5.4.1: a few quick tries, then every two to three hours.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))
LATER = timedelta(hours=2)
SPREAD = timedelta(hours=1)
SILENCE = timedelta(minutes=10)  # Gmail on 4.7.28: at least this long without a word

Kind = Literal["hard", "disabled", "full", "soft", "block"]


@dataclass(frozen=True)
class RetryDecision:
    """When to try again (UTC), or None: give up; and why, in under 200 characters and without an address."""

    at: datetime | None
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What a reply says of whom."""

    kind: Kind
    reason: str

    @property
    def suppresses(self) -> bool:
        """Nobody lives there: the address gets nothing more, in any stream."""
        return self.kind == "hard"

    @property
    def counts(self) -> bool:
        """It stands in the address's history: twice *disabled* in 7 days, or 5 soft ones on 3 days in 30."""
        return self.kind in ("disabled", "full", "soft")

    @property
    def alarms(self) -> bool:
        """The sender's reputation, set-up or letter is refused: never the person's fault; look before sending on."""
        return self.kind == "block"


def after(
    outcome: Outcome, tries: int, now: datetime, expires_at: datetime, *, stream: str, jitter: float
) -> RetryDecision:
    """After `outcome` of conversation number `tries` (from 1): again when, or give up.

    `jitter` in 0..1 spreads the later waits. A 5xx is never tried again for the same recipient (RFC 5321 4.2.1). A lost
    answer is tried again for care only; that this happens once, with the same bytes, is for the caller to keep.
    """
    if outcome.kind == "accepted":
        raise ValueError("an accepted letter has no next try")
    if outcome.kind == "refused":
        return RetryDecision(None, f"refused for good: {_said(outcome)}")
    if outcome.kind == "unknown" and stream != "care":
        return RetryDecision(None, "nobody knows whether it arrived; only care is sent a second time")
    wait = WAITS[tries - 1] if 1 <= tries <= len(WAITS) else LATER + SPREAD * jitter
    if outcome.enhanced == "4.7.28":
        wait = max(wait, SILENCE)
    if now + wait >= expires_at:
        return RetryDecision(None, "its time is over before the next try")
    return RetryDecision(now + wait, f"not yet: {_said(outcome)}")


def _said(outcome: Outcome) -> str:
    """Short and without an address, for a row that people read: the numbers, or our own words where no reply was."""
    if outcome.code is None:
        return outcome.text[:150]
    return " ".join(filter(None, (str(outcome.code), outcome.enhanced)))


NOBODY = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"))
SENDERS = frozenset(("5.1.7", "5.1.8", "5.2.3", "5.3.4"))  # a bad sender address; a letter that is too long
# The reputation, rate and authentication refusals of Gmail that come as 4xx.
GMAIL = frozenset(f"4.7.{detail}" for detail in (23, 26, 27, 28, 29, 30, 31, 32))

STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
ABOUT_SENDER = re.compile(r"sender|\bmail from\b|\bhelo\b|from address", re.IGNORECASE)
BLOCKED = re.compile(
    r"spam|\bblock|black ?list|deny ?list|dnsbl|\brbl\b|reputation|polic(?:y|ies)|dmarc|\bspf\b|\bdkim\b|\bptr\b"
    r"|reverse dns|relay|authenticat|complaint|unexpected volume|content (?:was )?rejected|virus|malware|banned"
    r"|unsolicited|message (?:size|too (?:big|large))|exceeds (?:the )?(?:size|maximum)|too many connections",
    re.IGNORECASE,
)
UNKNOWN = re.compile(
    r"(?:user|recipient|mailbox|address|account|host) (?:is )?unknown"
    r"|unknown (?:user|recipient|mailbox|address|host)"
    r"|no such (?:user|recipient|mailbox|address|account|person|host|domain)"
    r"|no (?:mailbox|user) here|unrouteable address"
    r"|(?:does not|doesn'?t) (?:exist|have an? \S+ account)"
    r"|not a valid (?:mailbox|recipient|user)|invalid (?:mailbox|recipient)"
    r"|(?:user|recipient|mailbox|account|domain)(?: name)? (?:was )?not found|recipientnotfound"
    r"|account (?:has been|was) deleted",
    re.IGNORECASE,
)
DISABLED = re.compile(
    r"(?:account|mailbox|user|recipient)\b.{0,40}\b(?:disabled|inactive|suspended|deactivated)", re.IGNORECASE
)
FULL = re.compile(
    r"box (?:is )?full|over ?quota|quota (?:is )?exceeded|exceed\w* .{0,20}quota|out of storage",
    re.IGNORECASE,
)
GREYLISTED = re.compile(r"gr[ae]y-?\s?list", re.IGNORECASE)
DENIED = re.compile(
    r"recipient address rejected: access denied", re.IGNORECASE
)  # Exchange Online: not in the directory


def judge(code: int, enhanced: str | None, text: str) -> Verdict:
    """What an SMTP reply (`code`, its RFC 3463 status if it had one, its text) says; at RCPT or after the dot.

    A 4xx never silences an address, whatever status or text comes with it: the server says itself that it may pass.
    """
    embedded = STATUS.search(text)
    status = enhanced or (embedded[1] if embedded else "")
    if code < 500:
        return _temporary(status, text)
    return _by_status(status, text) or _by_text(text)


def _temporary(status: str, text: str) -> Verdict:
    if status == "4.2.2" or FULL.search(text):
        return Verdict("full", "the mailbox is full")
    reputation = status.startswith("4.7.") and BLOCKED.search(text) and not GREYLISTED.search(text)
    if status in GMAIL or reputation:
        return Verdict("block", "the sender is held back for its rate, reputation or authentication")
    return Verdict("soft", "the server asks to come back later")


def _by_status(status: str, text: str) -> Verdict | None:
    """What the number alone decides; None where the text must be read."""
    if status in NOBODY:
        return Verdict("hard", f"nobody has this address ({status})")
    if status.startswith(("5.7.", "5.6.")) or status in SENDERS:
        return Verdict("block", f"the sender or the letter was refused, not the person ({status})")
    if status == "5.2.1":
        rate = re.search(r"\brate\b|too (?:many|quickly)", text, re.IGNORECASE)
        return (
            Verdict("soft", "too many letters at once")
            if rate
            else Verdict("disabled", "the mailbox is disabled")
        )
    if status == "5.2.2":
        return Verdict("full", "the mailbox is full")
    if status == "5.5.0" and "mailbox unavailable" in text.lower():
        return Verdict("hard", "nobody has this address (Outlook's way to say so)")
    if status == "5.4.1" and DENIED.search(text):
        return Verdict("hard", "nobody has this address (Exchange Online's way to say so)")
    return None


def _by_text(text: str) -> Verdict:
    """Words, most harmless reading first: silencing somebody by mistake costs more than one letter too many."""
    if BLOCKED.search(text) or ABOUT_SENDER.search(text):
        return Verdict("block", "the sender or the letter was refused, not the person")
    if FULL.search(text):
        return Verdict("full", "the mailbox is full")
    if DISABLED.search(text):
        return Verdict("disabled", "the mailbox is disabled")
    if UNKNOWN.search(text):
        return Verdict("hard", "the server says that nobody has this address")
    return Verdict("soft", "the server refused without saying why")
