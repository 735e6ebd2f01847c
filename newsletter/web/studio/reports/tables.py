"""A report as a CSV file (RFC 4180), for a spreadsheet. Numbers only: a file is passed on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from newsletter.audience.lists.cells import defused
from newsletter.insights.readings import Reading
from newsletter.insights.reports import IssueReport, SequenceReport

Row = Sequence[str | int]

FIGURES = {
    "handed over": "sent",
    "waiting": "waiting",
    "address gone": "gone",
    "maybe sent": "maybe",
    "not sent": "not_sent",
    "left": "left",
    "clicks": "clicks",
    "clicks by machines": "by_machine",
    "agreed to be counted": "agreed",
    "opened": "opened",
    "clicked, of those who agreed": "clicked",
}


def of_issue(report: IssueReport, booking_url: str) -> str:
    """A row for the newsletter and each of those before it, then one for each link of its own.

    `booking_url` is where the booking page is now; moments are UTC (ISO 8601).
    """
    rows: list[Row] = [["newsletter", "began", *FIGURES]]
    rows += [
        (each.name, each.started_at.isoformat(timespec="seconds"), *_figures(each.reading))
        for each in (report.issue, *report.earlier)
    ]
    rows += [(), ("link", "clicks", "clicks by machines")]
    rows += [
        (booking_url if link.is_booking else link.leads, link.clicks, link.by_machine)
        for link in report.issue.reading.links
    ]
    return _written(rows)


def of_sequence(report: SequenceReport) -> str:
    """A row for each letter, in order."""
    rows: list[Row] = [["letter", "subject", "live", *FIGURES]]
    rows += [
        (each.key, each.subject, "yes" if each.live else "no", *_figures(each.reading))
        for each in report.letters
    ]
    return _written(rows)


def _figures(reading: Reading) -> list[int]:
    return [getattr(reading, name) for name in FIGURES.values()]


def _written(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([[defused(str(cell)) for cell in row] for row in rows])
    return text.getvalue()
