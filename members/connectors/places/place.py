"""What a drop folder must be able to do, wherever it is."""

from pathlib import Path
from typing import NamedTuple, Protocol

DONE, FAILED = "done", "failed"


class Entry(NamedTuple):
    """A file that waits."""

    name: str
    # Changes whenever the file does: size and time, or the store's own tag.
    mark: str
    # Whole by nature: a store shows an object only once it is there.
    is_whole: bool = False


class Place(Protocol):
    """One drop folder, open."""

    def entries(self) -> list[Entry]:
        """The files at its top, in order of their names; raises Trouble."""

    def read(self, name: str, into: Path) -> None:
        """Copy a file here; raises Trouble."""

    def move(self, name: str, folder: str) -> bool:
        """Put a file among the done or the failed; False where we may not."""

    def close(self) -> None:
        """Let go."""


def moved_name(name: str, mark: str) -> str:
    """The name among the done: two files of the same name do not meet there."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem or ending}-{abs(_short(mark)):08x}{dot}{ending if stem else ''}"


def _short(text: str) -> int:
    value = 0
    for letter in text:
        value = (value * 31 + ord(letter)) & 0xFFFFFFFF
    return value
