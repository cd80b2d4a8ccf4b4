"""The faults that real exports have. A row has at most one, so that each refusal can be foretold."""

from __future__ import annotations

from math import log
from random import Random
from typing import Final

UNKNOWN_BRANCH: Final = "9999"

# Share of all rows in members; the wrong addresses are 1.5 % of the addresses that are known.
MEMBER_FAULTS: Final = (
    ("bad_email", 0.0114),
    ("bad_date", 0.002),
    ("missing", 0.0015),
    ("duplicate", 0.0015),
    ("unknown_branch", 0.002),
)

# What may go wrong in the other files.
FILE_FAULTS: Final[dict[str, tuple[str, ...]]] = {
    "catalogue_items": ("missing", "unknown_branch", "duplicate"),
    "events": ("bad_date", "unknown_branch", "missing"),
    "profile_links": ("unknown_member",),
    "activity_summary": ("unknown_member", "duplicate", "bad_date"),
    "loans": ("no_history", "unknown_member", "bad_date", "unknown_branch", "duplicate", "missing"),
    "ebook_activity": ("unknown_member", "missing"),
    "seat_reservations": ("unknown_member", "unknown_branch"),
    "event_registrations": ("unknown_event", "bad_email"),
    "holds": ("unknown_member", "unknown_branch", "missing"),
    "custom_values": ("unknown_member",),
    "list_members": ("unknown_member",),
    "external_segments": ("unknown_member", "missing"),
    "visits_daily": ("unknown_branch", "bad_date"),
    "consents": ("unknown_member", "missing"),
}


class Faults:
    """Says after which good rows a faulty one follows, and with which fault.

    The first comes within some eighty rows, so that small files have one too; then one in 400.
    """

    def __init__(self, rng: Random, file: str, rate: float = 0.0025) -> None:
        self._rng, self._reasons = rng, FILE_FAULTS[file]
        self._turn = rng.randrange(len(self._reasons))
        self._scale = log(1 - rate)
        self._left = rng.randrange(10, 80)

    def due(self) -> str:
        """The reason of the faulty row to write now, or nothing."""
        self._left -= 1
        if self._left > 0:
            return ""
        self._left = 1 + int(log(1 - self._rng.random()) / self._scale)
        self._turn = (self._turn + 1) % len(self._reasons)
        return self._reasons[self._turn]

    def stranger(self) -> str:
        """A member number that no library gives out."""
        return f"99{self._rng.randrange(100_000, 1_000_000)}"


def bad_email(rng: Random, address: str, full_name: str) -> str:
    """An address as people type it at the desk when it goes wrong."""
    local, _, domain = address.partition("@")
    return rng.choice(
        (
            f"{local}@{domain.replace('.', ',')}",
            f"{local}.{domain}",
            full_name,
            f"{local.replace('.', ' ', 1)} @{domain}",
            f"{local}@@{domain}",
            f"{local}@",
        )
    )
