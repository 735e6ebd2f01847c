"""`newsletter deliveries`: every e-mail, and what became of it."""

from __future__ import annotations

from dataclasses import asdict

import click

from newsletter.cli.opening import opened
from newsletter.cli.people import key_of
from newsletter.cli.showing import echo_facts, echo_json, echo_table, iso, json_option, local
from newsletter.delivery import ledger, reviving
from newsletter.delivery.ledger import Line, Wanted
from newsletter.delivery.models import Attempt


@click.group()
def deliveries() -> None:
    """Look at every e-mail, at what became of it, and send again what may be lost."""


@deliveries.command("list")
@click.option("--campaign", help="Only of this sequence.")
@click.option("--state", help="Only in this state: queued, sent, skipped …")
@click.option("--email", help="Only to this address.")
@click.option("--limit", type=click.IntRange(1), help="Only the newest so many.")
@json_option
def list_(
    campaign: str | None, state: str | None, email: str | None, limit: int | None, *, as_json: bool
) -> None:
    """List deliveries, the older ones first."""
    wanted = Wanted(campaign, state, None if email is None else key_of(email))
    with opened() as house, house.database.reading() as session:
        found = ledger.lines(session, wanted, limit)
        zone = house.settings.clinic.zone
    if as_json:
        echo_json([_line_json(each) for each in found])
        return
    rows = [
        (
            each.id,
            each.to or "(erased)",
            _letter(each),
            each.state,
            local(each.sent_at or each.due_at, zone),
            each.reason,
        )
        for each in found
    ]
    echo_table(("Id", "To", "Letter", "State", "Sent or due", "Reason"), rows, empty="No deliveries.")


@deliveries.command()
@click.argument("delivery_id", type=int, metavar="ID")
@json_option
def show(delivery_id: int, *, as_json: bool) -> None:
    """Show one delivery with every conversation about it."""
    with opened() as house, house.database.reading() as session:
        line, attempts = ledger.line(session, delivery_id), ledger.attempts(session, delivery_id)
        zone = house.settings.clinic.zone
    if as_json:
        echo_json(_line_json(line) | {"attempts": [_attempt_json(each) for each in attempts]})
        return
    echo_facts(
        (asdict(line) | {"due_at": local(line.due_at, zone), "sent_at": local(line.sent_at, zone)}).items()
    )
    click.echo()
    rows = [(local(a.at, zone), a.outcome, a.code, a.enhanced, a.said) for a in attempts]
    echo_table(("When", "Outcome", "Code", "Enhanced", "Said"), rows, empty="No conversation yet.")


@deliveries.command("resend-unknown")
@click.argument("campaign")
def resend_unknown(campaign: str) -> None:
    """Send again what of CAMPAIGN was maybe sent, because the mail server never answered.

    Nobody can know whether it arrived: whoever got it the first time gets it twice.
    """
    with opened() as house, house.database.writing.begin() as session:
        done = reviving.resend_unknown(session, campaign, house.clock.now())
    if not done.again and not done.left:
        click.echo(f"Nothing of “{campaign}” was maybe sent.")
    if done.again:
        click.echo(
            f"Going out again: {done.again} of “{campaign}”. Whoever got it the first time gets it twice."
        )
    if done.left:
        click.echo(f"Left as it is: {done.left}, too late to be useful, or the reader's data was deleted.")


def _letter(line: Line) -> str:
    return f"{line.campaign}/{line.step}" if line.campaign else line.stream


def _line_json(line: Line) -> dict[str, object]:
    return asdict(line) | {"due_at": iso(line.due_at), "sent_at": iso(line.sent_at)}


def _attempt_json(attempt: Attempt) -> dict[str, object]:
    return {
        "at": iso(attempt.at),
        "outcome": attempt.outcome,
        "code": attempt.code,
        "enhanced": attempt.enhanced,
        "said": attempt.said,
    }
