"""`/embed.js`, and what a page on another origin may do with `/subscribe`."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from newsletter.audience import rewording, wordings
from newsletter.audience.models import Consent, Subscriber, Wording
from newsletter.delivery.models import Mailbox
from newsletter.links import Purpose
from newsletter.web import create_app
from newsletter.web.site import embed
from tests.web.visiting import READER, words

JSON = {"Accept": "application/json"}
ELSEWHERE = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/"}


def rows(story, *what):
    with story.house.database.reading() as session:
        return session.scalars(select(*what)).all()


def given(text):
    """What the script was given: words, addresses, our mark."""
    return json.loads(re.search(r"const given = (\{.*\});\n", text)[1])


@pytest.fixture
def script(visitor):
    return visitor.open("/embed.js").text


def test_the_script_says_what_the_front_page_says(visitor, script):
    says = given(script)["says"]
    assert (
        "\n".join(says[name] for name in ("heading", "promise", "button", "terms")) == wordings.SIGN_UP.text
    )
    front = words(visitor.open("/").text)
    for name in ("heading", "promise", "label", "button", "terms", "trap"):
        assert says[name] in front


def test_its_answers_are_those_of_the_pages(visitor, script):
    says = given(script)["says"]
    page = words(visitor.sign_up("reader@gmial.com").text)
    assert says["meant"].format("reader@gmail.com") in page
    assert says["use"] in page
    assert says["keep"] in page
    visitor.press(says["keep"])
    page = words(visitor.page)
    assert says["check"] in page
    assert says["wrote"].format("reader@gmial.com", says["subject"], "Example Skin Clinic") in page


def test_it_is_small(script):
    assert len(script.encode()) < 10_000


def test_it_names_no_host_but_ours(story):
    asks = {"says": {}, "asksName": True, "topics": [("tips", "Tips")]}
    text = embed.script({"to": "/subscribe", "clinic": "", "privacy": "", "opened": ""} | asks)
    assert "//" not in text.replace("\\u003c", "<")
    for danger in ("eval(", "Function(", "innerHTML", "document.write", "import(", "cookie", "localStorage"):
        assert danger not in text


def test_it_says_where_we_are_and_what_we_are_called(story, visitor, script):
    facts = given(script)
    assert facts["to"] == "https://letters.clinic.example/subscribe"
    assert facts["clinic"] == "Example Skin Clinic"
    assert "evil" not in visitor.open("/embed.js", headers={"Host": "evil.example"}).text


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", 'a"; alert(1); "', "\u2028line", "Klinik Überall"]
)
def test_a_clinic_s_name_is_data(story, name):
    settings = replace(story.house.settings, clinic=replace(story.house.settings.clinic, name=name))
    text = create_app(house=replace(story.house, settings=settings)).test_client().get("/embed.js").text
    assert given(text)["clinic"] == name
    assert "<script" not in text
    assert "\u2028" not in text


def test_browsers_keep_it_for_ten_minutes_and_then_ask_whether_it_changed(app):
    client = app.test_client()
    first = client.get("/embed.js")
    assert first.mimetype == "text/javascript"
    assert first.headers["Cache-Control"] == "public, max-age=600"
    assert "Set-Cookie" not in first.headers
    again = client.get("/embed.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/embed.js", headers={"If-None-Match": '"older"'}).status_code == 200


def test_an_hour_later_it_is_the_same_file(app, clock):
    client = app.test_client()
    before = client.get("/embed.js").headers["ETag"]
    clock.advance(hours=1)
    assert client.get("/embed.js").headers["ETag"] == before


def test_both_color_schemes_come_from_the_site_s_own_tokens(script):
    facts = given(script)
    assert "--accent:#9c4a36;" in facts["light"]
    assert "--accent:#e6a18b;" in facts["dark"]
    used = set(re.findall(r"var\((--[a-z-]+)\)", facts["style"]))
    assert used - {"--tone"} == set(re.findall(r"--[a-z-]+", facts["light"]))


@pytest.mark.parametrize(
    "path", ["/", "/check/x", "/u/damaged", "/studio/inbox/", "/health", "/static/site.css"]
)
def test_no_other_page_is_for_other_sites(app, path):
    with app.test_client().get(path, headers=ELSEWHERE) as answer:
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_page_elsewhere_may_send_the_form_and_read_the_answer_without_cookies(story, visitor):
    answer = visitor.send("/subscribe", {"email": READER, "form": "footer"}, headers=JSON | ELSEWHERE)
    assert (answer.status_code, answer.json) == (200, {"status": "check your inbox"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert [row.source for row in rows(story, Subscriber)] == ["form:footer"]


def test_a_browser_that_asks_first_may_send_json(app):
    answer = app.test_client().options(
        "/subscribe", headers=ELSEWHERE | {"Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"email": "reader"}, 400, {"field": "email"}),
        ({"email": "reader@gmail"}, 400, {"field": "email", "suggestion": "reader@gmail.com"}),
        ({"email": "reader@gmial.com"}, 200, {"status": "did you mean", "suggestion": "reader@gmail.com"}),
        ({"email": READER, "topics": "perfume"}, 400, {"field": "topics"}),
        ({"email": READER, "subject": "cheap"}, 200, {"status": "check your inbox"}),
    ],
)
def test_a_form_that_asks_for_json_hears_the_same_in_json(story, visitor, sent, status, said):
    answer = visitor.send("/subscribe", sent, headers=JSON)
    assert answer.status_code == status
    assert said.items() <= answer.json.items()
    assert rows(story, Mailbox) == []


def test_even_a_mistake_can_be_read_over_there(visitor):
    for sent in ({"email": "reader"}, {"email": READER, "consent": "no"}):
        answer = visitor.send("/subscribe", sent, headers=JSON | ELSEWHERE)
        assert answer.status_code == 400
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.json["error"]


def test_what_is_kept_as_consent_is_what_the_script_showed(story, visitor, script):
    sent = {"email": READER, "form": "footer", "opened": given(script)["opened"]}
    visitor.send("/subscribe", sent, headers=JSON | ELSEWHERE)
    assert [row.text for row in rows(story, Wording)] == [wordings.SIGN_UP.text]
    assert rows(story, Consent)[0].page == "https://elsewhere.example/"


def test_json_carries_the_mark_too(story, visitor, script):
    visitor.send("/subscribe", json={"email": READER, "opened": given(script)["opened"]})
    assert [row.name for row in rows(story, Wording)] == ["sign-up"]


@pytest.mark.parametrize("mark", ["", "forged", "A" * 40])
def test_without_our_mark_nobody_claims_to_know_the_words(story, visitor, mark):
    visitor.send("/subscribe", {"email": READER, "opened": mark}, headers=JSON)
    assert [row.name for row in rows(story, Wording)] == ["elsewhere"]


def test_a_page_that_is_older_than_today_s_words_claims_its_own(story, visitor, script):
    """It was opened, the clinic said it otherwise, and then she pressed: she agreed to what she had read."""
    visitor.open("/")
    with story.house.database.writing.begin() as session:
        fresh = wordings.OURS["sign-up"] | {"promise": "Two letters a year."}
        rewording.say(session, "sign-up", fresh, 1, story.clock.now())
    visitor.press("Send me the letters", email=READER)
    visitor.send("/subscribe", {"email": READER, "opened": given(script)["opened"]}, headers=JSON)
    visitor.sign_up("visitor014@example.com")
    with story.house.database.reading() as session:
        agreed = session.scalars(select(Wording.text).join(Consent).order_by(Consent.id)).all()
    assert agreed[:2] == [wordings.SIGN_UP.text] * 2
    assert "Two letters a year." in agreed[2]


def test_words_that_were_never_ours_are_not_claimed(story, visitor):
    forged = story.house.links.sign(Purpose.FORM, 0, 4711)
    visitor.send("/subscribe", {"email": READER, "opened": forged}, headers=JSON)
    assert [row.name for row in rows(story, Wording)] == ["elsewhere"]


def test_nobody_is_hurried_who_has_the_script_from_a_cache(story, visitor, script):
    for number in range(14):
        sent = {"email": f"reader{number}@example.com", "opened": given(script)["opened"]}
        assert visitor.send("/subscribe", sent, headers=JSON).status_code == 200
