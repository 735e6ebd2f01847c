"""The demo's month: nobody is invented, the product's own verbs make all of it, and every promise is kept in it."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, func, select

from newsletter.audience.models import Consent, Subscriber
from newsletter.audience.people import everybody
from newsletter.campaigns.models import Broadcast, StepRun
from newsletter.cli import demo as command
from newsletter.cli import demo_reading, demo_story
from newsletter.cli.demo_story import Visitor
from newsletter.clinic import EXAMPLE_CLINIC
from newsletter.clock import FrozenClock, SandboxClock
from newsletter.delivery.models import ENDED, Delivery, Mailbox, PracticeLetter
from newsletter.errors import Refused
from newsletter.house import House, open_house
from newsletter.links import Links
from newsletter.settings import Settings
from tests.cli.conftest import both
from tests.content.letters import STEPS

NOW = datetime(2026, 3, 29, 13, 45, tzinfo=UTC)
WINTER = datetime(2026, 11, 25, 7, 40, tzinfo=UTC)  # the clinic's hour changed within the month
NEW_YORK = ZoneInfo("America/New_York")
DAY_OF_STEP = {step["key"]: step.get("day", 0) for step in STEPS}
LINKS = Links("https://letters.clinic.example", ("k" * 40,))


@pytest.mark.parametrize("hour", [0, 4, 5, 12, 14, 19, 23])
def test_whenever_it_is_told_everybody_comes_within_the_month_and_nobody_tomorrow(hour: int) -> None:
    now = NOW.replace(hour=hour)
    beginning = now - timedelta(days=demo_story.DAYS)
    coming = demo_story.visitors(now)
    assert len(coming) == demo_story.VISITORS
    assert all(beginning < visitor.signs_up < now for visitor in coming)
    assert [visitor.signs_up for visitor in coming] == sorted(visitor.signs_up for visitor in coming)
    acts = demo_story.acts(now, LINKS, EXAMPLE_CLINIC)
    assert acts == sorted(acts)
    assert all(beginning < act.at < now for act in acts)


def test_it_is_the_same_story_every_time() -> None:
    assert demo_story.visitors(NOW) == demo_story.visitors(NOW)
    later = demo_story.visitors(NOW + timedelta(weeks=1))
    assert [(each.zone, each.form, each.topics) for each in later] == [
        (each.zone, each.form, each.topics) for each in demo_story.visitors(NOW)
    ]


def test_some_agree_to_be_counted_and_some_read_whether_they_agreed_or_not() -> None:
    numbers = range(1, demo_story.VISITORS + 1)
    agreed = {number for number in numbers if demo_reading.agrees(number)}
    issues = {"an-issue": NOW.date()}
    read = {number: list(demo_reading.reads(number, "Asia/Tokyo", issues, 9)) for number in numbers}
    assert 20 < len(agreed) < 40
    for some in (agreed, set(numbers) - agreed):
        assert any(read[number] for number in some)
        assert any(clicks for number in some for _, _, clicks in read[number])
    moments = [at.astimezone(ZoneInfo("Asia/Tokyo")) for each in read.values() for _, at, _ in each]
    assert all(9 <= at.hour <= 21 for at in moments)


def test_nobody_in_it_is_invented() -> None:
    for number, visitor in enumerate(demo_story.visitors(NOW), start=1):
        assert visitor.name == f"Visitor {number:03d}"
        assert visitor.address == f"visitor-{number:03d}@example.com"


def test_it_is_a_mixed_company() -> None:
    coming = demo_story.visitors(NOW)
    assert {visitor.form for visitor in coming} == {"site", "waiting-room", "footer"}
    assert len({visitor.zone for visitor in coming}) >= 4
    assert len({visitor.topics for visitor in coming}) >= 3
    for what in ("leaves", "chooses", "bounces"):
        assert any(getattr(visitor, what) for visitor in coming)
    assert 4 <= sum(visitor.confirms is None for visitor in coming) <= 16


@pytest.fixture
def statements() -> Iterator[list[int]]:
    """How many statements were asked of any database."""
    count = [0]

    def one_more(*_call: Any) -> None:
        count[0] += 1

    event.listen(Engine, "before_cursor_execute", one_more)
    yield count
    event.remove(Engine, "before_cursor_execute", one_more)


@both
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_month_is_lived_through_and_every_promise_in_it_is_kept(
    environment: dict[str, str],
    database_url: str,
    statements: list[int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo_story, "VISITORS", 30)  # half of it: the other half lives the same
    settings = Settings.from_env(environment | {"NEWSLETTER_DATABASE_URL": database_url})
    command.tell(settings, WINTER)
    assert SandboxClock(settings.clock_file).offset() == timedelta(0)
    house = open_house(settings)
    try:
        told = demo_story.visitors(WINTER)
        assert breaches(house, told, WINTER) == []
        assert figures(house, told) in capsys.readouterr().out
        with house.database.reading() as session:
            letters = session.scalar(select(func.count()).select_from(PracticeLetter)) or 0
    finally:
        house.close()
    assert 120 < letters < 300
    assert statements[0] < 60 * letters  # flat: what a round costs does not grow with the month


def breaches(house: House, told: list[Visitor], now: datetime) -> list[str]:
    """What did not happen as it should have; knows the story and the sequence's file, and reads the rows."""
    with house.database.reading() as session:
        deliveries = session.scalars(select(Delivery).order_by(Delivery.sent_at)).all()
        addresses = dict(session.execute(select(Mailbox.id, Mailbox.address)).all())
        arrived = Counter(session.scalars(select(PracticeLetter.recipient)))
        runs = Counter(session.execute(select(StepRun.outcome, StepRun.reason)).all())
        issues = session.scalars(select(Broadcast).order_by(Broadcast.started_at)).all()
        proofs = Counter(session.scalars(select(Consent.act)))
    found = [
        f"{each.id} is {each.state}, due {each.next_try_at}" for each in deliveries if _is_overdue(each, now)
    ]
    found += [f"a step was set aside: {what}" for what in runs if what[0] not in {"queued", "skipped"}]
    if proofs["requested"] != len(told):
        found.append(f"{proofs['requested']} consents asked for by {len(told)} visitors")
    for visitor in told:
        hers = [each for each in deliveries if addresses[each.mailbox_id] == visitor.address]
        sent = [each for each in hers if each.state == "sent"]
        if len(sent) != arrived[visitor.address]:
            found.append(f"{visitor.name}: {len(sent)} called sent, {arrived[visitor.address]} arrived")
        found += [f"{visitor.name}: {wrong}" for wrong in _of_one(visitor, sent, now)]
    return found + list(_of_issues(issues, deliveries, told, addresses))


