"""What a person says yes or no to. A yes opens a row, a no closes it; neither is ever changed (decision D6).

No row of the contact is locked: an import may hold it for a minute, and a withdrawal counts at once.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from consent import topics, wordings
from consent.actions import stops
from consent.models import Consent, Subject, Wording
from members import changes
from members.models import Contact
from members.models.contact import AGE_OF_OWN_MAIL


class NotOffered(Exception):
    """This library does not offer that topic, or nobody knows it."""


class TooYoung(Exception):
    """Below 13 a person does not consent for themselves; the linked adult does (law L-08)."""


@transaction.atomic
def set_topic(
    *, contact: Contact, code: str, is_wanted: bool, at: datetime, source: str, language: str = "nl"
) -> bool:
    """Give or withdraw consent for mail about a topic; whether that changed anything.

    `language` is that of the words on the screen. A yes also ends an earlier "stop all mail".
    Raises NotOffered, TooYoung.
    """
    if not is_wanted:
        return _close(contact, Subject.TOPIC, [code], at=at, source=source) > 0
    _refuse_the_young(contact, at=at)
    offer = next((o for o in topics.offers(language=language) if o.topic.code == code), None)
    if offer is None or offer.is_service or not offer.is_offered:
        raise NotOffered(code)
    stops.end_objection(contact, at=at, source=source)
    return _open(contact, Subject.TOPIC, code, offer.text, at=at, source=source, language=language)


@transaction.atomic
def set_data_use(
    *, contact: Contact, code: str, is_allowed: bool, at: datetime, source: str, language: str = "nl"
) -> bool:
    """Allow or forbid a use of this person's data; whether that changed anything. Raises NotOffered, TooYoung."""
    if not is_allowed:
        return _close(contact, Subject.DATA_USE, [code], at=at, source=source) > 0
    _refuse_the_young(contact, at=at)
    use = next((u for u in topics.data_uses(language=language) if u.code == code), None)
    if use is None:
        raise NotOffered(code)
    return _open(contact, Subject.DATA_USE, code, use.text, at=at, source=source, language=language)


@transaction.atomic
def agree(*, contact: Contact, wording: Wording, at: datetime, source: str) -> bool:
    """Keep a yes to words that were shown and kept earlier; whether that changed anything.

    A yes also ends an earlier "stop all mail". Raises TooYoung.
    """
    _refuse_the_young(contact, at=at)
    stops.end_objection(contact, at=at, source=source)
    subject = Subject(wording.subject)
    return _opened(contact, subject, wording.code, wording, at=at, source=source)


@transaction.atomic
def object_to_topics(*, contact: Contact, codes: Collection[str], at: datetime, source: str) -> None:
    """End consent for these topics; where nobody ever answered, the no itself is kept.

    So also who was mailed by the library's policy, without a consent, has objected for good (law L-05, L-06).
    """
    _close(contact, Subject.TOPIC, codes, at=at, source=source)
    known = set(
        Consent.objects.filter(contact=contact, subject=Subject.TOPIC, code__in=codes).values_list(
            "code", flat=True
        )
    )
    said = {"closed_at": at, "closed_source": source, "opened_at": at, "source": source}
    # A consent that ended as it began: never in force, and newer than any older yes that may still come in.
    Consent.objects.bulk_create(
        Consent(contact=contact, subject=Subject.TOPIC, code=code, **said)
        for code in sorted(set(codes) - known)
    )
    changes.note(contact.pk)


def _close(contact: Contact, subject: Subject, codes: Collection[str], *, at: datetime, source: str) -> int:
    open_ones = Consent.objects.filter(
        contact=contact, subject=subject, code__in=codes, closed_at__isnull=True
    )
    count = open_ones.update(closed_at=Greatest("opened_at", Value(at)), closed_source=source)
    if count:
        changes.note(contact.pk)
    return count


def _open(
    contact: Contact, subject: Subject, code: str, text: str, *, at: datetime, source: str, language: str
) -> bool:
    wording = wordings.keep(subject, code, text, at=at, language=language)
    return _opened(contact, subject, code, wording, at=at, source=source)


def _opened(
    contact: Contact, subject: Subject, code: str, wording: Wording, *, at: datetime, source: str
) -> bool:
    _consent, is_new = Consent.objects.get_or_create(
        contact=contact,
        subject=subject,
        code=code,
        closed_at=None,
        defaults={"wording": wording, "source": source, "opened_at": at},
    )
    if is_new:
        changes.note(contact.pk)
    return is_new


def _refuse_the_young(contact: Contact, *, at: datetime) -> None:
    age = contact.age(timezone.localdate(at))
    if age is not None and age < AGE_OF_OWN_MAIL:
        raise TooYoung
