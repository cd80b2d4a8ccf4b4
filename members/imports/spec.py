"""What the child process must know of a sink: plain data, so that it needs neither Django nor a database."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# The columns of every staging table, before those of the sink.
BOOKKEEPING = ("line", "refusal", "refused_column", "refused_value", "other_line")

_SQL_TYPES = {
    "date": "date",
    "moment": "timestamptz",
    "time": "time",
    "integer": "integer",
    "yes_no": "boolean",
    "weekday": "smallint",
}


class ColumnSpec(NamedTuple):
    """One column, as `sinks.Column` declares it."""

    name: str
    header: str
    type: str
    required: bool
    aliases: tuple[str, ...]
    choices: dict[str, str]
    max_length: int
    fold: bool

    def staged(self) -> Iterator[tuple[str, str]]:
        """The staging columns this one fills, with their SQL types."""
        yield self.name, _SQL_TYPES.get(self.type, "text")
        if self.type == "email":
            yield f"{self.name}_norm", "text"
            yield f"{self.name}_hash", "uuid"
        if self.fold:
            yield f"{self.name}_folded", "text"


def from_columns(columns: Iterable[object]) -> list[ColumnSpec]:
    return [ColumnSpec(*(getattr(column, field) for field in ColumnSpec._fields)) for column in columns]


def dump(columns: Iterable[ColumnSpec]) -> str:
    return json.dumps([list(column) for column in columns])


def load(text: str) -> list[ColumnSpec]:
    return [
        ColumnSpec(name, header, kind, required, tuple(aliases), choices, max_length, fold)
        for name, header, kind, required, aliases, choices, max_length, fold in json.loads(text)
    ]
