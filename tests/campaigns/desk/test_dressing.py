"""Live letters keep their look until their words are used again; then nothing else about them has changed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from newsletter.campaigns.desk import drafting, dressing, shown
from newsletter.campaigns.filing import current, starter
from newsletter.campaigns.models import Enrollment, Sequence, Step, TimelineVersion
from newsletter.content import gallery, previewing, wearing
from newsletter.content.brand import Brand
from newsletter.content.compiling import Source
from newsletter.content.encoding import Encoded
from newsletter.content.models import Version
from newsletter.content.publishing import publish
from newsletter.db import Database
from newsletter.errors import Refused
from newsletter.staff.models import Staff
from tests.walks.story import Story

NAVY = Brand("#000080", heading="verdana")


@pytest.fixture
def begun(story: Story) -> Story:
    """The starter campaigns, and a reader who is two letters into them."""
    with story.house.database.writing.begin() as session:
        starter.load(session, story.clock.now())
        session.add(Staff(id=1, address="the-owner@example.com", role="owner", created_at=story.clock.now()))
    story.sign_up()
    story.confirm()
    story.live(days=3)
    return story


def wear(story: Story, brand: Brand = NAVY) -> None:
    with story.house.database.writing.begin() as session:
        wearing.wear(session, brand, 1, story.clock.now())


def dress(story: Story) -> int:
    with story.house.database.writing.begin() as session:
        return dressing.dress(session, story.clock.now())


def undressed(story: Story) -> dict[str, str]:
    with story.house.database.reading() as session:
        return dressing.undressed(session)


def plans(database: Database) -> list[tuple[Any, ...]]:
    """Key, moment and condition of every live step, and the words behind it."""
    rows = (
        select(Step.key, Step.position, Step.intent, Step.only_if, Version.source)
        .join(Sequence, Sequence.live_timeline_id == Step.timeline_id)
        .join(Version, Version.id == Step.version_id)
        .order_by(Step.position)
    )
    with database.reading() as session:
        return [tuple(row) for row in session.execute(rows)]


def test_nothing_but_the_look_changes(begun: Story) -> None:
    before, subjects = plans(begun.house.database), begun.subjects()
    with begun.house.database.reading() as session:
        due = session.scalars(select(Enrollment.next_due_at)).all()
        digest = current.find(session, "welcome").digest
    assert undressed(begun) == {}
    wear(begun)
    assert undressed(begun) == {"welcome": "Welcome"}
    assert dress(begun) == 1
    begun.rounds.until_idle()
    assert plans(begun.house.database) == before
    assert begun.subjects() == subjects
    with begun.house.database.reading() as session:
        assert session.scalars(select(Enrollment.next_due_at)).all() == due
        assert current.find(session, "welcome").digest == digest, "an export would come back as changed"
        live = select(Version.html).join(Step).join(Sequence, Sequence.live_timeline_id == Step.timeline_id)
        assert all("#000080" in html for html in session.scalars(live))


def test_a_second_press_does_nothing_and_the_way_back_is_the_same(begun: Story) -> None:
    wear(begun)
    assert (dress(begun), dress(begun)) == (1, 0)
    wear(begun, Brand())
    assert undressed(begun) == {"welcome": "Welcome"}
    assert dress(begun) == 1
    assert undressed(begun) == {}
    with begun.house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(TimelineVersion)) == 3


def test_a_paused_sequence_stays_paused_and_a_draft_a_draft(begun: Story) -> None:
    with begun.house.database.writing.begin() as session:
        session.scalars(select(Sequence)).one().state = "paused"
        _, draft = drafting.papers(session, "welcome")
        was, now = draft.revision if draft else 0, begun.clock.now()
        drafting.save(session, "welcome", was, lambda on: on.table.update(name="Hello"), 1, now)
    wear(begun)
    assert dress(begun) == 1
    with begun.house.database.reading() as session:
        assert session.scalars(select(Sequence.state)).one() == "paused"
        papers, draft = drafting.papers(session, "welcome")
        assert (papers.table["name"], draft.state) == ("Hello", "open")
        assert session.scalars(select(Sequence.name)).one() == "Welcome"


def test_who_left_meanwhile_is_not_written_to_again(begun: Story) -> None:
    before = begun.subjects()
    begun.leave()
    wear(begun)
    dress(begun)
    begun.live(days=30)
    assert begun.subjects() == before


def test_a_sequence_that_could_not_be_used_today_changes_nothing(begun: Story) -> None:
    wear(begun)
    with begun.house.database.writing.begin() as session:
        session.scalars(select(Sequence)).one().topics = ["gone"]
    with pytest.raises(Refused, match="there is no topic “gone”"):
        dress(begun)
    assert undressed(begun) == {"welcome": "Welcome"}


def test_what_was_compiled_ahead_is_not_compiled_again(begun: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    wear(begun, Brand("#3d0066"))
    with begun.house.database.reading() as session:
        dressing.compile_ahead(session)

    def never(*_: Any) -> None:
        raise AssertionError("compiled while the writer was held")

    with monkeypatch.context() as patched:
        patched.setattr(previewing, "compile_letter", never)
        with begun.house.database.writing.begin() as session:
            rows = select(Step.key, Version.source).join(Version).order_by(Step.position)
            for key, source in session.execute(rows).all():
                version = publish(
                    session, f"again/{key}", Source(**source), begun.clock.now(), kind="marketing"
                )
                assert "#3d0066" in version.html


def test_where_a_picture_is_shown(begun: Story) -> None:
    data_dir, now = begun.house.settings.data_dir, begun.clock.now()
    with begun.house.database.writing.begin() as session:
        kept = gallery.keep(session, data_dir, Encoded(b"bytes", "image/png", 60, 40), "a.png", now)
        other = gallery.keep(session, data_dir, Encoded(b"others", "image/png", 60, 40), "b.png", now)
        body = f"![A room](https://letters.clinic.example{gallery.address_of(kept)})"
        for key in ("is-one-enough", "under-the-skin"):
            publish(session, f"welcome/{key}", Source("s", "p", body), now, kind="marketing")
        publish(session, "tips-five-questions", Source("s", "p", body), now, kind="marketing")
        drafting.save(session, "news-what-is-new", 0, lambda on: on.bodies.update({"issue.md": body}), 1, now)
        found = shown.places(session)
    assert other.digest not in found
    assert {
        (each.name, each.is_sequence, each.draft): count for each, count in found[kept.digest].items()
    } == {
        ("Welcome", True, False): 2,
        ("Five questions to take to a consultation", False, False): 1,
        ("What is new", False, True): 1,
    }
