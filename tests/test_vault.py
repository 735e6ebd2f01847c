"""An address is recognized after it was erased, by whoever holds the pepper and by nobody else."""

from __future__ import annotations

import hmac

import pytest

from newsletter.errors import Refused
from newsletter.house import open_house
from newsletter.settings import Settings
from newsletter.vault import Vault

KEY = "reader@example.com"


def test_a_fingerprint_is_an_hmac_with_the_pepper():
    expected = hmac.digest(b"a pepper", b"mailbox:reader@example.com", "sha256").hex()
    assert Vault("a pepper").fingerprint(KEY) == expected
    assert len(expected) == 64, "the column holds no more"


def test_the_same_address_has_the_same_fingerprint_and_another_one_another():
    vault = Vault("a pepper")
    assert vault.fingerprint(KEY) == Vault("a pepper").fingerprint(KEY)
    assert vault.fingerprint(KEY) != vault.fingerprint("other@example.com")
    assert vault.fingerprint(KEY) != Vault("another pepper").fingerprint(KEY)


def test_an_address_in_other_letters_has_one_too():
    assert len(Vault("a pepper").fingerprint("läserin@example.com")) == 64


def test_without_a_pepper_it_refuses_and_says_what_would_be_right():
    with pytest.raises(Refused, match="NEWSLETTER_PEPPER"):
        Vault("").fingerprint(KEY)


def test_an_installation_keeps_its_pepper(environment):
    """It never rotates: what was hashed must stay recognizable for years."""
    first, again = (open_house(Settings.from_env(environment)) for _ in range(2))
    try:
        assert first.vault == again.vault
        assert first.vault.pepper
    finally:
        first.close()
        again.close()