def _is_overdue(delivery: Delivery, now: datetime) -> bool:
    return delivery.state not in ENDED and not (delivery.next_try_at and delivery.next_try_at > now)


def _of_one(visitor: Visitor, sent: list[Any], now: datetime) -> Iterator[str]:
    """Letters in order, at her ten o'clock, not before their day and at most a few days after it; none after a stop."""
    news = [each for each in sent if each.stream == "marketing" and each.sent_at]
    if visitor.confirms is None or visitor.confirms > now:
        yield from (f"never confirmed, and got {each.campaign}" for each in news)
        return
    zone, stop = ZoneInfo(visitor.zone), min(filter(None, (visitor.leaves, visitor.bounces)), default=now)
    yield from (f"{each.campaign} after the stop" for each in news if each.sent_at > stop)
    welcome = [each for each in news if each.step]
    keys = [each.step for each in welcome]
    if keys != list(DAY_OF_STEP)[: len(keys)]:
        yield f"letters out of order: {keys}"
    confirmed = visitor.confirms.astimezone(zone)
    for each in welcome:
        local = each.sent_at.astimezone(zone)
        late = (local.date() - confirmed.date()).days - DAY_OF_STEP[each.step]
        if not 0 <= late <= 4 or (DAY_OF_STEP[each.step] and f"{local:%H:%M}" != "10:00"):
            yield f"{each.step} at {local:%a %d %b %H:%M}, confirmed {confirmed:%a %d %b %H:%M}"
    waited = (min(stop, now) - visitor.confirms).days - 5
    missing = [key for key, day in DAY_OF_STEP.items() if day < waited and key not in keys]
    if missing and visitor.chooses is None:
        yield f"never got {missing}"
    days = [each.sent_at.astimezone(zone).date() for each in news]
    yield from (f"two letters on {day}" for day, following in pairwise(days) if day == following)


def _of_issues(issues: Any, deliveries: Any, told: list[Visitor], addresses: dict[int, str]) -> Iterator[str]:
    """Each past issue to exactly those who had confirmed its topic, at nine of their own day; the last one waits."""
    zones = {visitor.address: ZoneInfo(visitor.zone) for visitor in told}
    past = [each for each in issues if each.slug != demo_story.TOMORROW]
    if [each.slug for each in past if each.state == "sent"] != [slug for slug, _ in demo_story.ISSUES]:
        yield f"the issues are {[(each.slug, each.state) for each in issues]}"
    for issue in past:

        def hers(visitor: Visitor, issue: Any = issue) -> datetime:
            """Nine of her own day, until when she can still change her mind."""
            nine = datetime.combine(issue.local_day, time(demo_story.HOUR), ZoneInfo(visitor.zone))
            return max(nine, issue.started_at)

        meant = {
            visitor.address
            for visitor in told
            if visitor.confirms is not None
            and visitor.confirms <= issue.started_at
            and not any(stop and stop < hers(visitor) for stop in (visitor.leaves, visitor.bounces))
            and all(_hears(visitor, issue.topic, at) for at in (issue.started_at, hers(visitor)))
        }
        sent = [each for each in deliveries if each.campaign == issue.slug and each.state == "sent"]
        got = {addresses[each.mailbox_id] for each in sent}
        if got != meant:
            yield f"{issue.slug}: too many {got - meant}, missing {meant - got}"
        for each in sent:
            local = each.sent_at.astimezone(zones[addresses[each.mailbox_id]])
            if f"{local:%H:%M}" != "09:00":
                yield f"{issue.slug} at {local}"
    if any(later.local_day - earlier.local_day != timedelta(weeks=2) for earlier, later in pairwise(past)):
        yield "the issues are not two weeks apart"


