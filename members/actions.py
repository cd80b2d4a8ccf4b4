"""Writes that people start: bring in a file."""

import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from bibmail.tenancy import current_library_id, sinks
from bibmail.tenancy.models import User
from members.imports import runs
from members.models import ImportRun


class TooLarge(Exception):
    """The file is larger than IMPORT_MAX_BYTES."""


class NothingInIt(Exception):
    """The file has no bytes."""


@transaction.atomic
def keep_upload(*, sink: str, file_name: str, chunks: Iterable[bytes], by: User, at: datetime) -> ImportRun:
    """Keep an uploaded file as a run that nobody loads yet; raises UnknownSink, TooLarge, NothingInIt."""
    sinks.get(sink)
    path = _new_place()
    try:
        _write(path, chunks)
        kept = _note(sink=sink, file_name=file_name, path=path, source="upload", by=by, at=at)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    kept.state = ImportRun.State.DRAFT
    kept.save(update_fields=["state"])
    return kept


@transaction.atomic
def note_local_file(
    *, sink: str, source_file: Path, source: str, at: datetime, is_full: bool = False
) -> ImportRun:
    """A waiting run for a copy of a file on this machine; the caller runs it."""
    sinks.get(sink)
    path = _new_place()
    shutil.copyfile(source_file, path)
    noted = _note(sink=sink, file_name=source_file.name, path=path, source=source, by=None, at=at)
    if is_full:
        noted.is_full = True
        noted.save(update_fields=["is_full"])
    return noted


def _new_place() -> Path:
    """A path that names neither the file nor what is in it."""
    folder = Path(str(current_library_id()))
    (settings.UPLOADS_DIR / folder).mkdir(parents=True, exist_ok=True)
    return Path(settings.UPLOADS_DIR) / folder / uuid4().hex


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    size = 0
    with path.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MAX_BYTES:
                raise TooLarge
            file.write(chunk)
    if not size:
        raise NothingInIt


def _note(*, sink: str, file_name: str, path: Path, source: str, by: User | None, at: datetime) -> ImportRun:
    return ImportRun.objects.create(
        sink=sink,
        file_name=file_name[-255:],
        stored_as=str(path.relative_to(settings.UPLOADS_DIR)),
        sha256=runs.fingerprint(path),
        byte_count=path.stat().st_size,
        source=source,
        started_by=by,
        created_at=at,
    )
