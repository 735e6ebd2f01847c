from __future__ import annotations

from tests.web.visiting import words


def test_the_front_page_says_what_comes_and_when(visitor):
    page = words(visitor.open("/").text)
    assert "Get updated with beauty resources, tips, and news" in page
    assert "Six short letters in three weeks, starting with microneedling: what to expect, and when." in page
    assert "We ask you to confirm first. Stop any time with one tap. We pass your address to nobody." in page
    assert "today Welcome: your first letter, and what comes next" in page
    assert "day 21 A plan that fits your skin" in page


def test_looking_at_the_front_page_leaves_no_cookie(visitor):
    assert "Set-Cookie" not in visitor.open("/").headers


def test_it_works_before_any_campaign_is_loaded(app, visitor, story):
    from newsletter.campaigns.models import Sequence

    with story.house.database.writing.begin() as session:
        for sequence in session.query(Sequence):
            sequence.live_timeline_id = None
    answer = visitor.open("/")
    assert answer.status_code == 200
    assert "What arrives" not in answer.text
