"""Records from another system go in by the same way as a file."""

from collections.abc import Iterator, Mapping

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for, sinks
from bibmail.tenancy.models import Library
from members.imports import records, runs
from members.models import Contact, ImportRefusal, ImportRun
from tests.factories import NOON
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db


def deliver(library: Library, rows: list[dict[str, str]], *, sink: str = "members") -> ImportRun:
    return records.deliver(sink, rows, source="koha", library_id=library.pk, at=NOON)


def test_a_record_comes_in_as_a_row_of_a_file_would(zottegem: Library) -> None:
    run = deliver(zottegem, [{"externalId": "7301", "lastName": "Lemmens", "email": "Noor@example.be"}])

    assert (run.state, run.rows_count, run.new_count, run.source) == ("done", 1, 1, "koha")
    with acting_for(zottegem.pk):
        noor = Contact.objects.get()
    assert (noor.last_name, noor.email_norm) == ("Lemmens", "noor@example.be")


def test_a_bad_record_is_refused_with_its_place_and_the_others_come_in(zottegem: Library) -> None:
    run = deliver(
        zottegem,
        [
            {"externalId": "1", "lastName": "Maes", "dateOfBirth": "31/02/1990"},
            {"externalId": "2", "lastName": "Claes", "dateOfBirth": "1990-02-28"},
            {"externalId": "2", "lastName": "Claes"},
            {"externalId": "3"},
        ],
    )

    assert (run.rows_count, run.new_count, run.refused_count) == (4, 1, 3)
    with acting_for(zottegem.pk):
        assert list(ImportRefusal.objects.values_list("line", "code", "column")) == [
            (1, "bad_date", "dateOfBirth"),
            (3, "duplicate", "externalId"),
            (4, "missing", "lastName"),
        ]


def test_what_no_record_speaks_of_stays(zottegem: Library) -> None:
    deliver(zottegem, [{"externalId": "1", "lastName": "Maes", "city": "Zottegem"}])

    again = deliver(zottegem, [{"externalId": "1", "lastName": "Maes"}])

    assert (again.changed_count, again.unchanged_count) == (0, 1)
    with acting_for(zottegem.pk):
        assert Contact.objects.get().city == "Zottegem"


def test_a_record_and_a_file_that_say_the_same_change_nothing(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content="externalId;lastName;firstName\n1;Maes;Liam\n")

    run = deliver(zottegem, [{"PATRON_ID": "1", "naam": "Maes", "voornaam": "Liam"}])

    assert (run.new_count, run.changed_count, run.unchanged_count) == (0, 0, 1)


def test_unknown_keys_and_national_numbers_are_named_and_stay_out(zottegem: Library) -> None:
    run = deliver(zottegem, [{"externalId": "1", "lastName": "Maes", "shoeSize": "43", "insz": "x"}])

    assert (run.reading["ignored"], run.reading["national"]) == (["shoeSize"], ["insz"])


def test_a_source_that_breaks_off_brings_nothing_in_and_the_run_says_so(zottegem: Library) -> None:
    def broken() -> Iterator[Mapping[str, str]]:
        yield {"externalId": "1", "lastName": "Maes"}
        raise TimeoutError

    with pytest.raises(TimeoutError):
        records.deliver("members", broken(), source="koha", library_id=zottegem.pk, at=NOON)

    with acting_for(zottegem.pk):
        assert ImportRun.objects.get().failure["code"] == "source_broke"
        assert not Contact.objects.exists()


def test_no_record_at_all_changes_nothing(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content="externalId;lastName\n1;Maes\n")

    for sink in sinks.in_order():
        run = deliver(zottegem, [], sink=sink.code)
        assert (run.state, run.rows_count, run.removed_count) == ("done", 0, 0), sink.code


def test_a_delivery_whose_process_died_ends_as_failed(zottegem: Library, settings: LazySettings) -> None:
    with acting_for(zottegem.pk):
        dead = ImportRun.objects.create(
            sink="members", source="koha", state="running", attempts_count=1, created_at=NOON
        )

    runs.run(run_id=dead.pk, library_id=zottegem.pk, at=NOON)

    with acting_for(zottegem.pk):
        assert ImportRun.objects.get().failure["code"] == "file_is_gone"
