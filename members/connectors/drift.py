"""What a source sends otherwise than we know it, by names of fields alone: no value is ever kept."""

from collections.abc import Iterable, Mapping
from typing import Any

_MOST_NAMES = 20


class Drift:
    """Notes of one fetch: fields that are new, that are gone, or that hold another type."""

    def __init__(self) -> None:
        self._notes: dict[str, dict[str, set[str]]] = {}

    def look(self, what: str, found: Mapping[str, Any], *, known: Mapping[str, type | tuple[type, ...]],
             required: Iterable[str] = ()) -> None:  # fmt: skip
        """Compare one record with the fields we know and their types."""
        for name in found.keys() - known.keys():
            self._note(what, "unknown", name)
        for name in required:
            if name not in found:
                self._note(what, "missing", name)
        for name, kinds in known.items():
            value = found.get(name)
            if value is not None and not isinstance(value, kinds):
                self._note(what, "other_type", name)

    def missing(self, what: str, name: str) -> None:
        self._note(what, "missing", name)

    def other_type(self, what: str, name: str) -> None:
        self._note(what, "other_type", name)

    def unknown_value(self, what: str, name: str) -> None:
        """A code that we do not know yet stands in this field."""
        self._note(what, "unknown_value", name)

    def unnamed(self, what: str, ending: str) -> None:
        """A file came whose name does not say what is in it; only its ending is kept."""
        self._note(what, "unnamed", ending)

    def _note(self, what: str, kind: str, name: str) -> None:
        names = self._notes.setdefault(what, {}).setdefault(kind, set())
        if len(names) < _MOST_NAMES:
            names.add(str(name)[:60])

    def notes(self) -> dict[str, dict[str, list[str]]]:
        """Everything that was noted, sorted, as it is kept."""
        return {
            what: {kind: sorted(names) for kind, names in sorted(kinds.items())}
            for what, kinds in sorted(self._notes.items())
        }
