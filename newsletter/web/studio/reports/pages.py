"""What became of newsletters and sequences, in numbers: the list, one of each, and the same as a file."""

from __future__ import annotations

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk.naming import LONGEST_NAME
from newsletter.content.merging import parse
from newsletter.content.refusals import ContentRefused
from newsletter.insights import reports
from newsletter.insights.reports import Issue, IssueReport, SequenceReport
from newsletter.web.access import SEES_PEOPLE, me, reads
from newsletter.web.studio.reports import tables as report_tables
from newsletter.web.studio.reports import words as report_words
from newsletter.web.transaction import house

MOST_PAGES = 10_000


@reads()
def show(session: Session) -> ResponseReturnValue:
    """Every newsletter that has gone out, newest first, and every sequence."""
    number = request.args.get("page", default=1, type=int)
    if not 1 <= number <= MOST_PAGES:
        abort(404)
    shelf = reports.shelf(session, house().clock.now(), number)
    return render_template("studio/reports.html", shelf=shelf, number=number, says=report_words)


@reads()
def newsletter(session: Session, slug: str) -> ResponseReturnValue:
    """One newsletter beside the five before it."""
    now, zone = house().clock.now(), house().settings.clinic.zone
    report = reports.issue(session, slug, now)
    issues = [*reversed(report.earlier), report.issue]
    return render_template(
        "studio/report.html",
        report=report,
        subject=_subject(report.issue),
        lines=report_words.lines(issues, zone) if report.earlier else [],
        compared=report_words.compared(report.issue.reading, [each.reading for each in report.earlier]),
        leavers=_leavers(session, report),
        copy_name=f"{report.issue.name[: LONGEST_NAME - 7]}, again",
        says=report_words,
    )


@reads()
def newsletter_file(session: Session, slug: str) -> ResponseReturnValue:
    """The same figures as a CSV file; nobody's name in it."""
    report = reports.issue(session, slug, house().clock.now())
    return _file(slug, report_tables.of_issue(report, house().settings.clinic.booking_url))


@reads()
def sequence(session: Session, slug: str) -> ResponseReturnValue:
    """One sequence, letter by letter."""
    report = reports.sequence(session, slug, house().clock.now())
    subjects = {each.key: each.subject for each in report.letters}
    return render_template(
        "studio/report_sequence.html",
        report=report,
        subjects=subjects,
        leavers=_leavers(session, report),
        says=report_words,
    )


@reads()
def sequence_file(session: Session, slug: str) -> ResponseReturnValue:
    """The same figures as a CSV file, a row for each letter."""
    return _file(slug, report_tables.of_sequence(reports.sequence(session, slug, house().clock.now())))


def _leavers(session: Session, report: IssueReport | SequenceReport) -> list[reports.Leaver] | None:
    """Names, for those who may see them; None for who sees numbers only."""
    if me().role not in SEES_PEOPLE:
        return None
    return reports.leavers(session, report)


def _subject(issue: Issue) -> str:
    """With the clinic's facts in it; as it was written where it names what only a reader has."""
    try:
        return parse(issue.subject, html=False, name="subject").fill(house().settings.clinic.fields())
    except ContentRefused:
        return issue.subject


def _file(slug: str, text: str) -> Response:
    answer = Response(text, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{slug}.csv"'
    return answer
