"""One mail as an ESP gets it. The last look before it leaves: nothing in it can add a recipient or a header.

Anymail's API path takes a line break in a subject or a header as it comes, and reads "a@b.be\\nBcc: c" as two
people; so nothing of the kind passes here.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from members.identity import NoAddress, normalised_email

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")

MOST_BYTES = 1_000_000


class UnfitMail(Exception):
    """This mail cannot be given to an ESP; the message names the part, never a person."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Everything of one mail."""

    message_id: int
    to: str
    sender: str
    sender_name: str
    reply_to: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def check(mail: Mail) -> None:
    """Raise UnfitMail unless this is one mail to one person with clean headers."""
    for part, address in (("to", mail.to), ("sender", mail.sender), ("reply_to", mail.reply_to)):
        try:
            normalised_email(address)
        except NoAddress:
            raise UnfitMail(part) from None
    for part, words in (("subject", mail.subject), ("sender_name", mail.sender_name)):
        if _CONTROL.search(words) or not words.strip():
            raise UnfitMail(part)
    for name, value in mail.headers.items():
        if not _HEADER_NAME.fullmatch(name) or _CONTROL.search(value) or not value.isascii():
            raise UnfitMail(f"header {name!r}" if _HEADER_NAME.fullmatch(name) else "header")
    if not mail.text.strip() or not mail.html.strip():
        raise UnfitMail("body")
    if len(mail.html.encode()) + len(mail.text.encode()) > MOST_BYTES:
        raise UnfitMail("size")


def fingerprint(mails: Sequence[Mail]) -> str:
    """SHA-256 of what would be sent: a retry with the same key must be the same to the letter."""
    digest = hashlib.sha256()
    for mail in mails:
        around = [mail.to, mail.sender, mail.sender_name, mail.reply_to, mail.subject, sorted(mail.headers.items()),
                  list(mail.tags), sorted(mail.metadata.items())]  # fmt: skip
        # Each part with its length, so that none can run over into the next.
        for part in (json.dumps(around).encode(), mail.html.encode(), mail.text.encode()):
            digest.update(b"%d:" % len(part))
            digest.update(part)
    return digest.hexdigest()
