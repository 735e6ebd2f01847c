"""Every table in one import, for migrations and for the reader."""

from __future__ import annotations

from newsletter.audience.models import Consent, Hold, Subscriber, Subscription, Topic, Wording
from newsletter.audit import AuditEntry
from newsletter.bookmarks import Bookmark
from newsletter.campaigns.models import (
    Broadcast,
    CampaignDraft,
    Enrollment,
    Sequence,
    Step,
    StepRun,
    TimelineVersion,
)
from newsletter.content.models import Email, Version
from newsletter.db import Base
from newsletter.delivery.models import (
    Attempt,
    Delivery,
    Mailbox,
    PracticeLetter,
    Suppression,
)
from newsletter.limits import Counter
from newsletter.pulse import Heartbeat
from newsletter.staff.models import RecoveryCode, Staff, StaffVisit

__all__ = [
    "Attempt",
    "AuditEntry",
    "Base",
    "Bookmark",
    "Broadcast",
    "CampaignDraft",
    "Consent",
    "Counter",
    "Delivery",
    "Email",
    "Enrollment",
    "Heartbeat",
    "Hold",
    "Mailbox",
    "PracticeLetter",
    "RecoveryCode",
    "Sequence",
    "Staff",
    "StaffVisit",
    "Step",
    "StepRun",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TimelineVersion",
    "Topic",
    "Version",
    "Wording",
]
