from __future__ import annotations

import re

from newsletter.links import Purpose
from newsletter.staff import entering, recovery, roll, totp, visits

OWNER = "the-owner@example.com"


def token(said: str) -> str:
    found = re.search(r"https://letters\.clinic\.example/studio/enter/(\S+)", said)
    assert found, said
    return found[1]


def test_somebody_is_added_listed_given_a_role_and_removed(house, run):
    said = run("staff", "add", " The-Owner@EXAMPLE.com", "--role", "owner", "--name", "Visitor 014").stdout
    assert "the-owner@example.com works here now: Owner." in said
    run("staff", "add", "x@example.com", "--role", "viewer")
    first, second = run.json("staff", "list")
    assert list(first) == ["id", "email", "name", "role", "created_at"]
    assert (first["email"], first["name"], first["role"]) == (OWNER, "Visitor 014", "owner")
    assert first["created_at"].endswith("+00:00")
    with house.database.writing.begin() as session:
        key = visits.begin(session, second["id"], house.clock.machine())
    assert (
        "is Marketing, and is signed out everywhere"
        in run("staff", "role", "x@example.com", "marketer").stdout
    )
    with house.database.reading() as session:
        assert visits.find(session, key, house.clock.machine()) is None
    assert "is Marketing already." in run("staff", "role", "x@example.com", "marketer").stdout
    assert "Marketing" in run("staff", "list").stdout
    assert "works here no more" in run("staff", "remove", "X@example.com").stdout
    assert [each["email"] for each in run.json("staff", "list")] == [OWNER]


def test_the_printed_link_is_hers_and_good_once_for_a_day(house, run):
    said = run("staff", "add", OWNER, "--role", "owner").stdout
    key = entering.read(house.links, token(said), house.clock.now())
    assert key.staff_id == run.json("staff", "list")[0]["id"]
    with house.database.writing.begin() as session:
        assert entering.spend(session, key, house.clock.now())
        assert not entering.spend(session, key, house.clock.now())
    again = entering.read(house.links, token(run("staff", "link", OWNER).stdout), house.clock.now())
    assert (again.staff_id, again.nonce != key.nonce) == (key.staff_id, True)
    assert house.links.read(Purpose.ENTER, token(said), house.clock.now()) == tuple(key)


def test_whoever_has_lost_telephone_and_codes_comes_in_again(house, run):
    run("staff", "add", OWNER, "--role", "owner")
    with house.database.writing.begin() as session:
        one = roll.get(session, OWNER)
        totp.turn_on(one, totp.secret(), 0, house.vault)
        recovery.renew(session, one.id)
    run("staff", "link", OWNER)
    with house.database.reading() as session:
        assert roll.get(session, OWNER).totp_secret
    token(run("staff", "link", OWNER, "--without-code").stdout)
    with house.database.reading() as session:
        one = roll.get(session, OWNER)
        assert (one.totp_secret, recovery.left(session, one.id)) == (None, 0)


def test_what_cannot_be_is_one_clear_line(house, run):
    assert run("staff", "list").stdout.startswith("Nobody yet. newsletter staff add EMAIL --role owner")
    run("staff", "add", OWNER, "--role", "owner")
    last = "The last owner stays one: make somebody else an owner first."
    assert run.refused("staff", "remove", OWNER) == last
    assert run.refused("staff", "role", OWNER, "viewer") == last
    assert run.refused("staff", "add", OWNER, "--role", "viewer") == (
        "the-owner@example.com works here already; change the role instead"
    )
    assert "is no e-mail address" in run.refused("staff", "add", "x", "--role", "viewer")
    assert run.refused("staff", "link", "x@example.com").startswith("nobody works here under x@example.com")
    assert "'boss' is not one of" in run("staff", "add", "x@example.com", "--role", "boss", status=2).stderr
