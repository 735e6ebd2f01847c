"""The same for several people at once: what changed, what was so already, who was left out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience import several
from newsletter.audience.models import Consent, Subscriber
from newsletter.audience.several import Done, Wish
from newsletter.delivery import suppression
from newsletter.delivery.models import Suppression
from newsletter.errors import NotFound, Refused
from tests.audience.desk import Desk

SAID = {"source": "The open day", "wording": "May we?"}


@pytest.fixture
def three(desk: Desk) -> list[int]:
    for each in range(3):
        desk.ask(f"r{each}@example.com", topics=("tips",))
        desk.tap(f"r{each}@example.com")
    return [desk.person(f"r{each}@example.com").id for each in range(3)]


def do(desk: Desk, ids: list[int], wish: Wish) -> Done:
    with desk.database.writing.begin() as session:
        return several.do(session, ids, wish, desk.clock.now())


def tags(desk: Desk) -> list[list[str]]:
    with desk.database.reading() as session:
        return [each.tags for each in session.scalars(select(Subscriber).order_by(Subscriber.id))]


def test_a_tag_comes_and_goes_and_who_has_it_is_counted_apart(desk, three):
    assert do(desk, three[:2], Wish("tag", tag=" vip ")) == Done(changed=2)
    assert do(desk, three, Wish("tag", tag="vip")) == Done(changed=1, same=2)
    assert do(desk, three, Wish("tag", tag='"a, b"')) == Done(changed=3)
    assert do(desk, three[1:], Wish("untag", tag="vip")) == Done(changed=2)
    assert do(desk, three[1:], Wish("untag", tag="vip")) == Done(same=2)
    assert tags(desk) == [["vip", "a, b"], ["a, b"], ["a, b"]]


def test_who_is_gone_is_passed_over(desk, three):
    assert do(desk, [*three, 999], Wish("tag", tag="vip")) == Done(changed=3)
    assert do(desk, [], Wish("tag", tag="vip")) == Done()


def test_a_topic_is_an_act_of_consent_for_each_and_who_may_not_is_left_out(desk, three):
    box = desk.person("r1@example.com").mailbox_id
    with desk.database.writing.begin() as session:
        suppression.suppress(session, box, "marketing", "complaint", desk.clock.now())
    assert do(desk, three, Wish("subscribe", topic="news", **SAID)) == Done(changed=2, left_out=1)
    assert do(desk, three, Wish("subscribe", topic="news", **SAID)) == Done(same=2, left_out=1)
    with desk.database.reading() as session:
        acts = session.scalars(select(Consent).where(Consent.how == "staff")).all()
    assert sorted(act.subscriber_id for act in acts) == [three[0], three[2]]
    assert {(act.act, act.page, tuple(act.topics)) for act in acts} == {
        ("confirmed", "The open day", ("news",))
    }


def test_do_not_mail_is_kept_with_its_reason_for_each(desk, three):
    assert do(desk, three, Wish("block", scope="all", why="Not our list")) == Done(changed=3)
    assert do(desk, three, Wish("block", scope="all", why="Again")) == Done(same=3)
    with desk.database.reading() as session:
        stops = session.scalars(select(Suppression)).all()
    assert {(stop.reason, stop.evidence) for stop in stops} == {("by hand", "Not our list")}


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("tag"), "name one tag"),
        (Wish("untag", tag="a, b"), "name one tag"),
        (Wish("subscribe", **SAID), "choose at least one topic"),
        (Wish("subscribe", topic="news", wording="x"), "say where she said so"),
        (Wish("subscribe", topic="news", source="x"), "write what she agreed to"),
        (Wish("block", scope="all"), "say why"),
        (Wish("block", why="x"), "choose which letters stop"),
        (Wish("erase"), "“erase” is none of tag, untag, subscribe, block"),
        (Wish(""), "is none of"),
    ],
)
def test_what_is_missing_is_said_before_anybody_is_touched(desk, three, wish, says):
    with pytest.raises(Refused, match=says):
        several.check(wish)
    with pytest.raises(Refused, match=says):
        do(desk, three, wish)
    assert tags(desk) == [[], [], []]


def test_a_topic_that_is_none_changes_nothing_for_anybody(desk, three):
    with desk.database.writing.begin() as session, pytest.raises(NotFound):
        several.do(session, three, Wish("subscribe", topic="no-such-topic", **SAID), desk.clock.now())


def test_sums_add_up():
    assert Done(1, 2, 3) + Done(10, 20, 30) == Done(11, 22, 33)
