"""What is about a topic and not over yet."""

from __future__ import annotations

import pytest

from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import about, drafting
from newsletter.campaigns.desk.about import About
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.staff import roll


def bring(story, folder) -> None:
    with story.house.database.writing.begin() as session:
        starter.load(session, story.clock.now(), folder.parent)


def named(story, slug: str) -> list[str]:
    with story.house.database.reading() as session:
        return [each.slug for each in about.topic(session, slug)]


def ever(story, slug: str) -> bool:
    with story.house.database.reading() as session:
        return about.is_named(session, slug)


def test_an_issue_is_about_its_topic_until_it_is_over(story, write_issue):
    story.sign_up(topics=("tips",))
    story.confirm()
    bring(story, write_issue("spring-guide", topic="tips", more='except = ["news"]'))
    with story.house.database.reading() as session:
        assert about.topic(session, "tips") == [About("spring-guide", "Spring guide", is_issue=True)]
    assert named(story, "news") == ["spring-guide"], "whose readers it passes by it names, too"
    assert named(story, "resources") == []
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "spring-guide", story.clock.now())
    assert named(story, "tips") == ["spring-guide"]
    story.live(hours=1)
    assert named(story, "tips") == []
    assert ever(story, "tips")
    assert ever(story, "news")
    assert not ever(story, "resources")


def test_a_sequence_for_a_topic_is_about_it_and_one_for_any_is_about_none(story, write_folder):
    assert named(story, "tips") == []
    bring(story, write_folder("tips-course", head='topics = ["tips"]\nreentry = false'))
    assert named(story, "tips") == ["tips-course"]


def test_what_lies_on_the_desk_counts_until_it_is_let_go(story):
    with story.house.database.writing.begin() as session:
        writer = roll.practice_owner(session, story.clock.now())
        draft = drafting.begin(session, "Autumn", "resources", writer, story.clock.now())
        broken = CampaignDraft(
            slug="broken", origin="studio", files={"broadcast.toml": "topic = "}, state="open", **_more(draft)
        )
        session.add(broken)
    assert named(story, "resources") == ["autumn"]
    with story.house.database.writing.begin() as session:
        session.get_one(CampaignDraft, draft.id).state = "discarded"
    assert named(story, "resources") == []


def test_an_issue_and_its_draft_are_one(story, write_issue):
    bring(story, write_issue("spring-guide", topic="tips"))
    with story.house.database.writing.begin() as session:
        writer = roll.practice_owner(session, story.clock.now())
        drafting.save(session, "spring-guide", 0, _about_news, writer, story.clock.now())
    assert named(story, "tips") == ["spring-guide"]
    assert named(story, "news") == ["spring-guide"]


def _about_news(papers: Papers) -> None:
    papers.table["topic"] = "news"


def _more(draft: CampaignDraft) -> dict[str, object]:
    """What a row of a draft has beside its words."""
    skip = {"id", "slug", "origin", "files", "state"}
    return {
        each.key: getattr(draft, each.key) for each in CampaignDraft.__table__.columns if each.key not in skip
    }


@pytest.mark.parametrize("state", ["canceled", "sent"])
def test_what_is_over_holds_no_topic_up(story, write_issue, state):
    bring(story, write_issue("spring-guide", topic="tips"))
    with story.house.database.writing.begin() as session:
        session.query(Broadcast).update({"state": state})
    assert named(story, "tips") == []
