"""Files that a source delivers: into the queue of the imports, and remembered so that none comes in twice."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from members.connectors.registry import Delivery
from members.imports import runs
from members.models import DataSource, ImportRun, TakenFile

# How a file gets into the queue of the imports (members.actions, above us); registered from AppConfig.ready().
_way_in: list[Callable[..., ImportRun]] = []


def register_way_in(note: Callable[..., ImportRun]) -> None:
    """`note(sink=, source_file=, source=, at=, is_full=)` keeps a file and returns its waiting run."""
    _way_in[:] = [note]


def name_hash(name: str) -> str:
    """How we remember a name: it may hold a person's."""
    return hashlib.sha256(name.encode()).hexdigest()


def is_known(source_id: int, *, name: str, mark: str) -> bool:
    """Whether a file of this name was taken just as it stands there now."""
    return TakenFile.objects.filter(source_id=source_id, name_hash=name_hash(name), mark=mark).exists()


def keep(source: DataSource, found: Delivery, *, at: datetime) -> ImportRun | None:
    """A waiting run for the file, and its fingerprint, in one transaction; None when it is the one we took last."""
    digest = runs.fingerprint(found.path)
    named: dict[str, Any] = {"source": source, "name_hash": name_hash(found.name)}
    last = TakenFile.objects.filter(**named).values_list("sha256", flat=True).first()
    TakenFile.objects.update_or_create(
        **named, defaults={"sha256": digest, "mark": found.mark, "taken_at": at}
    )
    if last == digest:
        return None
    return _way_in[0](
        sink=found.sink, source_file=found.path, source=source.connector, at=at, is_full=found.is_full
    )
