"""The same people with fewer consents: how far the journeys would have reached, had nobody been asked again.

The consents of the cautious profile come in through the same merge as any file, into tables that shadow the
real ones for the length of one transaction (decision D14): nothing real is read instead, and nothing stays.
"""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from bibmail.tenancy import acting_for, sinks, staging
from bibmail.tenancy.models import Library
from bibmail.tenancy.sinks import Run
from journeys import definition as definitions
from journeys.engine import entries
from journeys.models import Journey
from members.imports import intake

_SHADOWS = """
    CREATE TEMP TABLE consent_consent (LIKE public.consent_consent INCLUDING ALL) ON COMMIT DROP;
    CREATE TEMP TABLE consent_wording (LIKE public.consent_wording INCLUDING ALL) ON COMMIT DROP;
"""


def bridges(folder: Path, *, since: datetime, until: datetime) -> dict[tuple[str, str], dict[str, int]]:
    """Per library and journey the bridge of this time under the consents in `folder`."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for library in Library.objects.order_by("pk"):
        file = folder / library.slug / "consents.csv"
        if file.is_file():
            found |= _of_library(library, file, since=since, until=until)
    return found


def _of_library(
    library: Library, file: Path, *, since: datetime, until: datetime
) -> dict[tuple[str, str], dict[str, int]]:
    sink = sinks.get("consents")
    try:
        reading = intake.stage(
            intake.read(file, sink), sink, library_id=library.pk, on_progress=lambda progress: None
        )
        run = Run(
            run_id=0,
            library_id=library.pk,
            source="wise",
            at=since,
            speaks_at=since,
            present=frozenset(reading["present"]),
        )
        with acting_for(library.pk):
            with connection.cursor() as cursor:
                cursor.execute(_SHADOWS)
            staging.begin()
            sink.merge(run)
            counted = {
                (library.slug, journey.code): _bridge(journey, since=since, until=until)
                for journey in Journey.objects.exclude(version=None).select_related("version")
            }
            transaction.set_rollback(True)
            return counted
    finally:
        intake.drop()


def _bridge(journey: Journey, *, since: datetime, until: datetime) -> dict[str, int]:
    assert journey.version is not None  # noqa: S101  # left out by the caller
    definition = definitions.read(journey.version.definition)
    bridge = entries.bridge(definition, since=since, until=until, entered_count_as_met=True)
    return {"met": bridge.met, "entered": bridge.entered, **bridge.fell}
