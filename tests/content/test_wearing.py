"""The brand of today: what is compiled now wears it, and what was compiled before keeps what it wore."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsletter import stored
from newsletter.content import brand, wearing
from newsletter.content.brand import PLAIN, Brand
from newsletter.content.compiling import Source
from newsletter.content.previewing import preview
from newsletter.content.publishing import publish, set_aside
from newsletter.content.rendering import Renderer
from newsletter.db import Database
from tests.content import letters

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NAVY = Brand("#000080", heading="verdana")
SOURCE = Source("A letter", "What is in it.", "# Hello\n\n[Words](https://clinic.example/)")


def wear(database: Database, new: Brand) -> None:
    with database.writing.begin() as session:
        wearing.wear(session, new, 1, NOW)


def test_nobody_has_decided_anything_yet_and_then_somebody_has(database: Database) -> None:
    with database.reading() as session:
        assert wearing.worn(session) == PLAIN
    wear(database, NAVY)
    wear(database, Brand("#013302"))
    with database.reading() as session:
        assert wearing.worn(session) == Brand("#013302")
        assert stored.get(session, brand.NAME) == {"accent": "#013302", "heading": "georgia", "logo": ""}


@pytest.mark.parametrize("how", [publish, set_aside])
def test_the_same_words_in_another_brand_are_another_version_and_back_again(database: Database, how) -> None:
    numbers = []
    for new in (PLAIN, NAVY, NAVY, Brand("#013302")):
        wear(database, new)
        with database.writing.begin() as session:
            version = how(session, "welcome/one", SOURCE, NOW, kind="marketing")
            numbers.append(version.number)
            assert new.accent in version.html
            assert version.source == {
                "subject": "A letter",
                "preview_text": "What is in it.",
                "body": SOURCE.body,
                "format": "markdown",
                "text": None,
                "lang": "en",
            }
    assert numbers == [1, 2, 2, 3]


def test_a_version_that_was_promised_keeps_its_look_and_account_mail_follows(
    sqlite_database: Database,
) -> None:
    renderer = Renderer(sqlite_database, "https://letters.clinic.example")
    with sqlite_database.writing.begin() as session:
        version = publish(session, "welcome/one", SOURCE, NOW, kind="marketing").id
    before = renderer.render(f"version:{version}", letters.fields()).html
    assert "#000080" not in renderer.render("mail:confirm", letters.fields()).html
    wear(sqlite_database, NAVY)
    assert renderer.render(f"version:{version}", letters.fields()).html == before
    assert "#000080" in renderer.render("mail:confirm", letters.fields()).html
    wear(sqlite_database, PLAIN)
    assert "#000080" not in renderer.render("mail:confirm", letters.fields()).html


def test_the_picture_beside_the_words_is_what_will_be_published(sqlite_database: Database) -> None:
    wear(sqlite_database, NAVY)
    with sqlite_database.writing.begin() as session:
        seen = preview(SOURCE, letters.fields(), {}, wearing.worn(session))
        version = publish(session, "welcome/one", SOURCE, NOW, kind="marketing").id
    sent = Renderer(sqlite_database).render(f"version:{version}", letters.fields())
    assert seen.html == sent.html
    assert "Verdana" in seen.html
