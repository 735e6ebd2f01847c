"""Sequences and newsletters as rows of a table, and as objects for programs."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from newsletter.campaigns.issues import Issue
from newsletter.campaigns.listing import Letter, Summary
from newsletter.cli.showing import iso, local


def waits(origin: str | None) -> str:
    """Where a draft that waits comes from, in words; nothing where none waits."""
    return {"import": "imported", "starter": "from a newer release"}.get(origin or "", "")


def came_along(issue: Issue) -> str:
    """As `812 of 20,000 sent, 3 skipped`; before all are in the queue, only what there is."""
    if issue.audience is None:
        return counts(issue.outcomes) or "none yet"
    others = counts({word: number for word, number in issue.outcomes.items() if word != "sent"})
    return ", ".join(filter(None, (f"{issue.outcomes.get('sent', 0):,} of {issue.audience:,} sent", others)))


def start(issue: Issue, zone: ZoneInfo) -> str:
    """When an issue goes out, on the clinic's wall clock; nothing for a draft."""
    if issue.starts_at is None:
        return ""
    if issue.local_hour is not None:
        return f"{local(issue.starts_at, zone)} on, at {issue.local_hour}:00 of each reader"
    return local(issue.starts_at, zone)


def issue_json(issue: Issue) -> dict[str, object]:
    """A newsletter for programs."""
    return {
        "slug": issue.slug,
        "name": issue.name,
        "kind": "broadcast",
        "topic": issue.topic,
        "subject": issue.subject,
        "state": issue.state,
        "starts_at": iso(issue.starts_at) if issue.starts_at else None,
        "local_hour": issue.local_hour,
        "audience": issue.audience,
        "deliveries": issue.outcomes,
        "draft": issue.draft,
    }


def summary_json(summary: Summary) -> dict[str, object]:
    """A sequence for programs."""
    return {
        "slug": summary.slug,
        "name": summary.name,
        "kind": "sequence",
        "class": summary.kind,
        "state": summary.state,
        "on_since": iso(summary.on_since),
        "letters": summary.letters,
        "people": summary.people,
        "draft": summary.draft,
    }


def letter_json(letter: Letter) -> dict[str, object]:
    """A letter of a sequence for programs."""
    return {
        "step": letter.key,
        "subject": letter.subject,
        "timing": letter.intent.to_json(),
        "only_if": letter.only_if,
        "outcomes": letter.outcomes,
    }


def counts(counts: Mapping[str, int]) -> str:
    """As `2 queued, 1,204 sent`."""
    return ", ".join(f"{number:,} {word}" for word, number in sorted(counts.items()))
