"""Signatures as Standard Webhooks describes them (standardwebhooks.com), so that receivers have libraries for it."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

_SHOWN = "whsec_"
_BYTES = 32


def new_secret() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(_BYTES)


def shown(secret: bytes) -> str:
    """The secret as a receiver fills it in."""
    return _SHOWN + base64.b64encode(secret).decode()


def headers(held: Sequence[bytes], *, webhook_id: str, at: int, body: bytes) -> dict[str, str]:
    """What proves that this body is ours and of this moment (real time, in seconds): a signature a secret."""
    signed = f"{webhook_id}.{at}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in held)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
