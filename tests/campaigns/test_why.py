"""Why did she get this letter, or not?"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from newsletter.audience import preferences
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Hold
from newsletter.campaigns import broadcasts, enrollment, why
from newsletter.campaigns.filing import placing, starter
from newsletter.campaigns.filing.files import read_sequence
from newsletter.campaigns.models import Broadcast
from newsletter.delivery import suppression
from newsletter.delivery.models import Attempt, Delivery
from newsletter.errors import NotFound
from tests.walks.story import READER, Story

NEW_YORK = ZoneInfo("America/New_York")
ISSUE = "guide-start-to-finish"


def explained(story: Story, slug: str = "welcome") -> str:
    with story.house.database.reading() as session:
        return "\n".join(why.explain(session, story.person(), slug, NEW_YORK, story.clock.now()))


def test_it_says_what_was_sent_and_what_is_still_to_come(story: Story) -> None:
    story.sign_up()
    story.confirm()
    told = explained(story)
    assert "Guides: confirmed 2026-03-02 09:30 UTC." in told
    assert "hello: planned for Mon 2026-03-02 04:30 EST; sent 2026-03-02 09:30 UTC." in told
    assert (
        "second: planned for Wed 2026-03-04 10:00 EST; still to come, worth sending until Sat 2026-03-07 10:00."
        in told
    )


def test_it_says_why_a_letter_was_skipped(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.sleep(days=6)
    assert "second: planned for Wed 2026-03-04 10:00 EST; not sent: too late to be useful." in explained(
        story
    )


def test_it_says_when_she_left_and_what_that_stopped(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.leave()
    told = explained(story)
    assert "Guides: left 2026-03-02 09:30 UTC." in told
    assert "second: planned for Wed 2026-03-04 10:00 EST; not sent: she left the letters." in told


def test_it_says_that_nothing_is_confirmed_yet(story: Story) -> None:
    story.sign_up()
    told = explained(story)
    assert "signed up 2026-03-02 09:30 UTC, not confirmed yet" in told
    assert "Not in this sequence: nothing is confirmed." in told


def test_it_names_a_stop_on_the_mailbox_and_a_paused_sequence(story: Story) -> None:
    story.sign_up()
    story.confirm()
    with story.house.database.writing.begin() as session:
        suppression.suppress(session, story.person().mailbox_id, "all", "hard bounce", story.clock.now())
        enrollment.pause(session, "welcome")
    told = explained(story)
    assert "Do not mail (everything): hard bounce." in told
    assert "the sequence is paused" in told


def test_an_unknown_sequence_is_named_with_those_there_are(story: Story) -> None:
    story.sign_up()
    with pytest.raises(NotFound, match="there is no sequence “farewell”; there is: welcome"):
        explained(story, "farewell")


def with_issues(story: Story) -> None:
    """The starter issues as drafts; nobody is in another sequence for that."""
    with story.house.database.writing.begin() as session:
        starter.load(session, story.clock.now())


def send(story: Story, **how) -> None:
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, ISSUE, story.clock.now(), **how)


def choose(story: Story, *topics: str) -> None:
    with story.house.database.writing.begin() as session:
        person = story.person().id
        preferences.choose_topics(session, person, topics, Evidence("preferences"), story.clock.now())


def test_a_letter_that_gave_way_to_an_issue_says_so(story: Story) -> None:
    with_issues(story)
    story.sign_up()
    story.confirm()
    story.live(days=1, hours=20)
    send(story, at=story.clock.now() + timedelta(hours=10))
    story.live(hours=12)
    told = explained(story)
    assert "second: planned for Wed 2026-03-04 10:00 EST; still to come" in told
    assert "(“guide-start-to-finish” is less than 2 days away)" in told


def test_hours_that_push_a_letter_are_told_before_it_is_due(story: Story, write_folder) -> None:
    weekend = (("hello", 'day = 5\nat = "10:00"\nuntil = "7d"\nweekdays = "mon-fri"'),)
    with story.house.database.writing.begin() as session:
        placing.place_sequence(session, read_sequence(write_folder("weekdays", weekend)), story.clock.now())
    story.sign_up()
    story.confirm()
    told = explained(story, "weekdays")
    assert "hello: planned for Mon 2026-03-09 10:00 EDT; still to come" in told
    assert "(moved to Monday: weekdays only)" in told


def test_a_break_is_named_with_its_end(story: Story) -> None:
    story.sign_up()
    story.confirm()
    until = story.clock.now() + timedelta(days=31)
    with story.house.database.writing.begin() as session:
        for kind in ("break", "healing"):
            session.add(
                Hold(subscriber_id=story.person().id, kind=kind, until=until, created_at=story.clock.now())
            )
    told = explained(story)
    assert "She takes a break until 2026-04-02 09:30 UTC." in told
    assert "Held back by the clinic until 2026-04-02 09:30 UTC." in told


def test_a_letter_that_is_tried_again_says_what_the_server_said(story: Story) -> None:
    story.sign_up()
    story.confirm()
    with story.house.database.writing.begin() as session:
        first = select(Delivery.id).where(Delivery.step == "hello")
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(first))
            .values(state="queued", sent_at=None, tries=2, reason="greylisted")
        )
        session.add(
            Attempt(
                delivery_id=session.scalars(first).one(),
                epoch=1,
                at=story.clock.now(),
                outcome="deferred",
                code=451,
                said="4.7.1 try later",
            )
        )
    told = explained(story)
    assert "waiting to be sent: greylisted; tried 2 times, the last answer was “451 4.7.1 try later”" in told
    assert "; next try 2026-03-02 09:30 UTC." in told


def test_of_an_issue_it_says_whom_it_is_for_and_what_became_of_hers(story: Story) -> None:
    with_issues(story)
    story.sign_up()
    story.confirm()
    assert "It is a draft: nobody gets it before somebody sends it." in explained(story, ISSUE)
    assert "As things stand she is among its people" in explained(story, ISSUE)
    send(story, at=story.clock.now() + timedelta(days=3))
    assert "It has not begun. It begins 2026-03-05 09:30 UTC." in explained(story, ISSUE)
    story.live(days=3, hours=1)
    told = explained(story, ISSUE)
    assert "“guide-start-to-finish” is for who hears about resources. It has gone out." in told
    assert "Hers: planned for Thu 2026-03-05 04:30 EST; sent 2026-03-05 09:30 UTC." in told


def test_of_an_issue_by_local_hour_it_says_whose_clock_counts(story: Story) -> None:
    with_issues(story)
    story.sign_up()
    story.confirm()
    send(story, local_hour=9)
    assert "Each reader’s own clock decides: Tue 2026-03-03 at 9:00." in explained(story, ISSUE)


@pytest.mark.parametrize(
    ("what_she_did", "told"),
    [
        ("nothing", "Not hers: her sign-up for resources is not confirmed."),
        ("other topics", "Not hers: she never asked for resources."),
        ("left before", "Not hers: she left resources 2026-03-02 09:30 UTC, before the issue began."),
        (
            "came later",
            "Not hers: she confirmed 2026-03-02 10:30 UTC, after the issue had begun (2026-03-02 09:30 UTC).",
        ),
        ("spared", "Not hers: the issue leaves out who hears about tips, and she does."),
    ],
)
def test_of_an_issue_that_she_did_not_get_it_says_the_first_reason(story: Story, what_she_did, told) -> None:
    with_issues(story)
    story.sign_up("other@example.com")
    story.confirm("other@example.com")
    story.sign_up(topics=("tips",) if what_she_did == "other topics" else ())
    if what_she_did not in {"nothing", "came later"}:
        story.confirm()
    if what_she_did == "left before":
        choose(story, "tips")
    if what_she_did == "spared":
        choose(story, "resources", "tips")
        spare(story, "tips")
        with story.house.database.writing.begin() as session:
            other = story.person("other@example.com").id
            preferences.choose_topics(
                session, other, ["resources"], Evidence("preferences"), story.clock.now()
            )
    send(story, undo=timedelta())
    story.rounds.until_idle()
    story.live(hours=1)
    if what_she_did == "came later":
        story.confirm()
    assert told in explained(story, ISSUE)


def spare(story: Story, topic: str) -> None:
    with story.house.database.writing.begin() as session:
        session.execute(update(Broadcast).where(Broadcast.slug == ISSUE).values(except_topics=[topic]))


def test_of_an_issue_that_was_stopped_for_her_it_says_by_what(story: Story) -> None:
    with_issues(story)
    story.sign_up()
    story.confirm()
    send(story, at=story.clock.now() + timedelta(days=3))
    with story.house.database.writing.begin() as session:
        mailbox = story.person(READER).mailbox_id
        suppression.suppress(session, mailbox, "marketing", "complaint", story.clock.now())
    story.live(days=4)
    told = explained(story, ISSUE)
    assert "Do not mail (marketing): complaint." in told
    assert "not sent: do not mail: complaint." in told
