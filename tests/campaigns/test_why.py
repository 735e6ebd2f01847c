"""Why did she get this letter, or not?"""

from __future__ import annotations

import pytest

from newsletter.campaigns import enrollment, why
from newsletter.delivery import suppression
from newsletter.errors import NotFound
from tests.walks.story import Story


def explained(story: Story, slug: str = "welcome") -> str:
    with story.house.database.reading() as session:
        return "\n".join(why.explain(session, story.person(), slug, story.clock.now()))


def test_it_says_what_was_sent_and_what_is_still_to_come(story: Story) -> None:
    story.sign_up()
    story.confirm()
    told = explained(story)
    assert "Guides: confirmed 2026-03-02 09:30 UTC." in told
    assert "hello: planned for Mon 2026-03-02 04:30 EST; sent 2026-03-02 09:30 UTC." in told
    assert "second: planned for Wed 2026-03-04 10:00 EST; still to come." in told


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
