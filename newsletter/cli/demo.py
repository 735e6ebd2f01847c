"""`newsletter demo`: a clinic with a month behind it, then site, studio and worker as `newsletter up` starts them."""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from datetime import datetime, timedelta

import click
from sqlalchemy import func, select

from newsletter import logs, migrating, paths
from newsletter.audience.models import Subscriber
from newsletter.audience.people import everybody
from newsletter.campaigns.filing import starter
from newsletter.cli import demo_story
from newsletter.cli.listening import address_options, alone_with, listen
from newsletter.cli.progress import progress
from newsletter.clock import FrozenClock, SandboxClock
from newsletter.delivery.models import PracticeLetter
from newsletter.errors import Refused
from newsletter.house import House, open_house
from newsletter.rounds import Rounds, open_rounds
from newsletter.settings import Settings


@click.command()
@address_options
@click.option("--only", is_flag=True, help="Write the month's history, and start nothing.")
def demo(host: str, port: int, *, only: bool) -> None:
    """Practice: live through a month with sixty visitors in a few seconds, then do as `up` does.

    It wants a data directory of its own, without people in it: `make demo` takes var/demo.
    """
    logs.configure(logging.WARNING)
    settings = Settings.from_env(os.environ | {"HOST": host, "PORT": str(port)})
    if not settings.practice:
        raise Refused("the demo is for practice only: here NEWSLETTER_MAIL_URL sends real mail")
    listen(host, port).close()  # a port in use is said before the month, not after it
    with alone_with(settings.data_dir, settings.base_url):
        tell(settings, SandboxClock(settings.clock_file).machine())
    if not only:
        sys.stdout.flush()
        up = [sys.executable, "-m", "newsletter.cli", "up", "--host", host, "--port", str(port)]
        os.execv(up[0], up)  # noqa: S606  (ourselves, and no shell is wanted)


def tell(settings: Settings, now: datetime) -> None:
    """Live through the month up to `now` (aware), and say what there is to see. Raises Refused where people are.

    The story has a clock of its own, which ends at `now`, the machine's time: practice's own is not turned.
    """
    now = now.replace(microsecond=0)
    clock = FrozenClock(now - timedelta(days=demo_story.DAYS))
    house = open_house(settings, clock)
    try:
        migrating.migrate(house.database)
        with house.database.reading() as session:
            if session.scalar(select(Subscriber.id).limit(1)) is not None:
                raise Refused(
                    f"{settings.data_dir} has people in it already: NEWSLETTER_DATA_DIR={settings.data_dir} "
                    "newsletter up goes on with them; a new month wants a directory of its own"
                )
        SandboxClock(settings.clock_file).reset()
        live(house, clock, now)
        _say(house)
    finally:
        house.close()


def live(house: House, clock: FrozenClock, now: datetime) -> None:
    """From act to act, every letter at its own hour in between, until `now` (aware)."""
    clinic_zone = house.settings.clinic.zone
    with house.database.writing.begin() as session:
        for folder in ("campaigns", "demo"):
            starter.load(session, clock.now(), paths.TEMPLATES / folder)
    rounds = open_rounds(house)
    try:
        with progress("A month at the clinic, in days", demo_story.DAYS) as say:
            for act in demo_story.acts(now, house.links, house.settings.clinic):
                _reach(rounds, clock, act.at)
                with house.database.writing.begin() as session:
                    act.verb(session, clock.now())
                say(demo_story.DAYS - (now - act.at).days)
            _reach(rounds, clock, now)
        rounds.until_idle()
        with house.database.writing.begin() as session:
            demo_story.schedule(session, now, clinic_zone)
    finally:
        rounds.close()


def _reach(rounds: Rounds, clock: FrozenClock, moment: datetime) -> None:
    """As `rounds.live_through`, in half its time: nobody else works here, so one round does what is due."""
    while (due := rounds.next_work_at()) is not None and due <= moment:
        clock.turn_to(max(due, clock.now()))
        if not rounds.round():
            rounds.until_idle()  # which complains where nothing moves
    clock.turn_to(max(moment, clock.now()))


def _say(house: House) -> None:
    with house.database.reading() as session:
        people = Counter(card["status"] for card in everybody(session))
        letters = session.scalar(select(func.count()).select_from(PracticeLetter))
    click.echo(
        f"A month has passed at {house.settings.clinic.name}: {people.total()} visitors signed up, "
        f"{people['pending']} of them never confirmed, {people['unsubscribed']} left, and {letters} e-mails arrived."
    )
    places = (("Past issues", "/archive/"), ("What arrived", "/studio/inbox/"))
    for name, path in places:
        click.echo(f"  {name:<16} {house.links.url(path)}")
    click.echo(
        f"  {'Tomorrow, 9:00':<16} “{demo_story.TOMORROW}” goes out; the practice inbox turns the clock"
    )
    where = f"NEWSLETTER_DATA_DIR={os.path.relpath(house.settings.data_dir)} {sys.argv[0]}"
    click.echo(f"  {'Ask':<16} {where} why visitor-014@example.com welcome")
