"""The first ten minutes in practice: which steps of them are done, as the rows tell; reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscription
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.delivery.models import PracticeLetter


@dataclass(frozen=True)
class FirstRun:
    """What has been done once. `turned` is the clock's to say: whether the story is ahead of the machine."""

    signed_up: bool
    welcomed: bool
    written: bool
    turned: bool
    sent: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return self.signed_up and self.welcomed and self.written and self.turned and self.sent


def read(session: Session, *, turned: bool) -> FirstRun:
    """One statement: somebody confirmed, her first letter arrived, words were changed here, a newsletter went out."""
    found = session.execute(
        select(
            select(Subscription.id).where(Subscription.state == "confirmed").exists(),
            select(PracticeLetter.id).where(PracticeLetter.stream == "marketing").exists(),
            select(CampaignDraft.id).where(CampaignDraft.edited_by.is_not(None)).exists(),
            select(Broadcast.id).where(Broadcast.started_at.is_not(None)).exists(),
        )
    ).one()
    signed_up, welcomed, written, sent = found
    return FirstRun(signed_up, welcomed, written, turned, sent)
