"""People found among many: the conditions that a list asks with, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from newsletter.audience import finding, holds
from newsletter.audience.models import Hold, Subscriber, Subscription
from newsletter.audience.wanted import STANDINGS, Wanted
from newsletter.campaigns import leaving
from newsletter.delivery import mailboxes, suppression
from tests.audience.desk import READER, TAP, Desk


def write(desk: Desk, work):
    with desk.database.writing.begin() as session:
        return work(session)


def found(desk: Desk, **wanted) -> list[str]:
    with desk.database.reading() as session:
        page = finding.page(session, Wanted(**wanted), desk.clock.now())
    return [each.address for each in page.people]


def one(desk: Desk, **wanted) -> finding.Found:
    with desk.database.reading() as session:
        [only] = finding.page(session, Wanted(**wanted), desk.clock.now()).people
    return only


def standing(desk: Desk) -> list[str]:
    """Each place where she is found; one, whatever she is."""
    return [each for each in STANDINGS if found(desk, standing=each)]


def hold(desk: Desk, kind: str, **span: float) -> None:
    now, number = desk.clock.now(), desk.person().id
    write(
        desk,
        lambda session: session.add(
            Hold(subscriber_id=number, kind=kind, until=now + timedelta(**span), created_at=now)
        ),
    )


def test_a_person_wanders_from_place_to_place_and_stands_in_one_at_a_time(desk):
    desk.ask()
    assert (standing(desk), one(desk).standing) == (["waiting"], "waiting")
    desk.tap()
    assert (standing(desk), one(desk).standing) == (["letters"], "letters")
    hold(desk, "break", days=5)
    assert (standing(desk), one(desk).standing) == (["break"], "break")
    desk.clock.advance(days=6)
    assert standing(desk) == ["letters"], "a break that is past holds nothing"
    box = desk.person().mailbox_id
    write(
        desk, lambda session: suppression.suppress(session, box, "marketing", "complaint", desk.clock.now())
    )
    assert (standing(desk), one(desk).stop) == (["blocked"], "complaint")
    write(desk, lambda session: suppression.release(session, box, desk.clock.now(), "a slip"))
    assert standing(desk) == ["letters"]
    write(desk, lambda session: leaving.leave(session, box, desk.clock.now(), TAP))
    assert (standing(desk), one(desk).standing) == (["left"], "left")
    desk.ask()
    assert standing(desk) == ["waiting"], "she asked once more"


def test_healing_days_hold_as_a_break_does_and_say_their_kind(desk):
    desk.ask()
    desk.tap()
    hold(desk, "healing", days=3)
    assert standing(desk) == ["break"]
    assert one(desk).held == holds.Held("healing", desk.clock.now() + timedelta(days=3))


def test_one_of_two_topics_is_enough_to_get_letters_and_both_are_named(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    desk.ask(topics=("news",))
    assert one(desk).topics == ("Tips", "Clinic news")
    assert standing(desk) == ["letters"]
    assert found(desk, topic="tips") == [READER]
    assert found(desk, topic="news") == [], "what is not confirmed is not heard"


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("reader", True),
        ("READER@EX", True),
        ("reader@example.com", True),
        ("eader", False),
        ("anne", True),
        ("ANNE", True),
        ("Anne-", True),
        ("nne", False),
        ("reader%", False),
        ("_eader", False),
        ("\\", False),
    ],
)
def test_a_search_asks_how_it_begins(desk, text, finds):
    desk.ask(first_name="Anne-Lise")
    assert found(desk, text=text) == [READER] * finds


@pytest.mark.parametrize("typed", ["Öz", "öz", "ÖZ", "Özlem"])
def test_letters_beyond_a_to_z_have_a_case_too(desk, typed):
    desk.ask(first_name="Özlem")
    assert found(desk, text=typed) == [READER]


@pytest.mark.parametrize(
    "tag", ["vip", "a, b", 'say "hi"', "Über", "emoji \U0001f33c", "back\\slash", "100%"]
)
def test_a_tag_is_found_letter_by_letter_whatever_it_is_written_with(desk, tag):
    desk.ask()
    write(desk, lambda session: session.execute(update(Subscriber).values(tags=["first", tag])))
    assert found(desk, tag=tag) == [READER]
    assert found(desk, tag=tag[:-1]) == []
    assert found(desk, tag=tag.swapcase()) == ([READER] if tag.swapcase() == tag else [])
    with desk.database.reading() as session:
        assert finding.tags(session) == sorted(["first", tag], key=str.casefold)


def test_sources_are_those_that_people_have(desk):
    desk.ask()
    desk.ask("other@example.com", form="embed")
    with desk.database.reading() as session:
        assert finding.sources(session) == ["form:embed", "form:site"]
    assert found(desk, source="form:embed") == ["other@example.com"]
    assert found(desk, source="form") == []


def test_since_is_an_instant_and_counts_itself(desk):
    desk.ask()
    came = desk.clock.now()
    assert found(desk, since=came) == [READER]
    assert found(desk, since=came + timedelta(microseconds=1)) == []


def test_whoever_is_here_for_care_alone_is_a_number(desk):
    def patient(session):
        now = desk.clock.now()
        box = mailboxes.find_or_add(session, "patient@example.com", "patient@example.com", now)
        session.add(Subscriber(mailbox_id=box.id, signed_up=False, source="care", created_at=now))

    write(desk, patient)
    desk.ask()
    assert found(desk) == [READER]
    assert found(desk, text="patient") == []
    with desk.database.reading() as session:
        now = desk.clock.now()
        assert finding.count(session, Wanted(), now) == 1
        assert len(finding.after(session, Wanted(), now, 0, 10)) == 1
        assert finding.tally(session, now) == {
            "letters": 0,
            "waiting": 1,
            "break": 0,
            "blocked": 0,
            "left": 0,
            "care": 1,
        }


def test_a_patient_who_also_hears_about_a_topic_is_met(desk):
    desk.ask()
    write(desk, lambda session: session.execute(update(Subscriber).values(signed_up=False)))
    assert found(desk) == [READER]
    write(desk, lambda session: session.execute(Subscription.__table__.delete()))
    assert found(desk) == []


def test_the_newest_come_first_and_a_page_goes_on_below_the_last(desk, monkeypatch):
    monkeypatch.setattr(finding, "PER_PAGE", 2)
    for each in range(5):
        desk.ask(f"r{each}@example.com")
    with desk.database.reading() as session:
        before, seen, pages = None, [], 0
        more = True
        while more:
            page = finding.page(session, Wanted(), desk.clock.now(), before)
            seen += [each.address for each in page.people]
            before, more, pages = page.people[-1].id, page.more, pages + 1
        numbers = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
    assert (seen, pages) == ([f"r{each}@example.com" for each in (4, 3, 2, 1, 0)], 3)
    assert before == numbers[0]


def test_where_nobody_is_everything_is_empty(desk):
    with desk.database.reading() as session:
        now = desk.clock.now()
        assert finding.page(session, Wanted(), now) == finding.Page((), more=False)
        assert (finding.count(session, Wanted(), now), finding.tags(session), finding.sources(session)) == (
            0,
            [],
            [],
        )
        assert set(finding.tally(session, now).values()) == {0}
