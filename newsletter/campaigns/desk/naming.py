"""What a new newsletter is called: a name for people, and from it one for addresses."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.filing import current
from newsletter.campaigns.models import CampaignDraft
from newsletter.errors import Refused

LONGEST_NAME = 120


def free_slug(session: Session, name: str) -> str:
    """A name for addresses that nobody has yet, from a name for people: “Spring guide” becomes spring-guide."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "newsletter"
    taken = {slug for slug in current.slugs(session) if slug.startswith(plain)}
    taken |= set(session.scalars(select(CampaignDraft.slug).where(CampaignDraft.slug.startswith(plain))))
    number = 1
    while (slug := plain if number == 1 else f"{plain}-{number}") in taken:
        number += 1
    return slug


def named(name: str) -> str:
    """Pure: a name without spaces too many. Raises Refused for one that is none, or too long."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"a name has 1 to {LONGEST_NAME} characters; right would be one like “Spring guide”")
    return name
