from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from newsletter.audience import known, newcomers
from newsletter.audience.lists.entry import Agreed, Entry, Stop
from newsletter.audience.models import Consent, Subscriber, Subscription, Topic, Wording
from newsletter.delivery.models import Suppression
from tests.audience.desk import READER

LONG_AGO = datetime(2020, 2, 3, 4, 5, tzinfo=UTC)
ASKED = datetime(2020, 2, 3, 4, 0, tzinfo=UTC)


def add(desk, *entries):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        topics = {topic.slug: topic.id for topic in session.scalars(select(Topic))}
        made, _ = known.settle(session, {entry.key: entry.address for entry in entries}, now)
        return list(newcomers.add(session, [(entry, made[entry.key]) for entry in entries], topics, now))


def everything(desk, table):
    with desk.database.reading() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def entry(email=READER, **more):
    return Entry(2, email, email, **{"topics": ("tips",), "agreed": Agreed("the old site"), **more})


def test_nobody_is_nothing(desk):
    with desk.database.writing.begin() as session:
        assert list(newcomers.add(session, [], {}, desk.clock.now())) == []
        newcomers.stop(session, [], desk.clock.now())


def test_ids_come_back_in_the_order_of_the_people(desk):
    ids = add(desk, *(entry(f"visitor{n}@example.com", first_name=f"Visitor {n}") for n in range(5)))
    assert [(each.id, each.first_name) for each in everything(desk, Subscriber)] == [
        (number, f"Visitor {n}") for n, number in enumerate(ids)
    ]


def test_a_person_is_one_who_signed_up_and_arrived_once(desk):
    add(desk, entry(tags=["vip"], fields={"plan": "gold"}, time_zone="Europe/London"))
    (person,) = everything(desk, Subscriber)
    assert (person.signed_up, person.arrivals, person.source) == (True, 1, "import:the old site")
    assert (person.tags, person.fields, person.time_zone) == (["vip"], {"plan": "gold"}, "Europe/London")
    assert person.created_at == desk.clock.now()


@pytest.mark.parametrize(
    ("agreed", "requested", "confirmed"),
    [
        (Agreed("x"), None, None),
        (Agreed("x", LONG_AGO), LONG_AGO, LONG_AGO),
        (Agreed("x", LONG_AGO, requested_at=ASKED), ASKED, LONG_AGO),
        (Agreed("x", requested_at=ASKED), ASKED, None),
    ],
    ids=["nothing known", "confirmed", "both", "asked only"],
)
def test_moments_are_those_that_the_list_proves_and_else_now(desk, agreed, requested, confirmed):
    add(desk, entry(agreed=agreed, topics=("tips", "news")))
    now = desk.clock.now()
    held = everything(desk, Subscription)
    assert len(held) == 2
    for each in held:
        assert (each.state, each.admitted_at, each.ended_at) == ("confirmed", now, None)
        assert (each.requested_at, each.confirmed_at) == (requested or now, confirmed or now)
    acts = everything(desk, Consent)
    assert [act.act for act in acts] == (["requested", "confirmed"] if agreed.requested_at else ["confirmed"])
    assert acts[-1].at == (confirmed or now)
    assert all(act.topics == ["news", "tips"] for act in acts)


def test_the_words_are_kept_once_and_both_acts_name_them(desk):
    told = Agreed("x", LONG_AGO, requested_at=ASKED, wording="Yes,\nplease")
    add(desk, entry(agreed=told), entry("visitor014@example.com", agreed=told))
    (wording,) = everything(desk, Wording)
    assert (wording.name, wording.text) == ("import", "Yes,\nplease")
    assert {act.wording_id for act in everything(desk, Consent)} == {wording.id}


def test_a_long_source_is_cut_for_the_person_and_kept_for_the_act(desk):
    source = "at the desk " * 15
    add(desk, entry(agreed=Agreed(source.strip())))
    assert everything(desk, Subscriber)[0].source == f"import:{source}"[:80].rstrip()
    assert everything(desk, Consent)[0].page == source.strip()


def test_leavers_are_stopped_with_what_the_list_said(desk):
    now = desk.clock.now()
    leavers = [
        Entry(2, READER, READER, stop=Stop("marketing", "left elsewhere", LONG_AGO)),
        Entry(3, "x@example.com", "x@example.com", stop=Stop("all", "cleaned elsewhere")),
    ]
    with desk.database.writing.begin() as session:
        made, _ = known.settle(session, {each.key: each.address for each in leavers}, now)
        newcomers.stop(session, [(each, made[each.key]) for each in leavers], now)
    assert [(each.scope, each.reason, each.evidence) for each in everything(desk, Suppression)] == [
        ("marketing", "left elsewhere", "from an imported list; since 2020-02-03 04:05 UTC"),
        ("all", "cleaned elsewhere", "from an imported list"),
    ]
    assert everything(desk, Subscriber) == []
