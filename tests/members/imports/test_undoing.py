"""Undoing a run puts back exactly what stood there, and leaves what changed since."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library, TenantModel
from consent.models import Consent, Suppression
from members import retention, summary
from members.imports import records, undoing
from members.imports.undoing import CannotUndo
from members.models import Contact, ContactChange, ImportChange, ImportRun
from tests import factories
from tests.factories import NOON
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
# What tells of runs and news, and what is folded from other rows.
APART = {"members_importrun", "members_importrefusal", "members_importchange", "members_contactchange",
         "members_activitysummary", "tenancy_auditentry"}  # fmt: skip
MEMBERS = """externalId;lastName;email;expiresOn;unsubscribeReason
1;Maes;m1@example.be;01/09/2027;
2;Claes;m2@example.be;01/09/2027;
"""


def undo(run: ImportRun, *, at: Any = LATER) -> ImportRun:
    with acting_for(run.library.pk):
        return undoing.undo(run.pk, by=factories.a_user(), at=at)


def everything(library: Library) -> dict[str, list[str]]:
    """Every row of every tenant table, as text."""
    found = {}
    with acting_for(library.pk), connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if issubclass(model, TenantModel) and table not in APART and "audit" not in table:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")
                found[table] = [row for (row,) in cursor.fetchall()]
    return {table: rows for table, rows in found.items() if rows}


def differences(library: Library) -> int:
    with acting_for(library.pk):
        return summary.check().differences


def names(library: Library) -> list[str]:
    with acting_for(library.pk):
        return list(Contact.objects.order_by("external_id").values_list("last_name", flat=True))


def test_a_first_file_undone_leaves_nothing(bring: Deliver, zottegem: Library) -> None:
    before = everything(zottegem)

    undone = undo(bring(sink="members", content=MEMBERS))

    assert everything(zottegem) == before
    assert (undone.undoing["removed"] >= 4, undone.undoing["left"]) == (True, 0)
    with acting_for(zottegem.pk):
        assert not ImportChange.objects.exists()


def test_changed_values_come_back_with_their_sources(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    before = everything(zottegem)
    with acting_for(zottegem.pk):
        ContactChange.objects.all().delete()

    undone = undo(
        bring(
            sink="members", source="upload", content=MEMBERS.replace("Maes", "Peeters").replace("m2@", "x@")
        )
    )

    assert everything(zottegem) == before
    assert undone.undoing == {"restored": 2, "removed": 0, "left": 0}
    with acting_for(zottegem.pk):
        assert ContactChange.objects.count() == 2


def test_what_changed_since_is_left_and_the_rest_goes_back(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    wrong = bring(sink="members", content=MEMBERS.replace("Maes", "Fout").replace("Claes", "Fout"))
    bring(sink="members", content="externalId;lastName\n1;Vermeulen\n")

    undone = undo(wrong)

    assert names(zottegem) == ["Vermeulen", "Claes"]
    assert undone.undoing == {"restored": 1, "removed": 0, "left": 1}


def test_the_last_but_one_run_can_be_undone_and_then_the_last(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    first = bring(sink="members", content=MEMBERS.replace("Maes", "Peeters"))
    second = bring(sink="members", content=MEMBERS.replace("Maes", "Peeters").replace("Claes", "Wouters"))

    undo(first)
    assert names(zottegem) == ["Maes", "Wouters"]
    undo(second)
    assert names(zottegem) == ["Maes", "Claes"]


def test_somebody_on_whom_something_hangs_stays(bring: Deliver, zottegem: Library) -> None:
    run = bring(sink="members", content=MEMBERS)
    with acting_for(zottegem.pk):
        factories.a_consent(Contact.objects.get(external_id="1"))

    undone = undo(run)

    assert (names(zottegem), undone.undoing["left"]) == (["Maes"], 1)


def test_activities_go_and_the_sums_follow(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    bring(sink="activity_summary", content="memberExternalId;lastActiveOn;loansLast12m\n1;01/09/2026;3\n")
    before = everything(zottegem)
    seats = "reservationId;memberExternalId;start\nR1;1;2026-10-01T10:00\nR2;2;2026-10-02T10:00\n"

    undo(bring(sink="seat_reservations", content=seats))
    undo(
        bring(sink="activity_summary", content="memberExternalId;lastActiveOn;loansLast12m\n1;02/10/2026;9\n")
    )

    assert (everything(zottegem), differences(zottegem)) == (before, 0)


def test_opening_hours_that_a_file_replaced_come_back(bring: Deliver, zottegem: Library) -> None:
    week = "branchId;dayOfWeek;opens;closes\n3550;maandag;9:00;12:00\n3550;dinsdag;9:00;12:00\n"
    bring(sink="opening_hours", content=week)
    before = everything(zottegem)

    undo(bring(sink="opening_hours", content=week.replace("dinsdag;9:00", "dinsdag;10:00")))

    assert everything(zottegem) == before


def test_a_mark_of_death_by_mistake_is_taken_back(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    before = everything(zottegem)
    run = bring(sink="members", content=MEMBERS.replace("01/09/2027;\n", "01/09/2027;Overleden\n"))
    with acting_for(zottegem.pk):
        assert Suppression.objects.count() == 2

    undo(run)

    assert everything(zottegem) == before


def test_of_consents_what_the_file_opened_is_closed_and_nothing_is_reopened(
    bring: Deliver, zottegem: Library
) -> None:
    bring(sink="members", content=MEMBERS)
    with acting_for(zottegem.pk):
        factories.a_consent(Contact.objects.get(external_id="2"))
        code = Consent.objects.get().code
    content = (
        "memberExternalId;topic;status;source;recordedAt\n"
        f"1;{code};ja;desk;2026-10-05\n2;{code};nee;desk;2026-10-06T20:00\n"
    )

    undo(bring(sink="consents", content=content))

    with acting_for(zottegem.pk):
        assert not Consent.objects.filter(closed_at=None).exists()
        closed = dict(Consent.objects.values_list("contact__external_id", "closed_source"))
    assert closed["1"] == "import_undone"


def test_a_run_is_undone_once_and_within_its_month(bring: Deliver) -> None:
    run, other = (bring(sink="members", content=MEMBERS.replace("Maes", name)) for name in ("A", "B"))

    undo(other)
    with pytest.raises(CannotUndo):
        undo(other)
    with pytest.raises(CannotUndo):
        undo(run, at=NOON + timedelta(days=31))


def test_images_go_after_a_month(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)

    with acting_for(zottegem.pk):
        retention.forget_import_changes(at=NOON + timedelta(days=29))
        assert ImportChange.objects.exists()
        retention.forget_import_changes(at=NOON + timedelta(days=31))
        assert not ImportChange.objects.exists()


_COLUMNS = (
    "externalId",
    "lastName",
    "email",
    "subscriptionType",
    "unsubscribeReason",
    "enrolledOn",
    "loanHistoryOptIn",
)


def _rows() -> st.SearchStrategy[list[dict[str, str]]]:
    number = st.sampled_from(["1", "2", "3", "4", "5"])
    row = st.fixed_dictionaries(
        {
            "externalId": number,
            "lastName": st.sampled_from(["Maes", "Claes", "*Peeters", ""]),
            "email": st.sampled_from(["", "a@example.be", "b@example.be", "bad"]),
            "subscriptionType": st.sampled_from(["Volwassene", "Klas", "Kansentarief"]),
            "unsubscribeReason": st.sampled_from(["", "Overleden"]),
            "enrolledOn": st.sampled_from(["", "2026-01-05", "2025-09-01"]),
            "loanHistoryOptIn": st.sampled_from(["ja", "ja", "nee"]),
        }
    )
    return st.lists(row, max_size=6)


def as_csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def cleared(zottegem: Library) -> Library:
    return zottegem


@given(first=_rows(), second=_rows(), third=_rows())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_restores_exactly_the_earlier_rows(
    cleared: Library,
    bring: Deliver,
    first: list[dict[str, str]],
    second: list[dict[str, str]],
    third: list[dict[str, str]],
) -> None:
    def deliver(rows: list[dict[str, str]]) -> ImportRun:
        return records.deliver("members", rows, source="wise", library_id=cleared.pk, at=NOON)

    deliver(first)
    before = everything(cleared)
    runs = [deliver(second), bring(sink="members", content=as_csv(third), is_full=True)]

    for run in reversed(runs):
        with acting_for(cleared.pk):
            if undoing.can_be_undone(run, at=LATER):
                undo(run)

    assert everything(cleared) == before
    assert differences(cleared) == 0
