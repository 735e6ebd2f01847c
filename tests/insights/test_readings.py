"""What became of letters, in figures; and the reports that are made of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from newsletter.audience.models import Subscription, Topic
from newsletter.campaigns.filing import starter
from newsletter.errors import NotFound
from newsletter.insights import readings, reports
from newsletter.insights.leavers import leavers
from newsletter.insights.readings import Link, Reading
from tests.insights.mailing import Mailing


@pytest.fixture
def mailing(database, clock):
    with database.writing.begin() as session:
        yield Mailing(session, clock.now())


def read(mailing, campaign="spring", step=None):
    left = leavers(mailing.session, [campaign], mailing.now)
    return readings.read(mailing.session, [campaign], left).get((campaign, step))


def test_a_campaign_without_e_mails_has_no_reading(mailing):
    assert readings.read(mailing.session, ["spring"], []) == {}
    assert readings.read(mailing.session, [], []) == {}


def test_each_e_mail_is_counted_where_it_ended(mailing):
    letter = mailing.issue()
    states = [
        "sent",
        "sent",
        "queued",
        "claimed",
        "handoff",
        "unknown",
        "skipped",
        "expired",
        "failed",
        "failed",
    ]
    numbers = [
        mailing.delivered(f"reader{n}", letter, state=state, sent_at=mailing.now if state == "sent" else None)
        for n, state in enumerate(states)
    ]
    mailing.refused(numbers[8], "soft")
    mailing.refused(numbers[9], "hard")
    mailing.refused(numbers[9], "hard")
    mailing.delivered("reader0", letter, step="a-letter-of-a-sequence-of-this-name")
    found = read(mailing)
    assert (found.sent, found.waiting, found.maybe, found.gone, found.not_sent) == (2, 3, 1, 1, 4)
    assert (found.states["skipped"], found.clicks, found.left) == (1, 0, 0)


def test_clicks_are_added_over_days_and_the_booking_page_stands_first(mailing):
    letter, newer = mailing.issue(), mailing.issue("spring-again")
    mailing.delivered("reader", letter)
    mailing.clicks(letter, 1, 20, 5)
    mailing.clicks(letter, 1, 30, 1, day=1)
    mailing.clicks(letter, 2, 4)
    mailing.clicks(newer, 1, 99, campaign="spring-again")
    found = read(mailing)
    assert found.links == (
        Link("{{ booking_url }}", 4, 0),
        Link("https://clinic.example/guide", 50, 6),
    )
    assert (found.clicks, found.by_machine, found.links[0].is_booking) == (54, 6, True)


def test_a_click_on_a_link_that_its_letter_does_not_have_is_left_out_and_the_others_stay(mailing):
    letter = mailing.issue()
    mailing.delivered("reader", letter)
    for number in (0, 1, 3, 4, 90):
        mailing.clicks(letter, number, number + 2)
    mailing.clicks("version:987654", 1, 7)
    assert read(mailing).links == (
        Link("{{ unsubscribe_url }}", 5, 0),
        Link("https://clinic.example/guide", 3, 0),
    )
    assert reports.issue(mailing.session, "spring", mailing.now).issue.reading.clicks == 8


def test_opens_are_people_among_those_who_agreed_without_what_machines_did(mailing):
    letter = mailing.issue()
    for name in ("one", "two", "three"):
        mailing.reader(name, counted=True)
    numbers = [mailing.delivered(name, letter) for name in ("one", "two", "three", "never-agreed")]
    mailing.sign(numbers[0], "opened")
    mailing.sign(numbers[0], "clicked", 1)
    mailing.sign(numbers[0], "clicked", 2)
    mailing.sign(numbers[1], "opened", by_machine=True)
    found = read(mailing)
    assert (found.agreed, found.opened, found.clicked) == (3, 1, 1)


def test_who_left_within_three_days_of_it_and_hears_nothing_any_more_left_at_it(mailing):
    letter = mailing.issue()
    names = ("at-once", "later", "before", "stayed", "of-another-stream", "back-in-part")
    for name in names:
        mailing.delivered(name, letter)
    after = mailing.issue("after", days_ago=6)
    mailing.delivered("at-the-next", letter)
    for name in ("at-once", "at-the-next"):
        mailing.delivered(name, after, "after", sent_at=mailing.now - timedelta(days=6))
    mailing.leaves("at-the-next", 5.9)
    mailing.leaves("at-once", 6.9)
    mailing.leaves("at-once", 6.8)
    mailing.leaves("later", 3.9)
    mailing.leaves("before", 7.1)
    mailing.leaves("of-another-stream", 6.5, stream="counting")
    mailing.leaves("back-in-part", 6.5)
    topic = Topic(slug="tips", name="Tips", hint="", position=1)
    mailing.session.add(topic)
    mailing.session.flush()
    then = mailing.now - timedelta(days=30)
    held = {"state": "confirmed", "source": "test", "requested_at": then, "confirmed_at": then}
    mailing.session.add(
        Subscription(subscriber_id=mailing.reader("back-in-part").id, topic_id=topic.id, **held)
    )
    mailing.session.flush()
    assert (read(mailing).left, read(mailing, "after").left) == (1, 1)
    report = reports.issue(mailing.session, "spring", mailing.now)
    [leaver] = reports.leavers(mailing.session, report)
    assert (leaver.address, leaver.how, leaver.step) == ("at-once@example.com", "one-click", None)
    assert leaver.at == mailing.now - timedelta(days=6.9) or leaver.at == mailing.now - timedelta(days=6.8)


def test_only_the_last_letter_before_she_left_lost_her_and_none_that_is_no_newsletter(mailing):
    first, second = mailing.issue(days_ago=3), mailing.issue("after", days_ago=2)
    moments = {"spring": mailing.now - timedelta(days=2), "after": mailing.now - timedelta(days=1)}
    for name in ("in-between", "at-the-end", "never-left"):
        mailing.delivered(name, first, sent_at=moments["spring"])
        mailing.delivered(name, second, "after", sent_at=moments["after"])
    note = {"stream": "care", "sent_at": mailing.now - timedelta(days=1.8)}
    mailing.delivered("in-between", "mail:a-note", None, **note)
    unsent = {"state": "failed", "sent_at": None}
    mailing.delivered("at-the-end", first, "never-arrived", **unsent)
    mailing.leaves("in-between", 1.5)
    mailing.leaves("at-the-end", 0.5)
    mailing.leaves("at-the-end", -0.5)
    both_of_them = leavers(mailing.session, {"spring", "after"}, mailing.now)
    assert [(each.key[0], each.at) for each in both_of_them] == [
        ("spring", mailing.now - timedelta(days=1.5)),
        ("after", mailing.now - timedelta(days=0.5)),
    ]
    assert leavers(mailing.session, ["after"], mailing.now) == both_of_them[1:]
    assert leavers(mailing.session, ["never-arrived"], mailing.now) == []
    assert leavers(mailing.session, [], mailing.now) == []
    tied = mailing.issue("tied", days_ago=2)
    mailing.delivered("in-between", tied, "tied", sent_at=moments["spring"])
    assert {each.key[0] for each in leavers(mailing.session, ["spring", "tied"], mailing.now)} == {
        "spring",
        "tied",
    }


def test_the_list_shows_the_newest_and_the_others_on_its_next_page(mailing):
    for number in range(reports.PER_PAGE + 2):
        mailing.issue(f"issue-{number}", days_ago=number + 1)
    first, second, third = (reports.shelf(mailing.session, mailing.now, number) for number in (1, 2, 3))
    assert [each.slug for each in first.issues] == [f"issue-{n}" for n in range(reports.PER_PAGE)]
    assert [each.slug for each in second.issues] == [
        f"issue-{n}" for n in range(reports.PER_PAGE, reports.PER_PAGE + 2)
    ]
    assert (first.more, second.more, third.more, third.issues) == (True, False, False, ())


def test_a_report_stands_beside_the_five_before_it(mailing):
    for days in range(8):
        mailing.issue(f"issue-{days}", days_ago=days + 1)
    mailing.issue("not-begun", started_at=None)
    report = reports.issue(mailing.session, "issue-1", mailing.now)
    assert (report.issue.slug, report.issue.subject) == ("issue-1", "About issue-1")
    assert [each.slug for each in report.earlier] == [f"issue-{n}" for n in (2, 3, 4, 5, 6)]
    assert report.issue.reading == Reading()
    for slug in ("not-begun", "nothing"):
        with pytest.raises(NotFound):
            reports.issue(mailing.session, slug, mailing.now)


def test_a_sequence_is_told_letter_by_letter_and_by_the_sum(mailing):
    starter.load(mailing.session, mailing.now)
    old = f"version:{mailing.wording('welcome/long-gone').id}"
    mailing.delivered("one", old, "welcome", step="long-gone")
    mailing.delivered("one", "version:1", "welcome", step="welcome")
    mailing.delivered("two", "version:1", "welcome", step="welcome", state="queued", sent_at=None)
    mailing.clicks(old, 2, 3, campaign="welcome")
    report = reports.sequence(mailing.session, "welcome", mailing.now)
    assert [(each.key, each.live) for each in report.letters][:1] == [("welcome", True)]
    assert (report.letters[0].reading.sent, report.letters[0].reading.waiting) == (1, 1)
    assert (report.letters[-1].key, report.letters[-1].live, report.letters[-1].reading.clicks) == (
        "long-gone",
        False,
        3,
    )
    [(slug, _, together)] = reports.shelf(mailing.session, mailing.now).sequences
    assert (slug, together.sent, together.waiting, together.clicks) == ("welcome", 2, 1, 3)
    with pytest.raises(NotFound):
        reports.sequence(mailing.session, "nothing", mailing.now)


def test_every_report_costs_as_many_statements_of_many_as_of_one(mailing):
    starter.load(mailing.session, mailing.now)
    asks = {
        "shelf": lambda: reports.shelf(mailing.session, mailing.now),
        "issue": lambda: reports.issue(mailing.session, "issue-0", mailing.now),
        "sequence": lambda: reports.sequence(mailing.session, "welcome", mailing.now),
        "leavers": lambda: reports.leavers(
            mailing.session, reports.issue(mailing.session, "issue-0", mailing.now)
        ),
    }

    def statements(ask):
        asked = []
        connection = mailing.session.connection()
        event.listen(connection, "before_cursor_execute", note := lambda *args: asked.append(args[2]))
        ask()
        event.remove(connection, "before_cursor_execute", note)
        return len(asked)

    def grow(number):
        letter = mailing.issue(f"issue-{number}", days_ago=number + 1)
        for each in range(3):
            made = mailing.delivered(f"reader{number}-{each}", letter, f"issue-{number}")
            mailing.sign(made, "opened")
            mailing.clicks(letter, each + 1, 5, campaign=f"issue-{number}")
        mailing.leaves(f"reader{number}-0", 6.5)
        mailing.session.flush()

    grow(0)
    few = {name: statements(ask) for name, ask in asks.items()}
    for number in range(1, 6):
        grow(number)
    assert {name: statements(ask) for name, ask in asks.items()} == few
    assert max(few.values()) <= 20
    assert len(reports.issue(mailing.session, "issue-0", mailing.now).earlier) == 5
