"""What a browser does with a sum, done with Altcha's own solver."""

from __future__ import annotations

from typing import Any

import altcha


def solved(challenge: dict[str, Any]) -> str:
    """The answer to send as `proof`."""
    asked = altcha.Challenge.from_dict(challenge)
    found = altcha.solve_challenge(asked)
    assert found is not None
    return altcha.Payload(asked, found).to_base64()
