"""A list that was brought to the studio, below its pages: kept, matched, tried, taken, gone on with, forgotten."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import stored
from newsletter.audience import bringing, brought, importing
from newsletter.audience.brought import Brought
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.kept import Files
from newsletter.audience.lists.lines import NotAList
from newsletter.audience.models import Subscriber, Topic
from newsletter.errors import NotFound, Refused
from newsletter.stored import StoredSetting
from tests.audience.bringing import VAULT, dump
from tests.audience.desk import Desk

MEANS = {0: "email", 1: "first_name"}
HEAD = "email,first_name\n"
FIVE = HEAD + "".join(f"p{each}@example.com,P\n" for each in range(5))


@pytest.fixture(autouse=True)
def _small_slices(monkeypatch):
    monkeypatch.setattr(bringing, "ROWS", 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "imports"


def keep(desk: Desk, folder: Path, text: str, name: str = "people.csv") -> Brought:
    with desk.database.writing.begin() as session:
        machine = desk.clock.machine()
        return bringing.keep(session, folder, io.BytesIO(text.encode()), name, 1, machine)


def prepare(
    desk: Desk, folder: Path, one: Brought, means: Mapping[int, str] = MEANS, source: str | None = "A list"
):
    stated = Stated(("tips",), {"tips": "Tips", "news": "Clinic news"}, desk.clock.now(), source)
    return put(desk, bringing.prepare(Files(folder, one.token), one, means, stated))


def put(desk: Desk, one: Brought) -> Brought:
    with desk.database.writing.begin() as session:
        brought.put(session, one, 1, desk.clock.machine())
    return one


def step(desk: Desk, folder: Path, seen: Brought) -> Brought:
    with desk.database.writing.begin() as session:
        topics = {topic.slug: topic.id for topic in session.scalars(select(Topic))}
        files = Files(folder, seen.token)
        done = bringing.go_on(session, files, seen, topics, VAULT, desk.clock.now())
        brought.put(session, done, 1, desk.clock.machine())
    return done


def through(desk: Desk, folder: Path, one: Brought) -> tuple[Brought, int]:
    steps = 0
    while one.moves:
        one, steps = step(desk, folder, one), steps + 1
    return one, steps


def bring(desk: Desk, folder: Path, text: str, **more) -> Brought:
    tried, _ = through(desk, folder, prepare(desk, folder, keep(desk, folder, text), **more))
    return through(desk, folder, put(desk, bringing.start(tried)))[0]


def found(desk: Desk, token: str) -> Brought:
    with desk.database.reading() as session:
        return brought.find(session, token)


def people(desk: Desk) -> int:
    with desk.database.reading() as session:
        return len(session.scalars(select(Subscriber.id)).all())


def test_a_list_is_kept_under_the_name_it_had_made_plain(desk, folder):
    one = keep(desk, folder, FIVE, "\u202epeople\n of\tMay.csv")
    assert (one.name, one.step) == ("people of May.csv", "matching")
    assert found(desk, one.token) == one
    assert keep(desk, folder, FIVE, "\u200b").name == "list.csv"
    with desk.database.reading() as session:
        assert {each.token for each in brought.waiting(session)} == {
            one.token,
            *{f.stem for f in folder.glob("*")},
        }


def test_a_look_shows_the_first_rows_that_can_be_read(desk, folder):
    one = keep(
        desk,
        folder,
        'email,first_name\na@example.com\nb@example.com,"B\nB"\n\nc@example.com,C\nd@x.com,D\ne@x.com,E\n',
    )
    sample = bringing.look(Files(folder, one.token))
    assert sample.headers == ("email", "first_name")
    assert sample.rows == (("b@example.com", "B B"), ("c@example.com", "C"), ("d@x.com", "D"))
    assert sample.proposed == {0: "email", 1: "first_name"}


@pytest.mark.parametrize("text", ["", "PK\x03\x04", "a@example.com,A\n"], ids=["empty", "zip", "nameless"])
def test_what_is_no_list_is_not_kept_in_either_place(desk, folder, text):
    with pytest.raises(NotAList):
        keep(desk, folder, text)
    assert list(folder.iterdir()) == []
    with desk.database.reading() as session:
        assert session.scalars(select(StoredSetting)).all() == []


def test_a_trial_says_what_the_real_thing_then_does(desk, folder):
    desk.ask("p0@example.com")
    desk.tap("p0@example.com")
    text = FIVE + "bad,\np1@example.com,twice\n"
    before = dump(desk.database)
    one = prepare(desk, folder, keep(desk, folder, text))
    assert (one.step, one.rejected, one.part) == ("trying", 2, 0.0)
    tried, steps = through(desk, folder, one)
    assert steps == 3
    assert dump(desk.database) == before
    assert (tried.counts, tried.rejected, tried.part) == ({"new": 4, "known": 1}, 2, 1.0)
    taken, steps = through(desk, folder, put(desk, bringing.start(tried)))
    assert steps == 3
    assert replace(taken, step="tried") == tried
    assert (taken.step, taken.accepted, people(desk)) == ("taken", 5, 5)


def test_every_row_is_accepted_or_rejected(desk, folder):
    text = "email,status\na@example.com,subscribed\nb@example.com,unsubscribed\nc@example.com,maybe\nA@example.com,cleaned\n"
    done = bring(desk, folder, text, means={0: "email", 1: "status"})
    assert done.accepted + done.rejected == 4
    assert [row for row, _, _ in done.first][:1] == [4]


def test_who_left_elsewhere_is_stopped_and_needs_no_source(desk, folder):
    text = "email,left_at\na@example.com,2024-01-02\n"
    done = bring(desk, folder, text, means={0: "email", 1: "left_at"}, source=None)
    assert done.counts == {"stopped": 1}
    assert [stop[1:3] for stop in dump(desk.database)["stops"]] == [("marketing", "left elsewhere")]


def test_a_column_may_say_where_they_agreed(desk, folder):
    text = "email,where\na@example.com,Open day\nb@example.com,\n"
    done = bring(desk, folder, text, means={0: "email", 1: "consent_source"}, source=None)
    assert (done.counts, done.rejected) == ({"new": 1}, 1)
    assert {row[4] for row in dump(desk.database)["consents"]} == {"Open day"}


@pytest.mark.parametrize(
    ("text", "means", "source", "says"),
    [
        (FIVE, MEANS, None, "say where these people agreed"),
        (FIVE, {1: "email"}, "A list", "and nobody under it|."),
        (FIVE, {}, "A list", "choose the column"),
        (HEAD, MEANS, "A list", "has a header and nobody under it"),
    ],
)
def test_what_cannot_be_read_so_is_refused_and_may_be_mended(desk, folder, text, means, source, says):
    one = keep(desk, folder, text)
    if means == {1: "email"}:
        assert prepare(desk, folder, one, means, source).rejected == 5, "no name is an address"
        return
    with pytest.raises(Refused, match=says):
        prepare(desk, folder, one, means, source)
    assert found(desk, one.token).step == "matching"


def test_reading_anew_forgets_the_first_reading(desk, folder):
    one = keep(desk, folder, FIVE)
    wrong, _ = through(desk, folder, prepare(desk, folder, one, {1: "email"}))
    assert (wrong.step, wrong.rejected, wrong.accepted) == ("tried", 5, 0)
    right, _ = through(desk, folder, prepare(desk, folder, wrong))
    assert (right.rejected, right.counts, right.first) == (0, {"new": 5}, [])


def test_only_what_was_tried_begins(desk, folder):
    one = keep(desk, folder, FIVE)
    for early in (one, prepare(desk, folder, one)):
        with pytest.raises(Refused, match="try the list first"):
            bringing.start(early)


def test_a_slice_that_is_undone_is_taken_again_and_ends_the_same(desk, folder, monkeypatch):
    tried, _ = through(desk, folder, prepare(desk, folder, keep(desk, folder, FIVE + "bad,\n")))
    here = step(desk, folder, put(desk, bringing.start(tried)))
    assert people(desk) == 2
    whole = bringing._after

    def killed(*given):
        whole(*given)  # its report is written already
        raise RuntimeError("the plug is pulled")

    monkeypatch.setattr(bringing, "_after", killed)
    with pytest.raises(RuntimeError):
        step(desk, folder, here)
    monkeypatch.setattr(bringing, "_after", whole)
    assert people(desk) == 2
    assert found(desk, here.token) == here
    done, steps = through(desk, folder, found(desk, here.token))
    assert (steps, done.counts, done.rejected) == (2, {"new": 5}, 1)


def test_of_two_at_once_one_takes_the_slice_and_the_other_hears_of_it(desk, folder, monkeypatch):
    seen = prepare(desk, folder, keep(desk, folder, FIVE))
    first = step(desk, folder, seen)
    taken: list[int] = []
    take = importing.take

    def counted(session, entries, *more):
        taken.append(len(entries))
        return take(session, entries, *more)

    monkeypatch.setattr(importing, "take", counted)
    assert step(desk, folder, seen) == first
    assert taken == []


def test_a_list_whose_files_are_gone_says_so(desk, folder):
    one = prepare(desk, folder, keep(desk, folder, FIVE))
    Files(folder, one.token).forget()
    for late in (lambda: step(desk, folder, one), lambda: bringing.look(Files(folder, one.token))):
        with pytest.raises(NotFound, match="bring it once more"):
            late()
    with pytest.raises(NotFound):
        found(desk, "b" * 32)


def test_forgetting_takes_the_files_and_the_row_and_leaves_the_people(desk, folder):
    done = bring(desk, folder, FIVE)
    with desk.database.writing.begin() as session:
        stored.put(session, "another-thing", {"a": 1}, 1, desk.clock.machine())
        brought.forget(session, Files(folder, done.token))
    assert list(folder.iterdir()) == []
    assert people(desk) == 5
    with desk.database.reading() as session:
        assert session.scalars(select(StoredSetting.name)).all() == ["another-thing"]


def test_a_day_after_the_last_touch_it_is_forgotten(desk, folder):
    old = keep(desk, folder, FIVE)
    desk.clock.advance(hours=12)
    new = keep(desk, folder, FIVE)
    with desk.database.writing.begin() as session:
        machine = desk.clock.machine()
        assert brought.tidy(session, folder, machine + timedelta(hours=12)) == 0
        assert brought.tidy(session, folder, machine + timedelta(hours=12, seconds=1)) == 1
    with pytest.raises(NotFound):
        found(desk, old.token)
    assert found(desk, new.token) == new
    assert asdict(new)["step"] == "matching"
