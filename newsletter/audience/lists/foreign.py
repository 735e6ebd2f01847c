"""Pure: how other tools name things in the lists that they export. One table per tool, no code of its own.

Headers are spelled as `columns.spelled` spells them: lower case, words joined by underscores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OURS = "list"  # a file that comes from no tool in particular, or from our own export


@dataclass(frozen=True)
class Tool:
    """One tool's export. It is recognized where it has all of `signs` and one of `either`."""

    name: str
    signs: frozenset[str]
    either: frozenset[str]
    # What a column means, and the headers that it may have, the best first.
    means: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def recognizes(self, headers: frozenset[str]) -> bool:
        """Whether a file with these headers looks like this tool's."""
        return self.signs <= headers and not self.either.isdisjoint(headers)


# Three files: subscribed, unsubscribed (with UNSUB_TIME) and cleaned (with CLEAN_TIME). Times are UTC.
MAILCHIMP = Tool(
    "mailchimp",
    frozenset({"optin_time", "confirm_time"}),
    frozenset({"member_rating", "leid", "euid", "last_changed", "unsub_time", "clean_time"}),
    {
        "requested_at": ("optin_time",),
        "requested_ip": ("optin_ip",),
        "confirmed_at": ("confirm_time",),
        "confirmed_ip": ("confirm_ip",),
        "left_at": ("unsub_time",),
        "cleaned_at": ("clean_time",),
    },
)
LISTMONK = Tool(
    "listmonk",
    frozenset({"uuid", "status"}),
    frozenset({"attributes", "attribs"}),
    {"attributes": ("attributes", "attribs"), "requested_at": ("created_at",)},
)
FLODESK = Tool(
    "flodesk",
    frozenset({"status"}),
    frozenset({"segments", "segment"}),
    {
        "tags": ("segments", "segment"),
        "requested_at": ("optin_timestamp", "created_at", "date_added", "subscribed_at"),
        "requested_ip": ("optin_ip",),
    },
)
KIT = Tool(
    "kit",
    frozenset({"first_name", "created_at"}),
    frozenset({"status", "state"}),
    {"status": ("status", "state"), "requested_at": ("created_at",)},
)
TOOLS = {tool.name: tool for tool in (MAILCHIMP, LISTMONK, FLODESK, KIT)}
NO_TOOL = Tool(OURS, frozenset(), frozenset())

# What a status says: she hears from them, she left, her address is no good, or she never said yes.
HEARS = frozenset("active subscribed enabled confirmed".split())
LEFT = frozenset("unsubscribed unsubscribe cancelled canceled opted_out disabled left".split())
CLEANED = {
    **dict.fromkeys(
        "cleaned bounced bounce hard_bounced hard_bounce soft_bounced".split(), "cleaned elsewhere"
    ),
    **dict.fromkeys("blocklisted blacklisted blocked suppressed".split(), "blocked elsewhere"),
    **dict.fromkeys("complained complaint spam marked_as_spam".split(), "complaint elsewhere"),
}
WAITS = frozenset("unconfirmed pending inactive archived non_subscribed nonsubscribed transactional".split())


def recognized(headers: frozenset[str]) -> Tool:
    """The tool whose export has these headers; `NO_TOOL` if it is none that we know."""
    return next((tool for tool in TOOLS.values() if tool.recognizes(headers)), NO_TOOL)
