"""Every sequence: whether it is on, how many letters it has, who is in it, and whether a draft waits."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns import listing
from newsletter.web.access import reads


@reads()
def show(session: Session) -> ResponseReturnValue:
    """The list, by name."""
    found = [each for each in listing.summaries(session) if each.kind == "marketing"]
    return render_template("studio/sequences.html", sequences=sorted(found, key=lambda each: each.name))
