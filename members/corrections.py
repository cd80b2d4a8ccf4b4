"""What a colleague corrects by hand: kept until the source itself says something else than it said then."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from members import changes
from members.identity import folded, normalised_email, recipient_hash
from members.models import Contact
from members.models.sourced import BY_COLLEAGUE

# The fields a colleague may correct. What depends on them follows.
FIELDS = (
    "first_name", "name_prefix", "last_name", "email", "date_of_birth", "gender", "postal_code", "city", "language",
)  # fmt: skip


class NothingToMail(Exception):
    """An institution, or somebody who was joined to another: there is nothing to correct here."""


@transaction.atomic
def correct(*, contact_id: int, said: Mapping[str, Any], by: User | None, at: datetime) -> list[str]:
    """Write what differs, with the colleague as source; which fields that were. Raises NoAddress, NothingToMail.

    What the source said is remembered beside it: the next file that says the same does not undo the correction,
    one that says something else does (the source was corrected too).
    """
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    if contact.kind == Contact.Kind.MERGED:
        raise NothingToMail
    changed = [name for name in FIELDS if name in said and said[name] != getattr(contact, name)]
    for name in changed:
        _put(contact, name, said[name], at=at)
    if changed:
        _follow(contact, changed)
        contact.save()
        changes.note(contact.pk)
        audit.record(
            "contact.corrected",
            by=by,
            at=at,
            subject_kind="contact",
            subject_id=contact.pk,
            fields=", ".join(changed),
        )
    return changed


def _put(contact: Contact, name: str, value: Any, *, at: datetime) -> None:
    before = contact.field_sources.get(name, [])
    # A second correction remembers what the source said before the first.
    from_source = before[2] if before[:1] == [BY_COLLEAGUE] else _text(getattr(contact, name))
    setattr(contact, name, value)
    contact.field_sources[name] = [BY_COLLEAGUE, at.isoformat(), from_source]


def _follow(contact: Contact, changed: list[str]) -> None:
    """The columns that are made of the corrected ones."""
    if "email" in changed:
        contact.email_norm = normalised_email(contact.email) if contact.email else ""
        pepper = settings.RECIPIENT_PEPPER.encode()
        contact.recipient_hash = recipient_hash(contact.email_norm, pepper) if contact.email_norm else None
    for name in ("first_name", "last_name"):
        if name in changed:
            setattr(contact, f"{name}_folded", folded(getattr(contact, name))[:120])


def _text(value: str | date | None) -> str | None:
    return value if value is None or isinstance(value, str) else value.isoformat()
