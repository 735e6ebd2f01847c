"""`newsletter suppressions`: the do-not-mail list."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from newsletter.audience import addresses
from newsletter.audience.blocking import BY_HAND
from newsletter.cli.opening import opened
from newsletter.cli.showing import echo_json, echo_table, iso, json_option, local
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Suppression
from newsletter.errors import NotFound


@click.group()
def suppressions() -> None:
    """Look at the do-not-mail list, add to it, take from it."""


@suppressions.command("list")
@click.option("--all", "released_too", is_flag=True, help="Also those that were lifted.")
@json_option
def list_(*, released_too: bool, as_json: bool) -> None:
    """List the addresses that must not be mailed."""
    rows = select(Suppression).options(joinedload(Suppression.mailbox)).order_by(Suppression.id)
    if not released_too:
        rows = rows.where(Suppression.released_at.is_(None))
    with opened() as house, house.database.reading() as session:
        found = session.scalars(rows).all()
        zone = house.settings.clinic.zone
    if as_json:
        echo_json([_as_json(each) for each in found])
        return
    echo_table(
        ("E-mail", "Scope", "Reason", "Since", "Lifted", "Note"),
        [
            (
                s.mailbox.address or "(erased)",
                s.scope,
                s.reason,
                local(s.created_at, zone),
                local(s.released_at, zone),
                s.note,
            )
            for s in found
        ],
        empty="Nobody is on the do-not-mail list.",
    )


@suppressions.command()
@click.argument("email")
@click.option(
    "--scope",
    type=click.Choice(("all", "marketing")),
    default="all",
    show_default=True,
    help="Which mail stops.",
)
def add(email: str, scope: str) -> None:
    """Stop mail to EMAIL, and cancel what waits for it."""
    address = addresses.judge(email)
    with opened() as house, house.database.writing.begin() as session:
        now = house.clock.now()
        mailbox = mailboxes.find_or_add(session, address.address, address.key, now)
        new = suppression.suppress(session, mailbox.id, scope, BY_HAND, now)
    click.echo(f"{address.key} is {'now' if new else 'already'} on the do-not-mail list.")


@suppressions.command()
@click.argument("email")
@click.option("--note", required=True, help="Why it may be mailed again; kept with the row.")
def remove(email: str, note: str) -> None:
    """Let EMAIL be mailed again. Subscriptions that ended stay ended."""
    address = addresses.judge(email)
    with opened() as house, house.database.writing.begin() as session:
        mailbox = mailboxes.find(session, address.key)
        if mailbox is None:
            raise NotFound(f"{address.key} is not on the do-not-mail list")
        suppression.release(session, mailbox.id, house.clock.now(), note)
    click.echo(f"{address.key} may be mailed again.")


def _as_json(row: Suppression) -> dict[str, object]:
    return {
        "email": row.mailbox.address,
        "scope": row.scope,
        "reason": row.reason,
        "evidence": row.evidence,
        "since": iso(row.created_at),
        "released_at": iso(row.released_at),
        "note": row.note,
    }