def _hears(visitor: Visitor, topic: str, at: datetime) -> bool:
    """Whether she hears about `topic` at `at`; a form that named nothing asked for all."""
    topics = ("tips",) if visitor.chooses and visitor.chooses < at else visitor.topics
    return not topics or topic in topics


def figures(house: House, told: list[Visitor]) -> str:
    """What the command should have said of its people."""
    with house.database.reading() as session:
        people = Counter(card["status"] for card in everybody(session))
    assert people.total() == len(told)
    left = sum(visitor.leaves is not None for visitor in told)
    assert people["unsubscribed"] == left
    return f"{len(told)} visitors signed up, {people['pending']} of them never confirmed, {left} left"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story of a few days, for tests of the command around it."""
    monkeypatch.setattr(demo_story, "DAYS", 6)
    monkeypatch.setattr(demo_story, "VISITORS", 8)
    monkeypatch.setattr(demo_story, "ISSUES", (("news-what-is-new", 5),))


@pytest.fixture
def port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_the_command_says_what_there_is_to_see_and_where(run, small, port):
    del run.env["NEWSLETTER_BASE_URL"]
    said = run("demo", "--only", "--port", port).stdout
    assert f"http://127.0.0.1:{port}/archive/" in said
    assert f"http://127.0.0.1:{port}/studio/inbox/" in said
    assert "why visitor-014@example.com welcome" in said
    house = open_house(Settings.from_env(run.env))
    with house.database.reading() as session:
        states = dict(session.execute(select(Broadcast.slug, Broadcast.state)).all())
        people = Counter(card["status"] for card in everybody(session))
    house.close()
    # How many were still to confirm when the story ended depends on the hour it was told at.
    assert re.search(
        rf"A month has passed at Example Skin Clinic: 8 visitors signed up, {people['pending']} of them never "
        rf"confirmed, {people['unsubscribed']} left, and \d+ e-mails arrived\.",
        said,
    )
    assert (states["news-what-is-new"], states[demo_story.TOMORROW]) == ("sent", "scheduled")
    assert run.json("clock", "show")["turned_by"] == "0m"
    again = run("demo", "--only", "--port", port, status=1)
    assert "has people in it already" in again.stderr


def test_where_people_are_already_it_touches_nothing(house, run, sign_up, port):
    sign_up()
    assert "has people in it already" in run.refused("demo", "--only", "--port", port)
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1
        assert session.scalar(select(func.count()).select_from(Broadcast)) == 0


def test_outside_practice_it_is_refused(run, environment, tmp_path, port):
    environment |= {
        "NEWSLETTER_MAIL_URL": f"maildir://{tmp_path}/mail",
        "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
        "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
        "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street",
    }
    assert "practice only" in run.refused("demo", "--only", "--port", port)
    assert not (tmp_path / "var" / "newsletter.db").exists()


def test_a_port_in_use_is_said_before_the_month_is_lived(run, environment, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = run.refused("demo", "--only", "--port", str(taken.getsockname()[1]))
    assert "in use by another program" in line
    assert not (tmp_path / "var" / "newsletter.db").exists()


def test_a_clock_that_was_turned_stands_at_the_machines_time_afterwards(run, environment, small, port):
    clock = SandboxClock(Settings.from_env(environment).clock_file)
    clock.turn_to(clock.machine() + timedelta(days=3))
    run("demo", "--only", "--port", port)
    assert run.json("clock", "show")["turned_by"] == "0m"


def test_it_goes_on_as_up_does(run, small, port, monkeypatch):
    became: list[Any] = []
    monkeypatch.setattr(command.os, "execv", lambda *call: became.append(call))
    run("demo", "--port", port)
    [(program, arguments)] = became
    assert arguments == [program, "-m", "newsletter.cli", "up", "--host", "127.0.0.1", "--port", port]


def test_a_round_that_moves_nothing_ends_in_a_complaint_and_not_in_a_circle() -> None:
    class Stuck:
        """Work that is due and cannot be done."""

        def next_work_at(self) -> datetime:
            return NOW

        def round(self) -> int:
            return 0

        def until_idle(self) -> int:
            raise Refused("the work does not come to an end")

    with pytest.raises(Refused, match="does not come to an end"):
        command._reach(Stuck(), FrozenClock(NOW), NOW)  # type: ignore[arg-type]
