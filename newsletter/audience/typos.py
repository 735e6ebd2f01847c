"""Pure: slips of the finger in the part after the @. A guess is offered, never imposed.

Providers' names only: whoever mistypes her own company's domain cannot be helped by a table.
"""

from __future__ import annotations

# Where most private mailboxes of the world live; names under five letters are too close to too many others.
POPULAR = (
    "gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it hotmail.com hotmail.co.uk hotmail.fr "
    "outlook.com icloud.com protonmail.com proton.me comcast.net verizon.net bellsouth.net sbcglobal.net "
    "btinternet.com virginmedia.com t-online.de freenet.de orange.fr wanadoo.fr laposte.net libero.it bluewin.ch"
).split()
# Real providers one letter away from a popular one: not a slip.
ALSO_REAL = frozenset(
    "ymail.com email.com fmail.com mail.com hotmail.it hotmail.de hotmail.es gmail.co.uk".split()
)
# More than one letter away, and seen often.
COMMON = {
    "gmail": "gmail.com",
    "gmail.comcom": "gmail.com",
    "gmal.con": "gmail.com",
    "gmai.con": "gmail.com",
    "gmil.co": "gmail.com",
    "hotmail": "hotmail.com",
    "homail.con": "hotmail.com",
    "hotmai.con": "hotmail.com",
    "yahoo": "yahoo.com",
    "yaho.con": "yahoo.com",
    "outlook": "outlook.com",
    "icloud": "icloud.com",
    "icloud.co.uk": "icloud.com",
}


def meant(domain: str) -> str | None:
    """The provider that `domain` (lower case) was probably meant to be; None if it looks right as it is."""
    if domain in POPULAR or domain in ALSO_REAL:
        return None
    if domain in COMMON:
        return COMMON[domain]
    return next((name for name in POPULAR if one_slip(domain, name)), None)


def one_slip(typed: str, right: str) -> bool:
    """Whether one letter too many, too few, wrong, or two swapped neighbors make `typed` out of `right`."""
    if typed == right or abs(len(typed) - len(right)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(typed, right, strict=False)) if a != b), None)
    if start is None:
        return True  # one is the other plus a last letter
    a, b = typed[start:], right[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b[1:] or a == b[1:] or a[1:] == b
