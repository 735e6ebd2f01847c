"""A sequence's draft becomes what people get, after it was said whom that changes; or it is let go."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns import impact
from newsletter.campaigns.desk import drafting, standing
from newsletter.campaigns.desk.standing import Standing
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.models import CampaignDraft
from newsletter.errors import NotFound
from newsletter.web.access import WRITES, changes, reads, remark
from newsletter.web.studio.sequences import mending, sequence, whom, wordings
from newsletter.web.transaction import house


@reads(roles=WRITES)
def show(session: Session, slug: str) -> ResponseReturnValue:
    """Whom this changes, or first what is to be mended."""
    return _page(session, *_drafted(session, slug))


@changes()
def post(session: Session, slug: str) -> ResponseReturnValue:
    """Use the draft that was seen: another, or another wording of it, is shown first."""
    stands, draft = _drafted(session, slug)
    if not _is_seen(draft):
        return _page(session, stands, draft, notice=_changed(session, draft), status=409)
    if drafting.mistakes(session, draft):
        return _page(session, stands, draft, status=400)
    new_people_only = request.form.get("people") == "new" and stands.live is not None
    drafts.use(
        session, slug, house().clock.now(), (draft.id, draft.revision), new_people_only=new_people_only
    )
    remark(draft=draft.id)
    if new_people_only:
        remark(new_people_only=True)
    flash(_used(session, stands, new_people_only=new_people_only))
    return redirect(url_for("studio.sequence", slug=slug), 303)


@changes()
def discard(session: Session, slug: str) -> ResponseReturnValue:
    """Let the draft that was seen go."""
    stands, draft = _drafted(session, slug)
    if not _is_seen(draft):
        return _page(session, stands, draft, notice=_changed(session, draft), status=409)
    remark(draft=draft.id)
    drafts.discard(session, slug, house().clock.now())
    flash("The draft is gone. What people get has not changed.")
    where = url_for("studio.sequence", slug=slug) if stands.live else url_for("studio.sequences")
    return redirect(where, 303)


def _used(session: Session, stands: Standing, *, new_people_only: bool) -> str:
    if stands.live is None:
        return "It is on: whoever signs up from now gets these letters."
    if not new_people_only:
        return "In use from now on."
    match standing.pinned(session, stands.sequence):
        case 0:
            return "In use for new people. Nobody was under way."
        case 1:
            return "In use for new people. The one who is under way keeps her letters."
        case kept:
            return f"In use for new people. The {kept:,} who are under way keep their letters."


def _drafted(session: Session, slug: str) -> tuple[Standing, CampaignDraft]:
    stands = standing.of(session, slug)
    if stands.draft is None:
        raise NotFound("nothing waits to be used here: it is in use as it stands")
    return stands, stands.draft


def _is_seen(draft: CampaignDraft) -> bool:
    seen = (request.form.get("draft", type=int), request.form.get("revision", type=int))
    return seen == (draft.id, draft.revision)


def _changed(session: Session, draft: CampaignDraft) -> str:
    name = sequence.who(session, draft) or "Somebody"
    return f"{name[:1].upper()}{name[1:]} changed this draft since you looked. See how it stands now, then decide."


def _page(
    session: Session, stands: Standing, draft: CampaignDraft, notice: str = "", status: int = 200
) -> ResponseReturnValue:
    mistakes = drafting.mistakes(session, draft)
    met = None if mistakes else impact.of(session, stands.desk, house().clock.now())
    zone = house().settings.clinic.zone
    shown = render_template(
        "studio/sequence_use.html",
        stands=stands,
        mistakes=mending.mistakes(mistakes, draft),
        met=met,
        said=whom.said(met, stands.live, stands.desk, zone) if met and stands.live else [],
        words=wordings.changed(stands.live, stands.desk) if met else {},
        edited_by=sequence.who(session, draft),
        notice=notice,
    )
    return make_response(shown, status)
