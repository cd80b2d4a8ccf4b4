"""What an ESP can answer to a batch, sorted by what may be done next."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The ESP has them; its ids in the order of the batch."""

    ids: Sequence[str]


@dataclass(frozen=True)
class NotTaken:
    """Surely not accepted: they wait and go later. `is_locked_out`: nothing will pass until somebody mends it.

    `is_trouble`: a sign that the ESP is not well, where a mere "slower, please" is none.
    """

    why: str
    wait_seconds: float = 30.0
    is_locked_out: bool = False
    is_trouble: bool = False


@dataclass(frozen=True)
class Refused:
    """The ESP looked and does not want this mail; the same mail will not pass later either."""

    why: str


@dataclass(frozen=True)
class Unclear:
    """It may or may not have been accepted; only a webhook, a look-up or the same key can tell."""

    why: str


Answer = Accepted | NotTaken | Refused | Unclear
