"""The month that `newsletter demo` tells: who comes when, and what each of them does; up to its date always the same.

Nobody is invented: visitors have numbers. What happens is a list of acts, each a moment and a verb of the product
itself, so that whatever is added to the story (patients and their courses, say) brings its own list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from newsletter.audience import preferences, signup
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.audience.people import named
from newsletter.audience.signup import SignUp
from newsletter.campaigns import broadcasts, leaving
from newsletter.cli import demo_reading
from newsletter.clinic import Clinic
from newsletter.delivery import suppression
from newsletter.links import Links

DAYS = 34
VISITORS = 60
ISSUES = (("news-what-is-new", 4), ("guide-start-to-finish", 18), ("tips-five-questions", 32))
TOMORROW = "tips-the-quiet-weeks"
HOUR = 9

# Most live near the example clinic; others have moved away, or found the site.
ZONES = (
    ("America/New_York",) * 14
    + ("America/Chicago",) * 3
    + ("America/Los_Angeles", "Europe/London", "Asia/Tokyo")
)
FORMS = ("site",) * 5 + ("waiting-room",) * 3 + ("footer",) * 2
TOPICS: tuple[tuple[str, ...], ...] = ((),) * 7 + (("resources", "tips"), ("tips", "news"), ("resources",))

Verb = Callable[[Session, datetime], object]


@dataclass(frozen=True, order=True)
class Act:
    """Something that somebody does at `at` (aware)."""

    at: datetime
    verb: Verb = field(compare=False)


@dataclass(frozen=True)
class Visitor:
    """One person's part. Moments are aware; None is what she does not do."""

    number: int
    zone: str
    form: str
    topics: tuple[str, ...]
    signs_up: datetime
    confirms: datetime | None
    leaves: datetime | None
    chooses: datetime | None
    bounces: datetime | None

    @property
    def name(self) -> str:
        """What she is called: "Visitor 014"."""
        return f"Visitor {self.number:03d}"

    @property
    def address(self) -> str:
        """Her e-mail address, at a domain that is nobody's (RFC 2606)."""
        return f"visitor-{self.number:03d}@example.com"


def visitors(now: datetime) -> list[Visitor]:
    """Everybody who comes in the DAYS before `now` (aware), in the order in which they come."""
    random = Random("a month at the clinic")  # noqa: S311  (a story, not a secret)
    coming = sorted(_moment(random, now) for _ in range(VISITORS))
    return [_visitor(random, number, came, zone) for number, (came, zone) in enumerate(coming, start=1)]


def acts(now: datetime, links: Links, clinic: Clinic) -> list[Act]:
    """Everything that happens up to `now`, in order."""
    told = visitors(now)
    everything = [act for visitor in told for act in _of_visitor(visitor, links)]
    everything += _of_issues(now, clinic.zone)
    everything += [act for visitor in told for act in _of_reading(visitor, now, clinic)]
    return sorted(act for act in everything if act.at < now)


def schedule(session: Session, now: datetime, clinic_zone: ZoneInfo) -> None:
    """The last act: an issue that waits for tomorrow."""
    tomorrow = now.astimezone(clinic_zone) + timedelta(days=1)
    broadcasts.send(session, TOMORROW, now, at=tomorrow, local_hour=HOUR)


def _moment(random: Random, now: datetime) -> tuple[datetime, str]:
    """An hour at which people are awake in a zone of theirs, at the latest yesterday; more of them at the beginning."""
    zone = random.choice(ZONES)
    ago = timedelta(days=1 + (DAYS - 2.2) * (1 - random.random() ** 1.4))
    hour = time(int(random.triangular(7, 23, 19)), random.randrange(60), random.randrange(60))
    return datetime.combine((now - ago).astimezone(ZoneInfo(zone)).date(), hour, tzinfo=ZoneInfo(zone)), zone


