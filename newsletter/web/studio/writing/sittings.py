"""One line in the log for each sitting on a draft, not for each save: a page saves itself many times an hour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from newsletter.campaigns.desk import revisions
from newsletter.web.access import unremarked


@contextmanager
def one_line_each(session: Session, slug: str) -> Iterator[None]:
    """Let what is saved on `slug` inside the block have a line where it begins a sitting, else none."""
    before = revisions.number(session, slug)
    yield
    if revisions.number(session, slug) == before:
        unremarked()  # nothing differed, or her sitting's first save has its line
