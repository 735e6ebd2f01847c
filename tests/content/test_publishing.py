"""A wording goes live as an immutable version; a person's letter is rendered from it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsletter.clock import FrozenClock
from newsletter.content import rendering
from newsletter.content.compiling import Source
from newsletter.content.models import Email, Version
from newsletter.content.publishing import publish, source_hash
from newsletter.content.refusals import ContentRefused, MergeRefused, MissingField
from newsletter.content.rendering import Renderer
from newsletter.db import Database
from newsletter.errors import NotFound
from tests.content import letters

SOURCE = Source(
    "Hello {{ first_name }}",
    "For {{ first_name }}, and nobody else in the world.",
    "Dear **{{ first_name }}**",
)


def published(
    database: Database, clock: FrozenClock, source: Source = SOURCE, slug: str = "welcome/a"
) -> Version:
    with database.writing.begin() as session:
        return publish(session, slug, source, clock.now(), kind="marketing")


def test_a_wording_becomes_a_numbered_version_and_goes_live(database: Database, clock: FrozenClock) -> None:
    version = published(database, clock)
    with database.reading() as session:
        email = session.scalars(select(Email)).one()
    assert (email.slug, email.kind, email.live_version_id) == ("welcome/a", "marketing", version.id)
    assert (version.number, version.created_at) == (1, clock.now())
    assert "first_name" in version.fields
    assert "{{ unsubscribe_url }}" in version.links
    assert version.source["body"] == SOURCE.body


def test_the_same_wording_again_is_the_same_version(database: Database, clock: FrozenClock) -> None:
    first = published(database, clock)
    clock.advance(days=1)
    assert published(database, clock).id == first.id
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Version)) == 1


def test_another_wording_is_a_new_version_and_the_old_one_stays_as_it_was(
    database: Database, clock: FrozenClock
) -> None:
    first = published(database, clock)
    second = published(database, clock, replace(SOURCE, body="Other words"))
    third = published(database, clock)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    with database.reading() as session:
        kept = session.get(Version, first.id)
        assert kept is not None
        assert kept.html == third.html
        assert kept.created_at == clock.now()


def test_a_wording_that_is_refused_leaves_nothing_behind(database: Database, clock: FrozenClock) -> None:
    with pytest.raises(ContentRefused):
        published(database, clock, replace(SOURCE, body="{% if %}"))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Email)) == 0


def test_every_part_of_a_source_counts_for_its_hash() -> None:
    changed = (
        {"subject": "x"},
        {"preview_text": "x"},
        {"body": "x"},
        {"format": "html"},
        {"text": "x"},
        {"lang": "de"},
    )
    sources = [SOURCE, *(Source(**(asdict(SOURCE) | change)) for change in changed)]
    assert len({source_hash(source) for source in sources}) == 7


def test_one_person_reads_her_own_letter(database: Database, clock: FrozenClock) -> None:
    version = published(database, clock)
    read = Renderer(database).render(
        f"version:{version.id}", letters.fields() | {"first_name": "A <b>\r\nBcc: x"}
    )
    assert read.subject == "Hello A <b> Bcc: x"
    assert "<strong>A &lt;b&gt;\nBcc: x</strong>" in read.html
    assert read.text.startswith("Dear A <b>\nBcc: x\n")
    assert read.text.endswith("https://clinic.example/privacy\n")


def test_a_version_is_read_from_the_database_once(database: Database, clock: FrozenClock) -> None:
    version = published(database, clock)
    renderer = Renderer(database)
    first = renderer.render(f"version:{version.id}", letters.fields())
    with database.writing.begin() as session:
        session.execute(Email.__table__.update().values(live_version_id=None))  # type: ignore[attr-defined]
        session.execute(Version.__table__.delete())  # type: ignore[attr-defined]
    assert renderer.render(f"version:{version.id}", letters.fields()) == first
    with pytest.raises(NotFound):
        Renderer(database).render(f"version:{version.id}", letters.fields())


def test_only_so_many_letters_are_kept(
    database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "KEPT", 2)
    renderer = Renderer(database)
    versions = [published(database, clock, replace(SOURCE, body=f"Letter {n}")) for n in range(3)]
    for version in versions:
        renderer.render(f"version:{version.id}", letters.fields())
    with database.writing.begin() as session:
        session.execute(Version.__table__.delete())  # type: ignore[attr-defined]
    assert "Letter 2" in renderer.render(f"version:{versions[2].id}", letters.fields()).text
    with pytest.raises(NotFound):
        renderer.render(f"version:{versions[0].id}", letters.fields())


def test_a_missing_name_is_named_and_nothing_is_rendered(database: Database, clock: FrozenClock) -> None:
    version = published(database, clock)
    with pytest.raises(MissingField, match=r"^missing first_name$"):
        Renderer(database).render(f"version:{version.id}", letters.least_fields() | {"first_name": ""})


def test_account_mail_is_rendered_by_its_name(sqlite_database: Database) -> None:
    read = Renderer(sqlite_database).render("mail:confirm", letters.fields())
    assert read.subject == "Please confirm your e-mail address"
    assert read.preview_text.startswith("One tap")
    assert str(letters.fields()["confirm_url"]) in read.text


@pytest.mark.parametrize(
    "letter",
    ["version:0", "version:x", "version:", "mail:nothing", "mail:../x", "letter", "version:1; --", ""],
)
def test_a_letter_that_does_not_exist_is_not_found(sqlite_database: Database, letter: str) -> None:
    with pytest.raises(NotFound):
        Renderer(sqlite_database).render(letter, {})


def test_fields_that_are_not_plain_are_refused(sqlite_database: Database) -> None:
    with pytest.raises(MergeRefused, match="timedelta"):
        Renderer(sqlite_database).render("mail:confirm", {"confirm_url": timedelta(1)})  # type: ignore[dict-item]
