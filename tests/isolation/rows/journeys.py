"""Rows of journeys: one that runs, with somebody on it."""

from campaigns.models import Message
from journeys import recipes
from journeys.models import (
    Journey,
    JourneyClock,
    JourneyEntry,
    JourneyTally,
    JourneyVersion,
    MessageCause,
    StepEvent,
)
from members.models import Contact
from tests.isolation.world import NOON, TODAY, WORD, Fields, Makers, Tenant


def _version(its: Tenant) -> Fields:
    recipe = recipes.get("welcome")
    chosen = recipes.defaults(recipe)
    return {
        "journey": its.of(Journey),
        "number": 1,
        "definition": recipes.resolved(recipe, chosen) | {"chosen": chosen, "about": WORD},
        "published_at": NOON,
        "published_by": its.staff,
    }


MAKERS: Makers = {
    # Its version comes after it; the keys are judged when both are there.
    Journey: lambda its: {
        "code": "welcome",
        "state": "live",
        "version_id": its.number,
        "activated_at": NOON,
        "changed_at": NOON,
    },
    JourneyVersion: _version,
    JourneyEntry: lambda its: {
        "journey": its.of(Journey),
        "version": its.of(JourneyVersion),
        "contact": its.of(Contact),
        "recipient": its.of(Contact),
        "facts": {"period": WORD},
        "entered_at": NOON,
        "step_key": "hours",
        "due_at": NOON,
    },
    StepEvent: lambda its: {
        "entry": its.of(JourneyEntry),
        "step_key": "hours",
        "kind": "entered",
        "at": NOON,
    },
    MessageCause: lambda its: {"message": its.of(Message), "entry": its.of(JourneyEntry)},
    JourneyTally: lambda its: {"journey": its.of(Journey), "day": TODAY, "figure": "met", "people_count": 1},
    JourneyClock: lambda its: {"last_tick_at": NOON},
}
