"""The starter letters, example issues and account e-mails, compiled, and the fields that fill them."""

from __future__ import annotations

import tomllib
from functools import cache

from newsletter.content.account import ACCOUNT_LETTERS, account_letter
from newsletter.content.compiling import Compiled, Source, compile_letter
from newsletter.content.designs import letter_design
from newsletter.content.values import Value
from newsletter.paths import TEMPLATES

CAMPAIGNS = TEMPLATES / "campaigns"
FOLDER = CAMPAIGNS / "welcome"
STEPS = tomllib.loads((FOLDER / "sequence.toml").read_text())["step"]
WELCOME = [step["key"] for step in STEPS]
ISSUES = sorted(each.parent.name for each in CAMPAIGNS.glob("*/broadcast.toml"))
MARKETING = [*WELCOME, *ISSUES]
EVERY = [*MARKETING, *ACCOUNT_LETTERS]
DAYS = [
    "Thursday, 5 March",
    "Saturday, 7 March",
    "Tuesday, 10 March",
    "Saturday, 14 March",
    "Thursday, 19 March",
    "Thursday, 26 March",
]
# As long as the real ones: 36 characters of token.
TOKEN = "k7Hq2mWv9xT4bN8sLr3cYp6dZf1gA5eJ0uIo"


def written(key: str) -> Source:
    """A welcome letter or an issue as it stands in its files."""
    if key in ISSUES:
        folder = CAMPAIGNS / key
        table = tomllib.loads((folder / "broadcast.toml").read_text())
    else:
        folder = FOLDER
        table = next(step for step in STEPS if step["key"] == key)
    return Source(table["subject"], table["preview_text"], (folder / table["file"]).read_text())


@cache
def letter(key: str) -> Compiled:
    """A welcome letter, issue or account e-mail, compiled."""
    if key in ACCOUNT_LETTERS:
        return account_letter(key)
    return compile_letter(written(key), letter_design())


def fields() -> dict[str, Value]:
    """Everything a reader of the example clinic has."""
    here = "https://letters.clinic.example"
    return {
        "first_name": "Reader",
        "clinic_name": "Example Skin Clinic",
        "clinic_phone": "+1 555 0100",
        "clinic_postal_address": "12 Garden Street, Springfield, IL 62701",
        "booking_url": "https://clinic.example/book",
        "privacy_url": "https://clinic.example/privacy",
        "unsubscribe_url": f"{here}/u/{TOKEN}",
        "preferences_url": f"{here}/preferences/{TOKEN}",
        "confirm_url": f"{here}/confirm/{TOKEN}",
        "data_url": f"{here}/data/{TOKEN}",
        "sign_in_url": f"{here}/studio/enter/{TOKEN}",
        "good_for": "15 minutes",
        "deed": "see what we hold about you",
        "letters": [
            {"number": number, "subject": step["subject"], "day": day, "hour": "10:00"}
            for number, (step, day) in enumerate(zip(STEPS, DAYS, strict=True), 1)
        ],
    }


LEAST = (
    "clinic_name",
    "clinic_postal_address",
    "unsubscribe_url",
    "preferences_url",
    "confirm_url",
    "data_url",
    "sign_in_url",
    "good_for",
    "deed",
    "letters",
)


def least_fields() -> dict[str, Value]:
    """What every reader has, when the clinic has given no phone, booking link or privacy page, and she no name."""
    return {name: value for name, value in fields().items() if name in LEAST}
