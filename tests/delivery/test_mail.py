"""The bytes that leave the house, read back by a parser that is not ours."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.delivery.mail import (
    Mail,
    MailRefused,
    compose,
    digest,
    message_id,
    needs_smtputf8,
    wire_address,
)

LETTER = Mail(
    message_id="<d.17@news.clinic.example>",
    date=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    from_name="Example Skin Clinic",
    from_address="news@clinic.example",
    to_address="reader@example.com",
    subject="Is one microneedling session enough?",
    text="Hello,\n\nrest well.\n",
    html="<p>Hello,</p>\n<p>rest well.</p>\n",
    stream="marketing",
    reply_to="desk@clinic.example",
    list_id="Clinic news <news.clinic.example>",
    unsubscribe_url="https://letters.clinic.example/u/" + "t" * 36,
    unsubscribe_mailto="u+" + "t" * 36 + "@news.clinic.example",
    feedback_id="welcome:is-one-enough:marketing:newsletter",
)
ACCOUNT = replace(LETTER, stream="account", feedback_id=None)
NAMES = [
    "Dr. Öykü, Skin & Co",
    "عيادة الجلد",
    "עור",
    "Glow 👩‍⚕️✨",
    'The "Glow", clinic',
    "a\\b",
    "=?utf-8?q?x?=",
    "",
]
SUBJECTS = [
    "مرحبا بك في عيادتنا " * 12,
    "Glow 👩‍⚕️✨ " * 30,
    "=?utf-8?b?eA==?=",
    "plain " * 40 + "end",
    "ß" * 500,
    "x" * 2000,
]
CONTROLS = [
    "\r\nBcc: other@example.com",
    "\n",
    "\r",
    "\0",
    "\t",
    "\x0b",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9b",
    "\u2028",
    "\u2029",
    "\ud800",
]


def parsed(letter: Mail) -> EmailMessage:
    message = email.message_from_bytes(compose(letter), policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def header_lines(letter: Mail) -> dict[str, str]:
    """Each header as it stands in the bytes, name to value, folds included."""
    head = compose(letter).decode().partition("\r\n\r\n")[0]
    return dict(line.split(": ", 1) for line in re.split(r"\r\n(?! )", head))


def test_a_marketing_letter_has_every_header_that_receivers_ask_for():
    lines = header_lines(LETTER)
    token = "t" * 36
    assert lines.pop("Content-Type").startswith("multipart/alternative;")
    assert lines == {
        "From": "Example Skin Clinic <news@clinic.example>",
        "To": "reader@example.com",
        "Subject": "Is one microneedling session enough?",
        "Date": "Mon, 02 Mar 2026 09:30:00 +0000",
        "Message-ID": "<d.17@news.clinic.example>",
        "Reply-To": "desk@clinic.example",
        "List-Id": "Clinic news <news.clinic.example>",
        "List-Unsubscribe": f"<https://letters.clinic.example/u/{token}>, <mailto:u+{token}@news.clinic.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": "welcome:is-one-enough:marketing:newsletter",
        "Precedence": "bulk",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }


@pytest.mark.parametrize("stream", ["account", "staff"])
def test_what_she_asked_for_herself_is_no_list_and_no_bulk(stream):
    names = set(header_lines(replace(ACCOUNT, stream=stream)))
    assert not {name for name in names if name.startswith("List-")} | names & {"Precedence"}
    assert "Auto-Submitted" in names


def test_care_can_be_left_by_one_click_but_is_never_bulk():
    lines = header_lines(
        replace(LETTER, stream="care", list_id=None, references="<course.7.3@news.clinic.example>")
    )
    assert lines["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert lines["References"] == "<course.7.3@news.clinic.example>"
    assert "Precedence" not in lines


@pytest.mark.parametrize("length", [10, 76, 90, 400])
def test_the_unsubscribe_link_is_never_folded_or_encoded(length):
    url = "https://letters.clinic.example/u/" + "a" * length
    raw = compose(replace(LETTER, unsubscribe_url=url))
    assert b"\r\nList-Unsubscribe: <" + url.encode() + b">, <mailto:" in raw
    assert re.search(rb"\r\nList-Unsubscribe: [^\r\n]*\r\n(?! )", raw)


def test_the_same_letter_gives_the_same_bytes_and_another_one_another_boundary():
    assert compose(LETTER) == compose(replace(LETTER))
    other = compose(replace(LETTER, message_id="<d.18@news.clinic.example>"))
    assert re.search(rb'boundary="[^"]+"', other)[0] != re.search(rb'boundary="[^"]+"', compose(LETTER))[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_was_and_stays_one_sender(name):
    field = parsed(replace(LETTER, from_name=name))["From"]
    assert [(address.display_name, address.addr_spec) for address in field.addresses] == [
        (name, "news@clinic.example")
    ]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_comes_back_as_it_was(subject):
    assert parsed(replace(LETTER, subject=subject))["Subject"] == subject
    for line in header_lines(replace(LETTER, subject=subject))["Subject"].split("\r\n"):
        words = re.findall(r"=\?\S+\?=", line)
        assert all(len(word) <= 75 for word in words)  # RFC 2047, 2
        assert len(line) <= 998


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("Subject", "subject"),
        ("From", "from_name"),
        ("From", "from_address"),
        ("To", "to_address"),
        ("Reply-To", "reply_to"),
        ("List-Id", "list_id"),
        ("List-Unsubscribe", "unsubscribe_url"),
        ("List-Unsubscribe", "unsubscribe_mailto"),
        ("Message-ID", "message_id"),
        ("Feedback-ID", "feedback_id"),
        ("References", "references"),
    ],
)
def test_a_control_character_is_refused_by_the_name_of_its_header(header, attribute, control):
    value = getattr(LETTER, attribute) or "<a@b.example>"
    for broken in (value + control, value[:3] + control + value[3:], control + value):
        with pytest.raises(MailRefused, match=f"^{header}: "):
            compose(replace(LETTER, **{attribute: broken}))


@pytest.mark.parametrize(
    "address",
    [
        "reader@example.com, other@example.com",
        "reader@example.com,other@example.com",
        "A reader <reader@example.com>",
        "reader@example.com> <other@example.com",
        "reader@example.com other@example.com",
        "reader",
        "@example.com",
        "reader@",
        "reader@@example.com",
        ".reader@example.com",
        "reader@example..com",
        "reader@-example.com",
        "reader\u3000@example.com",
        "r" * 65 + "@example.com",
        "reader@" + "a." * 130 + "com",
        "",
    ],
)
def test_a_recipient_is_one_plain_address(address):
    with pytest.raises(MailRefused, match=r"^To: "):
        compose(replace(LETTER, to_address=address))


def test_an_international_domain_travels_as_a_labels():
    assert wire_address("reader@hautärzte.example") == "reader@xn--hautrzte-3za.example"
    assert wire_address("Reader@straße.example") == "Reader@xn--strae-oqa.example"
    letter = replace(LETTER, to_address="reader@hautärzte.example")
    assert header_lines(letter)["To"] == "reader@xn--hautrzte-3za.example"
    assert not needs_smtputf8(letter)
    assert compose(letter).isascii()


def test_an_international_local_part_is_written_as_it_is_and_needs_smtputf8():
    letter = replace(LETTER, to_address="lesér@example.com")
    assert needs_smtputf8(letter)
    assert "\r\nTo: lesér@example.com\r\n".encode() in compose(letter)
    assert not needs_smtputf8(LETTER)


@pytest.mark.parametrize(
    ("attribute", "value", "header"),
    [
        ("unsubscribe_url", None, "List-Unsubscribe"),
        ("unsubscribe_url", "javascript:alert(1)", "List-Unsubscribe"),
        ("unsubscribe_url", "https://clinic.example/u/a>, <https://evil.example", "List-Unsubscribe"),
        ("unsubscribe_url", "https://clinic.example/ü", "List-Unsubscribe"),
        ("list_id", None, "List-Unsubscribe"),
        ("list_id", "Clinic news", "List-Id"),
        ("list_id", "Clinic news <news clinic>", "List-Id"),
        ("message_id", "d.17@news.clinic.example", "Message-ID"),
        ("message_id", "<a@b.example> <c@d.example>", "Message-ID"),
        ("feedback_id", "a:b:c:d:newsletter", "Feedback-ID"),
        ("feedback_id", "a:b:c:four", "Feedback-ID"),
        ("date", datetime(2026, 3, 2, 9, 30), "Date"),
    ],
)
def test_a_header_that_would_not_work_is_refused_by_name(attribute, value, header):
    with pytest.raises(MailRefused, match=f"^{header}: "):
        compose(replace(LETTER, **{attribute: value}))


def test_a_list_is_named_in_any_script():
    assert (
        header_lines(replace(LETTER, list_id="Glow, and more <n.clinic.example>"))["List-Id"]
        == '"Glow, and more" <n.clinic.example>'
    )
    named = header_lines(replace(LETTER, list_id="Große Neuigkeiten <n.clinic.example>"))["List-Id"]
    assert named.startswith("=?utf-8?")
    assert named.endswith("?= <n.clinic.example>")


@pytest.mark.parametrize(
    "text",
    [
        "plain\n",
        "no end",
        ".\n..\n.\r\nMAIL FROM:<x@example.com>\r\n",
        "a\r.\rb\rc",
        "mixed\rline\nends\r\n",
        "x" * 5000,
        "trailing \t \nspaces  ",
        "Привет, читательница. " * 50,
        "glow ✨ 👩‍⚕️",
        "=3D is not =",
        "nul \0 byte",
        "",
    ],
)
def test_a_body_comes_back_as_it_was_and_holds_no_bare_line_end(text):
    raw = compose(replace(LETTER, text=text))
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw)
    assert raw.isascii()
    assert max(len(line) for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n")) <= 76
    first = next(parsed(replace(LETTER, text=text)).iter_parts())
    expected = re.sub(r"\r\n|\r|\n", "\n", text).removesuffix("\n") + "\n"
    assert first.get_payload(decode=True).decode().replace("\r\n", "\n") == expected


def test_text_comes_first_and_html_last():
    assert [part.get_content_type() for part in parsed(LETTER).iter_parts()] == ["text/plain", "text/html"]


def test_a_letter_without_html_is_a_plain_one():
    assert parsed(replace(ACCOUNT, html="")).get_content_type() == "text/plain"


def test_half_a_character_in_a_body_is_refused():
    with pytest.raises(MailRefused, match="the html part"):
        compose(replace(LETTER, html="<p>\ud83d</p>"))


def test_the_message_id_is_the_deliverys_own():
    assert message_id(17, "news.clinic.example") == "<d.17@news.clinic.example>"
    with pytest.raises(MailRefused, match=r"^Message-ID: "):
        message_id(17, "news.clinic.example>\r\n")


def test_the_digest_is_of_what_a_server_keeps():
    assert (
        digest(b"a\r\n") == digest(b"a") == "8e4621379786ef42a4fec155cd525c291dd7db3c1fde3478522f4f61c03fd1bd"
    )
    assert digest(b"a\r\n") != digest(b"b\r\n")


def shown_name(letter: Mail) -> str:
    """The From name by RFC 2047: the space between two encoded words is none. Python's own parser keeps it in a name."""
    phrase, _ = parseaddr(str(email.message_from_bytes(compose(letter))["From"]).replace("\r\n", ""))
    return str(make_header(decode_header(phrase)))


@example(subject="a", name="lorem لا بسم الله ipsum 你好1234你好", text="")  # in two encoded words
@given(subject=st.text(max_size=300), name=st.text(max_size=120), text=st.text(max_size=400))
def test_whatever_is_written_either_arrives_as_written_or_is_refused(subject, name, text):
    letter = replace(LETTER, subject=subject, from_name=name, text=text)
    try:
        message = parsed(letter)
    except MailRefused:
        assert re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", subject + name + text)
        return
    assert message["Subject"] == subject
    assert [address.addr_spec for address in message["From"].addresses] == ["news@clinic.example"]
    # Readers fold runs of spaces in a name; nothing else may change.
    assert shown_name(letter).split() == name.split()
    assert len(message["To"].addresses) == 1
    assert message["Bcc"] is None
