"""A running server under a flood over many lines at once, and one real visitor in the middle of it."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import pytest
from sqlalchemy import func, select

from newsletter.campaigns.filing import starter
from newsletter.clock import SystemClock
from newsletter.db import open_database
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.web.site.proof import FREE
from tests.servers.process import free_port
from tests.spawning import spawned, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FORMS, PLACES = 300, 1  # a little more than one visitor may send


@pytest.fixture
def served(environment, database_url, tmp_path):
    """The address of `newsletter web` in a process of its own, behind a proxy that it believes."""
    database = open_database(database_url)
    with database.writing.begin() as session:
        starter.load(session, SystemClock().now())
    database.close()
    port = free_port()
    env = environment | {
        "NEWSLETTER_DATABASE_URL": database_url,
        "NEWSLETTER_TRUSTED_PROXIES": "1",
        "NEWSLETTER_BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }
    with spawned("web", env=env, output=tmp_path / "web.txt") as web:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(url), lambda: web.said)
        yield url


def answers(url):
    try:
        return urllib.request.urlopen(f"{url}/health", timeout=5).status == 200
    except OSError:
        return False


def post(url, place, **sent):
    """One form as JSON from `place`: status and what was said."""
    request = urllib.request.Request(
        f"{url}/subscribe",
        json.dumps(sent).encode(),
        {"Content-Type": "application/json", "X-Forwarded-For": place},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def letters(database_url):
    database = open_database(database_url)
    with database.reading() as session:
        rows = (
            select(Mailbox.address_key, func.count(Delivery.id))
            .join(Delivery.mailbox)
            .group_by(Mailbox.address_key)
        )
        found = {key: sent for key, sent in session.execute(rows)}  # noqa: C416  (rows, not pairs, to a type checker)
    database.close()
    return found


def test_a_real_visitor_is_served_while_everybody_floods(served, database_url):
    statuses: Counter[int] = Counter()
    began = SystemClock().now()
    under_way = threading.Event()

    def attack(number):
        # Every other form is for one victim, in one spelling or another; the rest for ever new ones.
        victim = f"Victim+{number}@example.com" if number % 2 else f"stranger{number}@example.com"
        status, _ = post(served, f"198.51.100.{number % PLACES}", email=victim)
        statuses[status] += 1
        if statuses.total() > FORMS // 4:
            under_way.set()

    with ThreadPoolExecutor(6) as flood:
        sent = [flood.submit(attack, number) for number in range(FORMS)]
        assert under_way.wait(120)
        assert post(served, "203.0.113.9", email="reader@example.com") == (
            200,
            {"status": "check your inbox"},
        )
        for each in sent:
            each.result()
    # 503: a machine that can do no more says so.
    assert statuses.keys() <= {200, 429, 503}
    # A new hour grants anew; a machine may be slow enough to see one begin.
    free = PLACES * FREE.times * (1 + (SystemClock().now().hour != began.hour))
    assert 2 < statuses[200] <= free
    assert statuses[429] >= FORMS - free - statuses[503]
    found = letters(database_url)
    assert found.pop("reader@example.com") == 1
    assert sum(count for key, count in found.items() if key.startswith("victim")) == 2
    assert set(found.values()) == {1}
