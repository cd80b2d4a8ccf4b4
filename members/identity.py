"""What is compared when we ask whether two rows mean the same person or the same address. Pure."""

import hmac
import re
import unicodedata
from functools import lru_cache

import idna

_LOCAL_PART = re.compile(r"[^\s@,;:\\\"()<>\[\]]+", re.UNICODE)
# Folding leaves these alone otherwise: they do not fall apart into a letter and an accent.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l"})


class NoAddress(Exception):
    """This text cannot be an e-mail address."""


def normalised_email(cell: str) -> str:
    """The address as we compare it (decision D4): NFC, lower case, IDNA domain; dots and plus stay.

    Raises NoAddress.
    """
    local, at, domain = unicodedata.normalize("NFC", cell).rpartition("@")
    if (
        not at
        or len(cell) > 254
        or not _LOCAL_PART.fullmatch(local)
        or ".." in cell
        or not cell.isprintable()
    ):
        raise NoAddress
    if local.startswith(".") or local.endswith("."):
        raise NoAddress
    return f"{local.lower()}@{_domain(domain.lower())}"


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str:
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise NoAddress from None
    if "." not in ascii_domain:
        raise NoAddress
    return ascii_domain


def recipient_hash(email_norm: str, pepper: bytes) -> str:
    """Who an address is, across libraries, without the address: 128 bits of HMAC-SHA256, as a uuid in hex."""
    return hmac.digest(pepper, email_norm.encode(), "sha256")[:16].hex()


@lru_cache(maxsize=40_000)
def folded(name: str) -> str:
    """Lower case without accents or apostrophes, single spaces: `Van 't Élzen` is `van t elzen`."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.split())
