"""What people and machines do with a mail that arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bibmail.sandbox.readers.loopback import Line


@dataclass(frozen=True)
class Letter:
    """A mail as a reader has it before them."""

    html: str
    headers: Mapping[str, str]
    seed: str


def perform(what: str, letter: Letter, line: Line) -> dict[str, Any]:
    """Do it; return what can be told about it in the ledger."""
    return {}
