"""Writes of the topics page."""

from datetime import datetime

from django.db import transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from consent import topics
from consent.models import LibraryTopic, Subject, Topic, Wording
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
    version = _keep_wording(offer, at=at)
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


def _keep_wording(offer: Offer, *, at: datetime) -> int:
    """The version of these words: the one they had before, else a new one after the last."""
    if offer.version:
        return offer.version
    wordings = Wording.objects.filter(subject=Subject.TOPIC, code=offer.topic.code)
    # The row of the topic's variant was just written, so a second change waits for this one.
    last = wordings.order_by("-version").values_list("version", flat=True).first() or 0
    Wording.objects.create(
        subject=Subject.TOPIC, code=offer.topic.code, version=last + 1, text=offer.text, created_at=at
    )
    return last + 1
