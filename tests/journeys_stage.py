"""What the walk through Klantreizen needs: three journeys, one of them paused, with mails that came and did not."""

import random
from datetime import time, timedelta

from django.urls import reverse
from django.utils import timezone

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library, User
from campaigns.models import Capability, Mailing, Message, TrackedLink
from journeys import actions
from journeys.models import Journey
from members.models import ActivityKind as Kind
from tests.journeys.play import Play

State, Delivery, Reason = Message.State, Message.Delivery, Message.Reason

_DAYS = 30
_ENDS = [
    *([(State.ACCEPTED, Delivery.DELIVERED, "")] * 8),
    (State.ACCEPTED, Delivery.NONE, ""),
    (State.ACCEPTED, Delivery.HARD_BOUNCE, ""),
    (State.SKIPPED, Delivery.NONE, Reason.NO_CONSENT),
    (State.SKIPPED, Delivery.NONE, Reason.FREQUENCY_CAP),
    (State.UNKNOWN, Delivery.NONE, ""),
]


def play(library: Library, by: User, chance: random.Random) -> None:
    """A month, in which new members came in; outside acting_for."""
    story = Play(library, day=timezone.localdate() - timedelta(days=_DAYS))
    with acting_for(library.pk):
        Capability.objects.get_or_create(service="ebooks")
        # Mails that others staged came from no journey, and would break the balance of this one.
        Mailing.objects.filter(journey_code="welcome").update(journey_code="elsewhere")
    for code in ("welcome", "reading_with_children", "ebook_looked_not_borrowed"):
        story.switch_on(code)
    for day in range(_DAYS):
        _somebody(story, day, chance)
        story.tick(day)
        with acting_for(library.pk):
            _leave(story, day, chance)
    with acting_for(library.pk):
        journey = Journey.objects.get(code="ebook_looked_not_borrowed")
        actions.pause(journey_id=journey.pk, by=by, at=timezone.now())


def _somebody(story: Play, day: int, chance: random.Random) -> None:
    """Each day a new member, who looks at e-books; now and then with a child."""
    wants = ["new_acquisitions", "digital", "family"] if day % 3 else []
    uses = ["use_linked_children", "use_ebook_activity"] if day % 2 else []
    person = story.person(first_name="Marie-Christine", wants=wants, uses=uses)
    story.did(person, Kind.MEMBERSHIP_CREATED, day, time(0))
    story.did(person, Kind.EBOOK_LOGIN, day, time(0))
    if day % 5 == 0:
        child = story.person(age=chance.randrange(3, 11), email="", email_norm="")
        story.household(person, child)
        story.did(person, Kind.CHILD_LINKED, day, time(0))
        story.did(child, Kind.MEMBERSHIP_CREATED, day, time(0))


def _leave(story: Play, day: int, chance: random.Random) -> None:
    """Every mail of the day has its end; the last day's still wait."""
    if day == _DAYS - 1:
        return
    at = story.on(day, time(10))
    for message in Message.objects.filter(state=State.QUEUED, mailing__campaign=None):
        message.state, message.delivery, message.reason = chance.choice(_ENDS)
        message.settled_at = at
        if message.state == State.ACCEPTED:
            message.accepted_at = message.submitted_at = at
            message.topic = next(iter(message.mailing.topics), "")
        message.save()
        TrackedLink.objects.update_or_create(
            mailing=message.mailing,
            url="https://example.be/",
            defaults={"human_clicks_count": chance.randrange(9)},
        )


def addresses(slug: str) -> dict[str, str]:
    """Every page of Klantreizen by a short name."""

    def at(name: str, *args: str) -> str:
        return reverse(f"library:{name}", args=[slug, *args])

    return {
        "journeys": at("journeys"),
        "journey-welcome": at("journey", "welcome"),
        "journey-children": at("journey", "reading_with_children"),
        "journey-paused": at("journey", "ebook_looked_not_borrowed"),
        "journey-exams": at("journey", "after_exams"),
        "journey-missed": at("journey", "missed_you"),
        "journey-activate": at("journey-activate", "missed_you"),
        "journey-reach": at("journey-reach", "after_exams"),
        "journey-checks": at("journey-checks", "missed_you"),
        "journey-settings": at("journey-settings", "welcome"),
        "journey-stop": at("journey-stop", "welcome"),
        "journey-step": at("journey-step", "welcome", "three_weeks"),
        "journey-mail": at("journey-mail", "welcome", "welcome_hours"),
        "journey-mail-text": at("journey-mail", "welcome", "welcome_hours") + "?als=tekst",
        "journey-mail-nothing": at("journey-mail", "missed_you", "missed_history"),
        "sending": at("sending"),
        "sending-stop": at("sending-stop"),
    }
