"""A small library in time: people come in, days go by, and each look says who got which mail."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import Capability, Message
from consent.models import Subject
from journeys import actions
from journeys.engine import tick
from journeys.models import Journey, JourneyEntry, JourneyTally, StepEvent
from members import changes
from members.models import Activity, ActivityKind, Contact, Household, HouseholdMember
from tests import factories


def moment(day: date, clock: time = time(9)) -> datetime:
    """A time of day in Brussels."""
    return datetime.combine(day, clock, tzinfo=BRUSSELS)


class Play:
    """Everything happens at this library; `day` is day 0."""

    def __init__(self, library: Library, *, day: date = date(2026, 12, 1)) -> None:
        self.library = library
        self.day = day

    def on(self, days: int, clock: time = time(9)) -> datetime:
        return moment(self.day + timedelta(days=days), clock)

    def switch_on(self, code: str, *, days: int = 0, **settings: Any) -> Journey:
        with acting_for(self.library.pk):
            return actions.activate(code=code, settings=settings, by=None, at=self.on(days, time(7)))

    def tick(self, days: int, clock: time = time(9)) -> None:
        tick.tick(library_id=self.library.pk, at=self.on(days, clock))

    def through(self, days: Iterable[int]) -> None:
        for number in days:
            self.tick(number)

    def person(
        self, *, age: int | None = 35, wants: Iterable[str] = (), uses: Iterable[str] = (), **fields: Any
    ) -> Contact:
        """Somebody with an address, a valid membership and these consents."""
        with acting_for(self.library.pk):
            born = None if age is None else self.day.replace(year=self.day.year - age) - timedelta(days=40)
            values: dict[str, Any] = {"date_of_birth": born}
            if "email_norm" not in fields:
                address = f"lezer{factories.next_number()}@example.be"
                values |= {"email": address, "email_norm": address}
            values |= fields
            if values.get("email_norm"):
                values["recipient_hash"] = factories.a_hash(values["email_norm"])
            contact = factories.a_contact(**values)
            factories.a_membership(contact, enrolled_on=self.day, expires_on=self.day + timedelta(days=365))
            self.consents(contact, wants=wants, uses=uses)
            return contact

    def consents(self, contact: Contact, *, wants: Iterable[str] = (), uses: Iterable[str] = ()) -> None:
        with acting_for(self.library.pk):
            for code in wants:
                factories.a_consent(contact, code=code, opened_at=self.on(-30))
            for code in uses:
                factories.a_consent(contact, code=code, subject=Subject.DATA_USE, opened_at=self.on(-30))

    def did(self, contact: Contact, kind: ActivityKind, days: int, clock: time = time(20)) -> Activity:
        with acting_for(self.library.pk):
            return factories.an_activity(contact, kind=kind, occurred_at=self.on(days, clock))

    def note(self, contact: Contact) -> None:
        """Leave word that something about this person changed, as imports and pages do."""
        with acting_for(self.library.pk):
            changes.note(contact.pk)

    def household(self, adult: Contact, *children: Contact) -> None:
        with acting_for(self.library.pk):
            home = Household.objects.create(profile_id=f"mb-{adult.pk}")
            HouseholdMember.objects.create(household=home, contact=adult, role="adult")
            for child in children:
                HouseholdMember.objects.create(household=home, contact=child, role="child")

    def has(self, *services: str) -> None:
        with acting_for(self.library.pk):
            for service in services:
                Capability.objects.create(service=service)

    def mails(self, contact: Contact | None = None) -> list[tuple[str, int]]:
        """(mail code, day it was queued) in order; of one person or of all."""
        with acting_for(self.library.pk):
            found = Message.objects.order_by("queued_at", "pk").select_related("mailing")
            if contact:
                found = found.filter(recipient=contact)
            return [
                (m.mailing.mail_code, (m.queued_at.astimezone(BRUSSELS).date() - self.day).days)
                for m in found
            ]

    def entry(self, contact: Contact) -> JourneyEntry:
        with acting_for(self.library.pk):
            return JourneyEntry.objects.get(contact=contact)

    def entries_count(self) -> int:
        with acting_for(self.library.pk):
            return JourneyEntry.objects.count()

    def tally(self, code: str) -> dict[str, int]:
        """Figure → people, summed over the days."""
        with acting_for(self.library.pk):
            found: dict[str, int] = {}
            for row in JourneyTally.objects.filter(journey__code=code):
                found[row.figure] = found.get(row.figure, 0) + row.people_count
            return found

    def sides(self, step: str) -> list[str]:
        """The sides that people took at a split."""
        with acting_for(self.library.pk):
            return sorted(
                StepEvent.objects.filter(step_key=step, kind="split").values_list("choice", flat=True)
            )
