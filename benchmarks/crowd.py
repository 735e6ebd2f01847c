"""A clinic of a hundred thousand readers and a million e-mails, made where it stands: by SQL that fills whole tables.

The same numbers make the same rows. Times count back from the moment that is given, so what is due is due then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from newsletter import models
from newsletter.db import Database

DAY = 86_400
TAGS = """CASE i % 10 WHEN 0 THEN '["first visit"]' ELSE '[]' END"""
CHOSEN = """'["tips"]'"""
FACTS = """'{"slug": "issue-3"}'"""


@dataclass(frozen=True)
class Crowd:
    """How many people, how many e-mails (a multiple of them), and when it is."""

    people: int
    deliveries: int
    now: datetime
    issues: int = 24  # one a week; the last is going out

    @property
    def each(self) -> int:
        """How many e-mails everybody has had."""
        return self.deliveries // self.people

    @property
    def settled(self) -> int:
        """People up to this number are through the sequence; who came after is under way."""
        return self.people - self.people // 10


class _Dialect:
    """What the two databases spell differently."""

    def __init__(self, crowd: Crowd, *, on_sqlite: bool) -> None:
        self.on_sqlite = on_sqlite
        self._now = crowd.now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def ago(self, seconds: str) -> str:
        if self.on_sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{self._now}', (-({seconds})) || ' seconds')"
        return f"(TIMESTAMPTZ '{self._now}+00' - ({seconds}) * INTERVAL '1 second')"

    def anchors(self, seconds: str) -> str:
        if self.on_sqlite:
            moment = f"strftime('%Y-%m-%dT%H:%M:%S+00:00', '{self._now}', (-({seconds})) || ' seconds')"
        else:
            moment = f"""to_char({self.ago(seconds)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""
        return self.json(f"""('{{"confirmed:0": "' || {moment} || '"}}')""")

    def json(self, expression: str) -> str:
        return expression if self.on_sqlite else f"CAST({expression} AS JSON)"

    def numbers(self, name: str, last: int, first: int = 1) -> str:
        if self.on_sqlite:
            return (
                f"(WITH RECURSIVE counting(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM counting"
                f" WHERE i < {last}) SELECT i FROM counting) AS {name}"
            )
        return f"(SELECT generate_series({first}, {last}) AS i) AS {name}"

    def day(self, days: str) -> str:
        return (
            f"date('{self._now}', (-({days})) || ' days')"
            if self.on_sqlite
            else f"DATE '{self._now[:10]}' - {days}"
        )


def fill(database: Database, crowd: Crowd) -> None:
    """Bring everybody and everything into a migrated `database` with the starter campaigns in it."""
    dialect = _Dialect(crowd, on_sqlite=database.on_sqlite)
    with database.writing.begin() as session:
        for statement in (*_people(dialect, crowd), *_mail(dialect, crowd), *_studio(dialect, crowd)):
            session.execute(text(statement.replace(":", r"\:")))
        if not database.on_sqlite:
            _count_on(session)
    if (
        not database.on_sqlite
    ):  # as autovacuum would have; SQLite knows no statistics here, as in an installation
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _confirmed(person: str, crowd: Crowd) -> str:
    """Seconds since somebody confirmed: three years of them, the last tenth in the last three weeks."""
    old, young = crowd.settled, crowd.people - crowd.settled
    return (
        f"CASE WHEN {person} <= {old} THEN 30 * {DAY} + ({old} - {person}) * {1000 * DAY // old}"
        f" ELSE ({crowd.people} - {person}) * {20 * DAY // young} + 3600 END"
    )


def _people(d: _Dialect, crowd: Crowd) -> list[str]:
    everybody, since = d.numbers("n", crowd.people), f"({_confirmed('i', crowd)})"
    zone = "CASE i % 4 WHEN 0 THEN 'America/New_York' WHEN 1 THEN 'Europe/London' WHEN 2 THEN 'Asia/Kathmandu' END"
    source = "CASE i % 5 WHEN 0 THEN 'import:the old site' WHEN 1 THEN 'staff' ELSE 'form' END"
    # Of twenty, seventeen hear of it, two have left it, one has never confirmed.
    state = (
        "CASE (i + t.id) % 20 WHEN 0 THEN 'pending' WHEN 1 THEN 'unsubscribed' WHEN 2 THEN 'unsubscribed'"
        " ELSE 'confirmed' END"
    )
    address = "'visitor' || i || '@example' || (i % 97) || '.com'"
    left = f"CASE WHEN (i + t.id) % 20 IN (1, 2) THEN {d.ago(f'{since} / 2')} END"
    on = f"CASE WHEN (i + t.id) % 20 <> 0 THEN {d.ago(since)} END"
    return [
        f"""INSERT INTO mailboxes (id, address, address_key, created_at)
            SELECT i, {address}, {address}, {d.ago(since)} FROM {everybody}""",
        f"""INSERT INTO subscribers (id, mailbox_id, signed_up, first_name, time_zone, source, tags, fields, counted,
                                     arrivals, created_at)
            SELECT i, i, true, 'Visitor ' || i, {zone}, {source},
                   {d.json(TAGS)}, {d.json("'{}'")}, i % 2 = 0,
                   1, {d.ago(since)} FROM {everybody}""",
        f"""INSERT INTO subscriptions (subscriber_id, topic_id, state, source, requested_at, confirmed_at, ended_at,
                                       admitted_at)
            SELECT i, t.id, {state}, 'form', {d.ago(since)}, {on}, {left}, {on}
            FROM {everybody} JOIN topics t ON (i + t.id) % 3 < 2""",
        *(
            f"""INSERT INTO consents (subscriber_id, act, stream, topics, how, at)
                SELECT i, '{act}', 'marketing', {d.json(CHOSEN)}, 'confirm-page', {d.ago(f"{since}{later}")}
                FROM {everybody} WHERE {who}"""
            for act, later, who in (
                ("requested", "", "true"),
                ("confirmed", "", "i % 20 <> 0"),
                ("withdrawn", " / 2", "i % 20 IN (1, 2)"),
            )
        ),
        f"""INSERT INTO suppressions (mailbox_id, scope, reason, evidence, created_at)
            SELECT i, 'all', 'hard-bounce', '', {d.ago(f"{since} / 3")} FROM {everybody} WHERE i % 50 = 7""",
        f"""INSERT INTO holds (subscriber_id, kind, until, created_at)
            SELECT i, CASE i % 3 WHEN 0 THEN 'healing' ELSE 'break' END, {d.ago(f"-{20 * DAY}")}, {d.ago(f"{DAY}")}
            FROM {everybody} WHERE i % 100 = 3""",
    ]


def _mail(d: _Dialect, crowd: Crowd) -> list[str]:
    everybody = d.numbers("n", crowd.people)
    since = f"({_confirmed('i', crowd)})"
    young = f"i > {crowd.settled}"
    days = "CASE position WHEN 0 THEN 0 WHEN 1 THEN 2 WHEN 2 THEN 5 ELSE 9 END"
    came = f"({since} - ({days}) * {DAY})"
    went = f"({crowd.issues} - k) * {7 * DAY} + 3600"
    # Half of the newest issue still waits; here and there one came back, and of a few nobody knows.
    state = (
        f"CASE WHEN k = {crowd.issues} AND i % 2 = 0 THEN 'queued' WHEN i % 200 = 9 THEN 'failed'"
        " WHEN i % 5000 = 11 THEN 'unknown' ELSE 'sent' END"
    )
    columns = """dedupe_key, stream, mailbox_id, person_id, letter, fields, campaign, step, occurrence, created_at,
        send_after, expires_at, next_try_at, state, tries, crashes, epoch, sent_at"""
    return [
        *_issues(d, crowd),
        f"""INSERT INTO enrollments (id, sequence_id, entry_key, subscriber_id, zone, anchors, timeline_id, pinned,
                                     state, next_due_at, created_at, ended_at)
            SELECT i, 1, 'person:' || i || ':1', i, 'America/New_York', {d.anchors(since)}, 1, false,
                   CASE WHEN {young} THEN 'active' ELSE 'complete' END,
                   CASE WHEN {young} THEN {d.ago("-(i % 120 + 1) * 3600")} END,
                   {d.ago(since)}, CASE WHEN {young} THEN NULL ELSE {d.ago(f"{since} - {21 * DAY}")} END
            FROM {everybody}""",
        f"""INSERT INTO step_runs (enrollment_id, step_key, occurrence, outcome, planned_at, until, decided_at,
                                   dedupe_key)
            SELECT i, key, 0, 'queued', {d.ago(came)}, {d.ago(f"{came} - {DAY}")}, {d.ago(came)},
                   'enrollment:' || i || ':' || key || ':0'
            FROM {everybody} JOIN steps ON position < CASE WHEN {young} THEN 2 ELSE 4 END""",
        f"""INSERT INTO deliveries ({columns})
            SELECT 'enrollment:' || i || ':' || key || ':0', 'marketing', i, i, 'version:' || version_id,
                   {d.json("'{}'")}, 'welcome', key, 0, {d.ago(came)}, {d.ago(came)}, {d.ago(f"{came} - {DAY}")},
                   {d.ago(came)}, 'sent', 1, 0, 1, {d.ago(came)}
            FROM {everybody} JOIN steps ON position < CASE WHEN {young} THEN 2 ELSE 4 END""",
        f"""INSERT INTO deliveries ({columns})
            SELECT 'broadcast:' || k || ':' || i, 'marketing', i, i, 'version:1', {d.json("'{}'")}, 'issue-' || k, NULL,
                   NULL, {d.ago(went)}, {d.ago(went)}, {d.ago(f"{went} - {2 * DAY}")}, {d.ago(went)}, {state}, 1, 0, 1,
                   CASE WHEN {state} = 'sent' THEN {d.ago(went)} END
            FROM (SELECT i, (i + j) % {crowd.issues} + 1 AS k
                  FROM {everybody} JOIN (SELECT i AS j FROM {d.numbers("m", crowd.each - 3, 0)}) AS several
                    ON j < {crowd.each} - CASE WHEN {young} THEN 2 ELSE 4 END) AS given""",
        """INSERT INTO attempts (delivery_id, epoch, at, outcome, code, verdict, said)
           SELECT id, 1, send_after,
                  CASE state WHEN 'failed' THEN 'refused' WHEN 'unknown' THEN 'unknown' ELSE 'accepted' END,
                  CASE state WHEN 'failed' THEN 550 ELSE 250 END, CASE state WHEN 'failed' THEN 'hard' END, ''
           FROM deliveries WHERE state <> 'queued'""",
        """INSERT INTO events (delivery_id, kind, link, times, by_machine, at)
           SELECT id, CASE WHEN id % 40 = 0 THEN 'clicked' ELSE 'opened' END,
                  CASE WHEN id % 40 = 0 THEN 1 ELSE 0 END, 1, id % 16 = 0, send_after
           FROM deliveries WHERE id % 8 = 0 AND state = 'sent'""",
        f"""INSERT INTO link_clicks (campaign, letter, link, day, times, by_machine)
            SELECT 'issue-' || k.i, 'version:1', l.i, {d.day(f"(({crowd.issues} - k.i) * 7 - l.i)")}, 100 + k.i, 9
            FROM {d.numbers("k", crowd.issues)} CROSS JOIN {d.numbers("l", 2)}""",
    ]


def _issues(d: _Dialect, crowd: Crowd) -> list[str]:
    """Those that went out are numbered after those of the starter, which are drafts; two more wait for their moment."""
    common = "name, topic, except_topics, version_id, archived"
    copied = """SELECT 100 + k.i, 'issue-' || k.i, 'Issue ' || k.i, topic, except_topics, version_id, true"""
    chosen = "broadcasts b ON b.id = k.i % 3 + 1"
    begun = f"({crowd.issues} - k.i) * {7 * DAY} + 3600"
    return [
        f"""INSERT INTO broadcasts (id, slug, {common}, state, starts_at, started_at, cursor, fanned_out, settled,
                                    ended_at, created_at)
            {copied}, CASE k.i WHEN {crowd.issues} THEN 'sending' ELSE 'sent' END, {d.ago(begun)}, {d.ago(begun)},
            0, true, k.i < {crowd.issues}, CASE WHEN k.i < {crowd.issues} THEN {d.ago(begun)} END, {d.ago(begun)}
            FROM {d.numbers("k", crowd.issues)} JOIN {chosen}""",
        f"""INSERT INTO broadcasts (id, slug, {common}, state, starts_at, cursor, fanned_out, settled, created_at)
            {copied}, 'scheduled', {d.ago(f"-(k.i - {crowd.issues}) * {DAY}")}, 0, false, false, {d.ago("3600")}
            FROM {d.numbers("k", crowd.issues + 2, crowd.issues + 1)} JOIN {chosen}""",
    ]


def _studio(d: _Dialect, crowd: Crowd) -> list[str]:
    acts = min(crowd.people // 5, 20_000)
    return [
        f"""INSERT INTO audit_entries (at, staff_id, act, facts)
            SELECT {d.ago("i * 600")}, 1, 'studio.newsletter_send', {d.json(FACTS)}
            FROM {d.numbers("n", acts)}""",
    ]


def _count_on(session: Session) -> None:
    """PostgreSQL numbers on from where we stopped."""
    for table in models.Base.metadata.sorted_tables:
        if "id" in table.c:
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"
                )
            )
