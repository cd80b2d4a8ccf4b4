"""What a library offers, in its own words."""

from datetime import datetime

from django.db import transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from consent import topics, wordings
from consent.models import LibraryTopic, Subject, Topic
from consent.topics import Offer


class AlwaysOffered(Exception):
    """Mail about the membership itself cannot be left out."""


@transaction.atomic
def change_topic(
    *, topic: Topic, label: str, description: str, is_offered: bool, by: User, at: datetime
) -> Offer:
    """Keep this library's words; words that are new become a new wording version.

    Raises AlwaysOffered for a service topic that would be left out.
    """
    if topics.offer(topic).is_service and not is_offered:
        raise AlwaysOffered
    LibraryTopic.objects.update_or_create(
        topic=topic, defaults={"label": label, "description": description, "is_offered": is_offered}
    )
    offer = topics.offer(topic)
    version = offer.version or wordings.keep(Subject.TOPIC, topic.code, offer.text, at=at).version
    audit.record(
        "topic.changed",
        by=by,
        at=at,
        subject_kind="topic",
        subject_id=topic.pk,
        code=topic.code,
        version=version,
        is_offered=is_offered,
    )
    return offer._replace(version=version)
