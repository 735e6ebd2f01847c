from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from newsletter.errors import NotFound, Refused
from newsletter.staff import recovery, roll, visits
from newsletter.staff.models import Staff, StaffVisit


def test_one_spelling_of_an_address_is_one_colleague(session, put, clock):
    one = put("  The-Owner@EXAMPLE.com ")
    assert one.address == "the-owner@example.com"
    assert roll.find(session, "THE-OWNER@example.com") is one
    with pytest.raises(Refused, match="works here already"):
        put("the-owner@example.COM", "viewer")
    assert put("läserin@bücher.example").address == "läserin@xn--bcher-kva.example"
    assert [each.role for each in roll.everyone(session)] == ["owner", "owner"]


@pytest.mark.parametrize(
    "typed", ["", "x", "@example.com", "a b@example.com", "a@b@example.com", "x@", "x\n@example.com"]
)
def test_what_is_no_address_is_refused_and_says_what_would_be_right(put, typed):
    with pytest.raises(Refused, match="is no e-mail address; right would be someone@"):
        put(typed)


def test_a_role_that_is_none_is_refused(session, put):
    with pytest.raises(Refused, match="“boss” is no role; right would be owner, marketer, clinician, viewer"):
        put("x@example.com", "boss")
    with pytest.raises(Refused, match="is no role"):
        roll.set_role(session, put(), "")


def test_a_name_is_one_line_and_fits(put):
    assert put("x@example.com", name="  Visitor \n 014 ").name == "Visitor 014"
    assert len(put(name="x" * 500).name) == 100


def test_the_last_owner_keeps_the_role_and_stays(session, put, clock):
    owner = put()
    put("x@example.com", "marketer")
    with pytest.raises(roll.LastOwner, match="make somebody else an owner first"):
        roll.set_role(session, owner, "viewer")
    with pytest.raises(roll.LastOwner):
        roll.remove(session, owner, clock.now())
    assert (owner.role, owner.removed_at) == ("owner", None)
    other = put("y@example.com", "owner")
    roll.remove(session, owner, clock.now())
    session.flush()
    with pytest.raises(roll.LastOwner):
        roll.set_role(session, other, "marketer")


@pytest.mark.parametrize(
    "end", [lambda s, one, _now: roll.set_role(s, one, "viewer"), roll.remove], ids=["role", "remove"]
)
def test_a_change_of_rights_ends_every_visit_of_hers_and_nobody_elses(session, put, clock, end):
    put()
    one, other = put("x@example.com", "marketer"), put("y@example.com", "marketer")
    hers = [visits.begin(session, one.id, clock.now()) for _ in range(2)]
    his = visits.begin(session, other.id, clock.now())
    end(session, one, clock.now())
    session.flush()
    assert [visits.find(session, key, clock.now()) for key in hers] == [None, None]
    assert visits.find(session, his, clock.now()).id == other.id


def test_the_same_role_again_ends_nothing(session, put, clock):
    one = put()
    key = visits.begin(session, one.id, clock.now())
    assert roll.set_role(session, one, "owner") is False
    assert visits.find(session, key, clock.now()) is not None


def test_whoever_left_leaves_a_name_and_no_key_and_may_come_back(session, put, clock):
    put()
    one = put("x@example.com", "viewer", name="Visitor 014")
    one.password_hash, one.totp_secret = "hash", "sealed"
    recovery.renew(session, one.id)
    roll.remove(session, one, clock.now())
    session.flush()
    assert (one.name, one.password_hash, one.totp_secret) == ("Visitor 014", None, None)
    assert recovery.left(session, one.id) == 0
    assert roll.find(session, "x@example.com") is None
    assert roll.by_id(session, one.id) is None
    with pytest.raises(NotFound, match="nobody works here under x@"):
        roll.get(session, "x@example.com")
    assert put("x@example.com", "viewer").id != one.id


def test_practice_has_an_owner_from_the_first_moment_and_only_one(session, clock):
    first = roll.practice_owner(session, clock.now())
    assert roll.practice_owner(session, clock.now()) == first
    assert [(one.address, one.role) for one in roll.everyone(session)] == [("you@example.com", "owner")]


def test_two_owners_who_take_each_others_role_at_once_leave_one(database, clock):
    with database.writing.begin() as session:
        ids = [roll.add(session, f"owner-{n}@example.com", "owner", "", clock.now()).id for n in range(2)]
    ready, refused = threading.Barrier(2), []

    def demote(number: int) -> None:
        ready.wait(10)
        try:
            with database.writing.begin() as session:
                roll.set_role(session, session.get_one(Staff, number), "viewer")
        except roll.LastOwner as last:
            refused.append(last)

    threads = [threading.Thread(target=demote, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with database.reading() as session:
        assert sorted(session.scalars(select(Staff.role))) == ["owner", "viewer"]
    assert len(refused) == 1


def test_a_visit_ends_by_itself_and_is_forgotten(session, put, clock):
    one = put()
    key = visits.begin(session, one.id, clock.now())
    clock.advance(hours=11, minutes=59)
    visits.tidy(session, clock.machine())
    assert visits.find(session, key, clock.machine()) is not None
    clock.advance(minutes=1)
    assert visits.find(session, key, clock.machine()) is None
    visits.tidy(session, clock.machine())
    assert session.scalar(select(func.count()).select_from(StaffVisit)) == 0


def test_a_new_password_ends_the_other_visits_and_not_this_one(session, put, clock):
    one, other = put(), put("x@example.com")
    mine, phone, hers = (visits.begin(session, who.id, clock.now()) for who in (one, one, other))
    visits.end_others(session, one.id, mine)
    assert [visits.find(session, key, clock.now()) is not None for key in (mine, phone, hers)] == [
        True,
        False,
        True,
    ]
