"""Colleagues with their keys, in an installation where real mail leaves."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask

from newsletter.clock import FrozenClock
from newsletter.house import House
from newsletter.staff import entering, passwords, roll, totp, visits
from newsletter.staff.models import Staff
from newsletter.web import create_app
from tests.walks.story import Story, text_of
from tests.web.visiting import Visitor

OWNER = "the-owner@example.com"
PASSWORD = "a short sentence is good"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def in_earnest(story: Story) -> Flask:
    """The same installation outside practice; its letters still land in the story's inbox, where a test reads them."""
    settings = replace(story.house.settings, mail_url="smtp://127.0.0.1:1")
    return create_app(house=replace(story.house, settings=settings))


def put(
    house: House, address: str = OWNER, role: str = "owner", *, password: str = "", secret: str = ""
) -> int:
    """Somebody on the roll, with these keys; returns her number."""
    with house.database.writing.begin() as session:
        one = roll.add(session, address, role, "", house.clock.now())
        if password:
            one.password_hash = passwords.HASHER.hash(password)
        if secret:
            totp.turn_on(one, secret, 0, house.vault)
        return one.id


def link(house: House, staff_id: int, **good_for: float) -> str:
    """A printed link of hers, as a path."""
    until = FrozenClock(house.clock.now()).advance(**(good_for or {"hours": 24}))
    return entering.link(house.links, staff_id, until).removeprefix(house.links.base_url)


def mailed_link(story: Story, address: str = OWNER) -> str:
    """The link in the newest letter to her, as a path."""
    story.rounds.until_idle()
    found = re.search(r"https://\S+?(/studio/enter/[\w-]+)", text_of(story.letters(address)[-1]))
    assert found
    return found[1]


def key_of(visitor: Visitor) -> str:
    """The key in this browser's cookie."""
    with visitor.client.session_transaction() as visit:
        return str(visit.get("staff", ""))


def is_in(house: House, visitor: Visitor) -> str | None:
    """Who is signed in by this browser."""
    with house.database.reading() as session:
        found = visits.find(session, key_of(visitor), house.clock.machine())
    return found.address if found else None


def row(house: House, staff_id: int) -> Staff:
    """Her row as it is."""
    with house.database.reading() as session:
        return session.get_one(Staff, staff_id)
