"""The terms of one letter of a sequence: when it comes, until when it is useful, on which days, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import arranging, drafting, saying, standing
from newsletter.campaigns.desk.standing import Standing
from newsletter.campaigns.filing import proofreading
from newsletter.campaigns.filing.folders import StepFile
from newsletter.campaigns.spelling import Misspelled
from newsletter.content.merging import parse_condition
from newsletter.content.refusals import ContentRefused
from newsletter.errors import NotFound, Refused
from newsletter.web.access import WRITES, changes, reads
from newsletter.web.studio.sequences import moving, sequence

T = TypeVar("T")
LONGEST = 500


@dataclass(frozen=True)
class Terms:
    """What the form holds, as it was typed."""

    when: str
    until: str
    only_if: str
    weekdays: tuple[int, ...]


@reads(roles=WRITES)
def show(session: Session, slug: str, key: str) -> ResponseReturnValue:
    """The form, as the draft has it, else as it is live."""
    stands = standing.of(session, slug)
    return _page(session, stands, _letter(stands, key))


@changes()
def post(session: Session, slug: str, key: str) -> ResponseReturnValue:
    """Keep the terms on the draft; with a mistake the draft stays as it was, and each stands at its field."""
    stands = standing.of(session, slug)
    letter, typed = _letter(stands, key), _typed()
    wrong: dict[str, str] = {}
    when, until = (
        _attempt(saying.read_when, typed.when, wrong),
        _attempt(saying.read_until, typed.until, wrong),
    )
    if says := _wrong_condition(session, typed.only_if):
        wrong["only_if"] = says
    if wrong or when is None or until is None:
        return _page(session, stands, letter, typed, wrong=wrong, status=400)
    change = partial(
        arranging.settle,
        key=key,
        timing=when,
        until=until,
        weekdays=typed.weekdays,
        only_if=typed.only_if,
    )
    try:
        draft, ended = moving.save(session, slug, change)
    except NotFound:
        raise
    except Misspelled as problem:
        return _page(session, stands, letter, typed, wrong={problem.key: problem.line}, status=400)
    except Refused as problem:
        notice = sequence.conflict(session, problem)
        return _page(session, stands, letter, typed, notice=notice, status=409)
    flash(f"Saved: “{drafting.read(draft).letter(key)['subject']}”. Not in use yet.")
    moving.say_ended(ended, draft)
    return redirect(f"{url_for('studio.sequence', slug=slug)}#{key}", 303)


def _attempt(read: Callable[[str], T], text: str, wrong: dict[str, str]) -> T | None:
    try:
        return read(text)
    except Misspelled as problem:
        wrong[problem.key] = problem.line
        return None


def _wrong_condition(session: Session, only_if: str) -> str:
    """What proofreading would say of it: it is the same question, asked while the field is still at hand."""
    if not only_if.strip():
        return ""
    try:
        proofreading.check_fields(session, parse_condition(only_if.strip()).fields)
    except ContentRefused as problem:
        return problem.line
    return ""


def _typed() -> Terms:
    form = request.form
    days = tuple(day for day in range(7) if str(day) in form.getlist("weekdays"))
    return Terms(form.get("when", ""), form.get("until", ""), form.get("only_if", "")[:LONGEST], days)


def _letter(stands: Standing, key: str) -> StepFile:
    for step in stands.desk.steps:
        if step.key == key:
            return step
    raise NotFound(f"there is no letter “{key:.80}” in this sequence")


def _page(
    session: Session,
    stands: Standing,
    letter: StepFile,
    typed: Terms | None = None,
    *,
    wrong: dict[str, str] | None = None,
    notice: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    intent = letter.intent
    held = Terms(
        saying.spell_when(intent.timing),
        saying.spell_until(intent.until),
        letter.only_if or "",
        tuple(sorted(intent.weekdays)),
    )
    shown = render_template(
        "studio/sequence_letter.html",
        stands=stands,
        letter=letter,
        number=letter.position + 1,
        terms=typed or held,
        held=held,
        days=saying.DAYS,
        wrong=wrong or {},
        notice=notice,
        is_live=stands.live is not None and letter.key in {step.key for step in stands.live.steps},
        without=standing.still_without(session, stands.sequence, letter.key),
    )
    return make_response(shown, status)
