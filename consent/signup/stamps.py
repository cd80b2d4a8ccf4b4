"""The stamp on a form: when it was shown and which words stood there. A script that posts at once has none or a
fresh one; a form that lay open for a day may show words that are no longer true."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.core import signing

_TOO_FAST = timedelta(seconds=3)
_TOO_OLD = timedelta(hours=12)
_SALT = "bibmail.signup"


class Standing(StrEnum):
    """What a stamp says of the form that brought it."""

    GOOD = "good"
    MISSING = "missing"
    TOO_FAST = "too_fast"
    OUTDATED = "outdated"


def make(form_id: int, words: Sequence[str], *, at: datetime) -> str:
    """A stamp for this form with these words, shown now."""
    return signing.dumps([form_id, _digest(words), int(at.timestamp())], salt=_SALT)


def read(stamp: str, form_id: int, words: Sequence[str], *, at: datetime) -> Standing:
    """Whether the form was shown by us, long enough ago, and with the words that stand there now."""
    if not stamp:
        return Standing.MISSING
    try:
        form, digest, shown = signing.loads(stamp, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return Standing.MISSING
    age = at.timestamp() - shown
    if form != form_id or digest != _digest(words) or age > _TOO_OLD.total_seconds():
        return Standing.OUTDATED
    return Standing.TOO_FAST if age < _TOO_FAST.total_seconds() else Standing.GOOD


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\n\n".join(words).encode()).hexdigest()[:16]
