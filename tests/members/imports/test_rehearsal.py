"""What a rehearsal says is what happens; and a full file ends who left, with a guard."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for, sinks
from bibmail.tenancy.models import Library
from members import actions, sentences, wizard
from members.imports import runs
from members.models import Contact, ImportChange, ImportRun, Membership
from tests import factories
from tests.factories import NOON
from tests.members.delivery import Deliver
from tests.members.test_imports import refusals

pytestmark = pytest.mark.django_db

HEADER = "externalId;lastName;email;dateOfBirth;expiresOn"
FIRST = [f"{number};Maes;m{number}@example.be;12/03/1989;01/09/2027" for number in range(1, 11)]
Rehearse = Callable[..., ImportRun]


def file_of(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


@pytest.fixture
def rehearse(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Rehearse:
    """`rehearse(sink=..., content=...)`: a run whose rehearsal is done and whose file waits."""
    settings.UPLOADS_DIR = tmp_path / "uploads"

    def rehearsing(*, sink: str, content: str, is_full: bool = False) -> ImportRun:
        file = tmp_path / "rehearsed.csv"
        file.write_text(content)
        with acting_for(zottegem.pk):
            run = actions.note_local_file(
                sink=sink, source_file=file, source="upload", at=NOON, is_full=is_full
            )
            run.is_rehearsal = True
            run.save()
        runs.run(run_id=run.pk, library_id=zottegem.pk, at=NOON)
        return again(run)

    return rehearsing


def again(run: ImportRun) -> ImportRun:
    with acting_for(run.library.pk):
        return ImportRun.objects.get(pk=run.pk)


def confirm(run: ImportRun, *, is_removal_confirmed: bool = False) -> ImportRun:
    with acting_for(run.library.pk):
        by = factories.a_user()
        wizard.confirm(run.pk, is_removal_confirmed=is_removal_confirmed, by=by, at=NOON)
    runs.run(run_id=run.pk, library_id=run.library.pk, at=NOON)
    return again(run)


def figures(run: ImportRun) -> dict[str, int]:
    return {
        "new": run.new_count,
        "changed": run.changed_count,
        "unchanged": run.unchanged_count,
        "removed": run.removed_count,
        "refused": run.refused_count,
        "vanished": run.vanished_count,
    }


def ended(library: Library) -> list[str]:
    with acting_for(library.pk):
        found = Membership.objects.exclude(ended_because="").select_related("contact")
        return sorted(str(membership.contact.external_id) for membership in found)


def test_the_figures_of_a_rehearsal_are_those_of_the_run_that_follows(
    bring: Deliver, rehearse: Rehearse, zottegem: Library
) -> None:
    bring(sink="members", content=file_of(*FIRST))
    changed = FIRST[0].replace("m1@", "new1@")
    content = file_of(changed, *FIRST[1:8], "11;Claes;;;", "12;Claes;bad address;;", FIRST[7])

    rehearsed = rehearse(sink="members", content=content)
    with acting_for(zottegem.pk):
        untouched = (Contact.objects.count(), Contact.objects.filter(email="m1@example.be").count())
    refused = refusals(rehearsed)
    done = confirm(rehearsed)

    assert untouched == (10, 1)
    assert rehearsed.state == "checked"
    assert {name: rehearsed.rehearsal[name] for name in figures(done)} == figures(done)
    assert figures(done) == {
        "new": 1, "changed": 1, "unchanged": 7, "removed": 0, "refused": 2, "vanished": 0,
    }  # fmt: skip
    assert refused == refusals(done) != []


def test_a_rehearsal_shows_what_stood_there_and_what_would(bring: Deliver, rehearse: Rehearse) -> None:
    bring(sink="members", content=file_of(*FIRST))

    run = rehearse(sink="members", content=file_of(FIRST[0].replace("m1@", "new1@")))

    ((change,),) = [example["changes"] for example in run.rehearsal["examples"]]
    assert (change["column"], change["old"], change["new"]) == ("email", "m1@example.be", "new1@example.be")
    with acting_for(run.library.pk):
        assert not ImportChange.objects.filter(run=run).exists()


@pytest.mark.parametrize("code", [sink.code for sink in sinks.in_order()])
def test_every_kind_of_file_can_be_rehearsed(rehearse: Rehearse, code: str) -> None:
    required = [column.header for column in sinks.get(code).columns if column.required]
    titles = required or [sinks.get(code).columns[0].header]

    run = rehearse(sink=code, content=";".join(titles) + "\n" + ";".join("1" for _ in titles) + "\n")

    assert (run.state, run.rows_count) == ("checked", 1)


def test_who_is_not_in_a_full_file_is_ended_and_comes_back_with_the_next(
    bring: Deliver, rehearse: Rehearse, zottegem: Library
) -> None:
    bring(sink="members", content=file_of(*FIRST))

    rehearsed = rehearse(sink="members", content=file_of(*FIRST[:9]), is_full=True)
    assert ended(zottegem) == []
    done = confirm(rehearsed)

    assert (rehearsed.rehearsal["vanished"], done.vanished_count, ended(zottegem)) == (1, 1, ["10"])
    with acting_for(zottegem.pk):
        assert Membership.objects.get(contact__external_id="10").expires_on == NOON.date() - timedelta(days=1)
    bring(sink="members", content=file_of(*FIRST))
    assert ended(zottegem) == []


def test_a_refused_row_ends_nobody(bring: Deliver, rehearse: Rehearse, zottegem: Library) -> None:
    bring(sink="members", content=file_of(*FIRST))

    confirm(rehearse(sink="members", content=file_of(*FIRST[:9], "10;Maes;bad address;;"), is_full=True))

    assert ended(zottegem) == []


def test_a_row_that_names_nobody_could_be_anybody(
    bring: Deliver, rehearse: Rehearse, zottegem: Library
) -> None:
    bring(sink="members", content=file_of(*FIRST))

    done = confirm(rehearse(sink="members", content=file_of(*FIRST[:9], "broken"), is_full=True))

    assert (done.vanished_count, ended(zottegem)) == (0, [])


def test_more_than_a_fifth_needs_a_person_s_word(
    bring: Deliver, rehearse: Rehearse, zottegem: Library
) -> None:
    bring(sink="members", content=file_of(*FIRST))
    rehearsed = rehearse(sink="members", content=file_of(*FIRST[:7]), is_full=True)

    with pytest.raises(wizard.NotConfirmed):
        confirm(rehearsed)
    assert ended(zottegem) == []

    confirm(rehearsed, is_removal_confirmed=True)
    assert ended(zottegem) == ["10", "8", "9"]


def test_without_a_rehearsal_a_mass_removal_stops_and_asks(
    bring: Deliver, zottegem: Library, tmp_path: Path
) -> None:
    bring(sink="members", content=file_of(*FIRST))
    file = tmp_path / "full.csv"
    file.write_text(file_of(*FIRST[:7]))
    with acting_for(zottegem.pk):
        run = actions.note_local_file(sink="members", source_file=file, source="wise", at=NOON, is_full=True)

    runs.run(run_id=run.pk, library_id=zottegem.pk, at=NOON)
    stopped = again(run)

    assert (stopped.state, stopped.failure["code"], ended(zottegem)) == ("checked", "mass_removal", [])
    assert "3 van de 10" in sentences.of_failure(stopped)
    confirm(stopped, is_removal_confirmed=True)
    assert len(ended(zottegem)) == 3


def test_a_full_file_with_nobody_in_it_ends_nobody(
    bring: Deliver, rehearse: Rehearse, zottegem: Library
) -> None:
    bring(sink="members", content=file_of(*FIRST))

    confirm(rehearse(sink="members", content=file_of(), is_full=True))

    assert ended(zottegem) == []
