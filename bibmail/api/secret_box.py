"""Secrets that we must be able to use again, so they cannot be hashed: sealed with keys of the environment.

The keys are made from TOKEN_KEYS, of which the newest seals and all open, so that they can be replaced.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """Sealed with a key that is no longer in the environment, or changed on the way, or another library's."""


def seal(secret: bytes, *, library_id: int) -> str:
    """The secret, to be kept; it opens for this library only."""
    return _box().encrypt(_owner(library_id) + secret).decode()


def unseal(sealed: str, *, library_id: int) -> bytes:
    """The secret; raises CannotOpen."""
    try:
        opened = _box().decrypt(sealed.encode())
    except (InvalidToken, ValueError):
        raise CannotOpen from None
    if not opened.startswith(_owner(library_id)):
        raise CannotOpen
    return opened.removeprefix(_owner(library_id))


def _owner(library_id: int) -> bytes:
    return f"{library_id}:".encode()


def _box() -> MultiFernet:
    return MultiFernet([Fernet(_key(key)) for key in reversed(settings.TOKEN_KEYS)])


def _key(key: str) -> bytes:
    # A purpose of its own, so that what signs links opens nothing here.
    return base64.urlsafe_b64encode(hmac.digest(key.encode(), b"sealed secrets", hashlib.sha256))
