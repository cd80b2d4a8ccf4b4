"""Somebody confirms from their mailbox: the person, what they are to the library, and what they said yes to."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from consent import actions
from consent.models import Wording
from consent.signup import form_lists
from consent.signup.models import SignupForm, SignupRequest
from members import changes, lists, relations
from members.identity import folded
from members.matching.rules import Rule, Traits, Verdict, judge
from members.models import Contact


class Confirmed(NamedTuple):
    """Who confirmed, whether we knew them, and whether it was done before."""

    contact: Contact | None
    is_new: bool
    was_done: bool


@transaction.atomic
def confirm(*, request_id: int, at: datetime) -> Confirmed:
    """Make the person of this request, or find them, with their consents; the request is emptied.

    Raises SignupRequest.DoesNotExist when it is not there or too old; a second time changes nothing.
    """
    request = SignupRequest.objects.select_for_update(no_key=True).get(pk=request_id, expires_at__gt=at)
    if request.confirmed_at:
        return Confirmed(None, is_new=False, was_done=True)
    form = SignupForm.objects.get(pk=request.form_id)
    _one_at_a_time(request)
    known = _known(request, at=at)
    contact = known or _new(request, form, at=at)
    relations.add(contact, form.relation, source=form.source, at=at)
    for one in form_lists.named(request.list_ids):
        lists.add(one.pk, [contact.pk], source=form.source, by=None, at=at)
    for wording in Wording.objects.filter(pk__in=request.wording_ids).order_by("code", "pk"):
        actions.agree(contact=contact, wording=wording, at=at, source=form.source)
    changes.note(contact.pk)
    _empty(request, at=at)
    SignupForm.objects.filter(pk=form.pk).update(confirmed_count=F("confirmed_count") + 1)
    return Confirmed(contact, is_new=known is None, was_done=False)


def _one_at_a_time(request: SignupRequest) -> None:
    """Two forms of one person find the same contact. No contact is locked: an import may hold it."""
    with connection.cursor() as cursor:
        key = request.address_hash.int & (2**63 - 1)
        cursor.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": key})


def _known(request: SignupRequest, *, at: datetime) -> Contact | None:
    """Who this is by the rules of identity; nobody where we cannot tell two people apart.

    The address alone is enough only where one person has it and nothing that was typed speaks against it.
    """
    today = timezone.localdate(at)
    on_address = list(
        Contact.objects.people().old_enough(at=today).filter(email_norm=request.email).order_by("pk")
    )
    asked = _traits(request)
    judged = [(contact, judge(_traits(contact), asked, on=today)) for contact in on_address]
    for contact, judgement in judged:
        if judgement.verdict is Verdict.SAME or judgement.rule is Rule.ADDRESS_AND_NAME:
            return contact
    everybody = Contact.objects.people().filter(email_norm=request.email).count()
    if len(on_address) == everybody == 1 and not _speaks_against(on_address[0], asked):
        return on_address[0]
    return None


def _speaks_against(contact: Contact, asked: Traits) -> bool:
    known = _traits(contact)
    pairs = (
        (known.first_name, asked.first_name),
        (known.last_name, asked.last_name),
        (known.date_of_birth, asked.date_of_birth),
    )
    return any(one and other and one != other for one, other in pairs)


def _traits(person: Contact | SignupRequest) -> Traits:
    email = person.email_norm if isinstance(person, Contact) else person.email
    return Traits(
        email_norm=email,
        date_of_birth=person.date_of_birth,
        first_name=folded(person.first_name),
        last_name=folded(person.last_name),
    )


def _new(request: SignupRequest, form: SignupForm, *, at: datetime) -> Contact:
    return Contact.objects.create(
        relation=form.relation,
        first_name=request.first_name,
        last_name=request.last_name,
        first_name_folded=folded(request.first_name),
        last_name_folded=folded(request.last_name),
        date_of_birth=request.date_of_birth,
        postal_code=request.postal_code,
        email=request.email,
        email_norm=request.email,
        recipient_hash=request.address_hash,
        language=request.language,
        source=form.source,
        sourced_at=at,
    )


def _empty(request: SignupRequest, *, at: datetime) -> None:
    """What stays for a week is that this link was used."""
    request.email = request.first_name = request.last_name = request.postal_code = ""
    request.date_of_birth, request.confirmed_at = None, at
    request.save()
