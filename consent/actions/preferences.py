"""How somebody wants to be mailed: how often, from when again, in which language; and what they say of themselves."""

from datetime import date, datetime

from django.db import transaction

from consent.models import MailPreference
from members import changes
from members.models import Contact, Interest


@transaction.atomic
def set_pace(*, contact: Contact, pace: MailPreference.Pace, at: datetime) -> None:
    """At most so many marketing mails from now on (rustig aan)."""
    _prefer(contact, at=at, pace=pace)


@transaction.atomic
def pause(*, contact: Contact, until: date | None, at: datetime) -> None:
    """No marketing mail up to and including this day; None ends the pause."""
    _prefer(contact, at=at, paused_until=until)


@transaction.atomic
def set_language(*, contact: Contact, language: str, at: datetime, source: str) -> None:
    """Mail and pages in this language from now on; the next file does not undo it."""
    # A file changes other fields of the same row, so what is written is no older than this lock.
    fresh = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    fresh.language = language
    fresh.field_sources = fresh.field_sources | {"language": [source, at.isoformat()]}
    fresh.save(update_fields=["language", "field_sources"])
    contact.language = language
    changes.note(contact.pk)


@transaction.atomic
def set_interest(*, contact: Contact, code: Interest.Code, is_on: bool, at: datetime, source: str) -> bool:
    """Keep or take back what a person says of themselves; whether that changed anything."""
    said = Interest.objects.filter(contact=contact, code=code, until__isnull=True)
    if is_on:
        _interest, changed = Interest.objects.get_or_create(
            contact=contact, code=code, until=None, defaults={"since": at, "source": source}
        )
    else:
        changed = said.update(until=at) > 0
    if changed:
        changes.note(contact.pk)
    return changed


def _prefer(contact: Contact, *, at: datetime, **values: object) -> None:
    MailPreference.objects.update_or_create(contact=contact, defaults={**values, "changed_at": at})
    changes.note(contact.pk)
