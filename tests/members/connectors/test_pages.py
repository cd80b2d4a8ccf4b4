"""The pages of sources: who may, what they show, and that a secret is shown nowhere."""

import pytest
from django.test import Client

from bibmail.sandbox.sources.world import agenda_event
from bibmail.tenancy import acting_for, sealing
from bibmail.tenancy.models import AuditEntry
from members import tasks
from members.models import DataSource
from tests import pages
from tests.members.connectors.stage import Stage

pytestmark = pytest.mark.django_db

SECRET = "een-heel-geheime-sleutel"


def filled(stage: Stage, **more: str) -> dict[str, str]:
    return {
        "name": "Agenda", "every_minutes": "360", "url": f"{stage.server.url}/uit", "client_id": SECRET,
        "organizer_ids": "bib-1", "places": "plaats-1=3550",
    } | more  # fmt: skip


def added(stage: Stage, client: Client) -> DataSource:
    client.post(f"{pages.at(stage.library, 'source-add')}?soort=uitdatabank", filled(stage))
    with acting_for(stage.library.pk):
        return DataSource.objects.get()


def everything(stage: Stage, client: Client, source: DataSource) -> str:
    """All that the pages of a source and the audit trail say."""
    shown = [
        client.get(pages.at(stage.library, name, *args)).content.decode()
        for name, args in (
            ("sources", []), ("source", [source.pk]), ("source-change", [source.pk]),
            ("source-remove", [source.pk]), ("audit", []), ("data", []),
        )
    ]  # fmt: skip
    with acting_for(stage.library.pk):
        told = [str(entry.detail) for entry in AuditEntry.objects.all()]
    return "".join(shown + told)


def test_an_administrator_adds_a_source_and_its_secret_is_shown_nowhere(stage: Stage) -> None:
    client = pages.admin(stage.library)

    source = added(stage, client)

    assert (source.name, source.options["organizer_ids"], source.every_minutes) == ("Agenda", "bib-1", 360)
    assert SECRET not in str(source.secrets)
    assert sealing.unseal_all(source.secrets, library_id=stage.library.pk) == {"client_id": SECRET}
    assert SECRET not in everything(stage, client, source)


def test_a_form_with_an_error_does_not_send_the_secret_back(stage: Stage) -> None:
    address = f"{pages.at(stage.library, 'source-add')}?soort=uitdatabank"

    answer = pages.admin(stage.library).post(address, filled(stage, url="geen adres"))

    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()


def test_a_secret_stays_out_of_logs_and_runs(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    source = stage.uit()
    stage.switch("401", times=9)

    run = stage.fetch(source)

    told = caplog.text + str(run.__dict__) + str(stage.now(source).error_detail) + str(stage.runs())
    assert run.error_code == "not_let_in"
    assert stage.world.keys.uit_client not in told


def test_an_empty_secret_keeps_the_one_there_is(stage: Stage) -> None:
    client = pages.admin(stage.library)
    source = added(stage, client)

    client.post(
        pages.at(stage.library, "source-change", source.pk), filled(stage, client_id="", name="Anders")
    )

    changed = stage.now(source)
    assert (changed.name, sealing.unseal_all(changed.secrets, library_id=stage.library.pk)) == (
        "Anders",
        {"client_id": SECRET},
    )


def test_another_address_does_not_get_the_old_secret(stage: Stage) -> None:
    client = pages.admin(stage.library)
    source = added(stage, client)
    elsewhere = filled(stage, client_id="", url="http://127.0.0.1:9/uit")

    answer = client.post(pages.at(stage.library, "source-change", source.pk), elsewhere)

    assert answer.status_code == 422
    assert "Vul dit daarom opnieuw in" in answer.content.decode()
    assert stage.now(source).options["url"] == f"{stage.server.url}/uit"


@pytest.mark.parametrize("name", ["source-change", "source-remove"])
def test_an_editor_changes_no_source(stage: Stage, name: str) -> None:
    source = stage.uit()

    assert pages.editor(stage.library).get(pages.at(stage.library, name, source.pk)).status_code == 403


@pytest.mark.parametrize("name", ["source-fetch", "source-test", "source-pause"])
def test_a_reader_only_looks(stage: Stage, name: str) -> None:
    source = stage.uit()
    client = pages.reader(stage.library)

    assert client.get(pages.at(stage.library, "source", source.pk)).status_code == 200
    assert client.post(pages.at(stage.library, name, source.pk)).status_code == 403


def test_the_test_says_that_the_source_lets_us_in(stage: Stage) -> None:
    source = stage.uit()

    answer = pages.editor(stage.library).post(pages.at(stage.library, "source-test", source.pk), follow=True)

    assert "De verbinding werkt" in answer.content.decode()
    assert stage.runs() == []


def test_the_test_says_what_is_wrong_and_the_mend(stage: Stage) -> None:
    source = stage.uit()
    stage.switch("401")

    answer = pages.editor(stage.library).post(pages.at(stage.library, "source-test", source.pk), follow=True)

    text = answer.content.decode()
    assert "De bron laat ons niet binnen." in text
    assert "Vul de sleutel opnieuw in" in text


def test_fetch_now_rings_a_worker(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    source, rung = stage.uit(), []
    monkeypatch.setattr(tasks.fetch_source, "delay", lambda **ids: rung.append(ids))

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture without types
        pages.editor(stage.library).post(pages.at(stage.library, "source-fetch", source.pk))

    assert rung == [{"library_id": stage.library.pk, "source_id": source.pk}]


def test_a_paused_source_is_not_rung(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    source, rung = stage.uit(), []
    monkeypatch.setattr(tasks.fetch_source, "delay", lambda **ids: rung.append(ids))

    tasks.ring_due_sources()
    pages.editor(stage.library).post(pages.at(stage.library, "source-pause", source.pk))
    tasks.ring_due_sources()

    assert len(rung) == 1


def test_a_removed_source_takes_its_history_and_leaves_what_it_brought(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c")]
    source = stage.uit()
    stage.fetch(source)

    pages.admin(stage.library).post(pages.at(stage.library, "source-remove", source.pk))

    with acting_for(stage.library.pk):
        assert not DataSource.objects.exists()
    assert [run.sink for run in stage.runs()] == ["events"]


def test_the_page_tells_what_came_and_what_drifted(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c")]
    source = stage.uit()
    stage.switch("missing_field", on="/uit/events", name="location")
    stage.fetch(source)

    text = pages.reader(stage.library).get(pages.at(stage.library, "sources")).content.decode()

    assert "Activiteiten van de bib" in text
    assert "1 nieuw, 0 gewijzigd" in text
    assert "deze velden ontbreken: location" in text


def test_many_sources_take_no_more_queries(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c")]
    for _ in range(4):
        stage.fetch(stage.uit())
    client = pages.reader(stage.library)

    with pages.at_most(12):
        client.get(pages.at(stage.library, "sources"))
    with acting_for(stage.library.pk):
        first = DataSource.objects.first()
    assert first
    with pages.at_most(12):
        client.get(pages.at(stage.library, "source", first.pk))