def _visitor(random: Random, number: int, came: datetime, zone: str) -> Visitor:
    def later(least: float, most: float) -> datetime:
        return came + timedelta(days=random.uniform(least, most))

    confirms = came + timedelta(minutes=random.choice((1, 2, 2, 3, 5, 8, 20, 45, 300, 900)))
    return Visitor(
        number=number,
        zone=zone,
        form=random.choice(FORMS),
        topics=random.choice(TOPICS),
        signs_up=came,
        confirms=confirms if number % 8 != 5 else None,
        leaves=later(3, 12) if number in {9, 20, 31, 47} else None,
        chooses=later(2, 9) if number in {6, 14, 33, 52} else None,
        bounces=later(4, 5) if number == 26 else None,
    )


def _of_visitor(visitor: Visitor, links: Links) -> Iterator[Act]:
    def request(session: Session, now: datetime) -> object:
        asked = SignUp(
            visitor.address,
            first_name=visitor.name if visitor.number % 3 else "",
            topics=visitor.topics,
            time_zone=visitor.zone,
            form=visitor.form,
            page="/",
            ip=f"198.51.100.{visitor.number}",
        )
        return signup.request(session, asked, links, now)

    def confirm(session: Session, now: datetime) -> object:
        person = _person(session, visitor)
        return signup.confirm(
            session, (person.mailbox_id, person.id), Evidence("confirm-page", "/confirm"), now
        )

    def leave(session: Session, now: datetime) -> object:
        return leaving.leave(session, _person(session, visitor).mailbox_id, now, Evidence("one-click", "/u"))

    def choose(session: Session, now: datetime) -> object:
        evidence = Evidence("preferences", "/preferences")
        return preferences.choose_topics(session, _person(session, visitor).id, ["tips"], evidence, now)

    def bounce(session: Session, now: datetime) -> object:
        said = "550 5.1.1 No such mailbox"
        return suppression.suppress(
            session, _person(session, visitor).mailbox_id, "all", "hard bounce", now, said
        )

    yield Act(visitor.signs_up, request)
    wishes = (
        (visitor.confirms, confirm),
        (visitor.leaves, leave),
        (visitor.chooses, choose),
        (visitor.bounces, bounce),
    )
    for at, verb in wishes:
        if at is not None and visitor.confirms is not None:
            yield Act(at, verb)


def _of_issues(now: datetime, clinic_zone: ZoneInfo) -> Iterator[Act]:
    """Each is sent off in the afternoon before, and arrives at HOUR on each reader's own clock."""
    for slug, day in _days(now, clinic_zone).items():
        meant_for = datetime.combine(day, time(HOUR), tzinfo=clinic_zone)
        eve = datetime.combine(meant_for.date() - timedelta(days=1), time(14), tzinfo=clinic_zone)

        def send(session: Session, at: datetime, slug: str = slug, day: datetime = meant_for) -> object:
            return broadcasts.send(session, slug, at, at=day, local_hour=HOUR)

        yield Act(eve, send)


def _of_reading(visitor: Visitor, now: datetime, clinic: Clinic) -> Iterator[Act]:
    """A yes to being counted a minute after she confirmed, and the issues that she reads."""
    if visitor.confirms is None:
        return

    def agree(session: Session, at: datetime) -> object:
        return demo_reading.agree(session, visitor.address, at)

    if demo_reading.agrees(visitor.number):
        yield Act(visitor.confirms + timedelta(minutes=1), agree)
    for slug, at, clicks in demo_reading.reads(visitor.number, visitor.zone, _days(now, clinic.zone), HOUR):
        reading = demo_reading.Reading(visitor.address, slug, clinic.fields(), clicks)
        if at > visitor.confirms:
            yield Act(at, reading.happen)


def _days(now: datetime, clinic_zone: ZoneInfo) -> dict[str, date]:
    """On which day each issue is meant to arrive, counted on the calendar: an hour may be missing between."""
    today = now.astimezone(clinic_zone).date()
    return {slug: today - timedelta(days=DAYS - day) for slug, day in ISSUES}


def _person(session: Session, visitor: Visitor) -> Subscriber:
    return named(session, visitor.address)[0]
