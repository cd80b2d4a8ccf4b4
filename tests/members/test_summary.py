"""summary = fold(baseline, rows), whatever came, changed or went."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibmail.tenancy.models import Library
from members import retention, summary
from members.models import Activity, ActivityKind, ActivitySummary, Contact
from tests.factories import NOON, a_contact, an_activity

pytestmark = pytest.mark.django_db


def refold(*contacts: Contact) -> None:
    summary.start_touching()
    from django.db import connection

    with connection.cursor() as cursor:
        for contact in contacts:
            cursor.execute("INSERT INTO touched VALUES (%s)", [contact.pk])
    summary.refold()


def test_marks_counts_and_recent_days_follow_the_rows(library: Library) -> None:
    noor = a_contact()
    for days in (1, 30, 400):
        an_activity(noor, occurred_at=NOON - timedelta(days=days))
    an_activity(noor, kind=ActivityKind.EBOOK_LOGIN, occurred_at=NOON)

    refold(noor)

    found = ActivitySummary.objects.get(contact=noor)
    today = NOON.date()
    assert (found.first_loan_on, found.last_loan_on, found.loans_count) == (
        today - timedelta(days=400),
        today - timedelta(days=1),
        3,
    )
    assert found.recent_loans == [today - timedelta(days=days) for days in (1, 30, 400)]
    assert found.last_active_on == today
    assert (found.ebook_logins_count, found.ebook_loans_count) == (1, 0)


def test_recent_keeps_the_ten_newest_days(library: Library) -> None:
    noor = a_contact()
    for days in range(15):
        an_activity(noor, occurred_at=NOON - timedelta(days=days))

    refold(noor)

    found = ActivitySummary.objects.get(contact=noor)
    assert found.loans_count == 15
    assert found.recent_loans == [NOON.date() - timedelta(days=days) for days in range(10)]


def test_a_day_is_counted_in_brussels(library: Library) -> None:
    noor = a_contact()
    an_activity(noor, occurred_at=datetime.fromisoformat("2026-07-01T23:30:00+00:00"))

    refold(noor)

    assert ActivitySummary.objects.get(contact=noor).last_loan_on == date(2026, 7, 2)


def test_who_cancelled_or_stayed_away_did_not_come(library: Library) -> None:
    noor = a_contact()
    for status in ("reserved", "checked_in", "cancelled", "no_show"):
        an_activity(noor, kind=ActivityKind.SEAT_RESERVATION, status=status)

    refold(noor)

    assert ActivitySummary.objects.get(contact=noor).seat_reservations_count == 2


def test_the_check_finds_a_summary_that_lies(library: Library) -> None:
    noor, els = a_contact(), a_contact()
    an_activity(noor)
    an_activity(els)
    refold(noor, els)
    assert summary.check() == (2, 0)

    ActivitySummary.objects.filter(contact=els).update(loans_count=7)

    assert summary.check() == (2, 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(list(ActivityKind)), st.integers(0, 1500)), min_size=1, max_size=40
    ),
    cut=st.integers(0, 1500),
)
def test_retention_never_changes_a_summary(
    library: Library, acts: list[tuple[ActivityKind, int]], cut: int
) -> None:
    noor = a_contact()
    for kind, days in acts:
        an_activity(noor, kind=kind, occurred_at=NOON - timedelta(days=days))
    refold(noor)
    before = ActivitySummary.objects.filter(contact=noor).values().get()

    summary.retire({kind: NOON - timedelta(days=cut) for kind in ActivityKind})
    refold(noor)

    assert not Activity.objects.filter(contact=noor, occurred_at__lt=NOON - timedelta(days=cut)).exists()
    assert ActivitySummary.objects.filter(contact=noor).values().get() == before


def test_what_is_past_its_retention_goes_and_a_last_day_stays(library: Library) -> None:
    noor = a_contact()
    an_activity(noor, occurred_at=NOON - timedelta(days=731))
    an_activity(noor, occurred_at=NOON - timedelta(days=729))
    an_activity(noor, kind=ActivityKind.SEEN, occurred_at=NOON - timedelta(days=2000))
    refold(noor)

    assert retention.retire_activities(at=NOON) == 1
    refold(noor)

    assert ActivitySummary.objects.get(contact=noor).loans_count == 2
    assert Activity.objects.filter(contact=noor).count() == 2
