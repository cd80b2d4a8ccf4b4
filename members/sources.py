"""A library's data sources as colleagues keep them: add, change, pause, remove, fetch now; and as pages show them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bibmail.tenancy import audit, current_library_id, sealing
from bibmail.tenancy.models import User
from members import tasks
from members.connectors import registry, words
from members.connectors.registry import Connector
from members.connectors.words import Sentence
from members.models import ConnectorRun, DataSource

# A source that was due so long ago has no worker.
_PATIENCE = timedelta(hours=1)
_FIGURES = ("new", "changed", "refused", "skipped", "files")


class Brought(NamedTuple):
    """What a fetch brought of one kind."""

    label: str
    new: int
    changed: int
    refused: int
    skipped: int
    files: int


class Shown(NamedTuple):
    """A source on a page."""

    source: DataSource
    label: str | Promise
    trouble: Sentence | None
    drift: list[str]
    last: "ShownRun | None"
    is_late: bool

    @property
    def tone(self) -> str:
        if not self.source.is_active:
            return "quiet"
        if self.trouble:
            return "bad"
        return "warn" if self.drift or self.is_late else "good"


class ShownRun(NamedTuple):
    """One fetch in the history."""

    run: ConnectorRun
    brought: list[Brought]
    trouble: Sentence | None
    drift: list[str]

    @property
    def tone(self) -> str:
        if self.run.state == ConnectorRun.State.FAILED:
            return "bad"
        return "good" if self.run.state == ConnectorRun.State.DONE else "brand"


def shown(*, at: datetime) -> list[Shown]:
    """Every source of the library with its last fetch; two queries."""
    sources = list(DataSource.objects.all())
    newest = ConnectorRun.objects.order_by("source_id", "-started_at", "-pk").distinct("source_id")
    last = {run.source_id: run for run in newest}
    return [one(source, last.get(source.pk), at=at) for source in sources]


def one(source: DataSource, last: ConnectorRun | None, *, at: datetime) -> Shown:
    """One source as a page shows it."""
    trouble = words.of_trouble(source.error_code, source.error_detail) if source.error_code else None
    is_late = source.is_active and at - source.next_due_at > max(source.every, _PATIENCE)
    newest = shown_run(last) if last else None
    return Shown(source, _label(source), trouble, words.of_drift(source.drift), newest, is_late)


def history(source: DataSource, *, most: int = 25) -> list[ShownRun]:
    """The last fetches, newest first."""
    return [shown_run(run) for run in ConnectorRun.objects.filter(source=source)[:most]]


def shown_run(run: ConnectorRun) -> ShownRun:
    """A fetch in words and figures."""
    brought = [
        Brought(words.label_of(sink), *(figures.get(name, 0) for name in _FIGURES))
        for sink, figures in run.figures.items()
    ]
    trouble = words.of_trouble(run.error_code, run.error_detail) if run.error_code else None
    return ShownRun(run, brought, trouble, words.of_drift(run.drift))


def _label(source: DataSource) -> str | Promise:
    try:
        return registry.get(source.connector).label
    except registry.UnknownConnector:
        return source.connector


@transaction.atomic
def add(connector: Connector, *, name: str, every_minutes: int, options: Mapping[str, str],
        secrets: Mapping[str, str], by: User | None, at: datetime) -> DataSource:  # fmt: skip
    """A new source that is due at once."""
    source = DataSource.objects.create(
        connector=connector.code, name=name, every_minutes=every_minutes, options=dict(options),
        secrets=_sealed(secrets), next_due_at=at, created_by=by, created_at=at,
    )  # fmt: skip
    _note("source.added", source, by=by, at=at)
    return source


@transaction.atomic
def change(source: DataSource, *, name: str, every_minutes: int, options: Mapping[str, str],
           secrets: Mapping[str, str], by: User, at: datetime) -> None:  # fmt: skip
    """Change what was filled in; a secret that was left empty stays as it was."""
    source.name, source.every_minutes, source.options = name, every_minutes, dict(options)
    source.secrets = source.secrets | _sealed(secrets)
    source.next_due_at = min(source.next_due_at, at + source.every)
    source.save(update_fields=["name", "every_minutes", "options", "secrets", "next_due_at"])
    _note("source.changed", source, by=by, at=at, secrets=len([value for value in secrets.values() if value]))


@transaction.atomic
def pause(source: DataSource, *, is_active: bool, by: User, at: datetime) -> None:
    """Stop fetching, or begin again: then it is due at once."""
    source.is_active = is_active
    if is_active:
        source.next_due_at = at
    source.save(update_fields=["is_active", "next_due_at"])
    _note("source.resumed" if is_active else "source.paused", source, by=by, at=at)


@transaction.atomic
def remove(source: DataSource, *, by: User, at: datetime) -> None:
    """The source, its keys and its history go; what it brought stays."""
    _note("source.removed", source, by=by, at=at)
    source.delete()


def _sealed(secrets: Mapping[str, str]) -> dict[str, str]:
    return sealing.seal_all(secrets, library_id=current_library_id())


def fetch_now(source: DataSource, *, by: User, at: datetime) -> None:
    """Make it due and ring a worker when that is written; a paused one is fetched once too."""
    source.next_due_at = at
    source.save(update_fields=["next_due_at"])
    _note("source.fetched", source, by=by, at=at)
    library_id, source_id = current_library_id(), source.pk
    transaction.on_commit(
        lambda: tasks.fetch_source.delay(library_id=library_id, source_id=source_id), robust=True
    )


def _note(act: str, source: DataSource, *, by: User | None, at: datetime, **detail: Any) -> None:
    audit.record(
        act, by=by, at=at, subject_kind="source", subject_id=source.pk, connector=source.connector, **detail
    )


def filled_in(source: DataSource) -> list[tuple[str | Promise, str]]:
    """What was filled in, in words; of a secret only that it is there."""
    try:
        asked = registry.get(source.connector).settings
    except registry.UnknownConnector:
        return []
    found: list[tuple[str | Promise, str]] = []
    for setting in asked:
        value = source.options.get(setting.name, "")
        if setting.kind == "secret":
            value = _("Bewaard") if setting.name in source.secrets else _("Niet ingevuld")
        elif setting.kind == "yes_no":
            value = _("Ja") if value else _("Nee")
        elif setting.kind == "choice":
            value = str(dict(setting.choices).get(value, value))
        found.append((setting.label, value or _("Niet ingevuld")))
    return found
