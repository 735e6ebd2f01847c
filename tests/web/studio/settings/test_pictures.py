"""Pictures come in, are kept as they are sent, and are served to everybody; what is bad input gets one sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from werkzeug.test import EnvironBuilder, TestResponse

from newsletter.audit import AuditEntry
from newsletter.campaigns.desk import drafting
from newsletter.content import encoding, gallery, wearing
from newsletter.content.brand import Brand
from newsletter.content.compiling import Source
from newsletter.content.models import Picture
from newsletter.content.publishing import publish, set_aside
from newsletter.web.studio.settings import pictures as studio_pictures
from tests.walks.story import Story
from tests.web.visiting import Visitor, both, words

BRING, LIST = "/studio/pictures", "/studio/settings/pictures/"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def a_picture(width: int = 1200, height: int = 800, color: str = "teal") -> bytes:
    held = BytesIO()
    Image.new("RGB", (width, height), color).save(held, "PNG")
    return held.getvalue()


def bring(visitor: Visitor, data: bytes, name: str = "a room.png", **more: str) -> TestResponse:
    visitor.open(LIST)
    token = visitor.page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, **more}.items()
    parts = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields]
    parts.append(f'name="picture"; filename="{name}"\r\n\r\n'.encode() + data)
    head = b"--of-a-form\r\nContent-Disposition: form-data; "
    body = b"".join(head + part + b"\r\n" for part in parts) + b"--of-a-form--\r\n"
    return visitor.send(
        BRING, body, content_type="multipart/form-data; boundary=of-a-form", follow=bool(more)
    )


def rows(story: Story) -> list[Picture]:
    with story.house.database.reading() as session:
        return list(session.scalars(select(Picture)))


def media(story: Story) -> Path:
    return story.house.settings.data_dir / "media"


@both
def test_a_picture_is_brought_kept_once_and_served_to_everybody(
    story: Story, marketer: Visitor, visitor: Visitor
) -> None:
    answer = bring(marketer, a_picture(), "C:/Users/reader/a  room\x07.png")
    assert answer.status_code == 201
    told = answer.get_json()
    digest = rows(story)[0].digest
    assert told == {
        "address": f"https://letters.clinic.example/media/{digest}-600x400.png",
        "width": 600,
        "height": 400,
        "name": "a room .png",
    }
    assert bring(marketer, a_picture(), "again.png").get_json() == told
    assert len(rows(story)) == 1
    assert [(file.name, oct(file.stat().st_mode)[-3:]) for file in media(story).iterdir()] == [
        (digest, "644")
    ]

    path = told["address"].removeprefix("https://letters.clinic.example")
    seen = visitor.client.get(path)
    assert seen.headers["Content-Type"] == "image/png"
    assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in seen.headers
    assert "Cookie" not in seen.headers.get("Vary", "")
    assert Image.open(BytesIO(seen.data)).size == (1200, 800)
    again = visitor.client.get(path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert marketer.open(BRING).get_json() == [told]


def test_addresses_that_were_not_given_out_lead_nowhere(
    story: Story, marketer: Visitor, visitor: Visitor
) -> None:
    path = bring(marketer, a_picture()).get_json()["address"].removeprefix("https://letters.clinic.example")
    for wrong in (
        path.replace("600x400", "400x600"),
        path.replace(".png", ".jpg"),
        path.replace(rows(story)[0].digest, "0" * 64),
        "/media/..%2fsecret.key",
        f"/media/{rows(story)[0].digest}",
    ):
        assert visitor.open(wrong).status_code == 404
    (media(story) / rows(story)[0].digest).unlink()
    assert visitor.open(path).status_code == 404
    assert bring(marketer, a_picture()).status_code == 201
    assert visitor.client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.png", "This file is empty; right would be a picture."),
        (SVG, "a.png", "This is an SVG drawing, which mail programs do not show; right would be a JPEG"),
        (b"MZ" + bytes(90), "a.jpg", "This is a program, whatever its name says; right would be a JPEG"),
        (bytes(20 * 1024 * 1024), "a.jpg", "This file has 20 MB; at most 10 MB: export it smaller"),
        (a_picture(), "", "No file was chosen; right would be a JPEG, PNG, WebP or GIF."),
    ],
    ids=["nothing", "a script", "a program", "20 MB", "no file"],
)
def test_bad_files_get_a_sentence_from_the_script_and_at_the_field(
    story: Story, marketer: Visitor, data: bytes, name: str, said: str
) -> None:
    answer = bring(marketer, data, name)
    assert (answer.status_code, list(answer.get_json())) == (400, ["wrong"])
    assert answer.get_json()["wrong"].startswith(said)
    listed = bring(marketer, data, name, page="list")
    assert listed.status_code == 400
    assert 'id="picture-wrong" role="alert"' in listed.text
    assert said.partition(";")[0] in words(listed.text)
    assert rows(story) == []
    assert not media(story).exists() or list(media(story).iterdir()) == []


def test_a_body_beyond_all_measure_is_not_even_read(marketer: Visitor) -> None:
    assert bring(marketer, bytes(33 * 1024 * 1024)).status_code == 413
    assert marketer.send("/studio/me/name", {"name": "x" * 300_000}).status_code == 413


def test_the_list_says_where_a_picture_is_shown_and_lets_go_only_what_nobody_has(
    story: Story, marketer: Visitor
) -> None:
    shown = bring(marketer, a_picture(color="teal"), "shown.png").get_json()["address"]
    earlier = bring(marketer, a_picture(color="navy"), "earlier.png").get_json()["address"]
    tested = bring(marketer, a_picture(color="olive"), "tested.png", page="list")
    assert "“tested.png” is here, 600 by 400." in words(tested.text)
    olive = gallery.address_of(rows(story)[2])
    with story.house.database.writing.begin() as session:
        now = story.clock.now()
        for source in (earlier, shown):
            publish(session, "welcome/welcome", letter(source), now, kind="marketing")
        set_aside(
            session, "test/welcome", letter(f"https://letters.clinic.example{olive}"), now, kind="marketing"
        )
    page = words(marketer.open(LIST).text)
    assert "shown.png 600 by 400" in page
    assert "Welcome" in page.partition("shown.png")[2]
    with pytest.raises(AssertionError, match="no button"):
        marketer.press("Delete shown.png")
    assert marketer.press("Delete earlier.png").status_code == 400
    assert "It stays: letters that people have in their mailboxes show it." in words(marketer.page)
    marketer.open(LIST)
    assert "“tested.png” is gone." in words(marketer.press("Delete tested.png").text)
    assert len(rows(story)) == len(list(media(story).iterdir())) == 2
    with story.house.database.reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act != "sign_in")).all()
    assert acts == ["bring_picture"] * 3 + ["picture_delete"]


def letter(address: str) -> Source:
    return Source(
        "A letter", "What is in it.", f'<p>Hello.</p><p><img src="{address}" alt="A room"></p>', "html"
    )


def test_a_draft_keeps_its_pictures(story: Story, marketer: Visitor) -> None:
    address = bring(marketer, a_picture()).get_json()["address"]
    with story.house.database.writing.begin() as session:
        papers, _ = drafting.papers(session, "news-what-is-new")
        assert list(papers.bodies) == ["issue.md"]
        words_now = {"issue.md": f"Hello.\n\n![A room]({address})\n"}
        drafting.save(
            session, "news-what-is-new", 0, lambda on: on.bodies.update(words_now), 1, story.clock.now()
        )
    page = words(marketer.open(LIST).text)
    assert "What is new" in page
    assert "Nowhere now" not in page


def test_two_large_pictures_are_never_read_at_once(
    story: Story, marketer: Visitor, sign_in: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, real = [], [], encoding.encode
    both_here = threading.Barrier(2, timeout=0.3)

    def encode(data: bytes) -> encoding.Encoded:
        inside.append(1)
        most.append(len(inside))
        with pytest.raises(threading.BrokenBarrierError):
            both_here.wait()
        inside.pop()
        return real(data)

    monkeypatch.setattr(encoding, "encode", encode)
    other = sign_in("owner")
    threads = [
        threading.Thread(target=bring, args=(visitor, a_picture(color=color)))
        for visitor, color in ((marketer, "teal"), (other, "navy"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, len(rows(story))) == ([1, 1], 2)


def test_while_a_picture_is_read_others_may_write(
    story: Story, marketer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = encoding.encode, []

    def encode(data: bytes) -> encoding.Encoded:
        with story.house.database.writing.begin() as session:
            wearing.wear(session, Brand("#013302"), 1, story.clock.now())
        written.append(1)
        return real(data)

    monkeypatch.setattr(encoding, "encode", encode)
    assert bring(marketer, a_picture()).status_code == 201
    token = marketer.client.get(LIST).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "accent": "#000080", "heading": "georgia", "logo": ""}
    with closing(
        EnvironBuilder(method="POST", data=form | {"picture": (BytesIO(a_picture(520, 60)), "a.png")})
    ) as made:
        kept = marketer.client.open("/studio/settings/brand/", method="POST", **sent(made))
    assert (kept.status_code, written) == (303, [1, 1])
    with story.house.database.reading() as session:
        assert wearing.worn(session).logo.endswith("-520x60.png")


def sent(made: EnvironBuilder) -> dict[str, Any]:
    """What a browser would send, as bytes."""
    environ = made.get_environ()
    return {"data": environ["wsgi.input"].read(), "content_type": environ["CONTENT_TYPE"]}


def test_a_gif_that_moved_is_told_in_both_ways(marketer: Visitor) -> None:
    held = BytesIO()
    frames = [Image.new("RGB", (80, 80), color) for color in ("red", "lime")]
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:])
    told = bring(marketer, held.getvalue(), "moves.gif").get_json()
    assert told["remark"] == "It moved; a letter shows its first picture."
    assert told["address"].endswith("-80x80.png")
    page = bring(marketer, held.getvalue(), "moves.gif", page="list")
    assert "“moves.gif” is here, 80 by 80. It moved; a letter shows its first picture." in words(page.text)


def test_hostile_names_are_shown_as_words_and_the_list_is_bounded(
    story: Story, marketer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "<img src=x onerror=alert(1)>{{ 7*7 }}.png"
    assert bring(marketer, a_picture(), name).get_json()["name"] == name
    page = marketer.open(LIST).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}.png" in page
    monkeypatch.setattr(studio_pictures, "LISTED", 2)
    for color in ("olive", "navy"):
        bring(marketer, a_picture(color=color), f"{color}.png")
    assert [each["name"] for each in marketer.client.get(BRING).get_json()] == ["navy.png", "olive.png"]
    assert "The newest 2." in words(marketer.open(LIST).text)
    assert name not in words(marketer.page)


@pytest.mark.parametrize("role", ["clinician", "viewer"])
def test_who_does_not_write_brings_nothing(
    story: Story, sign_in: Callable[[str], Visitor], role: str
) -> None:
    visitor = sign_in(role)
    assert bring(visitor, bytes(20_000_000)).status_code == 403
    assert visitor.client.get(BRING).status_code == 403
    assert rows(story) == []
