from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from bibmail.desk import queries
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.models import Contact, ImportRun
from tests import factories, pages
from tests.factories import NOON


def _reachable() -> Contact:
    return factories.a_contact(email="noor@example.be", email_norm="noor@example.be", recipient_hash=uuid4())


def test_people_are_counted_once_and_each_group_lies_in_the_one_before(library: Library) -> None:
    wanting = _reachable()
    factories.a_consent(wanting, code="newsletter")
    factories.a_consent(wanting, code="events")
    factories.a_consent(_reachable(), code="service")
    factories.a_consent(factories.a_contact(), code="newsletter")
    factories.a_membership(wanting)

    assert queries.people(at=NOON)[:4] == (3, 1, 2, 1)


def test_schools_and_the_dead_are_not_people(library: Library) -> None:
    factories.a_contact(kind=Contact.Kind.INSTITUTION)
    factories.a_contact(is_deceased=True)

    assert queries.people(at=NOON)[:4] == (0, 0, 0, 0)


def test_new_members_fall_in_their_month(library: Library) -> None:
    for day in (date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1), date(2025, 9, 30)):
        factories.a_membership(factories.a_contact(), enrolled_on=day)

    months = queries.people(at=NOON).joined

    assert len(months) == 12
    assert months[-1] == (date(2026, 9, 1), 2)
    assert sum(month.members_count for month in months) == 2


def test_setup_names_the_branches_without_hours(library: Library) -> None:
    factories.some_hours(factories.a_branch())
    factories.a_branch(code="2", name="Velzeke")
    role = factories.a_role(library)

    setup = queries.setup(user_id=role.user_id)

    assert (setup.branches_count, setup.without_hours, setup.unguarded_staff_count) == (2, ["Velzeke"], 1)


def test_only_the_newest_run_of_a_file_waits(library: Library) -> None:
    now = timezone.now()
    for days, state in [(3, ImportRun.State.FAILED), (1, ImportRun.State.DONE)]:
        ImportRun.objects.create(sink="members", state=state, created_at=now - timedelta(days=days))

    assert queries.recent_imports(at=now) == []


def test_an_empty_library_is_told_how_to_begin(zottegem: Library) -> None:
    html = pages.admin(zottegem).get(pages.at(zottegem, "start")).content.decode()

    assert "Bibmail kent nog niemand van je bib" in html
    assert "Vul de vestigingen in" in html


def test_start_says_how_things_stand(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        factories.a_consent(_reachable())
        factories.a_contact()
        ImportRun.objects.create(
            sink="members",
            file_name="leden.csv",
            state=ImportRun.State.FAILED,
            created_at=timezone.now(),
        )

    zottegem.inhabitants_count = 40
    zottegem.save()

    html = pages.reader(zottegem).get(pages.at(zottegem, "start")).content.decode()

    assert "<b>2 mensen</b>" in html
    assert "Van elke 1.000 inwoners ken je er 50, en 25 willen mails." in html
    assert "‘leden.csv’ is niet ingeladen" in html
