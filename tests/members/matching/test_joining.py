from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from campaigns.models import Message
from consent.models import Consent, MailPreference, Subject, Suppression
from journeys.models import JourneyEntry
from members import summary
from members.matching import joining, references
from members.models import (
    Activity,
    ActivityKind,
    ActivitySummary,
    Contact,
    Household,
    HouseholdMember,
    IdentityChange,
)
from tests import factories
from tests.factories import NOON

_REFERRING = """
    SELECT k.conrelid::regclass::text, a.attname
      FROM pg_constraint AS k
      JOIN pg_attribute  AS a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
     WHERE k.contype = 'f' AND k.confrelid = 'members_contact'::regclass AND a.attname <> 'library_id'
"""
LATER = NOON + timedelta(hours=1)


def addressed(email: str) -> dict[str, Any]:
    return {"email": email, "email_norm": email, "recipient_hash": factories.a_hash(email)}


def state_of(*tables: str) -> dict[str, Any]:
    """Everything that stands in these tables, for a comparison."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::json FROM {table} AS t ORDER BY id")
            found[table] = [row[0] for row in cursor.fetchall()]
    # A fold makes its row anew.
    for row in found.get("members_activitysummary", []):
        del row["id"]
    return found


@pytest.mark.django_db
def test_every_key_to_a_contact_is_known() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REFERRING)
        in_database = {(table, column) for table, column in cursor.fetchall()}

    assert in_database == {(one.table, one.column) for one in references.every_reference()}


def test_what_they_did_is_added_up_with_the_one_that_stays(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member = factories.a_contact()
        visitor = factories.a_contact(external_id="visitor:1", relation="visitor")
        factories.an_activity(member, kind=ActivityKind.LOAN)
        factories.an_activity(visitor, kind=ActivityKind.EVENT_REGISTRATION)
        factories.an_activity(visitor, kind=ActivityKind.EVENT_REGISTRATION)

        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        assert set(Activity.objects.values_list("contact_id", flat=True)) == {member.pk}
        sums = ActivitySummary.objects.get()
        assert (sums.contact_id, sums.loans_count, sums.event_registrations_count) == (member.pk, 1, 2)
        assert summary.check() == (1, 0)
        visitor.refresh_from_db()
        assert (visitor.kind, visitor.merged_into_id) == ("merged", member.pk)


def test_an_empty_field_is_filled_with_where_it_came_from(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member = factories.a_contact(postal_code="9620")
        visitor = factories.a_contact(
            external_id="visitor:1", source="upload", postal_code="9000", **addressed("v@example.be")
        )

        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        member.refresh_from_db()
        visitor.refresh_from_db()
    assert (member.email, member.postal_code) == ("v@example.be", "9620")
    assert member.source_of("email")[0] == "upload"
    assert (visitor.email_norm, visitor.recipient_hash) == ("", None)


def test_a_yes_goes_along_with_its_day_and_a_later_no_of_the_other_ends_it(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        factories.a_consent(visitor, code="events", opened_at=NOON - timedelta(days=9), source="formulier")
        factories.a_consent(member, code="newsletter", opened_at=NOON - timedelta(days=9))
        factories.a_consent(
            visitor, code="newsletter", opened_at=NOON - timedelta(days=8), closed_at=NOON - timedelta(days=1)
        )

        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        open_now = Consent.objects.filter(closed_at__isnull=True)
        [kept] = open_now
    assert (kept.contact_id, kept.code, kept.source, kept.opened_at) == (
        member.pk, "events", "formulier", NOON - timedelta(days=9),
    )  # fmt: skip


def test_a_no_of_the_one_that_stays_is_not_undone_by_an_older_yes(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        factories.a_consent(visitor, opened_at=NOON - timedelta(days=9))
        factories.a_consent(member, opened_at=NOON - timedelta(days=20), closed_at=NOON - timedelta(days=2))

        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        assert not Consent.objects.filter(closed_at__isnull=True).exists()


def test_the_quieter_wish_and_every_stop_count(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        MailPreference.objects.create(contact=member, pace="week", changed_at=NOON)
        MailPreference.objects.create(
            contact=visitor, pace="month", paused_until=NOON.date(), changed_at=NOON
        )
        Suppression.objects.create(
            scope="contact",
            reach="marketing",
            reason="unsubscribed",
            contact=visitor,
            source="klik",
            since=NOON,
        )

        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        wish = MailPreference.objects.get()
        stop = Suppression.objects.get()
    assert (wish.contact_id, wish.pace, wish.paused_until) == (member.pk, "month", NOON.date())
    assert stop.contact_id == member.pk


def test_one_mail_that_both_were_to_get_comes_once(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        mailing = factories.a_mailing()
        factories.a_message(member, mailing=mailing)
        factories.a_message(visitor, mailing=mailing)

        joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        states = sorted(Message.objects.values_list("recipient_id", "state", "reason"))
    assert states == [(member.pk, "cancelled", "duplicate_address"), (member.pk, "queued", "")]


def test_undoing_at_once_puts_everything_back(zottegem: Library) -> None:
    tables = (
        "members_contact", "members_membership", "members_activity", "members_activitysummary",
        "members_activitybaseline", "members_householdmember", "campaigns_message", "consent_mailpreference",
        "consent_suppression",
    )  # fmt: skip
    with acting_for(zottegem.pk):
        member = factories.a_contact(email="", date_of_birth=None)
        visitor = factories.a_contact(external_id="visitor:1", **addressed("v@example.be"))
        household = Household.objects.create(profile_id="mb-1")
        for contact in (member, visitor):
            HouseholdMember.objects.create(household=household, contact=contact, role="adult")
            factories.an_activity(contact, kind=ActivityKind.LOAN)
            factories.an_activity(
                contact, kind=ActivityKind.PROFILE_LOGIN, occurred_at=NOON - timedelta(days=500)
            )
        factories.a_membership(visitor)
        factories.a_message(visitor)
        MailPreference.objects.create(contact=visitor, pace="month", changed_at=NOON)
        summary.retire({ActivityKind.PROFILE_LOGIN: NOON - timedelta(days=365)})
        summary.refold_people([member.pk, visitor.pk])
        before = state_of(*tables)

        change = joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)
        assert state_of(*tables) != before
        undone = joining.undo(change_id=change.pk, by=None, at=LATER)

        assert state_of(*tables) == before
        assert summary.check().differences == 0
    assert (undone.left_behind, undone.images, undone.can_be_undone) == ([], {}, False)


def test_undoing_leaves_what_changed_since_and_says_so(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member = factories.a_contact(email="")
        visitor = factories.a_contact(external_id="visitor:1", **addressed("v@example.be"))
        third = factories.a_contact()
        act = factories.an_activity(visitor)
        change = joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)
        Activity.objects.filter(pk=act.pk).update(contact=third)
        Contact.objects.filter(pk=member.pk).update(**addressed("nieuw@example.be"))

        undone = joining.undo(change_id=change.pk, by=None, at=LATER)

        act.refresh_from_db()
        member.refresh_from_db()
    assert act.contact_id == third.pk
    assert member.email == "nieuw@example.be"
    assert undone.left_behind == ["members_activity"]


def test_a_yes_given_as_one_ends_with_the_one_and_opens_again_for_the_other(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        factories.a_consent(visitor, code="events")
        change = joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=LATER)

        joining.undo(change_id=change.pk, by=None, at=LATER + timedelta(hours=1))

        [again] = Consent.objects.filter(closed_at__isnull=True)
    assert (again.contact_id, again.subject, again.code) == (visitor.pk, Subject.TOPIC, "events")


def test_who_withdrew_as_the_one_stays_withdrawn_as_the_other(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        factories.a_consent(visitor, code="events")
        change = joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=LATER)
        Consent.objects.filter(contact=member, closed_at__isnull=True).update(
            closed_at=LATER + timedelta(hours=1), closed_source="voorkeuren"
        )

        undone = joining.undo(change_id=change.pk, by=None, at=LATER + timedelta(hours=2))

        assert not Consent.objects.filter(closed_at__isnull=True).exists()
    assert undone.left_behind == ["consent_consent"]


def test_somebody_is_taken_apart_and_put_together_again(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        family = factories.a_contact(**addressed("gezin@example.be"))
        hers, his = factories.an_activity(family), factories.an_activity(family)

        change = joining.split(
            contact_id=family.pk,
            activity_ids=[his.pk],
            first_name="Wout",
            last_name="Lemmens",
            by=None,
            at=NOON,
        )

        his.refresh_from_db()
        assert (his.contact_id, change.other.first_name_folded) == (change.other_id, "wout")
        assert set(ActivitySummary.objects.values_list("contact_id", "loans_count")) == {
            (family.pk, 1), (change.other_id, 1),
        }  # fmt: skip

        joining.undo(change_id=change.pk, by=None, at=LATER)

        his.refresh_from_db()
        hers.refresh_from_db()
        assert (hers.contact_id, his.contact_id) == (family.pk, family.pk)
        assert summary.check().differences == 0


def test_an_institution_and_oneself_are_refused(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, school = factories.a_contact(), factories.a_contact(kind="institution")

        for kept, other in ((member, member), (member, school), (school, member)):
            with pytest.raises(joining.NotJoinable):
                joining.join(kept_id=kept.pk, other_id=other.pk, by=None, at=NOON)


def test_a_later_joining_must_be_undone_first(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        first, second, third = (factories.a_contact() for _ in range(3))
        change = joining.join(kept_id=second.pk, other_id=third.pk, by=None, at=NOON)
        later = joining.join(kept_id=first.pk, other_id=second.pk, by=None, at=NOON)
        third.refresh_from_db()
        assert third.merged_into_id == first.pk

        with pytest.raises(joining.NotUndoable):
            joining.undo(change_id=change.pk, by=None, at=LATER)
        joining.undo(change_id=later.pk, by=None, at=LATER)
        joining.undo(change_id=change.pk, by=None, at=LATER)

        assert Contact.objects.filter(kind="person").count() == 3


def test_images_go_after_a_month_and_undoing_with_them(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        change = joining.join(kept_id=member.pk, other_id=visitor.pk, by=None, at=NOON)

        forgotten = joining.forget_images(before=NOON + timedelta(days=1))

        assert forgotten == 1
        assert not IdentityChange.objects.get(pk=change.pk).can_be_undone
        with pytest.raises(joining.NotUndoable):
            joining.undo(change_id=change.pk, by=None, at=LATER)


def test_the_number_of_the_library_system_stays(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        visitor, member = factories.a_contact(external_id="visitor:1"), factories.a_contact()

        assert joining.who_stays(visitor, member, having_membership=()) == (member, visitor)
        assert joining.who_stays(member, visitor, having_membership=()) == (member, visitor)


def test_who_joined_whom_is_kept_without_names(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        member, visitor = factories.a_contact(), factories.a_contact(external_id="visitor:1")
        joining.join(kept_id=member.pk, other_id=visitor.pk, rule="card", by=None, at=NOON)

        entry = AuditEntry.objects.get(act="contact.joined")
        assert (entry.subject_id, entry.detail) == (member.pk, {"rule": "card"})
        assert not JourneyEntry.objects.exists()
