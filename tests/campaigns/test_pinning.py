"""A timeline that is used for new people only: whoever is under way keeps her letters, their hours and their words."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from newsletter.campaigns import dispatch, enrollment, impact, moving, timelines, upcoming, why
from newsletter.campaigns.desk import missed, standing
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.files import read_folder, read_sequence
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.delivery.models import Delivery
from tests.campaigns.conftest import STEPS
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story, text_of

HELLO, SECOND, THIRD = STEPS
OLD, NEWCOMER, LATE = "visitor012@example.com", "visitor013@example.com", "visitor014@example.com"
NEW_YORK = ZoneInfo("America/New_York")

Write = Callable[..., Path]


def use(story: Story, folder: Path, *, new_people_only: bool = False) -> None:
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(folder), "import", story.clock.now())
        drafts.use(session, "welcome", story.clock.now(), new_people_only=new_people_only)
    story.rounds.until_idle()


def other(write_folder: Write) -> Path:
    """`second` comes a day later, at another hour, in other words; `third` is gone, `fresh` is new."""
    later = ("second", 'day = 3\nat = "16:00"\nuntil = "2d"')
    folder = write_folder("welcome", (HELLO, later, ("fresh", 'day = 6\nat = "9:00"\nuntil = "7d"')))
    (folder / "second.md").write_text("Other words, and enough of them to be a letter.\n")
    return folder


def come(story: Story, address: str) -> None:
    story.sign_up(address)
    story.confirm(address)


def way(story: Story, address: str) -> Enrollment:
    with story.house.database.reading() as session:
        hers = select(Enrollment).where(Enrollment.subscriber_id == story.person(address).id)
        return session.scalars(hers.order_by(Enrollment.id.desc()).limit(1)).one()


def arrived(story: Story, address: str) -> list[str]:
    return story.inbox(address)[1:]


@pytest.fixture
def pinned(story: Story, write_folder: Write, beginnings: Beginnings) -> Story:
    """One reader is under way since Monday; on Tuesday another timeline is used for new people only; one more comes."""
    folder = other(write_folder)

    def tell() -> None:
        come(story, OLD)
        story.live(days=1)
        use(story, folder, new_people_only=True)
        come(story, NEWCOMER)

    beginnings.once(story, "one keeps her letters, one has the new ones", tell)
    return story


def test_she_gets_the_old_letters_at_the_old_hours_and_newcomers_the_new_ones(pinned: Story) -> None:
    pinned.live(days=14)
    assert arrived(pinned, OLD) == [
        "Mon 02 Mar 04:30  The letter hello",
        "Wed 04 Mar 10:00  The letter second",
        "Sat 07 Mar 10:00  The letter third",
    ]
    assert arrived(pinned, NEWCOMER) == [
        "Tue 03 Mar 04:30  The letter hello",
        "Fri 06 Mar 16:00  The letter second",
        "Mon 09 Mar 09:00  The letter fresh",
    ]
    seconds = [text_of(pinned.letters(address)[2]) for address in (OLD, NEWCOMER)]
    assert ["Other words" in each for each in seconds] == [False, True]
    assert (way(pinned, OLD).state, way(pinned, OLD).pinned) == ("complete", True)


def test_a_letter_that_lies_in_the_queue_leaves_though_its_step_is_gone(
    story: Story, write_folder: Write
) -> None:
    come(story, OLD)
    story.live(days=3)
    for _ in range(2):  # her last letter: with it she is through, and it has not left
        story.clock.advance(days=2)
        with story.house.database.writing.begin() as session:
            dispatch.queue_due(session, story.clock.now())
    assert way(story, OLD).state == "complete"
    use(story, other(write_folder), new_people_only=True)
    use(story, write_folder("welcome", (HELLO,)))
    assert story.subjects(OLD)[-1] == "The letter third"


def test_who_is_pinned_stays_so_when_a_later_timeline_is_used_for_everybody(
    pinned: Story, write_folder: Write
) -> None:
    folder = write_folder("welcome", (HELLO, ("second", 'day = 4\nat = "11:00"\nuntil = "2d"')))
    with pinned.house.database.reading() as session:
        met = impact.of(session, read_sequence(folder), pinned.clock.now())
    assert (met.active, met.pinned) == (1, 1)
    what = {each.change.key: (each.waiting, each.canceled) for each in met.letters}
    assert what == {"second": (1, 0), "fresh": (1, 0)}
    use(pinned, folder)
    come(pinned, LATE)
    use(pinned, other(write_folder), new_people_only=True)
    pinned.live(days=14)
    assert [line[:16] for line in arrived(pinned, OLD)] == [
        "Mon 02 Mar 04:30",
        "Wed 04 Mar 10:00",
        "Sat 07 Mar 10:00",
    ]
    assert [arrived(pinned, each)[1:] for each in (NEWCOMER, LATE)] == [
        ["Sat 07 Mar 11:00  The letter second"]
    ] * 2


def test_what_waits_for_her_in_the_queue_is_not_counted_as_canceled_nor_canceled(
    pinned: Story, write_folder: Write
) -> None:
    pinned.live(days=1)
    pinned.clock.advance(hours=6)
    with pinned.house.database.writing.begin() as session:
        dispatch.queue_due(session, pinned.clock.now())
    folder = write_folder("welcome", (HELLO,))
    with pinned.house.database.reading() as session:
        met = impact.of(session, read_sequence(folder), pinned.clock.now())
        queued = session.scalars(select(Delivery.step).where(Delivery.state == "queued")).all()
    assert queued == ["second"]
    assert {each.change.key: (each.waiting, each.canceled) for each in met.letters}["second"] == (1, 0)
    use(pinned, folder)
    assert arrived(pinned, OLD)[-1] == "Wed 04 Mar 10:30  The letter second"


def test_every_page_that_looks_ahead_looks_at_her_own_letters(pinned: Story) -> None:
    old, now = pinned.person(OLD).id, pinned.clock.now()
    with pinned.house.database.reading() as session:
        sequence = timelines.find(session, "welcome")
        coming = upcoming.for_person(session, old, now, NEW_YORK)
        assert [f"{each.at:%a %H:%M} {each.step}" for each in coming] == [
            "Wed 10:00 second",
            "Sat 10:00 third",
        ]
        assert [each.key for each in timelines.read(session, story_live(pinned)).plans] == [
            "hello",
            "second",
            "fresh",
        ]
        told = "\n".join(why.explain(session, pinned.person(OLD), "welcome", NEW_YORK, now))
        assert "She keeps the letters of 2026-03-02 09:30 UTC: newer ones are for new people only." in told
        assert "third: planned for Sat 2026-03-07 10:00 EST; still to come" in told
        assert "keeps" not in str(why.explain(session, pinned.person(NEWCOMER), "welcome", NEW_YORK, now))
        assert (standing.people(session, sequence), standing.pinned(session, sequence)) == (2, 1)
        assert standing.waiting(session, sequence) == {"hello": 0, "second": 1, "fresh": 0}
        assert standing.still_without(session, sequence, "second") == 1


def test_another_zone_moves_her_own_letters(pinned: Story) -> None:
    with pinned.house.database.writing.begin() as session:
        assert moving.follow_zone(session, pinned.person(OLD).id, "Asia/Tokyo", pinned.clock.now()) == 1
    pinned.live(days=10)
    assert [line[:16] for line in pinned.inbox(OLD, "Asia/Tokyo")[2:]] == [
        "Wed 04 Mar 10:00",
        "Sat 07 Mar 10:00",
    ]


def test_what_a_pause_held_back_is_counted_by_her_own_letters(pinned: Story) -> None:
    with pinned.house.database.writing.begin() as session:
        sequence = enrollment.pause(session, "welcome")
    pinned.clock.advance(days=4, hours=8)  # Saturday noon: her third is due, its second is over
    with pinned.house.database.reading() as session:
        found = missed.of(session, session.get_one(Sequence, sequence.id), pinned.clock.now())
    assert (found.go, found.too_late) == (2, 1)
    with pinned.house.database.writing.begin() as session:
        enrollment.resume(session, "welcome")
    pinned.rounds.until_idle()
    assert [pinned.subjects(each)[-1] for each in (OLD, NEWCOMER)] == [
        "The letter third",
        "The letter second",
    ]


def test_who_left_midway_and_comes_back_is_new_and_follows_what_is_live(pinned: Story) -> None:
    pinned.leave(OLD)
    come_back(pinned)
    assert not way(pinned, OLD).pinned
    pinned.live(days=14)
    assert arrived(pinned, OLD)[2:] == [
        "Thu 05 Mar 16:00  The letter second",
        "Sun 08 Mar 09:00  The letter fresh",
    ]


def come_back(story: Story) -> None:
    story.clock.advance(hours=2)
    story.sign_up(OLD)
    story.confirm(OLD, work=False)
    with story.house.database.reading() as session:
        coming = upcoming.for_person(session, story.person(OLD).id, story.clock.now(), NEW_YORK)
    assert [each.step for each in coming] == ["second", "fresh"]
    story.rounds.until_idle()


def test_who_is_through_and_enters_again_is_new_too(pinned: Story) -> None:
    pinned.live(days=20)
    pinned.leave(OLD)
    come(pinned, OLD)
    assert (way(pinned, OLD).state, way(pinned, OLD).pinned) == ("active", False)
    pinned.live(days=14)
    assert [line[18:] for line in arrived(pinned, OLD)[5:]] == ["The letter second", "The letter fresh"]


def test_of_a_paused_sequence_she_keeps_what_was_used_last_and_gets_nothing_that_was_past_by_then(
    story: Story, write_folder: Write
) -> None:
    come(story, OLD)
    with story.house.database.writing.begin() as session:
        enrollment.pause(session, "welcome")
    story.live(days=1)
    early = ("fresh", 'after = "3h"\nuntil = "9d"')
    use(story, write_folder("welcome", (HELLO, early, SECOND, THIRD)))
    assert way(story, OLD).timeline_id != story_live(story)
    kept = story_live(story)
    use(story, other(write_folder), new_people_only=True)
    assert (way(story, OLD).timeline_id, way(story, OLD).pinned) == (kept, True)
    with story.house.database.writing.begin() as session:
        enrollment.resume(session, "welcome")
    story.live(days=10)
    assert story.runs()[1:] == ["fresh skipped: added later", "second queued", "third queued"]


def story_live(story: Story) -> int:
    with story.house.database.reading() as session:
        live = timelines.find(session, "welcome").live_timeline_id
    assert live is not None
    return live


def test_a_new_sequence_pins_nobody(story: Story, write_folder: Write) -> None:
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(write_folder("autumn")), "import", story.clock.now())
        drafts.use(session, "autumn", story.clock.now(), new_people_only=True)
    come(story, OLD)
    assert not way(story, OLD).pinned


def test_who_is_being_admitted_meanwhile_is_under_way_before_it_is_used(
    story: Story, write_folder: Write
) -> None:
    story.sign_up(OLD)
    story.confirm(OLD, work=False)
    folder = other(write_folder)
    with ThreadPoolExecutor(1) as elsewhere:
        with story.house.database.writing.begin() as session:
            assert enrollment.admit(session, NEW_YORK, story.clock.now()) > 0
            used = elsewhere.submit(use_alone, story, folder)
            with pytest.raises(TimeoutError):
                used.result(timeout=0.5)
        used.result(timeout=30)
    assert way(story, OLD).pinned
    assert way(story, OLD).timeline_id != story_live(story)


def use_alone(story: Story, folder: Path) -> None:
    with story.house.database.writing.begin() as session:
        drafts.keep(session, read_folder(folder), "import", story.clock.now())
        drafts.use(session, "welcome", story.clock.now(), new_people_only=True)


def test_only_those_who_follow_it_are_asked_about_at_once(pinned: Story, write_folder: Write) -> None:
    with pinned.house.database.writing.begin() as session:
        far = pinned.clock.now() + timedelta(days=3)
        session.execute(update(Enrollment).values(next_due_at=far))
        drafts.keep(session, read_folder(write_folder("welcome")), "import", pinned.clock.now())
        drafts.use(session, "welcome", pinned.clock.now())
    assert way(pinned, OLD).next_due_at == far
    assert way(pinned, NEWCOMER).next_due_at == pinned.clock.now()
