"""What a key may read back: one person, its own use, how webhooks are doing. Within acting_for(library)."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from bibmail.api import answers
from bibmail.api.models import ApiKey, ApiUsage, WebhookDelivery, WebhookEndpoint
from bibmail.tenancy import audit
from consent.models import Consent
from members.models import Contact, Membership

_USAGE_DAYS = 31
_WAITING = Q(deliveries__state=WebhookDelivery.State.WAITING)
_FAILED = Q(deliveries__state=WebhookDelivery.State.FAILED)


def contact(external_id: str, *, key: ApiKey, at: datetime) -> answers.ContactAnswer | None:
    """This person, or None where nobody has the number; that it was read stands in the trail."""
    found = Contact.objects.filter(external_id=external_id).first()
    if found is None:
        return None
    audit.record(
        "api_key.read_contact", by=None, at=at, subject_kind="contact", subject_id=found.pk, key=key.pk
    )
    consents = Consent.objects.in_force(at=at).filter(contact=found)
    return answers.ContactAnswer(
        externalId=external_id,
        firstName=found.first_name,
        namePrefix=found.name_prefix,
        lastName=found.last_name,
        email=found.email,
        language=found.language,
        memberships=[
            _membership(one) for one in Membership.objects.filter(contact=found).select_related("home_branch")
        ],
        consents=[
            answers.ConsentAnswer.model_validate(
                {"subject": one.subject, "topic": one.code, "since": one.opened_at}
            )
            for one in consents
        ],
    )


def _membership(one: Membership) -> answers.MembershipAnswer:
    return answers.MembershipAnswer(
        subscriptionType=one.public_type,
        homeBranchId=one.home_branch.code if one.home_branch else None,
        enrolledOn=one.enrolled_on,
        renewedOn=one.renewed_on,
        expiresOn=one.expires_on,
        status=one.status,
    )


def usage(key: ApiKey, *, at: datetime) -> answers.Usage:
    """What this key did lately, a day a line."""
    since = timezone.localdate(at) - timedelta(days=_USAGE_DAYS)
    days = ApiUsage.objects.filter(key=key, day__gt=since)
    return answers.Usage(
        days=[
            answers.UsageDay(
                day=one.day, calls=one.calls_count, items=one.items_count, refused=one.refused_count
            )
            for one in days
        ]
    )


def webhooks() -> answers.Webhooks:
    """Every endpoint of the library, and how many messages wait or failed."""
    endpoints = WebhookEndpoint.objects.annotate(
        waiting_count=Count("deliveries", filter=_WAITING), failed_count=Count("deliveries", filter=_FAILED)
    )
    return answers.Webhooks(
        webhooks=[
            answers.WebhookAnswer(
                id=str(one.public_id),
                url=one.url,
                state=one.state,
                events=one.events,
                waiting=one.waiting_count,
                failed=one.failed_count,
            )
            for one in endpoints
        ]
    )
