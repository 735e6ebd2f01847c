"""What a folder cannot know of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from newsletter.audience.models import Subscriber
from newsletter.campaigns.filing import proofreading
from newsletter.campaigns.filing.files import read_folder
from newsletter.campaigns.filing.folders import BadFolder
from newsletter.content.models import Version
from newsletter.content.refusals import ContentRefused
from newsletter.content.values import FIELDS
from tests.walks.story import Story


@pytest.mark.parametrize("name", FIELDS)
def test_what_every_letter_may_say_is_known(story: Story, name: str) -> None:
    with story.house.database.reading() as session:
        proofreading.check_fields(session, [name])


def test_a_field_that_a_list_brought_along_is_known_and_no_other(story: Story) -> None:
    story.sign_up()
    with story.house.database.writing.begin() as session:
        session.execute(update(Subscriber).values(fields={"favorite_hour": "ten"}))
    with story.house.database.reading() as session:
        proofreading.check_fields(session, ["favorite_hour", "first_name"])
        for name in ("favorite", "hour", "favorite_hours"):
            with pytest.raises(ContentRefused, match=f"there is no field “{name}”"):
                proofreading.check_fields(session, [name])


def test_proofreading_finds_every_letter_s_mistake_and_writes_nothing(
    story: Story, write_folder: Callable[..., Path], write_issue: Callable[..., Path]
) -> None:
    folder = write_folder("winter")
    for name in ("hello", "third"):
        (folder / f"{name}.md").write_text("{{ clinc_name }} says little here, but says it.\n")
    issue = write_issue(words="{% if %}")
    with story.house.database.writing.begin() as session:
        before = session.scalar(select(func.count()).select_from(Version))
        with pytest.raises(BadFolder) as refused:
            proofreading.proofread(session, [read_folder(folder), read_folder(issue)])
        assert session.scalar(select(func.count()).select_from(Version)) == before
    assert [each.split(": ")[0] for each in refused.value.problems] == [
        "winter/hello.md",
        "winter/third.md",
        "spring-guide/issue.md",
    ]
    assert "did you mean “clinic_name”?" in refused.value.problems[0]


def test_a_sound_folder_passes(story: Story, write_folder: Callable[..., Path]) -> None:
    with story.house.database.reading() as session:
        proofreading.proofread(session, [read_folder(write_folder("winter"))])
        proofreading.check_table(session, read_folder(write_folder("winter")))
