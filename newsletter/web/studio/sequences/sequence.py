"""One sequence on its calendar: a card for each letter at its day and hour, the draft beside what is live."""

from __future__ import annotations

from dataclasses import dataclass

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting, standing
from newsletter.campaigns.desk.drafting import EditedMeanwhile
from newsletter.campaigns.desk.naming import LONGEST_NAME
from newsletter.campaigns.models import CampaignDraft
from newsletter.errors import Refused
from newsletter.staff.models import Staff
from newsletter.web.access import reads
from newsletter.web.studio.sequences import mending, strip
from newsletter.web.transaction import house


@dataclass(frozen=True)
class Typed:
    """What somebody typed that could not be done: into the field of a letter (or "" for a new one), and why not."""

    key: str = ""
    text: str = ""
    wrong: str = ""


@reads()
def show(session: Session, slug: str) -> ResponseReturnValue:
    """The calendar of the draft where one waits, else of what is live; `?show=live` for that beside a draft."""
    return page(session, slug)


def page(
    session: Session,
    slug: str,
    typed: Typed | None = None,
    notice: str = "",
    status: int = 200,
    *,
    copy: Typed | None = None,
) -> ResponseReturnValue:
    """The calendar, with what was typed still in its field and what was wrong beside it; `copy` as a copy's name."""
    stands = standing.of(session, slug)
    shows_live = request.args.get("show") == "live" and stands.draft is not None and stands.live is not None
    folder = stands.live if shows_live and stands.live else stands.desk
    changes = {} if shows_live else stands.changes
    cards = strip.cards(folder, changes, stands.live, standing.waiting(session, stands.sequence))
    wrongs = drafting.mistakes(session, stands.draft) if stands.draft and not shows_live else ()
    shown = render_template(
        "studio/sequence.html",
        stands=stands,
        folder=folder,
        shows_live=shows_live,
        weeks=strip.weeks(cards),
        gone=strip.gone(changes, stands.live),
        count=len(cards),
        people=standing.people(session, stands.sequence),
        pinned=standing.pinned(session, stands.sequence),
        mistakes=mending.mistakes(wrongs, stands.draft),
        edited_by=who(session, stands.draft),
        typed=typed or Typed(),
        copy=copy or Typed(text=f"{folder.name[: LONGEST_NAME - 7]}, again"),
        notice=notice,
    )
    return make_response(shown, status)


def who(session: Session, draft: CampaignDraft | None) -> str:
    """Who of the staff saved this draft last, by name, else by role; empty where nobody here did."""
    found = session.get(Staff, draft.edited_by) if draft and draft.edited_by else None
    return (found.name or f"the {found.role}") if found else ""


def conflict(session: Session, problem: Refused) -> str:
    """What is said to somebody whose page is older than the draft: who saved it, and when."""
    if not isinstance(problem, EditedMeanwhile):
        return problem.line[:1].upper() + problem.line[1:]
    draft, zone = problem.draft, house().settings.clinic.zone
    at = f" at {draft.edited_at.astimezone(zone):%H:%M}" if draft.edited_at else ""
    name = who(session, draft) or "Somebody"
    return (
        f"{name[:1].upper()}{name[1:]} changed this sequence{at}, while your page was open. "
        "Below is how it stands now, with what you typed still in its field: press again to keep yours."
    )
