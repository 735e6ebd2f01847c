"""A visitor without JavaScript: opens pages, presses buttons, sends what the form holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from lxml import html as trees
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from newsletter import models
from newsletter.clock import FrozenClock
from newsletter.db import Database

READER = "reader@example.com"
UNHURRIED = 5.0
both = pytest.mark.parametrize("story", ["sqlite", "postgres"], indirect=True)


@dataclass
class Visitor:
    """One browser: it keeps its cookies, and by default stays on a page for five seconds before it presses."""

    app: Flask
    clock: FrozenClock
    place: str = "203.0.113.9"

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.at = ""
        self.page = ""

    def open(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(_path(path), environ_base={"REMOTE_ADDR": self.place}, **more)
        self.at, self.page = _path(path), answer.text
        return answer

    def send(self, path: str, data: Any = None, *, follow: bool = False, **more: Any) -> TestResponse:
        """A bare POST, as a program or another site's form sends it."""
        answer = self.client.post(_path(path), data=data, environ_base={"REMOTE_ADDR": self.place}, **more)
        self.at, self.page = _path(path), answer.text
        if follow and answer.status_code == 303:
            return self.open(answer.headers["Location"])
        return answer

    def press(self, button: str, /, *, seconds: float = UNHURRIED, **typed: Any) -> TestResponse:
        """Press the button with this text: sends its form, with what was `typed` in place of what it held."""
        self.clock.advance(seconds=seconds)
        pressed = self._button(button)
        form = _form_of(pressed)
        held = dict(form.form_values()) | {"topics": [v for k, v in form.form_values() if k == "topics"]}
        held |= _held_elsewhere(form)
        if pressed.get("name"):
            held[pressed.get("name")] = pressed.get("value")
        action = pressed.get("formaction") or form.get("action") or self.at
        return self.send(action, held | typed, follow=True)

    def sign_up(self, address: str = READER, **typed: Any) -> TestResponse:
        self.open("/")
        return self.press("Send me the letters", email=address, **typed)

    def _button(self, text: str) -> Any:
        for button in trees.fromstring(self.page).iter("button"):
            if button.text_content().strip() == text:
                return button
        raise AssertionError(f"no button “{text}” on {self.at}:\n{words(self.page)}")


def _form_of(button: Any) -> Any:
    """The form that a button sends: the one it names, else the one around it."""
    if button.get("form"):
        return button.getroottree().getroot().get_element_by_id(button.get("form"))
    form = button.getparent()
    while form.tag != "form":
        form = form.getparent()
    return form


def _held_elsewhere(form: Any) -> dict[str, str]:
    """What stands outside a form and belongs to it by its name."""
    fields = form.getroottree().getroot().xpath("//input[@form=$id]", id=form.get("id") or "")
    chosen = (field for field in fields if field.get("type") != "radio" or field.get("checked") is not None)
    return {field.get("name"): field.get("value", "") for field in chosen}


def words(page: str) -> str:
    """What a person reads on a page."""
    body = trees.fromstring(page).find("body")
    return re.sub(r"\s+", " ", body.text_content()).strip()


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in models.Base.metadata.sorted_tables
        }


def _path(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)
