"""Secrets that we must be able to use again, so they cannot be hashed: sealed with SECRETS_KEYS, for one library.

Fernet keys, oldest first: the last one seals and each of them opens, so a new one is added at the end.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

# A full stop stands in no Fernet token, so nothing that was sealed before begins so.
_SEALED = "s1."


class CannotOpen(Exception):
    """Sealed with a key that is no longer in the environment, or changed on the way, or another library's."""


def seal(secret: bytes, *, library_id: int) -> str:
    """The secret, to be kept; it opens for this library only."""
    return _SEALED + _ring().encrypt(_owner(library_id) + secret).decode()


def unseal(sealed: str, *, library_id: int) -> bytes:
    """The secret; raises CannotOpen."""
    if sealed.startswith(_SEALED):
        return _owned(_decrypted(_ring(), sealed.removeprefix(_SEALED)), library_id=library_id)
    return _from_before(sealed, library_id=library_id)


def seal_all(secrets: Mapping[str, str], *, library_id: int) -> dict[str, str]:
    """Each value sealed, by name; an empty one is left out."""
    return {name: seal(value.encode(), library_id=library_id) for name, value in secrets.items() if value}


def unseal_all(sealed: Mapping[str, str], *, library_id: int) -> dict[str, str]:
    """The values themselves, by name; raises CannotOpen when one does not open."""
    return {name: unseal(token, library_id=library_id).decode() for name, token in sealed.items()}


def _from_before(sealed: str, *, library_id: int) -> bytes:
    """What was kept before there was one seal: of sources without an owner, of webhooks with TOKEN_KEYS."""
    try:
        return _decrypted(_ring(), sealed)
    except CannotOpen:
        return _owned(_decrypted(_ring_of_webhooks(), sealed), library_id=library_id)


def _owned(opened: bytes, *, library_id: int) -> bytes:
    owner = _owner(library_id)
    if not opened.startswith(owner):
        raise CannotOpen
    return opened.removeprefix(owner)


def _owner(library_id: int) -> bytes:
    return f"{library_id}:".encode()


def _decrypted(ring: MultiFernet, token: str) -> bytes:
    try:
        return ring.decrypt(token.encode())
    except (InvalidToken, ValueError):
        raise CannotOpen from None


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in reversed(settings.SECRETS_KEYS)])


def _ring_of_webhooks() -> MultiFernet:
    keys = (hmac.digest(key.encode(), b"sealed secrets", hashlib.sha256) for key in settings.TOKEN_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
