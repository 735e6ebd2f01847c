"""An address is recognized after it was erased, and a sealed text is read, by whoever holds the key and nobody else."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode

import pytest
from cryptography.fernet import Fernet, InvalidToken

from newsletter.errors import Refused
from newsletter.house import open_house
from newsletter.settings import Settings
from newsletter.vault import SealBroken, Vault

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


def test_what_is_sealed_is_opened_by_the_same_key_and_never_looks_the_same_twice():
    vault = Vault("", ("a key",))
    sealed = vault.seal("A SECRET, läserin")
    assert vault.open(sealed) == "A SECRET, läserin"
    assert "SECRET" not in sealed
    assert sealed.isascii()
    assert vault.seal("A SECRET, läserin") != sealed


def test_the_first_key_seals_and_each_of_them_opens():
    old = Vault("", ("old",)).seal("x")
    rotated = Vault("", ("new", "old"))
    assert rotated.open(old) == "x"
    assert Vault("", ("new",)).open(rotated.seal("y")) == "y"


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-4] + "AAAA", lambda _text: "", lambda _text: "läserin"]
)
def test_another_key_and_a_damaged_seal_are_refused_with_what_would_be_right(damage):
    sealed = Vault("", ("a key",)).seal("x")
    for vault, text in ((Vault("", ("another",)), sealed), (Vault("", ("a key",)), damage(sealed))):
        with pytest.raises(SealBroken, match="add the earlier NEWSLETTER_SECRET_KEY"):
            vault.open(text)


def test_without_a_key_nothing_is_sealed():
    with pytest.raises(Refused, match="NEWSLETTER_SECRET_KEY"):
        Vault("a pepper").seal("x")


def test_a_vault_that_is_printed_shows_neither_pepper_nor_key():
    assert repr(Vault("a pepper", ("a key",))) == "Vault()"


def test_the_key_of_seals_is_not_the_key_that_signs():
    """Else a signature of ours could be somebody's key."""
    raw = "0123456789abcdef0123456789abcdef"
    with pytest.raises(InvalidToken):
        Fernet(urlsafe_b64encode(raw.encode())).decrypt(Vault("", (raw,)).seal("x"))
