"""Who wants what, whose data may be used, who may not be mailed. Higher floors narrow their people by these."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from consent.models import Consent, ConsentQuerySet, LibraryTopic, MessageClass, Subject, Suppression
from members.models import ContactQuerySet


def consenting(contacts: ContactQuerySet, topic: str, *, at: datetime) -> ContactQuerySet:
    """Narrow contacts to those whose consent for this topic (by code) is in force; nobody if not offered."""
    return contacts.filter(Exists(_topics_wanted(at=at).filter(code=topic)))


def allowed(contacts: ContactQuerySet, data_use: str, *, at: datetime) -> ContactQuerySet:
    """Narrow contacts to those who let their data be used for this (by code)."""
    given = Consent.objects.in_force(at=at).about(Subject.DATA_USE, data_use).filter(contact=OuterRef("pk"))
    return contacts.filter(Exists(given))


def mailable(contacts: ContactQuerySet, message_class: MessageClass, *, at: datetime) -> ContactQuerySet:
    """Narrow contacts to those whom no suppression keeps from mail of this class."""
    reaches = [Suppression.Reach.ALL]
    if message_class is not MessageClass.SERVICE:
        # A widow keeps her mail and a hold notice survives an unsubscribe (decision D4).
        reaches.append(Suppression.Reach.MARKETING)
    in_force = Suppression.objects.in_force(at=at).filter(reach__in=reaches)
    same_person = in_force.filter(scope=Suppression.Scope.CONTACT, contact=OuterRef("pk"))
    same_address = in_force.filter(scope=Suppression.Scope.ADDRESS, fingerprint=OuterRef("recipient_hash"))
    return contacts.filter(~Exists(same_person), ~Exists(same_address))


def wanting_mail(contacts: ContactQuerySet, *, at: datetime) -> ContactQuerySet:
    """Narrow contacts to those who want mail about anything that this library offers."""
    return contacts.filter(Exists(_topics_wanted(at=at)))


def _topics_wanted(*, at: datetime) -> ConsentQuerySet:
    """The consents of a contact (OuterRef) for topics; what the library no longer offers is left out."""
    given = Consent.objects.in_force(at=at).filter(contact=OuterRef("pk"), subject=Subject.TOPIC)
    not_offered = LibraryTopic.objects.filter(is_offered=False, topic__code=OuterRef("code"))
    return given.filter(~Exists(not_offered))


# Who is a person, has a valid membership, wants marketing mail about a topic that is offered: every page
# that counts people begins with these. For use within acting_for(library); parameters `at` and `today`.
# Whoever wants two topics stands twice in `wanting`: ask with EXISTS, a pass less than sorting them out.
PEOPLE = """
    persons AS (
        SELECT id, email_norm <> '' AS has_address, recipient_hash
          FROM members_contact
         WHERE kind = 'person' AND NOT is_deceased
    ),
    valid AS (
        SELECT contact_id
          FROM members_membership
         WHERE enrolled_on <= %(today)s AND expires_on >= %(today)s
    ),
    in_force AS (
        SELECT contact_id, subject, code
          FROM consent_consent
         WHERE opened_at <= %(at)s AND (closed_at IS NULL OR closed_at > %(at)s)
    ),
    wanting AS (
        SELECT contact_id
          FROM in_force
         WHERE subject = 'topic'
           -- One list first: a join would look the topics up for every consent.
           AND code = ANY (ARRAY(SELECT t.code
                                   FROM consent_topic t
                                   LEFT JOIN consent_librarytopic v ON v.topic_id = t.id
                                  WHERE t.message_class = 'marketing' AND coalesce(v.is_offered, true)))
    )"""


class Choosable(NamedTuple):
    """A topic or data use as a person of this library sees it."""

    subject: str
    code: str
    label: str
    is_offered: bool
    description: str


_CHOOSABLE = """(
            SELECT 'topic' AS subject, t.code, coalesce(nullif(v.label, ''), t.label_{language}) AS label,
                   coalesce(v.is_offered, true) AS is_offered,
                   coalesce(nullif(v.description, ''), t.description_{language}) AS description, t.position
              FROM consent_topic t
              LEFT JOIN consent_librarytopic v ON v.topic_id = t.id
             WHERE t.message_class <> 'service'
             UNION ALL
            SELECT 'data_use', code, label_{language}, true, description_{language}, position
              FROM consent_datause) AS choosable"""

_SUBJECTS = f"""
    SELECT subject, code, label, is_offered, description
      FROM {_CHOOSABLE}
     ORDER BY subject DESC, position, code
"""


def subjects(*, language: str) -> list[Choosable]:
    """Everything a person can say yes or no to, in one query and in order; Dutch unless the language is English."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECTS.format(language="en" if language.startswith("en") else "nl"))
        return [Choosable(*row) for row in cursor.fetchall()]


class Said(NamedTuple):
    """One consent of somebody, with what a page tells of it."""

    subject: str
    code: str
    source: str
    opened_at: datetime
    closed_at: datetime | None
    closed_source: str

    def is_in_force(self, at: datetime) -> bool:
        """As ConsentQuerySet.in_force."""
        return self.opened_at <= at and (self.closed_at is None or self.closed_at > at)


# Both sides whole: most of what can be chosen was never chosen, and what was chosen may be offered no longer.
_SAID = f"""
    SELECT subject, code, choosable.label, choosable.is_offered, choosable.description,
           c.source, c.opened_at, c.closed_at, c.closed_source
      FROM {_CHOOSABLE}
      FULL JOIN (SELECT * FROM consent_consent WHERE contact_id = %(contact_id)s) AS c USING (subject, code)
     ORDER BY subject DESC, choosable.position, code, c.opened_at, c.id
"""


def said_by(contact_id: int, *, language: str) -> tuple[list[Choosable], list[Said]]:
    """What there is to choose, as `subjects`, and every consent this person ever gave; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID.format(language="en" if language.startswith("en") else "nl"), {"contact_id": contact_id}
        )
        rows = cursor.fetchall()
    choosable = dict.fromkeys(Choosable(*row[:5]) for row in rows if row[2] is not None)
    said = sorted(
        (Said(row[0], row[1], *row[5:]) for row in rows if row[6] is not None), key=lambda one: one[:2]
    )
    return list(choosable), said
