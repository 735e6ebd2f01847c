"""`/look/<token>`: a draft as it stands now, for whoever was given the link; and where its links for stopping lead.

No login, no cookie, nothing to press: whoever reads it can send nothing, stop nothing and learn of no reader. The link
shows the wording of this minute, until the draft is used or let go, fourteen days at most; never what patients read.
"""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.glancing import Glance
from newsletter.campaigns.filing.folders import BROADCAST_FILE
from newsletter.campaigns.models import CampaignDraft
from newsletter.links import LinkDamaged, Purpose
from newsletter.web.studio.practice import letters
from newsletter.web.studio.writing import sharing_link, sheets
from newsletter.web.studio.writing.preview import POLICY, framed
from newsletter.web.studio.writing.sheets import Looking, Sheet
from newsletter.web.transaction import house, in_transaction

ANYBODY = Looking(who="unnamed")


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """The inbox row, and the letter in its frame."""
    sheet = _sheet(session, token)
    if sheet is None:
        return render_template("site/look.html", sheet=None), 410
    glance = sheets.at_a_glance(session, sheet, ANYBODY)
    seen = glance.seen
    return render_template(
        "site/look.html",
        sheet=sheet,
        seen=seen,
        first_words=(seen.preview_text or letters.preview(seen.html, seen.text)) if seen else "",
        token=token,
        desktop=request.args.get("view") == "desktop",
    )


@in_transaction
def letter(session: Session, token: str) -> ResponseReturnValue:
    """The letter itself, for the frame."""
    sheet = _sheet(session, token)
    glance = sheets.at_a_glance(session, sheet, ANYBODY) if sheet else Glance(None)
    return framed(glance.seen, (), text=False, dark=False), 200 if sheet else 410, POLICY


def no_reader() -> ResponseReturnValue:
    """Where a test's links for stopping and choosing lead: they belong to no reader."""
    line = (
        "In the letter itself this link belongs to one reader: it stops her letters, or lets her choose. "
        "A test or a draft has no reader, so here it changes nothing."
    )
    return render_template("site/message.html", title="Nothing was stopped", line=line)


def _sheet(session: Session, token: str) -> Sheet | None:
    """The letter behind the link; None where it is on the desk no more."""
    ids = house().links.read(Purpose.LOOK, token, house().clock.now())
    if len(ids) != 2:
        raise LinkDamaged
    draft = session.get(CampaignDraft, ids[0])
    if draft is None or draft.state != "open":
        return None
    papers = drafting.read(draft)
    keys = [None] if papers.kind == BROADCAST_FILE else [each.get("key") for each in papers.letters]
    for key in keys:
        if sharing_link.key_number(key) == ids[1]:
            sheet = Sheet(draft.slug, key, papers, draft)
            return None if sheet.is_care else sheet
    return None
