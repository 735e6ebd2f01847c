"""What was done here, by whom, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audit import AuditEntry
from newsletter.staff.models import Staff
from newsletter.staff.roll import ROLES
from newsletter.web.access import OWNS, reads

PER_PAGE = 50

# Every act that the studio writes down, as a person reads it after a name.
WORDS = {
    "sign_in": "came in",
    "sign_out": "signed out",
    "sign_out_everywhere": "signed out everywhere",
    "account_name": "changed the own name",
    "account_password": "set a password",
    "two_step_begin": "began to set up the second step",
    "two_step_confirm": "turned the second step on",
    "two_step_codes": "made new recovery codes",
    "two_step_off": "turned the second step off",
    "clinic_facts_save": "changed the clinic's facts",
    "topic_add": "added a topic",
    "topic_save": "changed a topic's words",
    "topic_move": "moved a topic",
    "topic_retire": "retired a topic",
    "topic_offer": "offered a topic again",
    "topic_delete": "deleted a topic",
    "consent_save": "changed the words of a consent text",
    "consent_reset": "went back to our words of a consent text",
    "form_add": "made a sign-up form",
    "form_save": "changed a sign-up form",
    "form_retire": "retired a sign-up form, or took it back",
    "sending_test": "sent a test of how we send",
    "staff_add": "put somebody on the roll",
    "staff_role": "gave another role",
    "staff_remove": "took somebody off the roll",
    "staff_link": "made a new way in",
    "save_brand": "changed the brand of the letters",
    "brand_everywhere": "gave all live letters the looks of the brand",
    "bring_picture": "brought a picture",
    "picture_delete": "threw a picture away",
    "newsletter_create": "began a newsletter",
    "newsletter_duplicate": "copied a newsletter",
    "newsletter_discard": "threw a draft away",
    "newsletter_send": "sent a newsletter on its way",
    "newsletter_undo": "took a sending back",
    "newsletter_unschedule": "took a planned sending back",
    "newsletter_now": "sent without waiting",
    "newsletter_pause": "paused a newsletter",
    "newsletter_resume": "let a newsletter go on",
    "newsletter_cancel": "ended a newsletter before all had it",
    "newsletter_decide": "decided about a newsletter that was too late to begin unasked",
    "save_newsletter": "wrote on a newsletter",
    "deliveries_again": "sent e-mails again",
    "deliveries_arrived": "said of e-mails that they arrived",
    "html_newsletter": "turned a newsletter into HTML",
    "test_newsletter": "sent a test of a newsletter",
    "share_newsletter": "shared a newsletter for a look",
    "bring_back_newsletter": "brought a version of a newsletter back",
    "html_letter": "turned a letter into HTML",
    "save_letter": "wrote on a letter",
    "test_letter": "sent a test of a letter",
    "share_letter": "shared a letter for a look",
    "bring_back_letter": "brought a version of a letter back",
    "sequence_create": "began a sequence",
    "sequence_duplicate": "copied a sequence",
    "add_letter": "added a letter",
    "move_letter": "moved a letter",
    "remove_letter": "took a letter out",
    "set_letter_terms": "changed when a letter goes",
    "use_sequence": "put changes of a sequence in use",
    "discard_sequence": "threw changes of a sequence away",
    "pause_sequence": "paused a sequence",
    "resume_sequence": "let a sequence go on",
    "rehearse_for": "rehearsed a sequence",
    "person_add": "added a person",
    "bulk_do": "changed several people at once",
    "bringing_upload": "uploaded a list",
    "bringing_start": "began to bring a list in",
    "bringing_go_on": "brought a list in",
    "bringing_columns": "matched the columns of a list",
    "bringing_forget": "deleted an uploaded list",
    "person_facts": "changed a person’s name, tags or clock",
    "person_subscribe": "subscribed a person to a topic",
    "person_pause": "began or ended a person’s break",
    "person_end": "ended a person’s letters",
    "person_block": "put a person on the do-not-mail list",
    "person_release": "let a person be mailed again",
    "person_data": "mailed a person the link to her data",
    "person_erased": "erased a person’s data",
    "blocked_add": "put an address on the do-not-mail list",
    "blocked_release": "took an address off the do-not-mail list",
}
WAYS = {"link": "by a link", "password": "by a password", "button": "by the button of practice"}
STEPS = {"code": "with a code", "recovery": "with a recovery code"}


class Line(NamedTuple):
    """One act, in words; `what` is empty where there is nothing more to say."""

    at: datetime
    who: str
    did: str
    what: str


@reads(roles=OWNS)
def show(session: Session) -> ResponseReturnValue:
    """One page of it."""
    before = request.args.get("before", type=int)
    rows = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PER_PAGE + 1)
    found = session.scalars(rows.where(AuditEntry.id < before) if before else rows).all()
    page = found[:PER_PAGE]
    names = _names(session)
    return render_template(
        "studio/log.html",
        lines=[line(each, names) for each in page],
        older=url_for("studio.log", before=page[-1].id) if len(found) > PER_PAGE else "",
        newer=url_for("studio.log") if before else "",
    )


def line(entry: AuditEntry, names: Mapping[int, str]) -> Line:
    """Pure: an entry as a person reads it. `names` of staff by number, those who left included."""
    did = WORDS.get(entry.act, entry.act.replace("_", " "))
    return Line(entry.at, names.get(entry.staff_id, f"no. {entry.staff_id}"), did, _more(entry.facts, names))


def _more(facts: Mapping[str, Any], names: Mapping[int, str]) -> str:
    said = [
        names.get(facts.get("staff_id", 0), ""),
        ROLES.get(facts.get("role", ""), ""),
        WAYS.get(facts.get("by", ""), ""),
        STEPS.get(facts.get("step", ""), ""),
        " / ".join(str(facts[part]) for part in ("slug", "key", "name") if facts.get(part)),
        "for new people only" if facts.get("new_people_only") else "",
        f"person {facts['person_id']}" if facts.get("person_id") else "",
        f"copy: {facts['copy']}" if facts.get("copy") else "",
        f"{facts['people']:,} people" if isinstance(facts.get("people"), int) else "",
        f"{facts['e_mails']:,} e-mails" if isinstance(facts.get("e_mails"), int) else "",
    ]
    return ", ".join(filter(None, said))


def _names(session: Session) -> dict[int, str]:
    rows = session.execute(select(Staff.id, Staff.name, Staff.address))
    return {number: name or address for number, name, address in rows}
