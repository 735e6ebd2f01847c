"""The letters about an account itself: files of ours under `templates/email/<name>/`, in the design of all others."""

from __future__ import annotations

from functools import lru_cache

from newsletter.content.brand import PLAIN, Brand
from newsletter.content.compiling import Compiled, Source, compile_letter
from newsletter.content.designs import letter_design
from newsletter.errors import NotFound
from newsletter.paths import TEMPLATES

ACCOUNT_LETTERS = ("confirm", "already-subscribed", "new-address", "data-link", "sign-in")


@lru_cache(maxsize=64)
def account_letter(name: str, brand: Brand = PLAIN) -> Compiled:
    """The compiled letter `name` in this `brand`, once per process. Raises NotFound for a name that is none of ours.

    Four files each: `subject.txt`, `preview.txt` (the preview text), `body.html` and `body.txt`.
    """
    if name not in ACCOUNT_LETTERS:
        raise NotFound(f"there is no account e-mail “{name}”; there are {', '.join(ACCOUNT_LETTERS)}")
    subject, preview_text, html, text = (
        (TEMPLATES / "email" / name / file).read_text(encoding="utf-8").strip()
        for file in ("subject.txt", "preview.txt", "body.html", "body.txt")
    )
    return compile_letter(Source(subject, preview_text, html, "html", text), letter_design(brand), "account")
