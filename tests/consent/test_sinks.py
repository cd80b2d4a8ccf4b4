from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import Consent, Wording
from tests.factories import NOON, a_contact
from tests.members.delivery import Deliver, deliver

pytestmark = pytest.mark.django_db

HEADER = "memberExternalId;email;topic;status;source;recordedAt;proofText\n"


@pytest.fixture
def bring(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Deliver:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    with acting_for(zottegem.pk):
        a_contact(
            external_id="7301", email="noor@example.be", email_norm="noor@example.be", recipient_hash="1" * 32
        )
        a_contact(external_id="7302", date_of_birth=NOON.date() - timedelta(days=3000))
    return partial(deliver, zottegem, tmp_path, sink="consents")


def day(moment: datetime) -> str:
    return f"{timezone.localdate(moment):%m-%d}"


def spells(library: Library) -> list[tuple[str, str, str | None]]:
    with acting_for(library.pk):
        return [
            (c.code, day(c.opened_at), day(c.closed_at) if c.closed_at else None)
            for c in Consent.objects.order_by("opened_at", "code")
        ]


def test_a_yes_opens_and_a_later_no_closes(bring: Deliver, zottegem: Library) -> None:
    content = (
        f"{HEADER}7301;;newsletter;ja;balie;2026-01-05;Ik wil de nieuwsbrief\n"
        "7301;;newsletter;nee;formulier;2026-03-01;\n7301;;newsletter;ja;balie;2026-05-01;Ik wil de nieuwsbrief\n"
        "7301;;use_loan_history;ja;balie;2026-01-05;\n"
    )

    bring(content=content)
    again = bring(content=content)

    assert spells(zottegem) == [
        ("newsletter", "01-05", "03-01"),
        ("use_loan_history", "01-05", None),
        ("newsletter", "05-01", None),
    ]
    assert (again.new_count, again.changed_count) == (0, 0)
    with acting_for(zottegem.pk):
        assert Wording.objects.get().text == "Ik wil de nieuwsbrief"


def test_an_old_list_never_undoes_a_later_withdrawal(bring: Deliver, zottegem: Library) -> None:
    bring(content=f"{HEADER}7301;;newsletter;ja;balie;2026-01-05;\n7301;;newsletter;nee;balie;2026-06-01;\n")

    bring(content=f"{HEADER}7301;;newsletter;ja;balie;2026-02-01;\n")

    assert spells(zottegem) == [("newsletter", "01-05", "06-01")]


def test_a_no_is_remembered_although_nothing_was_open(bring: Deliver, zottegem: Library) -> None:
    bring(content=f"{HEADER}7301;;newsletter;nee;balie;2026-06-01;\n")

    run = bring(content=f"{HEADER}7301;;newsletter;ja;balie;2026-02-01;\n")

    assert run.new_count == 0
    with acting_for(zottegem.pk):
        assert not Consent.objects.in_force(at=NOON).exists()


def test_a_yes_and_a_no_of_one_day_are_a_no_however_often_they_come(
    bring: Deliver, zottegem: Library
) -> None:
    content = f"{HEADER}7301;;newsletter;nee;balie;2026-03-01;\n7301;;newsletter;ja;balie;2026-03-01;\n"

    for _ in range(2):
        bring(content=content)

    with acting_for(zottegem.pk):
        assert not Consent.objects.in_force(at=NOON).exists()


def test_what_is_open_ends_with_the_first_no_that_follows(bring: Deliver, zottegem: Library) -> None:
    bring(content=f"{HEADER}7301;;newsletter;ja;balie;2026-01-05;\n")

    bring(
        content=f"{HEADER}7301;;newsletter;nee;balie;2026-02-01;\n7301;;newsletter;ja;balie;2026-03-01;\n"
        "7301;;newsletter;nee;balie;2026-04-01;\n"
    )

    assert spells(zottegem) == [("newsletter", "01-05", "02-01"), ("newsletter", "03-01", "04-01")]


def test_a_no_by_a_shared_address_is_the_no_of_everyone_who_has_it(bring: Deliver, zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for number in ("8001", "8002"):
            a_contact(
                external_id=number,
                email="thuis@example.be",
                email_norm="thuis@example.be",
                recipient_hash="5" * 32,
            )
    bring(content=f"{HEADER}8001;;events;ja;balie;2026-01-05;\n8002;;events;ja;balie;2026-01-05;\n")

    run = bring(content=f"{HEADER};thuis@example.be;events;nee;mail;2026-02-01;\n")

    assert (run.changed_count, run.refused_count) == (1, 0)
    with acting_for(zottegem.pk):
        assert not Consent.objects.in_force(at=NOON).exists()


def test_a_consent_of_next_year_is_refused(bring: Deliver) -> None:
    run = bring(content=f"{HEADER}7301;;newsletter;ja;balie;2062-01-05;\n")

    assert run.refused_by_code == {"in_future": 1}


def test_rows_that_name_nobody_or_nothing_are_refused(bring: Deliver, zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(2):
            a_contact(email="els@example.be", email_norm="els@example.be", recipient_hash="2" * 32)

    run = bring(
        content=f"{HEADER};noor@example.be;events;ja;balie;2026-01-05;\n;els@example.be;events;ja;balie;2026-01-05;\n"
        ";wie@example.be;events;ja;balie;2026-01-05;\n9999;;events;ja;balie;2026-01-05;\n"
        "7301;;vissen;ja;balie;2026-01-05;\n7302;;events;ja;balie;2026-01-05;\n;;events;ja;balie;2026-01-05;\n"
    )

    assert run.refused_by_code == {
        "ambiguous_email": 1,
        "unknown_member": 2,
        "unknown_topic": 1,
        "too_young": 1,
        "missing": 1,
    }
    assert spells(zottegem) == [("events", "01-05", None)]


def test_evidence_is_closed_once_and_never_changed(bring: Deliver, zottegem: Library) -> None:
    from django.db import DatabaseError, transaction

    bring(content=f"{HEADER}7301;;newsletter;ja;balie;2026-01-05;\n")
    moment = datetime(2026, 7, 1, tzinfo=UTC)

    with acting_for(zottegem.pk):
        assert Consent.objects.update(closed_at=moment, closed_source="balie") == 1
        for change in ({"opened_at": moment}, {"code": "events"}, {"closed_at": moment + timedelta(days=1)}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Consent.objects.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.all().delete()
