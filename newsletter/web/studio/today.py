"""Today: is mail going out, what needs me, what goes out."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.web.access import reads


@reads()
def show(session: Session) -> ResponseReturnValue:
    """The studio's first page."""
    return render_template("studio/today.html")
