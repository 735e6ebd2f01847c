"""The brand of the letters: accent color, logo, type of the headings; decided once, seen on a sample before it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import dressing, onlookers
from newsletter.content import brand, gallery, wearing
from newsletter.content.brand import AccentRefused, Brand
from newsletter.content.compiling import Source
from newsletter.content.encoding import Encoded, PictureRefused
from newsletter.content.previewing import preview
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, me, reads, remark
from newsletter.web.studio.settings import pictures
from newsletter.web.studio.writing.preview import POLICY, framed
from newsletter.web.transaction import house

MOST_LOGOS = 100
SAMPLE = Source(
    "What your letters look like",
    "A heading, a link, a button: in the colors and the type that you chose.",
    """# What your letters look like

Hello,

This is the text of a letter. It has the type and the size that reads well on a telephone, and
[a link looks like this](https://clinic.example/).

## A heading within

- One thing to know.
- And another.

> What somebody said, set apart.

[A button looks like this](https://clinic.example/){.button}

Warmly,
{{ clinic_name }}
""",
)


@dataclass(frozen=True)
class Typed:
    """What the form or the address asks for, as typed; `wrong` is what is wrong with the color."""

    accent: str
    logo: str
    heading: str
    wrong: str = ""
    better: str = ""

    @property
    def brand(self) -> Brand:
        """What of it can be used."""
        return brand.read({"accent": self.better or self.accent, "logo": self.logo, "heading": self.heading})


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """As it is decided, or as the address tries it."""
    return _page(session, _typed(session))


@reads(roles=WRITES)
def letter(session: Session) -> ResponseReturnValue:
    """The sample, for the frame."""
    everybody = onlookers.everybody(house().settings.clinic, house().links)
    seen = preview(SAMPLE, everybody, {}, _typed(session).brand)
    return framed(seen, (), text=False, dark=request.args.get("dark") == "1"), 200, POLICY


@changes(roles=WRITES)
def save(session: Session) -> ResponseReturnValue:
    """Keep it: whatever is used from now on looks so."""
    new, wrong_logo = _new_logo()
    typed = _typed(session)
    if typed.wrong or wrong_logo:
        return _page(session, typed, wrong_logo=wrong_logo)
    if new:
        kept = pictures.keep(session, *new)
        typed = replace(typed, logo=house().links.url(gallery.address_of(kept)))
    wearing.wear(session, typed.brand, me().id, house().clock.machine())
    flash(
        "Kept. Letters that are used from now on look like this. What is live keeps its look until you say so."
    )
    return redirect(url_for("studio.brand"), 303)


@changes(roles=WRITES)
def everywhere(session: Session) -> ResponseReturnValue:
    """Use the wording of live sequences again, in the looks of today."""
    with house().database.reading() as ahead:
        dressing.compile_ahead(ahead)
    try:
        count = dressing.dress(session, house().clock.now())
    except Refused as problem:
        return _page(session, _typed(session), refused=problem.line)
    remark(sequences=count)
    flash("All live letters look like this from now on.")
    return redirect(url_for("studio.brand"), 303)


def _new_logo() -> tuple[tuple[str, Encoded] | None, str]:
    """The logo that came as a file, None where none did; and what is wrong with it."""
    if not request.files.get("picture"):
        return None, ""
    try:
        return pictures.opened(), ""
    except PictureRefused as problem:
        return None, pictures.sentence(problem)


def _page(session: Session, typed: Typed, *, wrong_logo: str = "", refused: str = "") -> tuple[str, int]:
    """The whole page; 400 with what is wrong with the color, the file for a logo, or a sequence."""
    shown = render_template(
        "studio/brand.html",
        typed=typed,
        tries=typed.brand,
        kept=wearing.worn(session),
        headings={name: label for name, (label, _) in brand.HEADINGS.items()},
        logos=_logos(session, typed.logo),
        behind=dressing.undressed(session),
        wrong_logo=wrong_logo,
        refused=refused,
        dark=request.args.get("dark") == "1",
    )
    return shown, 400 if typed.wrong or wrong_logo or refused else 200


def _typed(session: Session) -> Typed:
    kept = wearing.worn(session)
    asked = request.values
    accent = asked.get("accent", kept.accent).strip()[:40]
    logo, heading = asked.get("logo", kept.logo), asked.get("heading", kept.heading)
    if logo and not _is_ours(session, logo):
        logo = ""
    try:
        return Typed(brand.accent_of(accent), logo, heading)
    except AccentRefused as problem:
        line = f"{problem.line[:1].upper()}{problem.line[1:]}."
        return Typed(accent, logo, heading, line, problem.nearest or kept.accent)


def _is_ours(session: Session, address: str) -> bool:
    """Whether it is the address of a picture that is here, and no other that looks like one."""
    found = gallery.at(session, address)
    return found is not None and address == house().links.url(gallery.address_of(found))


def _logos(session: Session, chosen: str) -> dict[str, str]:
    """What can be chosen as the logo: its address and its name."""
    here = {
        house().links.url(gallery.address_of(each)): each.name for each in gallery.newest(session, MOST_LOGOS)
    }
    return {"": "None: the clinic's name in words"} | ({chosen: "The one it is"} if chosen else {}) | here
