"""Pure: the plain addresses that nearly everybody has, judged at a glance; a list has half a million of them.

Strictly narrower than `addresses.judge`: whatever is accepted here, the full judge accepts with the same address and
key. Whatever is not accepted here is not wrong, only not plain.
"""

from __future__ import annotations

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES

# Far below every limit: 64 before the @ (RFC 5321 section 4.5.3.1.1), 63 in a label, 253 in a name (RFC 1035).
LONGEST = 60
# Single hyphens only: "--" in the third place has a meaning of its own (RFC 5890 section 2.3.1).
PLAIN = re.compile(
    r"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@((?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+([A-Za-z]{2,24}))"
).fullmatch
NO_MAIL = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


def plain(text: str) -> tuple[str, str] | None:
    """(address, key) of a plain address; None where the full judge has to look."""
    if len(text) > LONGEST:
        return None
    found = PLAIN(text)
    if found is None:
        return None
    local, domain, top = found.groups()
    if text.islower():
        return None if top in NO_MAIL else (text, text)
    domain = domain.lower()
    return None if top.lower() in NO_MAIL else (f"{local}@{domain}", f"{local.lower()}@{domain}")
