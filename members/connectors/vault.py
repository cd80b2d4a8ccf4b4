"""Secrets of sources at rest: encrypted with a ring of keys from the environment, written and never shown."""

from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from members.connectors.trouble import Trouble


def seal(secrets: Mapping[str, str]) -> dict[str, str]:
    """Each value as a token that only the key ring opens; the newest key seals."""
    ring = _ring()
    return {name: ring.encrypt(value.encode()).decode() for name, value in secrets.items() if value}


def opened(sealed: Mapping[str, str]) -> dict[str, str]:
    """The values themselves; raises Trouble when no key of the ring fits."""
    ring = _ring()
    try:
        return {name: ring.decrypt(token.encode()).decode() for name, token in sealed.items()}
    except InvalidToken:
        raise Trouble("secret_unreadable") from None


def _ring() -> MultiFernet:
    """All keys, oldest first in the setting: the last one seals, each of them opens."""
    return MultiFernet([Fernet(key) for key in reversed(settings.SECRETS_KEYS)])
