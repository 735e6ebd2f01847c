"""What came with a sign-up, from a form or as JSON, in one shape; and the page with the form, everything typed kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from newsletter.audience import addresses, forms, plaintext, subscriptions, wordings
from newsletter.audience.forms import Standing
from newsletter.audience.models import Topic
from newsletter.audience.wordings import Words
from newsletter.campaigns import archive, upcoming
from newsletter.errors import Refused
from newsletter.links import LinkDamaged, Purpose
from newsletter.web.transaction import house, said

TRAP = "subject"  # a field that people do not see, and that no browser fills by itself
WHOLE = {"email", "first_name", "time_zone", "form", "opened", "proof"}
LONGEST_NAME = 60  # of a form
ELSEWHERE = Words("elsewhere", "The form stood on another page; its words are not known here.")


class WrongShape(Refused):
    """JSON that is not what the contract says; `field` names the part."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class Typed:
    """A sign-up as it was sent. `kept` is an address whose owner was asked already and keeps it.

    `opened` is our mark of when which words were shown, `proof` a solved sum.
    """

    email: str = ""
    first_name: str = ""
    topics: tuple[str, ...] = ()
    time_zone: str = ""
    form: str = "site"
    opened: str = ""
    kept: str = ""
    proof: str = ""
    trapped: bool = False


def from_form(fields: MultiDict[str, str]) -> Typed:
    """Read a form: the site's own, or one on another page with no more than `email` in it."""
    _agree(fields.get("consent", "yes"))
    return Typed(
        email=addresses.meant(fields.get("email", ""), fields.get("use", "")),
        first_name=fields.get("first_name", ""),
        topics=_slugs(fields.getlist("topics")),
        time_zone=fields.get("time_zone", ""),
        form=named(fields.get("form")) or "embed",
        opened=fields.get("opened", ""),
        kept=fields.get("keep", ""),
        proof=fields.get("proof", ""),
        trapped=bool(fields.get(TRAP)),
    )


def from_json(data: Any) -> Typed:
    """Read one JSON object; raises WrongShape that names the field and what would be right."""
    if not isinstance(data, Mapping):
        raise WrongShape("", 'the body is not an object; right would be {"email": "reader@example.com"}')
    if "email" not in data:
        raise WrongShape("email", "email is missing")
    for name in WHOLE & data.keys():
        if not isinstance(data[name], str):
            raise WrongShape(name, f"{name} is not a text")
    topics = data.get("topics", [])
    if not isinstance(topics, list) or not all(isinstance(slug, str) for slug in topics):
        raise WrongShape("topics", 'topics is not a list of texts; right would be ["tips", "news"]')
    _agree(data.get("consent", True))
    texts = {name: data[name] for name in WHOLE & data.keys()}
    return replace(
        Typed(form="json", topics=_slugs(topics), trapped=bool(data.get(TRAP))),
        **texts,
        kept=data["email"],  # nobody is there to be asked
    )


def page(
    session: Session,
    typed: Typed,
    *,
    wrong: str = "",
    suggestion: str = "",
    press_again: str = "",
    challenge: Mapping[str, Any] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """The front page around the form; `wrong` stands at the field, `suggestion` asks, `challenge` is a sum to solve."""
    clinic, now = house().settings.clinic, house().clock.now()
    past_issues = house().settings.archive != "off" and archive.has_issues(session, clinic.zone, now)
    shown: dict[str, Any] = {
        "wrong": wrong,
        "suggestion": suggestion,
        "press_again": press_again,
        "challenge": challenge,
        "past_issues": past_issues,
    }
    stands = standing(session, typed.form)
    shown |= {"form": stands, "topics": asked_topics(session, stands), "letters": upcoming.letters(session)}
    # What she reads now may be newer than what she read first: then the page says so.
    opened = typed.opened if words_shown(session, typed, stands) == stands.words else opening(stands.words)
    return render_template("site/front.html", typed=typed, opened=opened, **shown), status


def standing(session: Session, slug: str) -> Standing:
    """The form of this name as this request shows it."""
    return forms.standing(session, slug, said()["sign-up"])


def named(text: str | None) -> str:
    """A form's name as a source: one line of at most sixty letters; empty if nothing is left."""
    return plaintext.plain(text, LONGEST_NAME) or ""


def opening(words: Words) -> str:
    """A mark of when the form was opened, by the machine's clock: the story's may be turned meanwhile."""
    return mark(int(house().clock.machine().timestamp()), words)


def mark(second: int, words: Words) -> str:
    """Signs that these words were shown at that Unix second."""
    return house().links.sign(Purpose.FORM, second, int(words.mark, 16))


def seconds_open(typed: Typed) -> float | None:
    """How long the form was open before it was sent; None where no page of ours opened it."""
    marked = _marked(typed)
    return house().clock.machine().timestamp() - marked[0] if marked else None


def words_shown(session: Session, typed: Typed, stands: Standing) -> Words:
    """The words that the form showed, as far as our own mark says so: a page may be older than today's words."""
    for number in _marked(typed)[1:]:
        mark = f"{number:0{wordings.MARK}x}"
        if mark == stands.words.mark:
            return stands.words
        return wordings.shown(session, stands.words.name, mark) or ELSEWHERE
    return ELSEWHERE


def asked_topics(session: Session, stands: Standing) -> list[Topic]:
    """The topics that people choose among on the form itself."""
    if not stands.asks_topics:
        return []
    return [
        each for each in subscriptions.offered(session) if not stands.topics or each.slug in stands.topics
    ]


def _marked(typed: Typed) -> tuple[int, ...]:
    try:
        return house().links.read(Purpose.FORM, typed.opened, house().clock.machine())
    except LinkDamaged:
        return ()


def _slugs(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug.strip() for text in given for slug in text.split(",") if slug.strip()))


def _agree(consent: Any) -> None:
    """Pressing the button is the consent; a form that asks in so many words may also hear no."""
    if consent in (False, "", "no", "false", "0", "off"):
        raise WrongShape("consent", "Without your consent we send nothing.")
    if not isinstance(consent, str | bool):
        raise WrongShape("consent", "consent is not true or false")
