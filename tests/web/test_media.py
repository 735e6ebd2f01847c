"""A picture for anybody: without a cookie, for ever, and no other file of the data directory."""

from __future__ import annotations

import pytest

from newsletter.content import gallery
from newsletter.content.encoding import Encoded
from tests.walks.story import Story
from tests.web.visiting import Visitor, counts


@pytest.fixture
def path(story: Story) -> str:
    with story.house.database.writing.begin() as session:
        kept = gallery.keep(
            session,
            story.house.settings.data_dir,
            Encoded(b"\xff\xd8 as if", "image/jpeg", 600, 400),
            "a room.jpg",
            story.clock.now(),
        )
        return gallery.address_of(kept)


def test_it_comes_with_its_type_and_may_be_kept(visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path)
    assert (answer.status_code, answer.data) == (200, b"\xff\xd8 as if")
    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert not {"Set-Cookie", "Vary", "Content-Disposition"} & set(headers.keys())


def test_a_head_has_no_body_and_a_known_one_is_not_sent_again(visitor: Visitor, path: str) -> None:
    head = visitor.client.head(path)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "8")
    known = visitor.client.get(path, headers={"If-None-Match": head.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    other = visitor.client.get(path, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "../secret.key",
        "..%2fsecret.key",
        "%2e%2e/newsletter.db",
        "secret.key",
        ".new-x",
        "",
        "x" * 3000,
        "a\x00b",
        "0" * 64,
        f"{'0' * 64}-600x400.jpg",
        f"{'0' * 64}-600x400.svg",
    ],
)
def test_nothing_else_is_served(story: Story, visitor: Visitor, path: str, name: str) -> None:
    assert (story.house.settings.data_dir / "media").is_dir()
    assert visitor.client.get(f"/media/{name}").status_code in {404, 308}
    assert visitor.client.get(f"/media/{name}", follow_redirects=True).status_code == 404


def test_an_address_of_ours_that_somebody_changed_is_none(visitor: Visitor, path: str) -> None:
    for wrong in (
        path.replace("600x400", "601x400"),
        path.replace(".jpg", ".png"),
        path.upper().replace("/MEDIA", "/media"),
        f"{path}.jpg",
        f"{path}/",
    ):
        assert visitor.client.get(wrong).status_code == 404


def test_looking_changes_nothing_and_nothing_may_be_sent_there(
    story: Story, visitor: Visitor, path: str
) -> None:
    before = counts(story.house.database)
    visitor.client.get(path)
    assert visitor.client.post(path).status_code in {400, 405}
    assert visitor.client.delete(path).status_code in {400, 405}
    assert counts(story.house.database) == before
