"""What the receiving server gets: the six letters and the account letters, byte by byte, over SMTP."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import open_database
from newsletter.links import Purpose
from newsletter.settings import Settings
from newsletter.web import create_app
from tests.servers.log import Accepted
from tests.servers.scripted import ScriptedSMTP
from tests.services import need
from tests.walks.story import READER, Story, telling

MARKETING_HEADERS = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
    "Precedence",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]
ACCOUNT_HEADERS = [
    name for name in MARKETING_HEADERS if not name.startswith(("List-", "Feedback-", "Precedence"))
]
LIMIT = 1.0


@dataclass
class Wire:
    """A story whose letters go over SMTP to a server that keeps them."""

    story: Story
    server: ScriptedSMTP

    def parsed(self, kept: Accepted) -> EmailMessage:
        return email.message_from_bytes(kept.raw, policy=email.policy.default)

    def account(self) -> list[Accepted]:
        return [each for each in self.server.letters if b"List-Unsubscribe" not in each.raw]

    def marketing(self) -> list[Accepted]:
        return [each for each in self.server.letters if b"List-Unsubscribe" in each.raw]


@pytest.fixture(scope="module")
def wire(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A reader who signed up, confirmed, lived through the six letters, and signed up once more."""
    home = tmp_path_factory.mktemp("wire")
    database = open_database(f"sqlite:///{shutil.copyfile(_sqlite_template, home / 'newsletter.db')}")
    settings = Settings.from_env(
        {"NEWSLETTER_DATA_DIR": str(home), "NEWSLETTER_BASE_URL": "https://letters.clinic.example"}
    )
    clock = FrozenClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    with ScriptedSMTP() as server:
        real = replace(
            settings,
            mail_url=f"smtp://127.0.0.1:{server.port}",
            clinic=replace(settings.clinic, reply_to="desk@clinic.example"),
        )
        with telling(database, real, clock) as story:
            story.sign_up()
            confirmation = email.message_from_bytes(server.letters[0].raw, policy=email.policy.default)
            token = re.search(r"/confirm/(\S+)", confirmation.get_body(("plain",)).get_content())
            story.confirm_by(token[1])
            story.live(days=24)
            story.sign_up()
            yield Wire(story, server)
    database.close()


def test_six_letters_and_two_account_letters_arrive_with_the_headers_of_their_kind(wire: Wire) -> None:
    assert [len(wire.account()), len(wire.marketing())] == [2, 6]
    for kept, expected in [(each, MARKETING_HEADERS) for each in wire.marketing()] + [
        (each, ACCOUNT_HEADERS) for each in wire.account()
    ]:
        letter = wire.parsed(kept)
        assert sorted(letter.keys()) == sorted(expected)
        assert kept.recipients == (READER,)
        assert letter["To"] == READER
        assert letter["From"] == "Example Skin Clinic <letters@clinic.example>"
        assert letter["Auto-Submitted"] == "auto-generated"
        parts = [part.get_content_type() for part in letter.iter_parts()]
        assert parts == ["text/plain", "text/html"]


def test_the_marketing_headers_say_what_receivers_ask_for(wire: Wire) -> None:
    for number, kept in enumerate(wire.marketing()):
        letter = wire.parsed(kept)
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter["Precedence"] == "bulk"
        assert re.fullmatch(r".+ <letters\.clinic\.example>", letter["List-Id"])
        fields = letter["Feedback-ID"].split(":")
        assert fields[0] == "welcome"
        assert len(fields) == 4
        assert 5 <= len(fields[3]) <= 15
        assert letter["Message-ID"] == f"<d.{kept.delivery_id}@clinic.example>", number
        token = re.search(
            rb"^List-Unsubscribe: <https://letters\.clinic\.example/u/([^>\s]+)>\r$", kept.raw, re.MULTILINE
        )
        assert token, "the one-click URL is folded, encoded or missing"
        assert len(token[1]) <= 36


def test_no_line_is_longer_than_the_standard_allows_and_no_bare_line_end_exists(wire: Wire) -> None:
    for kept in wire.server.letters:
        assert max(len(line) for line in kept.raw.split(b"\r\n")) <= 998
        bare = kept.raw.replace(b"\r\n", b"")
        assert b"\r" not in bare
        assert b"\n" not in bare


def test_every_link_of_every_text_part_leads_to_a_page_that_opens(wire: Wire) -> None:
    client = create_app(house=wire.story.house).test_client()
    ours, counted = 0, set[str]()
    for kept in wire.server.letters:
        text = wire.parsed(kept).get_body(("plain",)).get_content()
        for url in re.findall(r"https?://[^\s<>)]+", text):
            if url.startswith("https://letters.clinic.example/"):
                ours += 1
                answer = client.get(url.removeprefix("https://letters.clinic.example"))
                if "/c/" in url:  # a link that is counted: nothing of her is in it, and it leads on
                    counted.add(url)
                    assert (answer.status_code, answer.location) == (302, "https://clinic.example/book")
                    continue
                # After three weeks the confirmation has lapsed: its page offers a new one.
                assert answer.status_code == (410 if "/confirm/" in url else 200), url
            else:
                assert url == "https://clinic.example/book"
    assert ours >= 14
    assert counted


@pytest.mark.parametrize("body", ["urlencoded", "multipart"])
def test_the_one_click_address_of_the_header_works_with_both_body_forms(wire: Wire, body: str) -> None:
    url = wire.parsed(wire.marketing()[2])["List-Unsubscribe"].strip("<>")
    client = create_app(house=wire.story.house).test_client()
    kind = {"multipart": "multipart/form-data", "urlencoded": "application/x-www-form-urlencoded"}[body]
    for _ in range(2):
        answer = client.post(
            url.removeprefix("https://letters.clinic.example"),
            data={"List-Unsubscribe": "One-Click"},
            content_type=kind,
        )
        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    with wire.story.house.database.reading() as session:
        ids = wire.story.house.links.read(Purpose.UNSUBSCRIBE, url.rpartition("/")[2], wire.story.clock.now())
        assert ids[0] == wire.story.person().mailbox_id
        session.rollback()
    wire.story.sign_up("visitor014@example.com")
    assert len(wire.marketing()) == 6


def test_no_letter_has_more_than_sixty_kilobytes_of_html(wire: Wire) -> None:
    sizes = [
        len(wire.parsed(kept).get_body(("html",)).get_content().encode()) for kept in wire.server.letters
    ]
    assert max(sizes) < 60_000


def test_spamassassin_gives_no_letter_more_than_one_point(wire: Wire) -> None:
    """All of them in one mailbox file: the program takes longer to start than to judge."""
    program = need("spamassassin")
    mailbox = b"".join(
        b"From letters@clinic.example Mon Mar  2 09:30:00 2026\n"
        + re.sub(rb"(?m)^(>*From )", rb">\1", kept.raw.replace(b"\r\n", b"\n"))
        + b"\n\n"
        for kept in wire.server.letters
    )
    judged = subprocess.run(
        [str(program), "-L", "-t", "--mbox"], input=mailbox, capture_output=True, check=True, timeout=100
    ).stdout.decode(errors="replace")
    scores = re.findall(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", judged, re.MULTILINE)
    assert len(scores) == len(wire.server.letters) > 0, judged[:500]
    assert max(map(float, scores)) <= LIMIT, judged
