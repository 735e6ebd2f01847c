"""From a delivery and its rendered words to a finished letter: who writes, and the headers that depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from newsletter.clinic import Clinic
from newsletter.delivery import mail
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import STREAMS
from newsletter.links import Links, Purpose

# What the renderer asks for before it leads links through our counter; marketing letters get it, and no others do.
COUNTING = CLICKS, OPENED = "clicks_url", "opened_url"
SENDER_ID = "newsletter"  # the last field of Feedback-ID: 5 to 15 characters, the same for ever


class Rendered(Protocol):
    """What a renderer returns: the words of one letter to one person."""

    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def html(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Letterhead:
    """The clinic as a sender of e-mail."""

    clinic: Clinic
    links: Links
    # Letter -> where its links begin for every reader alike: signed once for a letter, not for each reader.
    _alike: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def fields(self, claimed: Claimed) -> dict[str, Any]:
        """All that the letter may mention: what was frozen in the queue, the clinic's facts, this reader's links."""
        facts = self.clinic.fields()
        fields: dict[str, Any] = {**facts, **claimed.fields}
        for name in COUNTING:
            fields.pop(name, None)
        if claimed.person_id is not None:
            token = self.links.sign(Purpose.PREFERENCES, claimed.person_id)
            fields["preferences_url"] = self.links.url(f"/preferences/{token}")
        if claimed.stream == "marketing":
            fields["unsubscribe_url"] = self.unsubscribe_url(claimed)
            fields |= self._counting(claimed, facts)
        return fields

    def _counting(self, claimed: Claimed, facts: Mapping[str, str]) -> dict[str, str]:
        """Where this letter's links begin: with herself in them where she agreed, else the same for every reader.

        A letter whose fields stand in for a fact of the clinic leads where only its own row knows: it is not counted.
        """
        if claimed.counted:
            return {
                CLICKS: self.links.url(f"/c/{self.links.sign(Purpose.CLICK, claimed.id)}"),
                OPENED: self.links.url(f"/o/{self.links.sign(Purpose.OPEN, claimed.id)}.gif"),
            }
        if claimed.fields.keys() & facts.keys():
            return {}
        if claimed.letter not in self._alike:
            token = self.links.sign(Purpose.COUNT, *claimed.letter.encode())
            self._alike[claimed.letter] = self.links.url(f"/c/{token}")
        return {CLICKS: self._alike[claimed.letter]}

    def unsubscribe_url(self, claimed: Claimed) -> str:
        """Works for years, needs no row: mailbox, person and stream stand in the token."""
        stream = STREAMS.index(claimed.stream)
        token = self.links.sign(Purpose.UNSUBSCRIBE, claimed.mailbox_id, claimed.person_id or 0, stream)
        return self.links.url(f"/u/{token}")

    def letter(self, claimed: Claimed, words: Rendered, date: datetime) -> mail.Mail:
        """The letter with its headers. Raises mail.MailRefused when compose does."""
        marketing = claimed.stream == "marketing"
        return mail.Mail(
            message_id=mail.message_id(claimed.id, self.clinic.domain),
            date=date,
            from_name=self.clinic.name,
            from_address=self.clinic.sender,
            to_address=claimed.address,
            subject=words.subject,
            text=words.text,
            html=words.html,
            stream=cast("mail.Stream", claimed.stream),
            reply_to=self.clinic.reply_to or None,
            list_id=f"{self.clinic.name} letters <letters.{self.clinic.domain}>" if marketing else None,
            unsubscribe_url=self.unsubscribe_url(claimed) if marketing else None,
            feedback_id=self._feedback_id(claimed) if marketing else None,
        )

    def _feedback_id(self, claimed: Claimed) -> str:
        """Nothing in it is unique per mail, or receivers cannot add it up."""
        parts: Mapping[str, str] = {"campaign": claimed.campaign or "none", "step": claimed.step or "none"}
        return ":".join((parts["campaign"], parts["step"], claimed.stream, SENDER_ID))
