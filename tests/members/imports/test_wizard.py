"""A colleague brings a file in: choose, say what is what, look, confirm, and undo."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from members import retention
from members.imports import presets, runs
from members.models import Contact, ImportPreset, ImportRun
from tests import factories, pages
from tests.members.imports import workbooks

pytestmark = pytest.mark.django_db

KOHA = (
    b"borrowernumber,surname,firstname,email,branchcode,dateofbirth,rrn\n"
    b"71,Peeters,Noor,noor@example.be,3550,1989-03-12,85073003328\n"
)


@pytest.fixture(autouse=True)
def _uploads(tmp_path: Path, settings: LazySettings, zottegem: Library) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    with acting_for(zottegem.pk):
        factories.a_branch(code="3550")


def upload(
    client: Client, library: Library, content: bytes, *, name: str = "leden.csv", **fields: str
) -> ImportRun:
    client.post(pages.at(library, "import-add"), {"file": SimpleUploadedFile(name, content), **fields})
    return newest(library)


def newest(library: Library) -> ImportRun:
    with acting_for(library.pk):
        return ImportRun.objects.latest("pk")


def work(library: Library) -> ImportRun:
    runs.run(run_id=newest(library).pk, library_id=library.pk, at=clock.now())
    return newest(library)


def choices(run: ImportRun, library: Library, **fields: Any) -> dict[str, Any]:
    """The form as it is shown."""
    from members import wizard

    with acting_for(library.pk):
        guessed = wizard.columns_of(run, sink=run.sink)
    columns = run.looked["columns"]
    return {
        "sink": run.sink,
        "save_as": "",
        **{f"column_{i}": guessed[c["title"]] for i, c in enumerate(columns) if not c["is_national"]},
        **fields,
    }


def test_from_file_to_result_and_back(zottegem: Library) -> None:
    client = pages.editor(zottegem)

    run = upload(client, zottegem, KOHA)
    columns = client.get(pages.at(zottegem, "import-columns", run.pk)).content.decode()
    client.post(pages.at(zottegem, "import-columns", run.pk), choices(run, zottegem))
    checked = work(zottegem)
    page = client.get(pages.at(zottegem, "import", run.pk)).content.decode()
    with acting_for(zottegem.pk):
        nobody = Contact.objects.count()
    client.post(pages.at(zottegem, "import-confirm", run.pk))
    done = work(zottegem)
    result = client.get(pages.at(zottegem, "import", run.pk)).content.decode()

    assert (run.state, run.sink) == ("draft", "members")
    assert "Rijksregisternummer: mag niet" in columns
    assert "85073003328" not in columns
    assert (checked.state, checked.rehearsal["new"], nobody) == ("checked", 1, 0)
    assert "Dit zou er gebeuren" in page
    assert (done.state, done.new_count, done.looked) == ("done", 1, {})
    assert "Ongedaan maken kan tot" in result

    ask = client.get(pages.at(zottegem, "import-undo", run.pk)).content.decode()
    client.post(pages.at(zottegem, "import-undo", run.pk))
    after = client.get(pages.at(zottegem, "import", run.pk)).content.decode()

    assert "<b>1 mens</b>" in ask
    assert "maakte deze inlading ongedaan" in after
    assert "Ongedaan gemaakt" in client.get(pages.at(zottegem, "data")).content.decode()
    with acting_for(zottegem.pk):
        assert not Contact.objects.exists()


def test_a_workbook_is_looked_at_too(zottegem: Library) -> None:
    run = upload(
        pages.editor(zottegem), zottegem, workbooks.xlsx([["Lenernummer", "Naam"], [1, "Maes"]]), name="x.pdf"
    )

    assert (run.state, run.sink, run.looked["format"]) == ("draft", "members", "xlsx")
    assert [column["values"] for column in run.looked["columns"]] == [["1"], ["Maes"]]


def test_what_is_no_table_fails_at_once_with_its_reason(zottegem: Library) -> None:
    client = pages.editor(zottegem)

    run = upload(client, zottegem, b"%PDF-1.7")

    assert (run.state, run.stored_as) == ("failed", "")
    assert "geen tabel" in client.get(pages.at(zottegem, "import", run.pk)).content.decode()


def test_a_column_chosen_twice_or_forgotten_is_said(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    run = upload(client, zottegem, KOHA)

    twice = client.post(
        pages.at(zottegem, "import-columns", run.pk), choices(run, zottegem, column_2="lastName")
    )
    forgotten = client.post(pages.at(zottegem, "import-columns", run.pk), choices(run, zottegem, column_0=""))

    assert (twice.status_code, forgotten.status_code) == (422, 422)
    assert "koos je voor twee kolommen" in twice.content.decode()
    assert "Kies welke kolom" in forgotten.content.decode()
    assert newest(zottegem).state == "draft"


def test_a_choice_is_remembered_for_the_same_titles_and_kept_under_a_name(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    content = b"nr;wie;plaats\n1;Maes;Zottegem\n"
    run = upload(client, zottegem, content, sink="members")
    mine = {"sink": "members", "column_0": "externalId", "column_1": "lastName", "column_2": "city"}
    client.post(
        pages.at(zottegem, "import-columns", run.pk), {**mine, "save_as": "Onze lijst", "is_full": "on"}
    )

    again = upload(client, zottegem, content)

    assert again.sink == "members"
    assert choices(again, zottegem) == {**mine, "save_as": ""}
    with acting_for(zottegem.pk):
        assert sorted(ImportPreset.objects.values_list("name", flat=True)) == ["", "Onze lijst"]
        assert [one.label for one in presets.all_presets()][-1] == "Onze lijst"


@pytest.mark.parametrize(
    ("titles", "sink"),
    [
        ("borrowernumber,surname,dateexpiry", "members"),
        ("Lenernummer,Naam,Einddatum abonnement", "members"),
        ("loanId,memberExternalId,loanDate", "loans"),
        ("branchId,dayOfWeek,opens,closes", "opening_hours"),
        ("memberExternalId,scheme,code", "external_segments"),
        ("branchId,date,visits", "visits_daily"),
    ],
)
def test_the_kind_is_guessed_from_the_titles(titles: str, sink: str) -> None:
    assert presets.guess(titles.split(",")).sink == sink


def test_the_same_file_again_says_so(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    run = upload(client, zottegem, KOHA)
    client.post(pages.at(zottegem, "import-columns", run.pk), choices(run, zottegem))
    work(zottegem)
    client.post(pages.at(zottegem, "import-confirm", run.pk))
    work(zottegem)

    again = upload(client, zottegem, KOHA)

    page = client.get(pages.at(zottegem, "import-columns", again.pk)).content.decode()
    assert "Precies dit bestand laadde je al in" in page


def test_who_does_not_go_on_leaves_nothing(zottegem: Library, settings: LazySettings) -> None:
    client = pages.editor(zottegem)
    run = upload(client, zottegem, KOHA)

    client.post(pages.at(zottegem, "import-confirm", run.pk), {"drop": ""})

    dropped = newest(zottegem)
    assert (dropped.state, dropped.looked, dropped.stored_as) == ("dropped", {}, "")
    again = client.post(pages.at(zottegem, "import-confirm", run.pk), follow=True)
    assert "al gezet" in again.content.decode()


def test_a_draft_is_dropped_after_a_week(zottegem: Library) -> None:
    run = upload(pages.editor(zottegem), zottegem, KOHA)

    with acting_for(zottegem.pk):
        retention.forget_drafts(at=run.created_at + retention._DRAFT_STAYS)
        assert ImportRun.objects.get().state == "draft"
        retention.forget_drafts(at=run.created_at + retention._DRAFT_STAYS * 2)
        assert (ImportRun.objects.get().state, ImportRun.objects.get().looked) == ("dropped", {})


def test_a_reader_takes_no_step(zottegem: Library) -> None:
    run = upload(pages.editor(zottegem), zottegem, KOHA)
    reader = pages.reader(zottegem)

    for name in ("import-columns", "import-undo"):
        assert reader.get(pages.at(zottegem, name, run.pk)).status_code == 403
    assert reader.post(pages.at(zottegem, "import-confirm", run.pk)).status_code == 403
    assert reader.get(pages.at(zottegem, "import", run.pk)).status_code == 200


def test_a_preset_gets_another_name_and_goes_again(zottegem: Library) -> None:
    client = pages.editor(zottegem)
    with acting_for(zottegem.pk):
        for name in ("Onze lijst", "Oud"):
            presets.keep(name=name, sink="members", titles=[], chosen={}, is_full=False, at=clock.now())
        ours, old = ImportPreset.objects.order_by("name")
    address = pages.at(zottegem, "import-presets")

    taken = client.post(address, {"preset": ours.pk, "name": "oud"})
    client.post(address, {"preset": old.pk, "forget": ""})
    client.post(address, {"preset": ours.pk, "name": "Leden van Wise"})

    assert taken.status_code == 422
    assert "Kies een andere naam" in taken.content.decode()
    with acting_for(zottegem.pk):
        assert [one.name for one in ImportPreset.objects.all()] == ["Leden van Wise"]
    assert "Leden van Wise" in client.get(address).content.decode()


def test_what_was_remembered_without_a_name_stays(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        presets.keep(name="", sink="members", titles=["a"], chosen={}, is_full=False, at=clock.now())
        remembered = ImportPreset.objects.get()

    pages.editor(zottegem).post(pages.at(zottegem, "import-presets"), {"preset": remembered.pk, "forget": ""})

    with acting_for(zottegem.pk):
        assert ImportPreset.objects.exists()
