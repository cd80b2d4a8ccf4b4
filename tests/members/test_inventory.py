from datetime import UTC, datetime, timedelta

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import clocks, custom_fields, inventory, retention
from members.custom_fields import Value
from members.models import Activity, ActivityKind, CustomValue
from tests import factories, pages
from tests.factories import NOON
from tests.members.test_custom_fields import a_field


def test_each_kind_tells_rows_people_sources_and_what_goes(zottegem: Library) -> None:
    tonight = retention.next_night(NOON)
    with acting_for(zottegem.pk):
        one, other = factories.a_contact(), factories.a_contact()
        old = tonight - timedelta(days=366)
        factories.an_activity(one, kind=ActivityKind.PROFILE_LOGIN, occurred_at=old, source="seen")
        factories.an_activity(one, kind=ActivityKind.PROFILE_LOGIN, source="seen")
        factories.an_activity(other, kind=ActivityKind.PROFILE_LOGIN, source="seen")

        [kind] = inventory.kinds(tonight=tonight)

    assert (kind.rows_count, kind.people_count, kind.due_count, kind.sources) == (
        3,
        2,
        1,
        "Wise, laatst actief",
    )


def test_who_comes_in_two_streams_is_one_person(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_contact()
        for source in ("loan", "bibmail", "loan"):
            factories.an_activity(person, source=source)

        [kind] = inventory.kinds(tonight=retention.next_night(NOON))

    assert (kind.rows_count, kind.people_count, kind.sources) == (3, 1, "een collega, Wise, uitleningen")


def test_what_is_said_to_go_is_what_goes(zottegem: Library) -> None:
    tonight = retention.next_night(NOON)
    with acting_for(zottegem.pk):
        person = factories.a_contact()
        for days in (100, 400, 729, 731):
            factories.an_activity(person, occurred_at=tonight - timedelta(days=days))
        field = a_field(keep_months=6)
        custom_fields.put(
            person, field, Value(text="x"), source="wise", by=None, at=tonight - timedelta(days=200)
        )
        said = sum(kind.due_count for kind in inventory.kinds(tonight=tonight)) + sum(
            one.due_count for one in clocks.standings(tonight=tonight)
        )
        before = Activity.objects.count() + CustomValue.objects.count()

        retention.retire_activities(at=tonight)
        retention.retire_custom_values(at=tonight)

        gone = before - Activity.objects.count() - CustomValue.objects.count()
    assert said == gone == 2


def test_the_next_night_is_half_past_three_in_brussels() -> None:
    assert retention.next_night(NOON) == datetime(2026, 10, 7, 1, 30, tzinfo=UTC)
    assert retention.next_night(datetime(2026, 10, 7, 1, 0, tzinfo=UTC)) == datetime(
        2026, 10, 7, 1, 30, tzinfo=UTC
    )


def test_the_page_has_every_part_within_its_queries(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        factories.an_activity(factories.a_contact())
    client = pages.reader(zottegem)

    with pages.at_most(12):
        page = client.get(pages.at(zottegem, "inventory")).content.decode()

    for words in ("Toestemmingen", "Mails", "Wie welke mail kreeg", "Leende", "Vannacht verdwijnt er niets."):
        assert words in page
