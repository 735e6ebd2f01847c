"""Pure: normalize and judge an address, in words that stand at the field. Nothing here asks the network.

The *address* is what mail is sent to: the part before the @ as she typed it (only its owner's server may read meaning
into its case, RFC 5321 section 2.4), the domain in lower case and in its own letters. Delivery turns the domain into
ASCII (RFC 5891) on the way out; a part before the @ that is not ASCII needs a server with SMTPUTF8 (RFC 6531).

The *key* says which addresses are one mailbox. It is lower case and nothing more. Dots and `+tags` stay: only some
providers ignore them, elsewhere they are different people, and merging two people is worse than writing to one twice.
Lower case, not case folding: folding turns "ﬁ" into "fi" and "ß" into "ss", and then somebody else's mailbox answers.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from newsletter.audience import typos
from newsletter.errors import Refused

LONGEST = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
# What phones and copying add at the ends. A line break is not among them: it never belongs to an address.
EDGES = " \t\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"
# Controls, invisible formatting (with it the marks that turn text around), surrogates, separators, unassigned.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

EMPTY = "Please type your e-mail address."
TOO_LONG = "This is too long for an e-mail address."
HIDDEN = "There is a hidden character in this address; please type it again."
SPACED = "An e-mail address has no spaces."
NO_AT = "Something seems to be missing: an address looks like reader@example.com."
MANY_AT = "An e-mail address has one @ only."
NOTHING_BEFORE = "Something seems to be missing before the @."
NOTHING_AFTER = "Something seems to be missing after the @."
ODD = "This does not look like an e-mail address; right would be reader@example.com."


@dataclass(frozen=True)
class Address:
    """One good address. `suggestion` is the whole address that was perhaps meant; it blocks nothing."""

    address: str
    key: str
    suggestion: str | None = None


class AddressRefused(Refused):
    """What was typed cannot be an address. `suggestion` is a whole address that would be right, if one is likely."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        self.suggestion = suggestion
        super().__init__(message)


def judge(text: str) -> Address:
    """The address in `text`; raises AddressRefused with a sentence for the field.

    Syntax only: RFC 5321 with RFC 6531 before the @ and IDNA 2008 after it, no quoted parts, no IP addresses.
    """
    typed = text.strip(EDGES)
    local, _, domain = typed.rpartition("@")
    meant = typos.meant(domain.lower())
    suggestion = f"{local}@{meant}" if meant and local else None
    problem = _at_a_glance(typed)
    if problem:
        raise AddressRefused(problem, suggestion if problem == NOTHING_AFTER else None)
    try:
        parts = validate_email(typed, check_deliverability=False, allow_smtputf8=True, strict=True)
    except EmailNotValidError as odd:
        raise AddressRefused(ODD) from odd
    return Address(parts.normalized, f"{parts.local_part.lower()}@{parts.ascii_domain}", suggestion)


def meant(typed: str, taken: str) -> str:
    """`taken` where it is what we suggest for `typed`, else `typed`.

    The Enter key presses the button with the suggestion, also when the field was typed anew meanwhile.
    """
    try:
        suggestion = judge(typed).suggestion
    except AddressRefused as wrong:
        suggestion = wrong.suggestion
    return taken if taken and taken == suggestion else typed


def masked(address: str) -> str:
    """The address for a page that somebody with a forwarded letter may open: r...r@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}...{local[-1:] if len(local) > 2 else ''}@{domain}"


def spelled_plainly(key: str) -> str:
    """One spelling for keys that may well reach one inbox: no `+tag`, and no dots where Gmail reads over them.

    For limits only, where a wrong guess costs a letter; who is who, the key alone decides.
    """
    local, _, domain = key.rpartition("@")
    bare = local.partition("+")[0] or local
    return (
        f"{bare.replace('.', '')}@gmail.com"
        if domain in {"gmail.com", "googlemail.com"}
        else f"{bare}@{domain}"
    )


def _at_a_glance(typed: str) -> str | None:
    """What a person would say is wrong; None if only the grammar can tell."""
    before, _, after = typed.partition("@")
    findings = (
        (not typed, EMPTY),
        (len(typed) > LONGEST, TOO_LONG),
        (any(unicodedata.category(letter) in UNSEEN for letter in typed[: LONGEST + 1]), HIDDEN),
        (any(letter.isspace() for letter in typed[: LONGEST + 1]), SPACED),
        ("@" not in typed, NO_AT),
        (typed.count("@") > 1, MANY_AT),
        (not before, NOTHING_BEFORE),
        (not after.strip(".") or "." not in after, NOTHING_AFTER),
    )
    return next((problem for found, problem in findings if found), None)
