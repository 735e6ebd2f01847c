"""The newsletters as a list, what became of one, and the acts that only the studio has: hurry, undo, let go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import discarding, drafting, shelf, tallying
from newsletter.campaigns.desk.shelf import Newsletter, Page
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.delivery.models import Delivery
from newsletter.errors import NotFound, Refused
from newsletter.staff import roll
from tests.campaigns.test_broadcasts import SPRING, people, write
from tests.walks.story import Story


def act(story: Story, verb: Callable[..., Any], *args: Any, **named: Any) -> Any:
    with story.house.database.writing.begin() as session:
        return verb(session, *args, **named)


def page(story: Story, **asked: Any) -> Page:
    with story.house.database.reading() as session:
        return shelf.page(session, story.clock.now(), **asked)


def one(story: Story, slug: str = SPRING) -> Newsletter:
    with story.house.database.reading() as session:
        return shelf.find(session, slug, story.clock.now())


def begin(session: Session, name: str, story: Story) -> str:
    writer = roll.practice_owner(session, story.clock.now())
    return drafting.begin(session, name, "tips", writer, story.clock.now()).slug


def test_placed_and_unplaced_stand_in_one_list_newest_first(story: Story) -> None:
    write(story)
    story.clock.advance(hours=1)
    slug = act(story, begin, "Autumn notes", story)
    shown = page(story)
    assert [(each.slug, each.state, each.on_desk) for each in shown.newsletters] == [
        (slug, "draft", True),
        (SPRING, "draft", False),
    ]
    assert (shown.every, shown.found, shown.more) == (2, 2, False)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"search": "SPRING"}, [SPRING]),
        ({"search": "letter hello"}, [SPRING]),  # its subject
        ({"search": "spring autumn"}, []),
        ({"kind": "drafts"}, ["autumn-notes", SPRING]),
        ({"kind": "sent"}, []),
        ({"kind": "no such kind"}, ["autumn-notes", SPRING]),
        ({"number": 2}, []),
    ],
)
def test_the_list_is_narrowed_by_words_and_by_where_it_stands(
    story: Story, asked: dict[str, Any], found: list[str]
) -> None:
    write(story)
    story.clock.advance(hours=1)
    act(story, begin, "Autumn notes", story)
    assert [each.slug for each in page(story, **asked).newsletters] == found


def test_before_it_begins_it_says_who_would_get_it_and_afterwards_who_did(story: Story) -> None:
    people(story, 3, "resources")
    write(story)
    assert one(story).people == 3
    act(story, broadcasts.send, SPRING, story.clock.now())
    people(story, 1, "tips", "resources")
    assert (one(story).people, one(story).state) == (4, "scheduled")
    story.live(hours=1)
    sent = one(story)
    assert (sent.state, sent.people, sent.handed_over, sent.through) == ("sent", 4, 4, 4)
    people(story, 1, "news", "resources")
    assert one(story).people == 4


def test_of_ended_e_mails_only_our_own_reasons_are_told(story: Story) -> None:
    people(story, 3, "resources")
    write(story)
    act(story, broadcasts.send, SPRING, story.clock.now())
    story.live(hours=1)
    with story.house.database.writing.begin() as session:
        first, second = list(session.query(Delivery.id).where(Delivery.campaign == SPRING).limit(2))
        said = {"state": "failed", "reason": "550 5.1.1 <resources0@example.com> unknown"}
        session.execute(update(Delivery).where(Delivery.id == first.id).values(said))
        ours = {"state": "skipped", "reason": "she is on a break until Thursday"}
        session.execute(update(Delivery).where(Delivery.id == second.id).values(ours))
    with story.house.database.reading() as session:
        told = [(line.number, line.words) for line in tallying.lines(session, SPRING)]
    assert told[0] == (1, "sent")
    assert (1, "not sent: she is on a break") in told
    assert "example.com" not in str(told)
    assert "Thursday" not in str(told)


def test_only_within_the_two_minutes_it_can_be_hurried(story: Story) -> None:
    people(story, 1, "resources")
    write(story)
    now = story.clock.now()
    act(story, broadcasts.send, SPRING, now, at=now + timedelta(days=3))
    with pytest.raises(Refused, match="one that begins within two minutes can be"):
        act(story, broadcasts.hurry, SPRING, now)
    act(story, broadcasts.unschedule, SPRING)
    act(story, broadcasts.send, SPRING, now)
    act(story, broadcasts.hurry, SPRING, now)
    story.rounds.until_idle()
    assert one(story).state == "sent"
    with pytest.raises(Refused, match="too late to undo"):
        act(story, broadcasts.unschedule, SPRING)


def test_what_is_discarded_leaves_the_list_and_keeps_its_name(story: Story) -> None:
    write(story)
    slug = act(story, begin, "Autumn notes", story)
    act(story, discarding.discard, SPRING, story.clock.now())
    act(story, discarding.discard, slug, story.clock.now())
    assert page(story).newsletters == ()
    assert one(story).is_discarded
    assert act(story, begin, "Autumn notes", story) != slug
    with story.house.database.reading() as session:
        assert session.query(Broadcast).where(Broadcast.slug == SPRING).count() == 1
        assert session.query(CampaignDraft).where(CampaignDraft.slug == slug).one().state == "discarded"


def test_what_is_in_use_is_not_discarded_and_what_is_not_there_is_said(story: Story) -> None:
    people(story, 1, "resources")
    write(story)
    act(story, broadcasts.send, SPRING, story.clock.now())
    with pytest.raises(Refused, match="a draft can be"):
        act(story, discarding.discard, SPRING, story.clock.now())
    for verb in (
        lambda: one(story, "nowhere"),
        lambda: act(story, discarding.discard, "nowhere", story.clock.now()),
    ):
        with pytest.raises(NotFound):
            verb()
