"""Every key within a library is composite in the database and true of the rows (decision D2)."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.db.models import F

from bibmail.sandbox import loading
from bibmail.sandbox.population import write_population
from bibmail.tenancy import acting_for
from members.models import Contact
from tests.isolation import foreign_keys, makers, probes
from tests.isolation.makers import World

EVENING = datetime(2026, 11, 20, 23, 59, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.mark.django_db
def test_every_key_of_the_models_is_composite_in_the_database() -> None:
    assert foreign_keys.differences() == []


def test_no_key_points_at_a_tenant_table_without_being_one_of_a_tenant() -> None:
    assert foreign_keys.plain_keys_between_tenants() == []


@pytest.mark.django_db
def test_every_key_is_true_of_rows_in_every_table() -> None:
    world = makers.build()
    with acting_for(world.zottegem.library.pk):
        # Nobody is joined to somebody else on the pages of that world; here the key wants a row.
        Contact.objects.update(merged_into_id=F("pk"))

    every_key = {f"{key.table}.{key.column}" for key in foreign_keys.of_models()}
    assert every_key - foreign_keys.filled() == set()
    assert list(foreign_keys.orphans()) == []


@pytest.mark.django_db
def test_a_row_that_points_out_of_its_library_is_counted() -> None:
    world: World = makers.build()

    with acting_for(world.aalst.library.pk), probes.as_role(probes.OWNER):
        probes.run("ALTER TABLE members_activity DROP CONSTRAINT members_activity_contact_id_same_library")
        probes.run("UPDATE members_activity SET contact_id = %s", [makers.ZOTTEGEMS])

    assert list(foreign_keys.orphans()) == ["members_activity.contact_id: 1 rows point out of their library"]


@pytest.mark.slow
@pytest.mark.django_db
def test_every_key_is_true_of_a_whole_population(tmp_path: Path, settings: LazySettings) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    write_population("ci", tmp_path / "ci", seed=1, consent="grown", today=EVENING.date())

    for library in list(loading.found_libraries(tmp_path / "ci"))[:2]:
        with transaction.atomic():
            list(loading.load(library, tmp_path / "ci", at=EVENING))

    assert {"members_membership.contact_id", "consent_consent.contact_id"} <= foreign_keys.filled()
    assert list(foreign_keys.orphans()) == []
