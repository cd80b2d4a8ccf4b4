"""The measurements compare like with like: each way of walking leaves the same rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bench import crowd, walk
from bench.crowd import Crowd
from bench.peers import walks
from bench.walk import AT, STEP
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import Message
from journeys import definition
from journeys.engine import tick
from journeys.models import Journey, JourneyEntry, StepEvent

Peer = Callable[..., int]


def left(group: Crowd) -> list[list[tuple[Any, ...]]]:
    """What a walk wrote about these people, without what differs from person to person."""
    people = {"contact_id__gte": group.first, "contact_id__lte": group.last}
    entries = JourneyEntry.objects.filter(**people).order_by("contact_id")
    messages = Message.objects.filter(**people).order_by("contact_id")
    events = StepEvent.objects.filter(entry__in=entries).order_by("entry__contact_id", "pk")
    return [
        list(entries.values_list("state", "step_key", "is_waiting", "due_at", "ended_at", "exit_reason")),
        list(
            messages.values_list(
                "mailing_id", "state", "priority", "queued_at", "not_before", "not_after", "facts"
            )
        ),
        list(events.values_list("step_key", "kind", "choice", "at")),
        list(entries.values_list("causes__message__mailing_id")),
    ]


@pytest.mark.parametrize("peer", [walks.one_by_one, walks.in_lists])
def test_a_peer_leaves_what_a_tick_leaves(zottegem: Library, peer: Peer) -> None:
    journey = walk.a_journey(zottegem)
    ours, theirs = crowd.people(zottegem, 12, at=AT).split(6, 6)
    tick.tick(library_id=zottegem.pk, at=AT - timedelta(hours=1))

    crowd.entries(journey, ours, step=STEP, due_at=AT)
    done = tick.tick(library_id=zottegem.pk, at=AT)
    crowd.entries(journey, theirs, step=STEP, due_at=AT)
    walked = walked_by(peer, journey)

    assert done
    assert done.steps == walked == 6 * walk.STEPS_A_PERSON
    with acting_for(zottegem.pk):
        assert left(ours) == left(theirs)


def walked_by(peer: Peer, journey: Journey) -> int:
    assert journey.version
    return peer(journey.library, journey.version, definition.read(journey.version.definition), at=AT)
