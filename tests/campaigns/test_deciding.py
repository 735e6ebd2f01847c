"""What goes and what ends without a letter, however often and however late somebody asks."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.campaigns.deciding import ADDED_LATER, TOO_LATE, Decision, decide
from newsletter.campaigns.planning import plan
from tests.campaigns.timelines import AFTERCARE, HOURS, NEW_YORK, WELCOME, instants, step, timelines, zones

THURSDAY = datetime(2026, 3, 6, 3, 30, tzinfo=UTC)  # 5 March, 22:30 in New York
SERIES = plan(WELCOME, {("confirmed", 0): THURSDAY}, NEW_YORK, HOURS)
LONG_AFTER = timedelta(days=400)


def yes(_condition):
    return True


def no(_condition):
    return False


def going(*asked, **more):
    """The letter that goes, where one must."""
    decision = decide(*asked, **more)
    assert decision.send is not None
    return decision.send


def ended(decision):
    """What one decision ends: (key, occurrence) -> outcome."""
    sent = {decision.send.run: "sent"} if decision.send else {}
    return sent | {each.planned.run: each.outcome for each in decision.set_aside}


def live(planned, moments, holds=yes):
    """Ask at each moment, as a worker would, writing down every end; -> [(now, run, outcome)]."""
    log, runs = [], set()
    for now in moments:
        ends = ended(decide(planned, runs, now, holds=holds))
        assert not runs & set(ends)
        runs |= set(ends)
        log += [(now, run, outcome) for run, outcome in ends.items()]
        again = decide(planned, runs, now, holds=holds)
        assert (again.send, again.set_aside) == (None, ())
    return log


def due_moments(planned):
    return sorted({each.at for each in planned})


def test_before_its_moment_nothing_goes():
    assert decide(SERIES, (), THURSDAY - timedelta(seconds=1), holds=yes) == Decision(None, (), THURSDAY)


def test_at_its_moment_a_letter_goes_and_the_next_one_is_named():
    assert decide(SERIES, (), THURSDAY, holds=yes) == Decision(SERIES[0], (), SERIES[1].at)


def test_what_has_run_is_not_sent_again():
    assert decide(SERIES, {("welcome", 0)}, THURSDAY, holds=yes) == Decision(None, (), SERIES[1].at)


def test_after_the_last_letter_the_plan_is_complete():
    runs = {each.run for each in SERIES[:-1]}
    assert decide(SERIES, runs, SERIES[-1].at, holds=yes) == Decision(SERIES[-1], (), None)


def test_lived_through_every_letter_comes_in_its_hour():
    assert live(SERIES, due_moments(SERIES)) == [(each.at, each.run, "sent") for each in SERIES]


def test_after_three_days_of_darkness_only_the_newest_useful_letter_leaves():
    decision = decide(SERIES, (), SERIES[2].at + timedelta(hours=1), holds=yes)
    assert decision.send == SERIES[2]
    assert [(each.planned.key, each.outcome, each.reason) for each in decision.set_aside] == [
        ("welcome", "superseded", "“under-the-skin” goes instead"),
        ("is-one-enough", "skipped", TOO_LATE),
    ]


def test_a_letter_is_useful_up_to_its_end_and_not_at_it():
    (letter,) = plan((step("a", 0, after="0m", until="12h"),), {("confirmed", 0): THURSDAY}, NEW_YORK, HOURS)
    assert decide([letter], (), letter.until - timedelta(seconds=1), holds=yes).send == letter
    assert decide([letter], (), letter.until, holds=yes).set_aside[0].reason == TOO_LATE


def test_a_condition_that_does_not_hold_skips_with_the_condition_as_reason():
    asked = (step("a", 0, after="0m", only_if="preparation"), step("b", 1, after="1m"))
    planned = plan(asked, {("confirmed", 0): THURSDAY}, NEW_YORK, HOURS)
    decision = decide(planned, (), THURSDAY + timedelta(minutes=5), holds=no)
    assert decision.send == planned[1]
    assert [(each.planned.key, each.outcome, each.reason) for each in decision.set_aside] == [
        ("a", "skipped", "only if preparation")
    ]


def test_a_condition_is_not_asked_before_its_step_is_due_nor_after_it_is_too_late():
    asked = plan(
        (step("a", 0, day=1, at="10:00", until="2h", only_if="x"),),
        {("confirmed", 0): THURSDAY},
        NEW_YORK,
        HOURS,
    )

    def never(condition):
        pytest.fail(f"asked for {condition}")

    assert decide(asked, (), asked[0].at - timedelta(minutes=1), holds=never).next_due_at == asked[0].at
    assert decide(asked, (), asked[0].until, holds=never).set_aside[0].reason == TOO_LATE


def test_a_condition_picks_one_of_two_letters_at_the_same_time():
    either = (
        step("booked", 0, day=1, at="10:00", only_if="booked"),
        step("not-booked", 1, day=1, at="10:00", only_if="not booked"),
    )
    planned = plan(either, {("confirmed", 0): THURSDAY}, NEW_YORK, HOURS)
    assert going(planned, (), planned[0].at, holds="booked".__eq__).key == "booked"
    assert going(planned, (), planned[0].at, holds="not booked".__eq__).key == "not-booked"


def test_a_step_added_before_now_is_not_sent_after_the_fact():
    went_live = SERIES[2].at + timedelta(hours=2)
    ask = partial(decide, holds=yes, went_live_at=went_live, added={"under-the-skin", "right-away"})
    runs = {each.run for each in SERIES[:2]}
    late = ask(SERIES, runs, went_live)
    assert (late.send, [each.reason for each in late.set_aside]) == (None, [ADDED_LATER])
    assert ask(SERIES, runs | {SERIES[2].run}, SERIES[3].at).send == SERIES[3]


def test_a_step_that_was_there_before_the_edit_is_still_sent():
    went_live = SERIES[2].at + timedelta(hours=2)
    decision = decide(
        SERIES, {each.run for each in SERIES[:2]}, went_live, holds=yes, went_live_at=went_live, added={"x"}
    )
    assert decision.send == SERIES[2]


def test_of_several_due_the_newest_session_wins_then_the_step_marked_first_then_the_newest():
    session = datetime(2026, 3, 2, 19, tzinfo=UTC)
    steps = [
        step("first", 0, from_="done", after="1h", until="20d", first=True),
        step("second", 1, from_="done", after="2h", until="20d"),
        step("third", 2, from_="done", after="3h", until="20d"),
    ]
    anchors = {("done", 1): session, ("done", 2): session + timedelta(days=7)}
    planned = plan(steps, anchors, NEW_YORK, HOURS)
    now = session + timedelta(days=8)
    assert going(planned, (), now, holds=yes).run == ("first", 2)
    assert going(planned, {("first", 2)}, now, holds=yes).run == ("third", 2)
    assert going(planned[:3], (), now, holds=yes).run == ("first", 1)
    assert going(planned[1:3], (), now, holds=yes).run == ("third", 1)
    assert len(decide(planned, (), now, holds=yes).set_aside) == 5


def test_a_session_recorded_too_late_gets_no_first_note_but_its_next_morning():
    planned = plan(AFTERCARE, {("done", 1): datetime(2026, 3, 2, 19, tzinfo=UTC)}, NEW_YORK, HOURS)
    decision = decide(planned, (), planned[1].at + timedelta(minutes=10), holds=yes)
    assert decision.send == planned[1]
    assert [(each.planned.key, each.reason) for each in decision.set_aside] == [("first-note", TOO_LATE)]


plans = st.builds(
    lambda steps, anchor, zone: plan(steps, {("confirmed", 0): anchor}, zone, HOURS),
    timelines(),
    instants,
    zones,
)
offsets = st.integers(0, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=200, deadline=None)
@given(plans, st.lists(offsets, max_size=12))
def test_whenever_anybody_asks_each_step_ends_exactly_once_in_order_and_in_its_time(planned, jumps):
    start = planned[0].at - timedelta(hours=1)
    moments = [*sorted(start + jump for jump in jumps), planned[-1].at + LONG_AFTER]
    log = live(planned, moments)
    by_run = {each.run: each for each in planned}
    assert sorted(run for _, run, _ in log) == sorted(by_run)
    assert all(by_run[run].at <= now for now, run, _ in log)
    sent = [(now, by_run[run]) for now, run, outcome in log if outcome == "sent"]
    assert all(letter.at <= now < letter.until for now, letter in sent)
    assert [letter.at for _, letter in sent] == sorted({letter.at for _, letter in sent})


@settings(max_examples=200, deadline=None)
@given(plans)
def test_advancing_in_small_steps_gives_every_step_in_its_hour(planned):
    now, log, runs = planned[0].at, [], set()
    while now is not None:
        decision = decide(planned, runs, now, holds=yes)
        runs |= set(ended(decision))
        log += [(now, run) for run, outcome in ended(decision).items() if outcome == "sent"]
        now = decision.next_due_at
    assert runs == {each.run for each in planned}
    alone = [each for each in planned if each.sendable and sum(other.at == each.at for other in planned) == 1]
    assert {(each.at, each.run) for each in alone} <= set(log)


@settings(max_examples=200, deadline=None)
@given(plans, offsets)
def test_jumping_gives_the_newest_useful_step_and_no_other(planned, jump):
    now = planned[0].at + jump
    useful = [each for each in planned if each.at <= now < each.until]
    marked = [each for each in useful if each.step.intent.first] or useful
    newest = max((each.at for each in marked), default=None)
    decision = decide(planned, (), now, holds=yes)
    assert (decision.send.at if decision.send else None) == newest
    assert decision.send is None or decision.send in marked
    assert decision.next_due_at == min((each.at for each in planned if each.at > now), default=None)


@settings(max_examples=100, deadline=None)
@given(plans, st.lists(offsets, max_size=12))
def test_decisions_do_not_depend_on_how_often_they_were_asked(planned, more):
    moments = due_moments(planned)
    nosy = sorted({*moments, *(planned[0].at + offset for offset in more)})
    assert live(planned, nosy) == live(planned, moments)


@settings(max_examples=100, deadline=None)
@given(plans, st.lists(offsets, max_size=8), st.randoms(use_true_random=False))
def test_a_worker_that_forgets_some_of_its_answers_gives_the_same_ones_again(planned, jumps, chance):
    """A crash before the commit: the decision is made, nothing is written, and it is asked again."""
    moments = sorted(planned[0].at + jump for jump in jumps)
    stutter = [now for now in moments for _ in range(chance.randint(1, 3))]
    assert live(planned, stutter) == live(planned, moments)
    for now in moments:
        assert decide(planned, (), now, holds=yes) == decide(planned, (), now, holds=yes)
