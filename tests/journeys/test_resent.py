"""A mail of a journey that is sent once more keeps its cause."""

from datetime import timedelta

import pytest

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from campaigns import resending
from campaigns.models import Submission
from journeys.models import Journey, JourneyEntry, JourneyVersion, MessageCause
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_who_caused_the_old_message_now_causes_the_new_one(zottegem: Library) -> None:
    role = factories.a_role(zottegem)
    with acting_for(zottegem.pk):
        reader = factories.a_reader()
        journey = Journey.objects.create(
            code="welcome", state="paused", activated_at=NOON, changed_at=NOON, version_id=1
        )
        version = JourneyVersion.objects.create(journey=journey, number=1, definition={}, published_at=NOON)
        journey.version_id = version.pk
        journey.save()
        entry = JourneyEntry.objects.create(
            journey=journey, version=version, contact=reader, recipient=reader, entered_at=NOON, step_key="x",
            due_at=NOON,
        )  # fmt: skip
        opened = clock.database_now() - timedelta(days=2)
        call = Submission.objects.create(
            account="network", message_ids=[], payload_sha256="x", state="unknown", opened_at=opened,
            last_tried_at=opened,
        )  # fmt: skip
        old = factories.a_message(reader, state="unknown", submission=call, submitted_at=NOON)
        MessageCause.objects.create(message=old, entry=entry)

        resending.resend([old.pk], approved=1, reason="storing", by=role.user, at=NOON)

        cause = MessageCause.objects.select_related("message").get()
        assert cause.message.key == f"{old.key}:r1"
