"""Signed words for links in mails: what somebody may do with them, for whom, and nothing that tells who it is.

A token is a few numbers and a signature, in base64url. It names its purpose, so that one for reading cannot
unsubscribe; and the key that signed it, so that keys can be replaced while old mails keep working.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

_HEAD = struct.Struct(">BBI")
_SIGNATURE_BYTES = 15


class Purpose(IntEnum):
    """What a token opens."""

    PREFERENCES = 1  # a contact's own page
    UNSUBSCRIBE = 2  # the one click of RFC 8058, for one message
    WHY = 3  # why this message came
    VIEW = 4  # this message in a browser
    LINK = 5  # a link of this message; `extra` is the link
    SIGNUP = 20  # confirm a sign-up; the subject is its request


class BadToken(Exception):
    """Not one of ours, changed on the way, or made for something else. All of these look the same."""


class Token(NamedTuple):
    """What a token says once its signature holds."""

    library_id: int
    # The message's public id; for PREFERENCES the contact.
    subject: UUID
    extra: int


def for_message(purpose: Purpose, *, library_id: int, public_id: UUID, extra: int = 0) -> str:
    """A token about one message; 50 characters, 60 or 61 with a link."""
    body = _HEAD.pack(0, purpose, library_id) + public_id.bytes
    return _signed(body + (struct.pack(">Q", extra) if extra else b""))


def for_contact(purpose: Purpose, *, library_id: int, contact_id: int) -> str:
    """A token about one person at one library."""
    return for_message(purpose, library_id=library_id, public_id=UUID(int=contact_id))


def read(token: str, purpose: Purpose) -> Token:
    """The token's content; raises BadToken."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        raise BadToken from None
    body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    if len(body) not in {_HEAD.size + 16, _HEAD.size + 24} or body[0] >= len(settings.TOKEN_KEYS):
        raise BadToken
    # base64 has several spellings of the same bytes; only ours counts.
    if not hmac.compare_digest(signature, _signature(body)) or _encoded(raw) != token:
        raise BadToken
    _key, found, library_id = _HEAD.unpack(body[: _HEAD.size])
    if found != purpose:
        raise BadToken
    rest = body[_HEAD.size :]
    extra = struct.unpack(">Q", rest[16:])[0] if len(rest) == 24 else 0
    return Token(library_id, UUID(bytes=rest[:16]), extra)


def message_mac(*, library_id: int, public_id: str) -> str:
    """What proves that metadata in a webhook is ours: Brevo signs nothing (reliability 3.5)."""
    return _mac(settings.TOKEN_KEYS[-1], library_id, public_id)


def is_message_mac(mac: str, *, library_id: int, public_id: str) -> bool:
    """Whether one of our keys made it: what an old mail brings back was signed by an older one."""
    if not (mac.isascii() and public_id.isascii()):
        return False
    return any(hmac.compare_digest(mac, _mac(key, library_id, public_id)) for key in settings.TOKEN_KEYS)


def _mac(key: str, library_id: int, public_id: str) -> str:
    words = f"{library_id}:{public_id}".encode()
    return hmac.digest(key.encode(), b"metadata:" + words, hashlib.sha256).hex()[:32]


def _signed(body: bytes) -> str:
    newest = len(settings.TOKEN_KEYS) - 1
    body = bytes([newest]) + body[1:]
    return _encoded(body + _signature(body))


def _signature(body: bytes) -> bytes:
    key = settings.TOKEN_KEYS[body[0]].encode()
    return hmac.digest(key, b"link:" + body, hashlib.sha256)[:_SIGNATURE_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
