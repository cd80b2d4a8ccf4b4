"""What must be used again is sealed for one library, and keys can be replaced."""

import base64
import hashlib
import hmac

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from bibmail.tenancy import sealing


def a_key() -> str:
    return Fernet.generate_key().decode()


def test_a_secret_comes_back_and_is_not_readable_meanwhile() -> None:
    sealed = sealing.seal_all({"key": "geheim é", "empty": ""}, library_id=7)

    assert list(sealed) == ["key"]
    assert "geheim" not in sealed["key"]
    assert sealing.unseal_all(sealed, library_id=7) == {"key": "geheim é"}


def test_a_secret_opens_for_its_own_library_only() -> None:
    sealed = sealing.seal(b"geheim", library_id=7)

    for other in (70, 8):
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(sealed, library_id=other)


def test_a_new_key_seals_and_the_old_one_still_opens(settings: LazySettings) -> None:
    old, new = a_key(), a_key()
    settings.SECRETS_KEYS = [old]
    sealed = sealing.seal(b"geheim", library_id=7)
    settings.SECRETS_KEYS = [old, new]
    sealed_after = sealing.seal(b"geheim", library_id=7)
    assert sealing.unseal(sealed, library_id=7) == b"geheim"

    settings.SECRETS_KEYS = [new]

    assert sealing.unseal(sealed_after, library_id=7) == b"geheim"
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(sealed, library_id=7)


@pytest.mark.parametrize("broken", ["", "s1.", "s1.onzin", "onzin", "s1.é", "gAAAAé"])
def test_what_is_no_seal_does_not_open(broken: str) -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(broken, library_id=7)


def test_what_sources_kept_before_still_opens(settings: LazySettings) -> None:
    settings.SECRETS_KEYS = [a_key(), a_key()]
    # A secret that looks as if it had an owner is given back whole.
    for key in settings.SECRETS_KEYS:
        kept = Fernet(key).encrypt(b"7:geheim").decode()

        assert sealing.unseal(kept, library_id=7) == b"7:geheim"


def test_what_webhooks_kept_before_still_opens_for_their_library(settings: LazySettings) -> None:
    settings.TOKEN_KEYS = ["oud", "nieuw"]
    for key in settings.TOKEN_KEYS:
        derived = base64.urlsafe_b64encode(hmac.digest(key.encode(), b"sealed secrets", hashlib.sha256))
        kept = Fernet(derived).encrypt(b"7:geheim").decode()

        assert sealing.unseal(kept, library_id=7) == b"geheim"
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(kept, library_id=8)
