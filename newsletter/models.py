"""Every table in one import, for migrations and for the reader."""

from __future__ import annotations

from newsletter.audience.models import Consent, Form, Hold, Subscriber, Subscription, Topic, Wording
from newsletter.audit import AuditEntry
from newsletter.bookmarks import Bookmark
from newsletter.campaigns.models import (
    Broadcast,
    CampaignDraft,
    DraftRevision,
    Enrollment,
    Sequence,
    Step,
    StepRun,
    TimelineVersion,
)
from newsletter.content.models import Email, Picture, Version
from newsletter.db import Base
from newsletter.delivery.models import (
    Attempt,
    Delivery,
    Event,
    LinkClicks,
    Mailbox,
    PracticeLetter,
    Suppression,
)
from newsletter.limits import Counter
from newsletter.pulse import Heartbeat
from newsletter.staff.models import RecoveryCode, Staff, StaffVisit
from newsletter.stored import StoredSetting

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
    "DraftRevision",
    "Email",
    "Enrollment",
    "Event",
    "Form",
    "Heartbeat",
    "Hold",
    "LinkClicks",
    "Mailbox",
    "Picture",
    "PracticeLetter",
    "RecoveryCode",
    "Sequence",
    "Staff",
    "StaffVisit",
    "Step",
    "StepRun",
    "StoredSetting",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TimelineVersion",
    "Topic",
    "Version",
    "Wording",
]
