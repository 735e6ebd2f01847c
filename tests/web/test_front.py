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


def sources(story):
    from sqlalchemy import select

    from newsletter.audience.models import Subscriber

    with story.house.database.reading() as session:
        return session.scalars(select(Subscriber.source).order_by(Subscriber.id)).all()


def test_the_address_on_a_poster_is_the_same_form_under_a_name_of_its_own(story, visitor):
    assert visitor.open("/?form=waiting-room").status_code == 200
    visitor.press("Send me the letters", email="reader@gmial.com")
    visitor.press("Keep mine")
    visitor.press("Send it there instead", email="reader@example.com")
    visitor.sign_up("visitor014@example.com")
    assert sources(story) == ["form:waiting-room", "form:waiting-room", "form:site"]


def test_a_name_from_an_address_is_data_and_bounded(story, visitor):
    for name in (
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%22%20onload=x",
        "%00%E2%80%AEevil",
        "a" * 5000,
        "%20",
        "",
    ):
        page = visitor.open(f"/?form={name}").text
        assert "<script>alert" not in page
        assert '" onload=x' not in page
        visitor.place = f"198.51.100.{len(name) % 200}"
        visitor.press("Send me the letters", email=f"reader{len(name)}@example.com")
    found = sources(story)
    assert found[:3] == ["form:<script>alert(1)</script>", 'form:" onload=x', "form:evil"]
    assert found[3] == "form:" + "a" * 60
    assert found[4:] == ["form:site", "form:site"]
