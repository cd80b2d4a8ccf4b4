"""Somebody fills in a form: what is kept until they confirm, and when nothing is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from bibmail.tenancy.scope import current_library_id
from consent.models import Suppression
from consent.signup import limits, words
from consent.signup.models import SignupForm, SignupRequest
from consent.signup.words import Box
from members.identity import normalised_email, recipient_hash

KEPT = timedelta(days=7)

# Rung when a confirmation waits; who sends mail stands on a higher floor (decision D10).
_bells: list[Callable[[int], None]] = []


class Answer(StrEnum):
    """What the page says. Nothing in it tells whether an address is known."""

    LOOK_IN_MAILBOX = "look"
    BUSY = "busy"


@dataclass(frozen=True, kw_only=True)
class Details:
    """What somebody typed."""

    email: str
    first_name: str = ""
    last_name: str = ""
    postal_code: str = ""
    date_of_birth: date | None = None


def register_bell(bell: Callable[[int], None]) -> None:
    """`bell(library_id)` is called after the transaction, when a confirmation waits."""
    _bells[:] = [bell]


@transaction.atomic
def ask(
    *,
    form: SignupForm,
    details: Details,
    chosen: list[Box],
    list_ids: Sequence[int] = (),
    network: str,
    language: str,
    at: datetime,
) -> Answer:
    """Keep the request and let a mail go out, at most one an hour to an address.

    Raises NoAddress.
    """
    email_norm = normalised_email(details.email)
    if not limits.allows(limits.OF_NETWORK, network, at=at):
        refused(form)
        return Answer.BUSY
    address_hash = recipient_hash(email_norm, settings.RECIPIENT_PEPPER.encode())
    if not limits.allows(limits.OF_ADDRESS, address_hash, at=at):
        # Who asks again within the hour, and who tries another's address, see the same page as the first time.
        return Answer.LOOK_IN_MAILBOX
    if not limits.allows(limits.OF_FORM, str(form.pk), at=at):
        refused(form)
        return Answer.BUSY
    _keep(form, details, email_norm, address_hash, chosen, list_ids, language=language, at=at)
    SignupForm.objects.filter(pk=form.pk).update(asked_count=F("asked_count") + 1)
    return Answer.LOOK_IN_MAILBOX


def refused(form: SignupForm) -> None:
    """One more that was not taken: too young, too many, or no person."""
    SignupForm.objects.filter(pk=form.pk).update(refused_count=F("refused_count") + 1)


def may_be_mailed(request: SignupRequest, *, at: datetime) -> bool:
    """Whether this address works, and did not ask to be left alone for good."""
    stops = Suppression.objects.in_force(at=at).filter(
        scope=Suppression.Scope.ADDRESS,
        fingerprint=request.address_hash,
        reason__in=[Suppression.Reason.HARD_BOUNCE, Suppression.Reason.ERASED],
    )
    return not stops.exists()


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Let requests go that nobody confirmed within their seven days, and old counts; how many were not confirmed."""
    limits.forget(at=at)
    over = SignupRequest.objects.filter(expires_at__lte=at)
    unheard = list(over.filter(confirmed_at__isnull=True).values_list("form_id", flat=True))
    for form_id in sorted(set(unheard)):
        SignupForm.objects.filter(pk=form_id).update(
            expired_count=F("expired_count") + unheard.count(form_id)
        )
    over.delete()
    return len(unheard)


def _keep(
    form: SignupForm,
    details: Details,
    email_norm: str,
    address_hash: str,
    chosen: list[Box],
    list_ids: Sequence[int],
    *,
    language: str,
    at: datetime,
) -> None:
    # The newest counts: an older link of the same person leads nowhere any more.
    SignupRequest.objects.filter(form=form, address_hash=address_hash, confirmed_at__isnull=True).delete()
    SignupRequest.objects.create(
        form=form,
        email=email_norm,
        address_hash=address_hash,
        first_name=details.first_name,
        last_name=details.last_name,
        postal_code=details.postal_code,
        date_of_birth=details.date_of_birth,
        language=language,
        wording_ids=words.keep(chosen, at=at, language=language),
        list_ids=list(list_ids),
        asked_at=at,
        expires_at=at + KEPT,
    )
    for bell in _bells:
        transaction.on_commit(partial(bell, current_library_id()), robust=True)
