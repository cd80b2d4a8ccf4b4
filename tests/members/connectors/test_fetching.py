"""One fetch at a time, and what a dead one leaves behind."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from bibmail.sandbox.sources.world import patron
from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from members.connectors import fetching
from members.models import ConnectorRun, DataSource
from tests.members.connectors.stage import NOON, Stage

pytestmark = pytest.mark.django_db

State = ConnectorRun.State


def held(stage: Stage, source: DataSource, *, ago: timedelta) -> None:
    """As if a worker had last moved so long ago."""
    with acting_for(stage.library.pk):
        until = clock.database_now() - ago + fetching.SILENCE
        DataSource.objects.filter(pk=source.pk).update(lease=uuid4(), lease_until=until)
        ConnectorRun.objects.create(source=source, started_at=NOON)


def test_a_source_that_somebody_fetches_is_left_alone(stage: Stage) -> None:
    source = stage.wise()
    held(stage, source, ago=timedelta(minutes=1))

    assert (
        fetching.fetch(source_id=source.pk, library_id=stage.library.pk, at=NOON, door=stage.door()) is None
    )


def test_a_silent_fetch_is_taken_over_and_marked(stage: Stage) -> None:
    source = stage.wise()
    held(stage, source, ago=fetching.SILENCE + timedelta(seconds=1))

    run = stage.fetch(source)

    assert run.state == State.DONE
    with acting_for(stage.library.pk):
        first = ConnectorRun.objects.order_by("pk").first()
        assert first
        assert (first.state, first.error_code) == (State.FAILED, "worker_died")


def test_who_was_overtaken_writes_nothing_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.world.patrons = [patron("1")]
    source = stage.wise()
    door = stage.door()
    call = door.call

    def overtaking(*args: object, **more: object) -> object:
        with acting_for(stage.library.pk):
            DataSource.objects.filter(pk=source.pk).update(lease=uuid4())
        return call(*args, **more)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(door, "call", overtaking)

    assert fetching.fetch(source_id=source.pk, library_id=stage.library.pk, at=NOON, door=door) is None
    now = stage.now(source)
    assert (now.cursor, now.last_success_at, now.error_code) == ({}, None, "")


def test_another_library_fetches_nothing_of_ours(stage: Stage, aalst: Library) -> None:
    source = stage.wise()

    assert fetching.fetch(source_id=source.pk, library_id=aalst.pk, at=NOON, door=stage.door()) is None
    assert stage.asked() == []


def test_an_error_of_ours_tells_the_log_its_class_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from members.connectors import wise_records

    def broken(*_: object) -> None:
        raise KeyError("Noor Peeters")

    stage.world.patrons = [patron("1")]
    monkeypatch.setattr(wise_records, "patron", broken)

    run = stage.fetch(stage.wise())

    assert (run.error_code, run.error_detail) == ("unexpected", {"kind": "KeyError"})
    assert "Peeters" not in caplog.text


def test_a_secret_without_its_key_asks_to_be_given_again(stage: Stage, settings: LazySettings) -> None:
    source = stage.wise()
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]

    run = stage.fetch(source)

    assert (run.error_code, stage.asked()) == ("secret_unreadable", [])
