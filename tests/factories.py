"""Rows for tests: each function fills what the test is not about. Inside ``acting_for`` where it matters."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings

from bibmail.tenancy.models import Branch, Library, NetworkRole, OpeningHours, StaffRole, User
from campaigns.models import Campaign, LegalBasis, Mailing, Message
from consent.models import Consent, MessageClass, Subject
from members.identity import recipient_hash
from members.models import Activity, ActivityKind, Contact, Membership

NOON = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)
TODAY = date(2026, 10, 6)

_numbers = itertools.count(1)


def next_number() -> int:
    return next(_numbers)


def a_hash(email_norm: str) -> str:
    """The recipient hash of an address, as an import makes it."""
    return recipient_hash(email_norm, settings.RECIPIENT_PEPPER.encode())


def a_library(*, slug: str | None = None, name: str = "Bib Zottegem", **fields: Any) -> Library:
    slug = slug or f"bib-{next(_numbers)}"
    return Library.objects.create(
        slug=slug, name=name, municipality=fields.pop("municipality", name[4:]), **fields
    )


def a_user(*, email: str | None = None, name: str = "Sofie De Graeve", password: str | None = None) -> User:
    return User.objects.create_user(
        email=email or f"staff{next(_numbers)}@example.be", name=name, password=password
    )


def a_role(
    library: Library,
    *,
    user: User | None = None,
    role: StaffRole.Role = StaffRole.Role.ADMIN,
    sees_people: bool = True,
) -> StaffRole:
    user = user or a_user()
    return StaffRole.objects.create(
        library=library, user=user, name=user.name, role=role, sees_people=sees_people, joined_at=NOON
    )


def a_network_role(user: User | None = None) -> NetworkRole:
    return NetworkRole.objects.create(
        user=user or a_user(name="Lieve Kestens"), role=NetworkRole.Role.NETWORK_ADMIN
    )


def a_branch(*, code: str = "3550", name: str = "Centrum", **fields: Any) -> Branch:
    return Branch.objects.create(code=code, name=name, **fields)


def some_hours(
    branch: Branch, *, weekday: int = 2, opens: time = time(10), closes: time = time(18)
) -> OpeningHours:
    return OpeningHours.objects.create(branch=branch, weekday=weekday, opens=opens, closes=closes)


def a_contact(**fields: Any) -> Contact:
    number = next(_numbers)
    values: dict[str, Any] = {
        "external_id": f"73{number:05}",
        "first_name": "Noor",
        "last_name": "Lemmens",
        "last_name_folded": "lemmens",
        "first_name_folded": "noor",
        "date_of_birth": date(1989, 3, 12),
        "source": "wise",
        "sourced_at": NOON,
    }
    return Contact.objects.create(**(values | fields))


def a_membership(contact: Contact, **fields: Any) -> Membership:
    values: dict[str, Any] = {
        "card_number": "20230001234567",
        "membership_type": "Volwassene",
        "enrolled_on": date(2024, 9, 2),
        "expires_on": date(2027, 9, 1),
        "source": "wise",
        "sourced_at": NOON,
    }
    return Membership.objects.create(contact=contact, **(values | fields))


def an_activity(contact: Contact, *, kind: ActivityKind = ActivityKind.LOAN, **fields: Any) -> Activity:
    values: dict[str, Any] = {"occurred_at": NOON, "source": "wise", "source_id": f"L-{next(_numbers)}"}
    return Activity.objects.create(contact=contact, kind=kind, **(values | fields))


def a_consent(
    contact: Contact, *, code: str = "newsletter", subject: Subject = Subject.TOPIC, **fields: Any
) -> Consent:
    values: dict[str, Any] = {"opened_at": NOON, "source": "balie"}
    return Consent.objects.create(contact=contact, subject=subject, code=code, **(values | fields))


def a_mailing(**fields: Any) -> Mailing:
    values: dict[str, Any] = {
        "journey_code": "welcome",
        "version": 1,
        "step_key": f"step{next(_numbers)}",
        "mail_code": "m1",
        "label": "Nieuw in de bib",
        "message_class": MessageClass.MARKETING,
        "legal_basis": LegalBasis.CONSENT,
        "topics": ["newsletter"],
        "content": {"subject": "Nieuw in de bib", "preheader": "", "reason": "", "blocks": []},
        "created_at": NOON,
    }
    return Mailing.objects.create(**(values | fields))


def a_message(recipient: Contact | None, *, mailing: Mailing | None = None, **fields: Any) -> Message:
    values: dict[str, Any] = {
        "key": f"j:{next(_numbers)}",
        "contact": recipient,
        "recipient": recipient,
        "recipient_hash": recipient.recipient_hash if recipient else None,
        "queued_at": NOON,
        "not_before": NOON,
        "not_after": NOON + timedelta(days=7),
    }
    return Message.objects.create(mailing=mailing or a_mailing(), **(values | fields))


def a_reader(*, topic: str = "newsletter", **fields: Any) -> Contact:
    """Somebody with an address of their own, who wants this topic for a year already."""
    address = fields.pop("email", f"lezer{next(_numbers)}@example.be")
    contact = a_contact(email=address, email_norm=address, recipient_hash=a_hash(address), **fields)
    a_consent(contact, code=topic, opened_at=NOON - timedelta(days=365))
    return contact


def a_campaign(**fields: Any) -> Campaign:
    """A newsletter for everyone who wants it, ready to be sent."""
    values: dict[str, Any] = {
        "name": "Nieuwsbrief oktober",
        "subject": "Nieuw in oktober",
        "preheader": "Aanwinsten en activiteiten",
        "blocks": [{"key": "b1", "type": "text", "title": "Nieuws", "text": "Er is nieuws."}],
        "rule": {
            "any": [{"field": "membership_valid", "op": "is", "value": value} for value in (True, False)]
        },
        "created_at": NOON,
    }
    return Campaign.objects.create(**(values | fields))
