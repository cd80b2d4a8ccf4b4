"""Who is gone at the source is erased here; what survives is that they are not to be mailed."""

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import Suppression
from members import summary
from members.models import Activity, Contact, ImportChange
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db

MEMBERS = "externalId;lastName;email\n" + "".join(f"{n};Maes;m{n}@example.be\n" for n in range(1, 11))


def test_who_is_named_goes_with_what_hangs_on_them(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    bring(sink="seat_reservations", content="reservationId;memberExternalId;start\nR1;1;2026-10-01T10:00\n")

    run = bring(sink="deleted_members", content="externalId\n1\n99\n")

    assert (run.changed_count, run.unchanged_count, run.removed_count) == (1, 1, 1)
    with acting_for(zottegem.pk):
        assert not Contact.objects.filter(external_id="1").exists()
        assert not Activity.objects.exists()
        assert ImportChange.objects.filter(table="members_activity").count() == 0
        assert summary.check().differences == 0


def test_who_was_erased_and_comes_back_is_not_mailed(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)
    bring(sink="deleted_members", content="externalId\n1\n")

    bring(sink="members", content=MEMBERS)

    with acting_for(zottegem.pk):
        kept = set(Suppression.objects.values_list("scope", "reach", "contact__external_id"))
    assert kept == {("erased", "all", None), ("address", "marketing", None), ("contact", "all", "1")}


def test_a_file_that_would_erase_more_than_a_fifth_stops(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS)

    run = bring(sink="deleted_members", content="externalId\n1\n2\n3\n")

    assert (run.state, run.failure["detail"]) == ("checked", {"vanished": 3, "of": 10})
    with acting_for(zottegem.pk):
        assert Contact.objects.count() == 10
