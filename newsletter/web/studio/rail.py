"""The rail on the left: where whoever looks may go, and where she is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for

from newsletter.staff import roll
from newsletter.web.access import is_at_home, place_of
from newsletter.web.transaction import house


@dataclass(frozen=True)
class Entry:
    """One line of the rail. `under` is the path that all its pages share; empty for a page that stands alone."""

    label: str
    icon: str
    endpoint: str
    under: str = ""


ENTRIES = (
    Entry("Today", "today", "studio.today"),
    Entry("Newsletters", "news", "studio.newsletters", "/studio/newsletters/"),
    Entry("Sequences", "steps", "studio.sequences", "/studio/sequences/"),
    Entry("People", "people", "studio.people", "/studio/people/"),
    Entry("Reports", "chart", "studio.reports", "/studio/reports/"),
    Entry("Practice inbox", "inbox", "studio.inbox", "/studio/inbox/"),
    Entry("Settings", "settings", "studio.settings", "/studio/settings/"),
)
# What stands beside every page of the settings; a page that is not there, or not for her, is left out.
SETTINGS = (
    Entry("Clinic", "sign", "studio.clinic_facts", "/studio/settings/clinic/"),
    Entry("Brand", "sun", "studio.brand", "/studio/settings/brand/"),
    Entry("Pictures", "desktop", "studio.pictures", "/studio/settings/pictures/"),
    Entry("Topics", "lines", "studio.topics", "/studio/settings/topics/"),
    Entry("Consent texts", "check", "studio.consent_texts", "/studio/settings/consent/"),
    Entry("Forms", "sign", "studio.forms", "/studio/settings/forms/"),
    Entry("How we send", "send", "studio.sending", "/studio/settings/sending/"),
    Entry("Who works here", "person", "studio.staff", "/studio/settings/staff/"),
    Entry("What was done", "lines", "studio.log", "/studio/settings/log/"),
    Entry("For your IT person", "bytes", "studio.keys", "/studio/settings/keys/"),
)


def furnish() -> dict[str, Any]:
    """What the layout of every studio page asks for."""
    return {
        "rail": [each for each in ENTRIES if may_open(each.endpoint)],
        "settings_pages": [each for each in SETTINGS if may_open(each.endpoint)],
        "is_here": is_here,
        "may_open": may_open,
        "roles": roll.ROLES,
    }


def may_open(endpoint: str) -> bool:
    """Whether the page exists and is for whoever looks: her role, or anybody at this computer in practice."""
    place = place_of(current_app.view_functions.get(endpoint))
    if place is None or (place.practice and not house().settings.practice):
        return False
    me = g.get("me")
    if me is None:
        return place.practice and is_at_home()
    return place.roles is None or me.role in place.roles


def is_here(entry: Entry) -> bool:
    """Whether the page that is shown belongs to this line of the rail."""
    if entry.under:
        return request.path.startswith(entry.under)
    return request.path == url_for(entry.endpoint)
