from datetime import timedelta
from uuid import uuid4

from bibmail.desk import queries as desk
from bibmail.network import queries, tasks
from bibmail.network.models import LibraryStatsDaily
from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from consent.models import LibraryTopic, Subject, Suppression, Topic
from members.models import Contact, ImportRun
from tests import factories
from tests.factories import NOON, TODAY


def _reachable() -> Contact:
    return factories.a_contact(email="noor@example.be", email_norm="noor@example.be", recipient_hash=uuid4())


def test_a_library_is_counted_in_one_row(library: Library) -> None:
    wanting, other = _reachable(), _reachable()
    factories.a_consent(wanting, code="newsletter")
    factories.a_consent(wanting, code="events")
    factories.a_consent(other, code="use_loan_history", subject=Subject.DATA_USE)
    factories.a_membership(wanting)
    factories.a_contact()
    Suppression.objects.create(
        scope="address",
        reach="all",
        reason="hard_bounce",
        fingerprint=other.recipient_hash,
        since=NOON,
        source="esp",
    )

    queries.count_library(at=NOON)

    row = LibraryStatsDaily.objects.get()
    assert (row.people_count, row.members_count, row.with_address_count) == (3, 1, 2)
    assert (row.consenting_count, row.data_use_count, row.suppressed_count) == (1, 1, 1)


def test_consent_counts_from_its_opening_until_its_closing(library: Library) -> None:
    factories.a_consent(_reachable(), opened_at=NOON + timedelta(hours=1))
    factories.a_consent(_reachable(), opened_at=NOON - timedelta(days=2), closed_at=NOON - timedelta(days=1))

    queries.count_library(at=NOON)

    assert LibraryStatsDaily.objects.get().consenting_count == 0


def test_the_network_and_the_library_count_the_same_people(library: Library) -> None:
    wanting, not_offered, not_yet = _reachable(), _reachable(), _reachable()
    factories.a_membership(wanting)
    factories.a_consent(wanting, code="newsletter")
    factories.a_consent(wanting, code="events")
    factories.a_consent(not_offered, code="events")
    factories.a_consent(not_yet, code="newsletter", opened_at=NOON + timedelta(hours=1))
    LibraryTopic.objects.create(topic=Topic.objects.get(code="events"), is_offered=False)

    queries.count_library(at=NOON)

    row = LibraryStatsDaily.objects.get()
    counted = (row.people_count, row.members_count, row.with_address_count, row.consenting_count)
    assert counted == desk.people(at=NOON)[:4] == (3, 1, 3, 1)


def test_a_second_count_of_the_day_replaces_the_first(library: Library) -> None:
    queries.count_library(at=NOON)
    factories.a_contact()

    queries.count_library(at=NOON + timedelta(hours=1))

    row = LibraryStatsDaily.objects.get()
    assert (row.day, row.people_count) == (TODAY, 1)


def test_refused_rows_are_those_of_the_newest_run_of_each_file(library: Library) -> None:
    for sink, days, refused in [("members", 5, 100), ("members", 1, 3), ("loans", 2, 4)]:
        ImportRun.objects.create(
            sink=sink,
            state=ImportRun.State.DONE,
            created_at=NOON,
            finished_at=NOON - timedelta(days=days),
            refused_count=refused,
        )

    queries.count_library(at=NOON)

    row = LibraryStatsDaily.objects.get()
    assert (row.refused_rows_count, row.last_import_at) == (7, NOON - timedelta(days=1))


def test_the_job_counts_every_library_apart(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        factories.a_contact()

    tasks.count_libraries()

    with acting_for_network():
        counts = dict(LibraryStatsDaily.objects.values_list("library__slug", "people_count"))
    assert counts == {"aalst": 0, "zottegem": 1}


def test_the_network_reads_the_newest_day(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        queries.count_library(at=NOON - timedelta(days=1))
        factories.a_contact()
        queries.count_library(at=NOON)

    with acting_for_network():
        (stand,) = queries.stands(at=NOON)

    assert (stand.day, stand.people_count) == (TODAY, 1)
