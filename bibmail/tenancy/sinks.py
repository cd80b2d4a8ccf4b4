"""Where incoming rows go: each app registers the sinks of the tables it owns (decision D10).

A sink says which columns a file may have and how staged rows become ours, in set-based SQL. The reader
and the run that use the sinks live above, in `members.imports`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise

ColumnType = Literal[
    "text", "email", "date", "moment", "time", "integer", "yes_no", "choice", "weekday", "language"
]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a canonical file and how its cells are read."""

    name: str  # in the staging table, snake_case
    header: str  # canonical, as docs/canonical-files.md spells it
    label: str | Promise  # for staff, Dutch
    type: ColumnType = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    # For "choice": what a file may say, and what we store. Compared in lower case.
    choices: dict[str, str] = field(default_factory=dict)
    max_length: int = 200
    # Adds a staging column <name>_folded: lower case, no accents, for finding and comparing names.
    fold: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of the accepted rows: new + changed + unchanged is their number."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    # Rows of ours that went because the file replaces them; not rows of the file.
    removed: int = 0
    # Of those we knew, how many a full file no longer names; not rows of the file either.
    vanished: int = 0
    vanished_of: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.vanished + other.vanished,
            self.vanished_of + other.vanished_of,
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a merge may know of the run it is part of."""

    run_id: int
    library_id: int
    source: str
    at: datetime
    # When what it says was handed in. It may wait long for its turn; what others said since then stays.
    speaks_at: datetime
    # Staging columns that the file has; what it does not speak of stays as it is.
    present: frozenset[str] = frozenset()
    # The file is the whole of what the source has; and somebody saw how many it would end.
    is_full: bool = False
    is_removal_confirmed: bool = False


Merge = Callable[[Run], Outcome]
Follower = Callable[[Run], None]


@dataclass(frozen=True, kw_only=True)
class Sink:
    """One kind of file. The staging table is called `staging` while `merge` runs."""

    code: str  # the file's name without its ending
    label: str | Promise
    order: int  # files of one delivery are loaded in this order
    columns: Sequence[Column]
    merge: Merge
    # The columns that name a row; a second row with the same values in one file is refused.
    key: tuple[str, ...] = ()
    # Runs first, in a transaction of scope network: for shared rows that the merge refers to.
    prepare_shared: Merge | None = None


_sinks: dict[str, Sink] = {}
_followers: dict[str, list[Follower]] = {}


class TooManyGone(Exception):
    """A full file would end more than a fifth of those we know; somebody must confirm that first."""

    def __init__(self, vanished: int, of: int) -> None:
        super().__init__(vanished, of)
        self.vanished = vanished
        self.of = of


class UnknownSink(Exception):
    """No app has registered a sink of this name."""


def register(sink: Sink) -> None:
    """Called from AppConfig.ready() of the app that owns the tables."""
    _sinks[sink.code] = sink


def follow(code: str, follower: Follower) -> None:
    """Run `follower` after each merge of this kind, in the same transaction."""
    if follower not in followers(code):
        _followers.setdefault(code, []).append(follower)


def followers(code: str) -> list[Follower]:
    return _followers.get(code, [])


def get(code: str) -> Sink:
    try:
        return _sinks[code]
    except KeyError:
        raise UnknownSink(code) from None


def in_order() -> list[Sink]:
    """All sinks, in the order in which a delivery is loaded."""
    return sorted(_sinks.values(), key=lambda sink: sink.order)
